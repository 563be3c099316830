"""Workbooks and tables made to do harm, or broken, are refused whole and in bounds."""

from __future__ import annotations

from pathlib import Path

import pytest

from compliance.sources.sheets import delimited, tables, workbook

from .books import ENTRY, SROI, Change, codes, read_file, rewritten, save_book, save_table, values


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """A workbook without harm."""
    return save_book(tmp_path / "x.xlsx", {"S": [SROI, ENTRY]})


def _in_sheet(old: bytes, new: bytes) -> Change:
    return lambda name, content: content.replace(old, new) if "sheet1" in name else content


def test_macros_are_refused(book: Path) -> None:
    """Also under another name than .xlsm."""
    made = rewritten(book, lambda _, content: content, {"xl/vbaProject.bin": b"x"})
    assert codes(read_file(made)) == [("", "", "macros")]


def test_entities_are_refused(book: Path) -> None:
    """A DOCTYPE at the top, or further down where it is not looked for: nothing expands."""
    laughs = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
    top = rewritten(book, _in_sheet(b"<worksheet", laughs + b"<worksheet"))
    assert codes(read_file(top)) == [("", "", "document_type")]
    deep = rewritten(top, _in_sheet(laughs, b"<!--" + b"x" * 5000 + b"-->" + laughs))
    assert [code for _, _, code in codes(read_file(deep))] in (["broken_workbook"], ["no_mapping"])


def test_a_package_that_unpacks_very_large_is_refused(book: Path) -> None:
    """Before anything of it is unpacked."""
    made = rewritten(book, lambda _, content: content, {"xl/bomb.xml": b"0" * 20_000_000})
    assert codes(read_file(made)) == [("", "", "too_large")]


def test_size_is_bounded(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bytes, rows, sheets and parts each have a bound."""
    for module, name, most in (
        (workbook, "MOST_BYTES", 10), (workbook, "MOST_ROWS", 1),
        (workbook, "MOST_SHEETS", 0), (workbook, "MOST_PARTS", 2),
    ):  # fmt: skip
        with monkeypatch.context() as patch:
            patch.setattr(module, name, most)
            assert codes(read_file(book)) == [("", "", "too_large")], name
    book.unlink()
    table = save_table(book.with_name("t.csv"), [SROI, ENTRY, ENTRY])
    for name, most in (("MOST_BYTES", 10), ("MOST_ROWS", 1)):
        with monkeypatch.context() as patch:
            patch.setattr(delimited, name, most)
            assert codes(read_file(table)) == [("", "", "too_large")]


def test_a_cell_far_away_costs_nothing(tmp_path: Path) -> None:
    """The last row and column that a sheet can have are out of what is read."""
    path = save_book(tmp_path / "x.xlsx", {"S": [SROI, ENTRY]})
    far = b'<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row></sheetData>'
    made = rewritten(path, _in_sheet(b"</sheetData>", far))
    assert codes(read_file(made)) == []
    assert tables.MOST_COLUMNS < 16_384
    beyond = rewritten(made, _in_sheet(b"1048576", b"99999999999"))
    assert [code for _, _, code in codes(read_file(beyond))] in (["too_large"], ["broken_workbook"])


@pytest.mark.parametrize("content", [b"PK", b"", b"PK\x03\x04" + b"\x00" * 100, b"<html></html>"])
def test_what_is_no_workbook_is_refused(tmp_path: Path, content: bytes) -> None:
    """Cut off, empty or something else under the name of one."""
    path = tmp_path / "x.xlsx"
    path.write_bytes(content)
    ((place, _, code),) = codes(read_file(path))
    assert (place, code) in (("", "broken_workbook"), ("", "empty_file"))


def test_a_password_is_told(tmp_path: Path) -> None:
    """A workbook with a password, or of the old format, is another kind of file."""
    path = tmp_path / "x.xlsx"
    path.write_bytes(b"\xd0\xcf\x11\xe0" + b"\x00" * 600)
    assert codes(read_file(path)) == [("", "", "protected_workbook")]


def test_missing_parts_are_a_broken_workbook(book: Path) -> None:
    """A package without its sheet, or with a sheet cut off, is not half read."""
    cut = rewritten(book, lambda name, content: content[:400] if "sheet1" in name else content)
    assert codes(read_file(cut)) == [("", "", "broken_workbook")]
    gone = rewritten(cut, lambda name, content: None if "sheet1" in name else content)
    assert [code for _, _, code in codes(read_file(gone))] in (["broken_workbook"], ["no_mapping"])


def test_formulas_are_not_computed_or_believed(tmp_path: Path) -> None:
    """A formula in a column that is read refuses the row, also one that reaches outside."""
    outside = "='[other.xlsx]Sheet1'!A1"
    rows = [(*SROI, "Bijzonder"), (*ENTRY, outside), ("i2", *ENTRY[1:5], outside, None)]
    facts = read_file(save_book(tmp_path / "x.xlsx", {"S": rows}))
    assert codes(facts) == [("S!F3", "Waarde toegekend", "formula")]
    assert values(facts, "SELECT id FROM fact.sroi_entry") == [("sroi-i1",)]


@pytest.mark.parametrize(
    "row",
    [
        ('i1;W;01234567;BBL;04-01-2027;"12',),
        ("i1\x00;W;01234567;BBL;04-01-2027;12",),
    ],
)
def test_broken_tables_are_refused_whole(tmp_path: Path, row: tuple[str]) -> None:
    """A quote that never closes, NUL bytes."""
    facts = read_file(save_table(tmp_path / "x.csv", [SROI, row]))
    assert [place for place, _, _ in codes(facts)] == [""]


def test_text_that_would_be_a_formula_stays_text(tmp_path: Path) -> None:
    """A name that begins with = is a name; control characters are refused."""
    rows = [SROI, ("i1", "=cmd", *ENTRY[2:]), ("i2", "a\x07b", "87654321", *ENTRY[3:])]
    facts = read_file(save_table(tmp_path / "x.csv", rows))
    assert codes(facts) == [("B3", "Opdrachtnemer", "unsafe_text")]
    assert ("=cmd",) in values(facts, "SELECT name FROM fact.organisation")


def test_two_rows_of_one_id_are_both_refused(tmp_path: Path) -> None:
    """Equal rows count once; rows that differ under one id are refused, whichever came first."""
    same = read_file(save_table(tmp_path / "a.csv", [SROI, ENTRY, ENTRY]))
    assert (codes(same), values(same, "SELECT count(*) FROM fact.sroi_entry")) == ([], [(1,)])
    other = read_file(save_table(tmp_path / "b.csv", [SROI, ENTRY, (*ENTRY[:5], "1,00")]))
    assert {code for _, _, code in codes(other)} == {"equal_ids"}
    assert values(other, "SELECT count(*) FROM fact.sroi_entry") == [(0,)]
