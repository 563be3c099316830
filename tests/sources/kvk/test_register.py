"""Answers of the trade register become organisations and control; people enter as pseudonyms only."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from compliance.model.schema import delivered_entities
from compliance.sources.facts import Facts, read_facts
from compliance.sources.iwmo.pseudonym import Pseudonyms
from compliance.sources.known import Known, KnownOrganisation

KEY = bytes(range(32))
BSN = "999900006"
ANSWERS = Path(__file__).resolve().parents[4] / "shared/realdata/kvk/basisprofiel"
needs_answers = pytest.mark.skipif(
    not ANSWERS.is_dir(), reason="the sample answers of the trade register are not beside the project"
)
PROFILE: dict[str, Any] = {
    "kvkNummer": "01234567",
    "naam": "Wijkkracht",
    "statutaireNaam": "Stichting Wijkkracht",
    "formeleRegistratiedatum": "20240501",
    "materieleRegistratie": {"datumAanvang": "20200131", "datumEinde": None},
    "totaalWerkzamePersonen": 12,
    "_embedded": {"eigenaar": {"rechtsvorm": "Stichting", "rsin": "123456789"}},
}
DIRECTOR = {
    "datumAanvang": "20210301",
    "natuurlijkPersoon": {"bsn": BSN, "geslachtsnaam": "Jansen", "geboortedatum": "19700101"},
}
FUNCTIONS: dict[str, Any] = {"kvkNummer": "01234567", "bestuurders": [DIRECTOR]}


def _read(folder: Path, *answers: Any, known: Known | None = None) -> Facts:
    folder.mkdir(exist_ok=True)
    for at, answer in enumerate(answers):
        (folder / f"a{at}.json").write_text(json.dumps(answer))
    return read_facts([str(folder)], entities=delivered_entities(), key=KEY, known=known, supplier="kvk")


def _rows(facts: Facts, query: str) -> list[tuple[Any, ...]]:
    return facts.connection.execute(query).fetchall()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the answers are delivered."""
    return tmp_path / "kvk"


def test_a_profile_is_an_organisation(folder: Path) -> None:
    """Number, name, form, size and days come over; what the register does not know stays unknown."""
    facts = _read(folder, PROFILE)
    assert facts.refusals == []
    query = (
        "SELECT id, name, kvk_number, legal_form, working_persons, registered_on::VARCHAR, dissolved_on, "
        "_lacks FROM fact.organisation"
    )
    ((*row, lacks),) = _rows(facts, query)
    assert row == ["kvk-01234567", "Stichting Wijkkracht", "01234567", "foundation", 12, "2020-01-31", None]
    assert {"agb_code", "agency_admitted_on"} <= facts.catalog["organisation"].lacks[lacks]
    assert "dissolved_on" not in facts.catalog["organisation"].lacks[lacks]


@pytest.mark.parametrize(
    ("change", "column", "code"),
    [
        ({"kvkNummer": "123"}, "kvk_number", "wrong_pattern"),
        ({"kvkNummer": 1234567}, "kvkNummer", "wrong_pattern"),
        ({"_embedded": {"eigenaar": {"rechtsvorm": "Genootschap"}}}, "rechtsvorm", "unknown_code"),
        ({"materieleRegistratie": {"datumAanvang": "20210231"}}, "registered_on", "not_a_day"),
        ({"totaalWerkzamePersonen": -1}, "working_persons", "out_of_range"),
        ({"totaalWerkzamePersonen": 10**35}, "working_persons", "not_whole"),
        ({"naam": "", "statutaireNaam": ""}, "name", "required_empty"),
        ({"statutaireNaam": {"a": 1}}, "name", "wrong_type"),
    ],
)
def test_what_does_not_fit_is_refused(folder: Path, change: Any, column: str, code: str) -> None:
    """The organisation is refused with the place; nothing is guessed."""
    facts = _read(folder, {**PROFILE, **change})
    assert [(one.column, one.code, one.place) for one in facts.refusals] == [(column, code, "$")]
    assert _rows(facts, "SELECT * FROM fact.organisation") == []


def test_a_day_known_in_part_is_unknown(folder: Path) -> None:
    """The register may know only the year; that is not the first of January."""
    facts = _read(folder, {**PROFILE, "materieleRegistratie": {"datumAanvang": "19980000"}})
    ((day, lacks),) = _rows(facts, "SELECT registered_on, _lacks FROM fact.organisation")
    assert day is None
    assert "registered_on" in facts.catalog["organisation"].lacks[lacks]


def test_a_director_is_a_pseudonym(folder: Path) -> None:
    """Of a director only the pseudonym of the BSN is kept, the same at every organisation."""
    second = {"kvkNummer": "87654321", "bestuurders": [DIRECTOR]}
    facts = _read(folder, PROFILE, FUNCTIONS, second)
    assert facts.refusals == []
    person = Pseudonyms(KEY).of(BSN)
    query = "SELECT holder_id, organisation_id, kind, first_day::VARCHAR FROM fact.control ORDER BY 2"
    assert _rows(facts, query) == [
        (person, "kvk-01234567", "director", "2021-03-01"),
        (person, "kvk-87654321", "director", "2021-03-01"),
    ]
    assert [row[0] for row in _rows(facts, "SELECT id FROM fact.person")] == [person]
    everything = (
        "".join(
            str(_rows(facts, f'SELECT * FROM fact."{name}"'))
            for name in ("person", "control", "organisation")
        )
        + str(facts.refusals)
        + str(facts.notices)
    )
    assert not any(word in everything for word in (BSN, "Jansen", "1970"))


