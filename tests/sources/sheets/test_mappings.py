"""Mappings are checked against the model before anything is read with them; those that ship are right."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from compliance.errors import UsageError
from compliance.services.content import content_folder
from compliance.sources.sheets.mapping import mapping_schema
from compliance.sources.sheets.shipped import chosen_mappings, load_mapping, load_mappings, shipped_mappings

from .books import codes, read_file, rewritten, save_book, save_table, values

RIGHT: dict[str, Any] = {
    "mapping": "uren",
    "title": {"nl": "Uren", "en": "Hours"},
    "recognise": {"columns": ["Nr", "Dag"]},
    "records": [
        {
            "entity": "delivery",
            "id": {"columns": ["Nr"]},
            "fields": {
                "contract_id": {"contract": True},
                "client_id": {"made": {"columns": ["Cliënt"], "secret": True}},
                "provider_id": {"organisation": {"kvk_number": "KVK"}},
                "service": {"column": "Dienst", "codes": {"Begeleiding": "ambulatory"}},
                "day": "Dag",
                "hours": "Uren",
            },
        }
    ],
}


def _changed(**fields: Any) -> dict[str, Any]:
    record = {**RIGHT["records"][0], "fields": {**RIGHT["records"][0]["fields"], **fields}}
    return {**RIGHT, "records": [record]}


def _load(tmp_path: Path, data: Any) -> Any:
    path = tmp_path / "uren.yaml"
    path.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    return load_mapping(path)


def test_a_mapping_of_ones_own(tmp_path: Path) -> None:
    """A file anywhere can be named; a secret id is a keyed pseudonym, the same for the same value."""
    _load(tmp_path, RIGHT)
    head = ("Nr", "Cliënt", "KVK", "Dienst", "Dag", "Uren")
    rows = [(str(at), "999900006", "01234567", "Begeleiding", "01-02-2027", "1,25") for at in (1, 2)]
    facts = read_file(save_table(tmp_path / "uren.csv", [head, *rows]), mapping=str(tmp_path / "uren.yaml"))
    assert codes(facts) == []
    (first, second) = values(facts, "SELECT client_id, hours::VARCHAR FROM fact.delivery")
    assert first == second
    assert "999900006" not in first[0]


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (_changed(hours={"column": "Uren", "constant": "1"}), "exactly one"),
        (_changed(colour="Kleur"), "no field colour"),
        (_changed(service={"column": "Dienst", "codes": {"X": "ambulant"}}), "no code ambulant"),
        (_changed(provider_id="Naam"), "by which numbers"),
        (_changed(session_id={"contract": True}), "no reference to a contract"),
        (_changed(session_id="Geboortedatum"), "protected"),
        (
            {**RIGHT, "records": [{"entity": "delivery", "id": {"columns": ["Nr"]}, "fields": {}}]},
            "must be filled",
        ),
        ({**RIGHT, "records": [{"entity": "deliveries", "id": {"columns": ["Nr"]}}]}, "no entity deliveries"),
        ({**RIGHT, "surprise": 1}, "surprise"),
        ({**RIGHT, "aliases": {"Onbekend": ["x"]}}, "No record reads"),
        ({**RIGHT, "records": []}, "records"),
        ({**RIGHT, "formats": {"days": ["mm-dd-yyyy"]}}, "days"),
        ({**RIGHT, "mapping": "Uren Lijst"}, "mapping"),
        ([], "SheetMapping"),
    ],
)
def test_flaws_are_told_with_their_line(tmp_path: Path, data: Any, told: str) -> None:
    """Each flaw names file, line and what is wrong, before any file is read."""
    with pytest.raises(UsageError) as caught:
        _load(tmp_path, data)
    assert told in str(caught.value)
    assert all(problem.place.startswith("uren.yaml:") for problem in caught.value.problems)


def test_a_mapping_may_take_what_a_formula_gave(tmp_path: Path) -> None:
    """Only where it says so, and only a formula that has a last value; one without is still refused."""
    _load(tmp_path, {**RIGHT, "formats": {"formulas": "value"}})
    head = ("Nr", "Cliënt", "KVK", "Dienst", "Dag", "Uren")
    row = ("k1", "01234567", "Begeleiding", "01-02-2027", "=1+1")
    path = save_book(tmp_path / "x.xlsx", {"S": [head, ("1", *row), ("2", *row)]})

    def computed(name: str, content: bytes) -> bytes:
        found = content.find(b"<f>1+1</f>") if "sheet1" in name else -1
        rest = re.sub(rb"<v ?/>|<v></v>", b"<v>2.5</v>", content[found:], count=1)
        return content if found < 0 else content[:found] + rest

    facts = read_file(rewritten(path, computed), mapping=str(tmp_path / "uren.yaml"))
    assert codes(facts) == [("S!F3", "Uren", "formula")]
    assert values(facts, "SELECT hours::VARCHAR FROM fact.delivery") == [("2.5000",)]


def test_all_flaws_of_a_folder_are_listed(tmp_path: Path) -> None:
    """Also that a mapping stands in a file of another name."""
    for name, data in (("uren", {**RIGHT, "x": 1}), ("andere", RIGHT), ("kapot", "[")):
        text = data if isinstance(data, str) else yaml.safe_dump(data)
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        load_mappings(tmp_path)
    assert {problem.place.partition(":")[0] for problem in caught.value.problems} == {
        "uren.yaml", "andere.yaml", "kapot.yaml",
    }  # fmt: skip


def test_an_unknown_mapping_names_the_known_ones() -> None:
    """A slip of the pen gets the closest name."""
    with pytest.raises(UsageError, match="sroi-export"):
        chosen_mappings("sroi-exprt")


def test_the_mappings_that_ship_are_right() -> None:
    """They load without a flaw, and the schema beside them is that of the code."""
    assert [mapping.mapping for mapping in shipped_mappings()] == [
        "sroi-export",
        "staff-list",
        "subcontractors",
    ]
    written = (content_folder("mappings") / "schema.json").read_text(encoding="utf-8")
    assert json.loads(written) == mapping_schema()
