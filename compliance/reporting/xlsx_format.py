"""The answer as a workbook: every cell typed as text, headers in both languages, room for notes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, time
from io import BytesIO

from xlsxwriter import Workbook  # type: ignore[import-untyped]
from xlsxwriter.format import Format  # type: ignore[import-untyped]
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

from compliance.model.run import CheckAnswer
from compliance.reporting.blocks import Wording
from compliance.reporting.compose import compose, refusal_line
from compliance.reporting.page import Page
from compliance.reporting.tables import COLUMNS, table_rows
from compliance.reporting.words import LANGS

CELL_MOST = 32_000  # Excel holds 32,767 characters in a cell
ROWS_MOST = 1_048_000  # and 1,048,576 rows on a sheet
WIDTHS = {"message": 60, "title": 34, "clears": 50, "evidence": 44, "norms": 44, "missing": 40, "notes": 40}
SHEETS = {"finding": "findings", "not_assessable": "gaps", "compliant": "others", "not_applicable": "others"}
TEXT_ONLY = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def render_xlsx(answer: CheckAnswer, say: Wording) -> bytes:
    """A workbook with a summary, findings, what is not assessable, dossiers and refusals."""
    out = BytesIO()
    book = Workbook(out, {"constant_memory": True, **TEXT_ONLY})
    # A fixed moment, so that equal answers are equal files.
    book.set_properties(
        {"title": say("report.title"), "created": datetime.combine(answer.receipt.as_of, time())}
    )
    writer = _Writer(book, say)
    page = compose(answer, say)
    writer.summary(page)
    writer.results(answer)
    writer.table(
        "dossiers",
        ("organisation", "severity", "reasons"),
        ((item.organisation, item.word, item.reasons) for item in page.dossiers),
    )
    if answer.refusals:
        writer.refusals(answer)
    book.close()
    return out.getvalue()


class _Writer:
    """Writes sheets that all look alike."""

    def __init__(self, book: Workbook, say: Wording) -> None:
        self._book, self._say = book, say
        self._cell: Format = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        self._head: Format = book.add_format(
            {
                "bold": True,
                "num_format": "@",
                "text_wrap": True,
                "valign": "top",
                "bottom": 1,
                "bg_color": "#E7ECF3",
            }
        )

    def table(
        self, sheet: str, columns: Sequence[str], rows: Iterable[Sequence[str]], *, notes: bool = False
    ) -> None:
        """A sheet with a frozen, bilingual header and a filter; with an empty column for notes if asked."""
        names = (*columns, "notes") if notes else tuple(columns)
        page = self._book.add_worksheet(self._say.name("sheet", sheet))
        for number, name in enumerate(names):
            page.set_column(number, number, WIDTHS.get(name, 18), self._cell)
            self._text(page, 0, number, self._header(name), self._head)
        count = 0
        for cells in rows:
            count += 1
            for number, text in enumerate(cells):
                self._text(page, count, number, text, self._cell)
            if count >= ROWS_MOST:
                break
        page.freeze_panes(1, 0)
        page.autofilter(0, 0, count, len(names) - 1)
        page.set_landscape()
        page.set_paper(9)  # A4
        page.fit_to_pages(1, 0)
        page.repeat_rows(0)

    def summary(self, page: Page) -> None:
        """What was judged, what came and what did not, and the counts."""
        rows = [*page.facts, *((word, str(count)) for _, word, count in page.tally)]
        rows += [
            ("", line.text) for line in (*page.delivered, *page.notes, *page.failures, *page.expectations)
        ]
        self.table("summary", ("item", "content"), rows)

    def results(self, answer: CheckAnswer) -> None:
        """Findings, and what is not assessable, each on its own sheet; the others when there are any."""
        sheets: dict[str, list[tuple[str, ...]]] = {"findings": [], "gaps": []}
        for result, cells in zip(answer.results, table_rows(answer, self._say), strict=True):
            sheets.setdefault(SHEETS[result.observation.outcome], []).append(cells)
        for sheet, rows in sheets.items():
            self.table(sheet, COLUMNS, rows, notes=True)

    def refusals(self, answer: CheckAnswer) -> None:
        """What was refused, fit to send to whoever delivered it."""
        self.table(
            "refusals",
            ("file", "place", "column", "reason", "shape", "expected"),
            (
                (item.file, item.place, item.column, item.reason, item.shape, item.expected)
                for item in (refusal_line(refusal, self._say) for refusal in answer.refusals)
            ),
            notes=True,
        )

    def _header(self, name: str) -> str:
        return " / ".join(dict.fromkeys(self._say.words.name("column", name, lang) for lang in LANGS))

    @staticmethod
    def _text(page: Worksheet, row: int, column: int, text: str, style: Format) -> None:
        page.write_string(row, column, text[:CELL_MOST], style)
