"""A workbook for the supplier: a sheet with every reason, and its own sheets with the refused cells marked.

All cells are text; columns that no mapping reads are empty under their heading.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from io import BytesIO

from xlsxwriter import Workbook  # type: ignore[import-untyped]
from xlsxwriter.format import Format  # type: ignore[import-untyped]
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

from compliance.model.preview import SheetCopy, Shown
from compliance.reporting.blocks import Wording
from compliance.reporting.refusals.lines import COLUMNS, Line, lines_of
from compliance.reporting.words import clean

CELL_MOST = 32_000
COMMENT_MOST = 2_000
_TEXT_ONLY = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_WIDTHS = {"file": 24, "column": 24, "entity": 18, "reason": 46, "found": 36, "expected": 60}
_ILLEGAL = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
Marks = Mapping[tuple[int, int], str]


def marked_workbook(shown: Shown, say: Wording) -> bytes:
    """The bytes of the workbook; the same answer gives the same bytes."""
    out = BytesIO()
    book = Workbook(out, {"constant_memory": True, **_TEXT_ONLY})
    made = shown.answer.recorded_at or datetime(2000, 1, 1, tzinfo=UTC)
    book.set_properties({"title": say("intake.refused_heading"), "created": made.replace(tzinfo=None)})
    lines = [*lines_of(shown.answer, say)]
    writer = _Writer(book, say)
    writer.reasons(lines)
    for copy in shown.copies:
        writer.copy(copy, [line for line in lines if _is_in(line, copy)])
    book.close()
    return out.getvalue()


def _is_in(line: Line, copy: SheetCopy) -> bool:
    refusal = line.refusal
    return refusal.file == copy.file and (refusal.whole_file or line.place.sheet == copy.sheet)


class _Writer:
    """Writes the sheets, each under a name of its own."""

    def __init__(self, book: Workbook, say: Wording) -> None:
        self._book, self._say = book, say
        self._names: set[str] = set()
        plain = {"num_format": "@", "text_wrap": True, "valign": "top"}
        self._cell: Format = book.add_format(plain)
        self._head: Format = book.add_format({**plain, "bold": True, "bottom": 1, "bg_color": "#E7ECF3"})
        self._wrong: Format = book.add_format(
            {**plain, "bg_color": "#F8C9C4", "border": 1, "border_color": "#B3261E"}
        )

    def reasons(self, lines: Iterable[Line]) -> None:
        """A row for each refusal."""
        page = self._page(self._say("intake.reasons_sheet"))
        for at, name in enumerate(COLUMNS):
            page.set_column(at, at, _WIDTHS.get(name, 10), self._cell)
            page.write_string(0, at, self._say(f"intake.column_{name}"), self._head)
        count = 0
        for count, line in enumerate(lines, start=1):
            for at, text in enumerate(line.cells):
                page.write_string(count, at, text[:CELL_MOST], self._cell)
        page.freeze_panes(1, 0)
        page.autofilter(0, 0, count, len(COLUMNS) - 1)

    def copy(self, copy: SheetCopy, lines: Iterable[Line]) -> None:
        """The supplier's sheet, with its own row numbers and letters."""
        page = self._page(copy.sheet or copy.file.rsplit("/", 1)[-1])
        marks = _marks(copy, lines)
        width = max((len(cells) for _, cells in copy.rows), default=1)
        page.set_column(0, width - 1, 18, self._cell)
        last = copy.header_row
        for number, cells in copy.rows:
            last = number
            for at in range(width):
                text = clean(cells[at]) if at < len(cells) else ""
                reason = marks.get((number, at))
                style = self._wrong if reason else self._head if number == copy.header_row else self._cell
                page.write_string(number - 1, at, text[:CELL_MOST], style)
                if reason:
                    page.write_comment(number - 1, at, reason[:COMMENT_MOST], {"author": "", "x_scale": 3})
        page.freeze_panes(copy.header_row, 0)
        page.autofilter(copy.header_row - 1, 0, max(last - 1, copy.header_row), width - 1)

    def _page(self, wanted: str) -> Worksheet:
        base = _ILLEGAL.sub(" ", wanted).strip(" '")[:28] or "1"
        name, number = base, 1
        while name.casefold() in self._names:
            number += 1
            name = f"{base[:26]} {number}"
        self._names.add(name.casefold())
        return self._book.add_worksheet(name)


def _marks(copy: SheetCopy, lines: Iterable[Line]) -> Marks:
    """The reasons by row number and place of the cell; of a whole row they stand at its first cell."""
    found: dict[tuple[int, int], list[str]] = defaultdict(list)
    headings = next((cells for number, cells in copy.rows if number == copy.header_row), ())
    for line in lines:
        named = [at for at, name in enumerate(headings) if name and name == line.refusal.column]
        at = _place(line.place.letters) if line.place.letters else named[0] if named else 0
        if line.refusal.whole_file:
            if named:
                found[copy.header_row, named[0]].append(line.reason)
        elif line.place.row.isdecimal():
            found[int(line.place.row), at].append(line.reason)
    return {key: "\n".join(dict.fromkeys(reasons)) for key, reasons in found.items()}


def _place(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1
