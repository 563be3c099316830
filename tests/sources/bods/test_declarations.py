"""Ownership declarations become control: shares as declared, counted once, and people as pseudonyms."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from compliance.model.schema import delivered_entities
from compliance.sources.facts import Facts, read_facts

KEY = bytes(32)
EXAMPLES = Path(__file__).resolve().parents[4] / "shared/realdata/bods-0.4/examples"
needs_examples = pytest.mark.skipif(
    not EXAMPLES.is_dir(), reason="the worked declarations of BODS 0.4 are not beside the project"
)


def _statement(record: str, kind: str, details: Mapping[str, Any], **others: Any) -> dict[str, Any]:
    return {
        "statementId": f"s-{record}",
        "statementDate": "2027-01-01",
        "recordId": record,
        "recordType": kind,
        "recordStatus": "new",
        "recordDetails": {"isComponent": False, **details},
        **others,
    }


def _entity(record: str, name: str, number: str = "", **details: Any) -> dict[str, Any]:
    identifiers = [{"scheme": "NL-KVK", "id": number}] if number else []
    return _statement(
        record,
        "entity",
        {"entityType": {"type": "registeredEntity"}, "name": name, "identifiers": identifiers, **details},
    )


PERSON = _statement(
    "p1",
    "person",
    {
        "personType": "knownPerson",
        "names": [{"fullName": "Piet Jansen"}],
        "nationalities": [{"code": "XX"}],
        "birthDate": "1970-01-01",
        "politicalExposure": {"status": "isPep"},
    },
)


def _interest(**changes: Any) -> dict[str, Any]:
    return {
        "type": "shareholding",
        "directOrIndirect": "direct",
        "beneficialOwnershipOrControl": True,
        "share": {"exact": 30},
        "startDate": "2027-01-01",
        **changes,
    }


def _link(record: str, subject: Any, party: Any, *interests: Any, **changes: Any) -> dict[str, Any]:
    details = {
        "subject": subject,
        "interestedParty": party,
        "interests": [*interests],
        **changes.pop("details", {}),
    }
    return _statement(record, "relationship", details, **changes)


def _read(tmp_path: Path, statements: Any, name: str = "bods.json") -> Facts:
    path = tmp_path / name
    path.write_text(
        json.dumps(statements) if name.endswith(".json") else "\n".join(map(json.dumps, statements))
    )
    return read_facts([str(path)], entities=delivered_entities(), key=KEY)


def _control(facts: Facts) -> list[tuple[Any, ...]]:
    return facts.connection.execute(
        "SELECT organisation_id, kind, share_pct::VARCHAR, first_day::VARCHAR, last_day::VARCHAR "
        "FROM fact.control ORDER BY ALL"
    ).fetchall()


@pytest.mark.parametrize("name", ["bods.json", "verklaring.jsonl"])
def test_a_share_is_control_by_a_pseudonym(tmp_path: Path, name: str) -> None:
    """A person's share in a company, in either form of file; nothing else of the person enters."""
    facts = _read(
        tmp_path, [_entity("e1", "Zorg BV", "12345678"), PERSON, _link("r1", "e1", "p1", _interest())], name
    )
    assert facts.refusals == []
    assert _control(facts) == [("kvk-12345678", "shareholder", "30.0000", "2027-01-01", None)]
    ((holder,),) = facts.connection.execute("SELECT holder_id FROM fact.control").fetchall()
    assert holder.startswith("bods-")
    assert facts.connection.execute("SELECT id FROM fact.person").fetchall() == [(holder,)]
    said = str(facts.connection.execute("SELECT * FROM fact.control, fact.person").fetchall()) + str(
        facts.notices
    )
    assert not any(word in said for word in ("Jansen", "1970", "XX", "Pep"))


def test_components_are_not_counted_twice(tmp_path: Path) -> None:
    """An indirect share counts once: neither marked components nor those that it lists are added."""
    middle = _entity("e2", "Tussen BV", isComponent=True)
    up = _link("r2", "e1", "e2", _interest(share={"exact": 60}), details={"isComponent": True})
    listed = _link("r3", "e2", "p1", _interest(share={"exact": 50}))
    total = _link(
        "r1",
        "e1",
        "p1",
        _interest(directOrIndirect="indirect"),
        details={"componentRecords": ["e2", "r2", "r3"]},
    )
    facts = _read(tmp_path, [_entity("e1", "Zorg BV"), middle, PERSON, up, listed, total])
    assert _control(facts) == [("bods-e1", "ubo", "30.0000", "2027-01-01", None)]
    assert [one.count for one in facts.notices if one.code == "components_not_counted"] == [2]
    assert facts.connection.execute("SELECT id FROM fact.organisation").fetchall() == [("bods-e1",)]


