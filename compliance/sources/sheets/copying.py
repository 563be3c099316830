"""Copies the sheets of a supplier for a report to that supplier: only the columns that are read as facts."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from compliance.model.preview import SheetCopy
from compliance.model.schema import delivered_entities, entities
from compliance.sources.bsn import passes_bsn_test
from compliance.sources.protected import ProtectedNames, shipped_names
from compliance.sources.refusal import FileRefusedError
from compliance.sources.sheets.cells import Cell
from compliance.sources.sheets.mapping import Party
from compliance.sources.sheets.reader import open_sheets
from compliance.sources.sheets.recognise import Header, find_header
from compliance.sources.sheets.shipped import chosen_mappings
from compliance.sources.sheets.tables import MOST_COLUMNS

MOST_COPIED = 50_000
_REGISTERS = ("kvk_number", "agb_code")  # eight digits that may pass for a BSN by chance
_SHOWN = {"formula": "=…", "error": "#…"}


def copy_sheets(
    path: str, mapping: str | None = None, protected: ProtectedNames | None = None
) -> tuple[SheetCopy, ...]:
    """The sheets of a file that a mapping recognises, or a canonical table; none of what cannot be read."""
    names = protected or shipped_names()
    try:
        if Path(path).stem in delivered_entities():
            return (_copy_table(path),)
        headers = [find_header(sheet, chosen_mappings(mapping)) for sheet in open_sheets(path)]
        return tuple(_copy(path, header, names) for header in headers if header is not None)
    except (FileRefusedError, OSError, UnicodeDecodeError, csv.Error):
        return ()


def _copy_table(path: str) -> SheetCopy:
    """A canonical table: the columns that are fields of its entity."""
    with Path(path).open(encoding="utf-8-sig", newline="") as file:
        header, *rows = islice(csv.reader(file), MOST_COPIED)
    fields = entities()[Path(path).stem].fields
    read = {at for at, name in enumerate(header) if name in fields}
    numbers = {at for at, name in enumerate(header) if name in _REGISTERS}
    shown = [
        tuple(_cell(row, at, at in numbers) if at in read else "" for at in range(len(header)))
        for row in rows
    ]
    withheld = frozenset(range(len(header))) - read
    return SheetCopy(path, "", 1, ((1, tuple(header)), *enumerate(shown, 2)), withheld)


def _cell(row: Sequence[str], at: int, number: bool) -> str:
    """The text; empty for what may be a BSN."""
    text = row[at] if at < len(row) else ""
    return "" if not number and passes_bsn_test(text) else text


def _copy(path: str, header: Header, protected: ProtectedNames) -> SheetCopy:
    read = {at for at in header.columns.values() if not protected.attribute(header.headings[at])}
    width = max((*header.headings, *read), default=0) + 1
    numbers = {header.columns[name] for name in _number_columns(header) if name in header.columns}
    return SheetCopy(
        file=path,
        sheet=header.sheet.name,
        header_row=header.row,
        rows=tuple(_rows(header, read, numbers, min(width, MOST_COLUMNS))),
        withheld=frozenset(set(range(width)) - read),
    )


def _rows(
    header: Header, read: set[int], numbers: set[int], width: int
) -> Iterator[tuple[int, tuple[str, ...]]]:
    for count, (number, cells) in enumerate(header.sheet.rows()):
        if count >= MOST_COPIED:
            return
        if number == header.row:
            yield number, tuple(header.headings.get(at, "") for at in range(width))
        elif number > header.row:
            yield number, tuple(_text(cells, at, at in numbers) if at in read else "" for at in range(width))


def _number_columns(header: Header) -> Iterator[str]:
    """The columns with numbers of organisations: eight digits that may pass for a BSN by chance."""
    for record in header.mapping.records:
        parties = [record.id, *(source.organisation for source in record.fields.values())]
        for party in parties:
            if isinstance(party, Party):
                yield from (name for name in (party.kvk_number, party.agb_code) if name)


def _text(cells: Sequence[Cell], at: int, number: bool) -> str:
    """The cell's text; empty for what may be a BSN."""
    if at >= len(cells):
        return ""
    cell = cells[at]
    if not number and passes_bsn_test(cell.text):
        return ""
    return _SHOWN.get(cell.kind, cell.text)
