"""The results as CSV: UTF-8, one row per result, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
from io import StringIO

from compliance.model.run import CheckAnswer
from compliance.reporting.blocks import Wording
from compliance.reporting.tables import COLUMNS, table_rows

# A cell that starts with one of these is run as a formula by a spreadsheet.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def render_csv(answer: CheckAnswer, say: Wording) -> str:
    """A header of column names and a row per result."""
    out = StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n", quoting=csv.QUOTE_MINIMAL)
    writer.writerow(COLUMNS)
    for cells in table_rows(answer, say):
        writer.writerow([safe_cell(cell) for cell in cells])
    return out.getvalue()


def safe_cell(text: str) -> str:
    """The text, with a quote before it when a spreadsheet would take it for a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
