"""A report as a workbook: a sheet per table, all rows, every cell typed as text, room for notes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, time
from io import BytesIO

from xlsxwriter import Workbook  # type: ignore[import-untyped]
from xlsxwriter.format import Format  # type: ignore[import-untyped]
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

from compliance.model.night import NightReceipt
from compliance.reporting.blocks import Wording
from compliance.reporting.night.page import Cards, Figure, Report, Sheet, Table
from compliance.reporting.words import LANGS
from compliance.reporting.xlsx_format import CELL_MOST, ROWS_MOST, TEXT_ONLY

WIDTHS = {
    "message": 60, "title": 34, "clears": 46, "evidence": 44, "norms": 40, "missing": 46, "notes": 40,
    "rules": 30, "reason": 40, "what": 60, "file": 34, "measure": 40, "reasons": 34, "content": 80,
    "severity": 14, "rule": 10, "period": 26,
}  # fmt: skip
NAME_MOST = 31  # characters in the name of a sheet
_NO_NAME = re.compile(r"[\[\]:*?/\\']")


def render_workbook(report: Report, receipt: NightReceipt, say: Wording) -> bytes:
    """The report as XLSX; equal reports are equal bytes."""
    out = BytesIO()
    book = Workbook(out, {"constant_memory": True, **TEXT_ONLY})
    book.set_properties({"title": report.title, "created": datetime.combine(receipt.as_of, time())})
    writer = _Writer(book, say, report.banner)
    writer.summary(report)
    for name, table in _tables(report):
        writer.table(name, table)
    book.close()
    return out.getvalue()


def _tables(report: Report) -> Iterator[tuple[str, Table]]:
    """Every table with what its sheet is called; a part with several gets a sheet for each."""
    for part in report.parts:
        several = sum(isinstance(block, Table) for block in part.blocks) > 1
        for block in part.blocks:
            if isinstance(block, Table):
                yield (block.caption if several else part.heading), block
            elif isinstance(block, (Cards, Sheet)):
                yield part.heading, block.rows
            elif isinstance(block, Figure):
                yield block.title, block.table


class _Writer:
    """Writes sheets that all look alike, each with a name of its own."""

    def __init__(self, book: Workbook, say: Wording, banner: str) -> None:
        self._book, self._say, self._banner = book, say, banner
        self._names: set[str] = set()
        style = {"num_format": "@", "text_wrap": True, "valign": "top"}
        self._cell: Format = book.add_format(style)
        self._number: Format = book.add_format({**style, "align": "right"})
        self._head: Format = book.add_format({**style, "bold": True, "bottom": 1, "bg_color": "#E7ECF3"})
        self._loud: Format = book.add_format({"num_format": "@", "bold": True, "font_color": "#9B1C1C"})

    def summary(self, report: Report) -> None:
        """What was judged, whether it is complete, the day in short, and what was used."""
        rows = [(report.title, report.contract), *report.facts]
        rows += [("", text) for text in (report.incomplete, report.lead) if text]
        rows += [(report.brief_heading, line.text) for line in report.brief]
        rows += [(part.heading, part.note or part.empty) for part in report.parts if not part.blocks]
        rows += [(part.heading, part.note) for part in report.parts if part.blocks and part.note]
        rows += list(report.closing)
        page = self._sheet(self._say("night_text.summary"))
        first = self._headings(page, ("item", "content"))
        for number, cells in enumerate(rows, first):
            for column, text in enumerate(cells):
                self._text(page, number, column, text, self._cell)
        self._finish(page, first, len(rows), 2)

    def table(self, name: str, table: Table) -> None:
        """A sheet with a frozen, bilingual header, a filter, and an empty column for notes."""
        page = self._sheet(name)
        codes = (*(column.code for column in table.columns), "notes")
        first = self._headings(page, codes)
        count = 0
        for count, row in enumerate(table.rows[:ROWS_MOST], 1):
            for number, (column, cell) in enumerate(zip(table.columns, row, strict=True)):
                style = self._number if column.number else self._cell
                self._text(page, first + count - 1, number, cell.plain, style)
        self._finish(page, first, count, len(codes))

    def _sheet(self, wanted: str) -> Worksheet:
        name = base = _NO_NAME.sub(" ", wanted).strip()[:NAME_MOST]
        number = 1
        while name.casefold() in self._names:
            number += 1
            name = f"{base[: NAME_MOST - 4]} {number}"
        self._names.add(name.casefold())
        return self._book.add_worksheet(name)

    def _headings(self, page: Worksheet, codes: Sequence[str]) -> int:
        """The headings stand, below the banner where there is one; the row below them."""
        row = 0
        for number, code in enumerate(codes):
            page.set_column(number, number, WIDTHS.get(code, 18), self._cell)
        if self._banner:
            self._text(page, 0, 0, self._banner, self._loud)
            page.set_header(f"&C{self._banner.replace('&', '&&')}")
            row = 1
        for number, code in enumerate(codes):
            self._text(page, row, number, self._heading(code), self._head)
        return row + 1

    def _finish(self, page: Worksheet, first: int, count: int, width: int) -> None:
        page.freeze_panes(first, 0)
        page.autofilter(first - 1, 0, max(first, first + count - 1), width - 1)
        page.set_landscape()
        page.set_paper(9)  # A4
        page.fit_to_pages(1, 0)
        page.repeat_rows(0, first - 1)

    def _heading(self, code: str) -> str:
        group = "severity" if self._say.words.has(f"severity.{code}") else "night_column"
        return " / ".join(dict.fromkeys(self._say.words.name(group, code, lang) for lang in LANGS))

    @staticmethod
    def _text(page: Worksheet, row: int, column: int, text: str, style: Format) -> None:
        page.write_string(row, column, text[:CELL_MOST], style)
