"""Opens a CSV file as spreadsheets save it: with ; or , or tabs, in UTF-8 or the Windows code page."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from compliance.sources.refusal import FileRefusedError, Flaw
from compliance.sources.sheets.cells import text_cell
from compliance.sources.sheets.tables import LETTERS, MOST_ROWS, Row, Sheet

MOST_BYTES = 128 * 1024 * 1024
_DELIMITERS = ";\t,|"
_SAMPLE = 60


def open_delimited(path: str) -> list[Sheet]:
    """The one sheet of a CSV file.

    Raises: FileRefusedError.
    """
    with Path(path).open("rb") as file:
        content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise FileRefusedError(Flaw("", "too_large", f"more than {MOST_BYTES} bytes", "a smaller file"))
    text = _decoded(content)
    return [Sheet("", _Rows(text, _delimiter(text)))]


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            raise FileRefusedError(Flaw("", "nul_byte", "", "text without NUL bytes"))
        return text
    raise FileRefusedError(Flaw("", "not_utf8", "other bytes", "text in UTF-8 or the Windows code page"))


def _delimiter(text: str) -> str:
    """The sign that divides most lines at the top into the most parts; a first line `sep=;` says it."""
    lines = text.splitlines()[:_SAMPLE]
    if lines and lines[0][:4].lower() == "sep=" and lines[0][4:5] in tuple(_DELIMITERS):
        return lines[0][4]
    return max(
        _DELIMITERS, key=lambda sign: (max((line.count(sign) for line in lines), default=0), sign == ";")
    )


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows of the text, read anew at every call."""

    text: str
    delimiter: str

    def __call__(self, width: int) -> Iterator[Row]:
        """Raises: FileRefusedError when the text turns out to be no table, or too large."""
        reader = csv.reader(io.StringIO(self.text, newline=""), delimiter=self.delimiter, strict=True)
        number = 0
        try:
            for number, values in enumerate(reader, start=1):
                if number > MOST_ROWS:
                    found = f"more than {MOST_ROWS} rows"
                    raise FileRefusedError(Flaw("", "too_large", found, "a smaller file"))
                cells = [
                    text_cell(value, letters) for value, letters in zip(values[:width], LETTERS, strict=False)
                ]
                if any(cell.kind != "empty" for cell in cells):
                    yield number, cells
        except csv.Error:
            due = "values in double quotes where they hold a quote or line break"
            raise FileRefusedError(Flaw("", "broken_csv", f"row {number + 1}", due)) from None