def test_the_latest_statement_of_a_record_counts(tmp_path: Path) -> None:
    """By day, whatever the order in the file; a closed record ends when it says, else when it was closed."""
    first = _link("r1", "e1", "p1", _interest(share={"exact": 10}))
    later = _link(
        "r1", "e1", "p1", _interest(share={"exact": 20}), statementDate="2027-03-01", recordStatus="updated"
    )
    facts = _read(tmp_path, [later, _entity("e1", "Zorg BV"), PERSON, first])
    assert [row[2] for row in _control(facts)] == ["20.0000"]
    closed = {**later, "statementDate": "2027-05-01T10:00:00Z", "recordStatus": "closed"}
    facts = _read(tmp_path, [later, _entity("e1", "Zorg BV"), PERSON, closed])
    assert [row[4] for row in _control(facts)] == ["2027-05-01"]


def test_a_share_between_bounds_is_unknown(tmp_path: Path) -> None:
    """Bounds are no percentage, unless both are the same; that it is not known is said."""
    shares = [{"minimum": 25, "exclusiveMaximum": 50}, {"minimum": 40, "maximum": 40}]
    facts = _read(
        tmp_path,
        [
            _entity("e1", "Zorg BV"),
            PERSON,
            *(_link(f"r{at}", "e1", "p1", _interest(share=share)) for at, share in enumerate(shares)),
        ],
    )
    assert sorted(str(row[2]) for row in _control(facts)) == ["40.0000", "None"]
    assert [one.count for one in facts.notices if one.code == "share_in_bands"] == [1]


@pytest.mark.parametrize(
    ("link", "column", "code"),
    [
        (_link("r1", "e1", "p1", _interest(type="ownership")), "type", "unknown_code"),
        (_link("r1", "e1", "p1", _interest(type=["a"])), "type", "unknown_code"),
        (_link("r1", "e1", "p1", _interest(startDate=None)), "startDate", "required_empty"),
        (_link("r1", "e1", "p1", _interest(startDate="2027")), "first_day", "not_a_day"),
        (_link("r1", "e1", "p1", _interest(share={"exact": 101})), "share_pct", "out_of_range"),
        (_link("r1", "e1", "p1", _interest(share={"exact": "1e9"})), "share_pct", "not_a_decimal"),
        (_link("r1", "e1", "p1", _interest(share={"exact": 10**39})), "share_pct", "not_a_decimal"),
        (_link("r1", "e1", "p9", _interest()), "interestedParty", "dangling_reference"),
        (_link("r1", "e1", "p1", "x"), "interests", "not_an_object"),
        (_link("r1", "e1", "p1", _interest(), recordStatus="old"), "recordStatus", "unknown_code"),
        (_link("r1", "e1", "p1", _interest(), recordType="owner"), "recordType", "unknown_code"),
        ({"statementId": "x", "recordType": "person"}, "recordId", "required_empty"),
        ("no statement", "", "not_an_object"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(tmp_path: Path, link: Any, column: str, code: str) -> None:
    """The interest is refused with its place, and control is not complete."""
    facts = _read(tmp_path, [_entity("e1", "Zorg BV"), PERSON, link])
    assert [(one.column, one.code) for one in facts.refusals] == [(column, code)]
    assert facts.refusals[0].place.startswith("$[2]")
    assert not facts.catalog["control"].complete


def test_who_owns_may_be_withheld(tmp_path: Path) -> None:
    """A reason in place of an owner makes no control and is told."""
    party = {"reason": "interestedPartyHasNotProvidedInformation", "description": "Piet Jansen"}
    facts = _read(tmp_path, [_entity("e1", "Zorg BV"), _link("r1", "e1", party, _interest())])
    assert (_control(facts), facts.refusals) == ([], [])
    assert [one.detail for one in facts.notices if one.code == "no_interested_party"] == [party["reason"]]


@needs_examples
def test_every_example_goes_through() -> None:
    """None is refused whole; the only refusal is an interest that does not say since when."""
    for path in sorted(EXAMPLES.glob("*.json")):
        facts = read_facts([str(path)], entities=delivered_entities(), key=KEY)
        assert not [one for one in facts.refusals if one.whole_file], path.name
        unknown_start = [(one.column, one.code) for one in facts.refusals]
        due = (
            [("startDate", "required_empty")] if path.name == "bods-package-entity-owning-entity.json" else []
        )
        assert unknown_start == due, path.name


@needs_examples
@pytest.mark.parametrize(
    ("name", "shares"),
    [
        ("indirect-ownership.json", ["30"]),
        ("multiple-indirect-ownership.json", ["60"]),
        ("mutilple-indirect-ownership-2.json", ["60"]),
        ("mixed-direct-and-indirect-ownership.json", ["50", "50"]),
        ("bods-package-fi-soe.json", ["100"]),
        ("joint-ownership.json", ["50", "50", "100"]),
    ],
)
def test_the_examples_give_the_declared_shares(name: str, shares: list[str]) -> None:
    """What is declared of each owner is what is counted, direct and indirect, and no more."""
    facts = read_facts([str(EXAMPLES / name)], entities=delivered_entities(), key=KEY)
    found = facts.connection.execute("SELECT share_pct FROM fact.control ORDER BY 1").fetchall()
    assert [
        f"{share:f}".rstrip("0").rstrip(".") if share % 10 else f"{share:.0f}" for (share,) in found
    ] == shares
