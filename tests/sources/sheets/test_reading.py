"""Spreadsheets as suppliers make them become facts through the mapping that recognises them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from compliance.model.intake import Notice
from compliance.sources.known import Known, KnownOrganisation

from .books import ENTRY, SROI, codes, read_file, save_book, save_table, values

STAFF = (
    "Personeelsnummer",
    "Werkgever",
    "KVK-nummer",
    "Dienstverband",
    "Datum in dienst",
    "Cliëntcontact",
    "VOG afgegeven",
)


def _noted(facts: Any, code: str) -> list[Notice]:
    return [notice for notice in facts.notices if notice.code == code]


def test_a_workbook_with_its_header_further_down(tmp_path: Path) -> None:
    """Titles above, a total below, a sheet of explanation beside: only the rows between are facts."""
    rows = [("Export social return",), (), SROI, ENTRY, ("Totaal", None, None, None, None, 1234.56)]
    path = save_book(tmp_path / "export.xlsx", {"Toelichting": [("hallo",)], "Inspanningen": rows})
    facts = read_file(path)
    assert codes(facts) == []
    query = (
        "SELECT id, contract_id, organisation_id, kind, value_eur::VARCHAR, first_day::VARCHAR, _place "
        "FROM fact.sroi_entry"
    )
    assert values(facts, query) == [
        ("sroi-i1", "c1", "kvk-01234567", "learning_job", "1234.56", "2027-01-04", "Inspanningen!4")
    ]
    assert values(facts, "SELECT id, name FROM fact.organisation WHERE id LIKE 'kvk%'") == [
        ("kvk-01234567", "Wijkkracht")
    ]
    assert [one.detail for one in _noted(facts, "mapping_recognised")] == ["sroi-export, Inspanningen!3"]
    assert [one.detail for one in _noted(facts, "sheet_skipped")] == ["Toelichting"]
    assert [one.count for one in _noted(facts, "total_rows")] == [1]


def test_what_the_sheet_lacks_is_unknown(tmp_path: Path) -> None:
    """A column that is not there was not delivered; one that is there and empty is empty."""
    facts = read_file(save_book(tmp_path / "x.xlsx", {"Blad1": [(*SROI, "Einddatum"), (*ENTRY, None)]}))
    ((lacks,),) = values(facts, "SELECT _lacks FROM fact.sroi_entry")
    assert facts.catalog["sroi_entry"].lacks[lacks] == {"candidate_id", "approved_on"}


@pytest.mark.parametrize(
    ("encoding", "sign"),
    [("cp1252", ";"), ("utf-8-sig", ";"), ("utf-8", ","), ("utf-16", "\t"), ("utf-8", ";")],
)
def test_a_table_in_any_usual_form(tmp_path: Path, encoding: str, sign: str) -> None:
    """Semicolons, commas or tabs, in the Windows code page or UTF-8, with days and words in Dutch."""
    row = ("1001", "Zorg à la carte", "1234567", "Loondienst", "01-02-2027", "ja", "15-01-2027")
    facts = read_file(save_table(tmp_path / "personeel.csv", [STAFF, row, ()], encoding, sign))
    assert codes(facts) == []
    query = (
        "SELECT id, person_id, organisation_id, form, client_contact, first_day::VARCHAR, _place "
        "FROM fact.employment"
    )
    assert values(facts, query) == [
        ("dv-1001-2027-02-01", "p-1001", "kvk-01234567", "employee", True, "2027-02-01", "2")
    ]
    assert values(facts, "SELECT id, kind, issued_on::VARCHAR FROM fact.credential") == [
        ("vog-1001-2027-01-15", "vog", "2027-01-15")
    ]
    assert values(facts, "SELECT name FROM fact.organisation WHERE id = 'kvk-01234567'") == [
        ("Zorg à la carte",)
    ]


def test_ids_are_the_same_from_a_workbook_and_a_table(tmp_path: Path) -> None:
    """A day as text and as a cell of type date, a number as text or not: the same row has the same id."""
    text = ("1001", "Zorg", "01234567", "Zzp", "01-02-2027", "nee", "")
    cells = (1001, "Zorg", 1234567, "zzp", dt.date(2027, 2, 1), False, None)
    one = read_file(save_table(tmp_path / "a.csv", [STAFF, text]))
    other = read_file(save_book(tmp_path / "b.xlsx", {"S": [STAFF, cells]}))
    query = "SELECT * EXCLUDE (_source, _place) FROM fact.employment"
    assert values(one, query) == values(other, query) != []


def test_subcontractors(tmp_path: Path) -> None:
    """A list of subcontractors gives the organisations and their subcontracts, with prices."""
    head = [
        *("KVK-nummer", "Onderaannemer", "Rechtsvorm", "KVK opdrachtgever", "Soort", "Cliënt"),
        *("Ingangsdatum", "Uurtarief", "Toestemming op"),
    ]
    rows = [
        ("11111111", "Hulp BV", "Bv", "01234567", "Vast", "", "01-02-2027", "€ 61,50", "15-01-2027"),
        ("22222222", "Jan", "Zzp", "01234567", "Cliëntgebonden", "k7", "01-03-2027", "", ""),
        ("33333333", "Piet", "Zzp", "01234567", "Cliëntgebonden", "", "01-03-2027", "", ""),
    ]
    facts = read_file(save_table(tmp_path / "lijst.csv", [head, *rows]))
    assert codes(facts) == [("F4", "Cliënt", "required_empty")]
    query = (
        "SELECT subcontractor_id, principal_id, kind, client_id, hourly_rate_eur::VARCHAR, "
        "consented_on::VARCHAR FROM fact.subcontract ORDER BY 1"
    )
    assert values(facts, query) == [
        ("kvk-11111111", "kvk-01234567", "fixed", None, "61.50", "2027-01-15"),
        ("kvk-22222222", "kvk-01234567", "client_bound", "c-k7", None, None),
    ]
    assert not facts.catalog["subcontract"].complete


def test_every_wrong_cell_of_a_row_is_named(tmp_path: Path) -> None:
    """Sheet and cell of each, by the supplier's own names; the other rows go on; values are never shown."""
    wrong = ("i2", "Wijkkracht", "12", "Geheim", "31-02-2027", "1,234")
    path = save_book(tmp_path / "x.xlsx", {"Blad 1": [SROI, ENTRY, wrong]})
    facts = read_file(path)
    assert codes(facts) == [
        ("Blad 1!C3", "KVK-nummer", "wrong_pattern"),
        ("Blad 1!C3", "KVK-nummer", "wrong_pattern"),
        ("Blad 1!D3", "Type bouwblok", "unknown_code"),
        ("Blad 1!E3", "Startdatum", "not_a_day"),
        ("Blad 1!F3", "Waarde toegekend", "not_a_decimal"),
    ]
    assert "Geheim" not in str(facts.refusals)
    assert values(facts, "SELECT id FROM fact.sroi_entry") == [("sroi-i1",)]


