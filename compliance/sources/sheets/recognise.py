"""Finds the header of a sheet and the mapping that is for it, by the names of columns that must be there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from compliance.sources.naming import folded_word
from compliance.sources.protected import ProtectedNames
from compliance.sources.refusal import FileRefusedError, Flaw
from compliance.sources.shape import shown_name
from compliance.sources.sheets.cells import Cell
from compliance.sources.sheets.columns import all_columns, folded_names
from compliance.sources.sheets.mapping import SheetMapping
from compliance.sources.sheets.tables import LETTERS, Sheet


@dataclass(frozen=True, slots=True)
class Header:
    """A sheet that a mapping recognises: where its header stands, and in which place (from 0) each column.

    `headings` are the names as the supplier wrote them, by place; `unread` the places that nothing reads.
    """

    sheet: Sheet
    mapping: SheetMapping
    row: int
    columns: Mapping[str, int]
    headings: Mapping[int, str]
    unread: tuple[int, ...]

    @property
    def width(self) -> int:
        """How many columns from the first hold all that is read."""
        return max(self.columns.values()) + 1

    def heading(self, column: str) -> str:
        """The column as the supplier calls it."""
        at = self.columns.get(column)
        return column if at is None else self.headings[at]

    def letters(self, column: str) -> str:
        """The letters of the column; empty when the sheet lacks it."""
        at = self.columns.get(column)
        return "" if at is None else LETTERS[at]


def find_header(sheet: Sheet, mappings: Sequence[SheetMapping]) -> Header | None:
    """The header of the sheet with the mapping that knows most of its columns; None when none is for it.

    Raises: FileRefusedError when two mappings fit alike, or a column that is read stands twice.
    """
    deepest = max(mapping.recognise.within for mapping in mappings)
    rows = [row for row in islice(sheet.rows(), deepest) if row[0] <= deepest]
    fits: list[tuple[int, Header]] = []
    for mapping in mappings:
        if mapping.recognise.sheets and folded_word(sheet.name) not in map(
            folded_word, mapping.recognise.sheets
        ):
            continue
        for number, cells in rows:
            header = _header(sheet, mapping, number, cells)
            if header is not None and number <= mapping.recognise.within:
                fits.append((len(header.columns), header))
                break
    if not fits:
        return None
    most = max(count for count, _ in fits)
    best = [header for count, header in fits if count == most]
    if len(best) > 1:
        names = ", ".join(header.mapping.mapping for header in best)
        due = f"the mapping named (--mapping), one of: {names}"
        raise FileRefusedError(Flaw("", "mapping_unclear", f"{len(best)} mappings", due))
    _refuse_double(best[0])
    return best[0]


def _header(sheet: Sheet, mapping: SheetMapping, number: int, cells: Sequence[Cell]) -> Header | None:
    headings = {at: cell.text for at, cell in enumerate(cells) if cell.kind == "text"}
    folded = {at: folded_word(text) for at, text in headings.items()}
    columns: dict[str, int] = {}
    for column in all_columns(mapping):
        names = folded_names(mapping, column)
        found = [(names.index(name), at) for at, name in folded.items() if name in names]
        if found:
            columns[column] = min(found)[1]
    if any(column not in columns for column in mapping.recognise.columns):
        return None
    known = {*columns.values()} | {
        at for at, name in folded.items() if name in {folded_word(each) for each in mapping.ignore}
    }
    return Header(sheet, mapping, number, columns, headings, tuple(at for at in headings if at not in known))


def _refuse_double(header: Header) -> None:
    """Raises: FileRefusedError when a column that is read stands in the sheet twice."""
    names = [folded_word(text) for text in header.headings.values()]
    twice = sorted(
        header.headings[at]
        for at in header.columns.values()
        if names.count(folded_word(header.headings[at])) > 1
    )
    if twice:
        raise FileRefusedError(
            *(
                Flaw(shown_name(name), "double_column", expected="each column once")
                for name in dict.fromkeys(twice)
            )
        )


def protected_flaws(header: Header, protected: ProtectedNames) -> list[Flaw]:
    """The columns of the sheet that hold a protected attribute: none of the file is taken."""
    found = []
    for name in header.headings.values():
        attribute = protected.attribute(name)
        if attribute:
            due = f"no such column: {attribute} is protected and never read"
            found.append(Flaw(shown_name(name), "protected_attribute", expected=due))
    return found