def test_a_person_without_number_is_known_only_there(folder: Path) -> None:
    """Without a BSN nobody is recognised by name: each function is a person of its own, and that is said."""
    nameless = {"datumAanvang": "20210301", "natuurlijkPersoon": {"geslachtsnaam": "Jansen"}}
    facts = _read(folder, {"kvkNummer": "01234567", "bestuurders": [nameless, nameless]})
    assert len(_rows(facts, "SELECT id FROM fact.person")) == 2
    assert [one.count for one in facts.notices if one.code == "function_holder_unlinked"] == [2]


def test_a_director_may_have_a_director(folder: Path) -> None:
    """A legal person that is a director brings its own directors along: the chain is whole."""
    above = {"kvkNummer": "87654321", "naam": "Holding BV", "bestuurders": [DIRECTOR]}
    facts = _read(
        folder,
        {"kvkNummer": "01234567", "bestuurders": [{"datumAanvang": "20200101", "rechtspersoon": above}]},
    )
    assert facts.refusals == []
    query = "SELECT holder_id, organisation_id FROM fact.control ORDER BY organisation_id"
    assert _rows(facts, query) == [
        ("kvk-87654321", "kvk-01234567"),
        (Pseudonyms(KEY).of(BSN), "kvk-87654321"),
    ]
    assert _rows(facts, "SELECT name FROM fact.organisation WHERE id = 'kvk-87654321'") == [("Holding BV",)]


def test_proxies_partners_and_others(folder: Path) -> None:
    """Each list means its own kind; one without a say is counted and not read."""
    item = {
        "functievervulling": {"datumAanvang": "20210301", "datumEinde": "20220301"},
        "persoon": {"bsn": BSN},
    }
    facts = _read(
        folder,
        {
            "kvkNummer": "01234567",
            "functionarissen": {
                "gemachtigden": [item],
                "aansprakelijken": [item],
                "overigeFunctionarissen": [item],
            },
        },
    )
    query = "SELECT kind, last_day::VARCHAR FROM fact.control ORDER BY kind"
    assert _rows(facts, query) == [("partner", "2022-03-01"), ("proxy", "2022-03-01")]
    assert [(one.detail, one.count) for one in facts.notices if one.code == "functionaries_not_read"] == [
        ("overigeFunctionarissen", 1)
    ]


@pytest.mark.parametrize(
    ("item", "code"),
    [
        ({"natuurlijkPersoon": {"bsn": BSN}}, "required_empty"),
        ({"datumAanvang": "20210301", "rechtspersoon": {"naam": "X"}}, "no_identifier"),
        ("Jansen", "not_an_object"),
        ({**DIRECTOR, "datumEinde": "20200101"}, "days_reversed"),
    ],
)
def test_a_functionary_that_does_not_fit_is_refused(folder: Path, item: Any, code: str) -> None:
    """Without a first day, or a number of the legal person, there is no row; the others go on."""
    facts = _read(
        folder, {"kvkNummer": "01234567", "bestuurders": [item, {**DIRECTOR, "datumAanvang": "20220101"}]}
    )
    assert [one.code for one in facts.refusals] == [code]
    assert len(_rows(facts, "SELECT * FROM fact.control")) == 1
    assert not facts.catalog["control"].complete


def test_an_organisation_known_under_the_number_is_joined(folder: Path) -> None:
    """What refers to it uses the known id; its row stays with who brought it first."""
    known = Known(organisations=(KnownOrganisation("o1", "Wijkkracht", "01234567", "", "wijkkracht"),))
    facts = _read(folder, PROFILE, FUNCTIONS, known=known)
    assert _rows(facts, "SELECT organisation_id FROM fact.control") == [("o1",)]
    assert [one.detail for one in facts.notices if one.code == "organisation_joined"] == ["o1"]
    own = Known(organisations=(KnownOrganisation("o1", "Oud", "01234567", "", "kvk"),))
    again = _read(folder, PROFILE, known=own)
    assert _rows(again, "SELECT id, name FROM fact.organisation") == [("o1", "Stichting Wijkkracht")]


@pytest.mark.parametrize(
    "text",
    [
        '{"kvkNummer": "01234567", "kvkNummer": "01234567"}',
        '{"kvkNummer": "01234567", "totaalWerkzamePersonen": NaN}',
        '{"kvkNummer":' + "[" * 5000 + "]" * 5000 + "}",
        '{"kvkNummer": "01234567", "x": 1',
        '{"kvkNummer": "01234567"}',
        '{"onbekend": 1}',
        "[1, 2]",
        "",
    ],
)  # fmt: skip
def test_hostile_or_unknown_json_is_refused_whole(folder: Path, text: str) -> None:
    """One bad file never stops the others, and says why without a word of it."""
    folder.mkdir()
    (folder / "bad.json").write_text(text)
    facts = _read(folder, PROFILE)
    assert [(Path(one.file).name, one.place) for one in facts.refusals] == [("bad.json", "")]
    assert len(_rows(facts, "SELECT * FROM fact.organisation")) == 1


@needs_answers
def test_the_sample_answers_are_read_or_recognised() -> None:
    """The basisprofiel is an organisation, the four other answers carry no fact and say so."""
    paths = [str(path) for path in sorted(ANSWERS.glob("test_input_*.json"))]
    facts = read_facts(paths, entities=delivered_entities(), key=KEY)
    assert facts.refusals == []
    assert _rows(facts, "SELECT id, legal_form, registered_on::VARCHAR FROM fact.organisation") == [
        ("kvk-12345678", "bv", "2020-01-01")
    ]
    assert len([one for one in facts.notices if one.code == "message_without_facts"]) == 4