def test_a_name_alone_is_no_organisation(tmp_path: Path) -> None:
    """Without KVK number or AGB code nobody knows which organisation it is: the row is refused."""
    facts = read_file(save_book(tmp_path / "x.xlsx", {"S": [SROI, ("i1", "Wijkkracht", None, *ENTRY[3:])]}))
    assert {code for _, _, code in codes(facts)} == {"no_identifier"}


def test_a_known_organisation_is_joined(tmp_path: Path) -> None:
    """Under the same KVK number the known id is used; numbers of two organisations are refused."""
    known = Known(organisations=(
        KnownOrganisation("o1", "Anders", "01234567", "", "kvk"),
        KnownOrganisation("o2", "", "", "87654321", "agb"),
    ))  # fmt: skip
    facts = read_file(save_book(tmp_path / "x.xlsx", {"S": [SROI, ENTRY]}), known=known, supplier="w")
    assert values(facts, "SELECT organisation_id FROM fact.sroi_entry") == [("o1",)]
    assert [one.detail for one in _noted(facts, "organisation_joined")] == ["o1"]
    both = save_book(tmp_path / "y.xlsx", {"S": [(*SROI, "AGB-code"), (*ENTRY, "87654321")]})
    assert {code for _, _, code in codes(read_file(both, known=known))} == {"organisation_unclear"}


def test_protected_columns_refuse_the_file(tmp_path: Path) -> None:
    """Whatever else it holds: none of it is read, and what it would have brought is not complete."""
    path = save_book(tmp_path / "x.xlsx", {"S": [(*SROI, "Nationaliteit"), (*ENTRY, "onbekend")]})
    facts = read_file(path)
    assert codes(facts) == [("", "Nationaliteit", "protected_attribute")]
    assert values(facts, "SELECT * FROM fact.sroi_entry") == []
    assert not facts.catalog["sroi_entry"].complete


def test_a_bsn_is_never_an_id(tmp_path: Path) -> None:
    """A number of staff that passes for a BSN is refused before it becomes part of an id."""
    row = ("999900006", "Zorg", "01234567", "Zzp", "01-02-2027", "nee", "15-01-2027")
    facts = read_file(save_table(tmp_path / "p.csv", [STAFF, row]))
    assert {code for _, _, code in codes(facts)} == {"bsn_like"}
    assert "999900006" not in str(facts.refusals)
    assert values(facts, "SELECT * FROM fact.person") == []


def test_unread_columns_are_listed(tmp_path: Path) -> None:
    """A column that no mapping knows is told by name; one that it knows and leaves out is not."""
    path = save_book(
        tmp_path / "x.xlsx", {"S": [(*SROI, "Bijzonder", "Status"), (*ENTRY, "x", "goedgekeurd")]}
    )
    assert [one.detail for one in _noted(read_file(path), "columns_not_read")] == ["Bijzonder"]


def test_files_that_nothing_recognises_are_refused(tmp_path: Path) -> None:
    """A workbook names the mappings there are; a table keeps its own reason."""
    assert codes(read_file(save_book(tmp_path / "x.xlsx", {"S": [("a", "b"), (1, 2)]}))) == [
        ("", "", "no_mapping")
    ]
    assert codes(read_file(save_table(tmp_path / "teams.csv", [("a", "b")]))) == [("", "", "unknown_entity")]


def test_columns_that_are_read_stand_once(tmp_path: Path) -> None:
    """Which of two equal columns counts is not guessed."""
    path = save_book(tmp_path / "x.xlsx", {"S": [(*SROI, "Startdatum"), (*ENTRY, "05-01-2027")]})
    assert codes(read_file(path)) == [("", "Startdatum", "double_column")]


def test_the_contract_must_be_clear(tmp_path: Path) -> None:
    """A sheet that names no contract belongs to the one at hand, or is refused whole."""
    path = save_book(tmp_path / "x.xlsx", {"S": [SROI, ENTRY]})
    known = Known(contracts=("c2",))
    assert codes(read_file(path, contract=None, known=known)) == [("", "contract_id", "contract_unclear")]
    assert codes(read_file(path, contract=None)) == []


def test_a_named_mapping_is_the_only_one(tmp_path: Path) -> None:
    """With --mapping a table under any name is read by it, and by no other."""
    path = save_table(tmp_path / "organisation.csv", [SROI, ENTRY])
    assert codes(read_file(path, mapping="sroi-export")) == []
    assert codes(read_file(path, mapping="staff-list")) == [("", "", "no_mapping")]
