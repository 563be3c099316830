"""Opens a workbook (XLSX) that anyone may have made: within bounds, no macros, no links, no entities.

openpyxl reads it row by row through defusedxml. Formulas are never computed.
"""

from __future__ import annotations

import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.cell.read_only import EMPTY_CELL
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.workbook.workbook import Workbook

from compliance.sources.refusal import FileRefusedError, Flaw
from compliance.sources.sheets.cells import EMPTY, Cell, value_cell
from compliance.sources.sheets.tables import LETTERS, MOST_ROWS, Row, Sheet

MOST_BYTES = 64 * 1024 * 1024
MOST_UNPACKED = 256 * 1024 * 1024
MOST_PARTS = 5_000
MOST_SHEETS = 100
LAST_ROW = 1_048_576  # of any sheet; what says to stand further down was made by hand
MOST_RATIO = 250  # a part of text that is so many times larger than it is packed was made to be large
_LARGE = 4 * 1024 * 1024
_HEAD = 4096
_BATCH = 500
# What openpyxl and the libraries under it raise for a file that is no workbook; each means just that.
BROKEN = (
    zipfile.BadZipFile, zlib.error, InvalidFileException, OSError, EOFError, SyntaxError, KeyError,
    ValueError, TypeError, IndexError, AttributeError, OverflowError, RuntimeError, NotImplementedError,
)  # fmt: skip
_OLE = b"\xd0\xcf\x11\xe0"


def open_workbook(path: str, *, formulas: bool = False) -> list[Sheet]:
    """The sheets of a workbook; with `formulas` a formula's last value stands for it, if it has one.

    Raises: FileRefusedError.
    """
    _check_package(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles and extensions that are not read
            with closing(_load(path, values=False)) as book:
                names = [sheet.title for sheet in book.worksheets]
    except BROKEN:
        raise FileRefusedError(_broken()) from None
    if len(names) > MOST_SHEETS:
        raise FileRefusedError(_too_large(f"{len(names)} sheets"))
    return [Sheet(name, _Rows(path, name, formulas)) for name in names]


def _load(path: str, *, values: bool) -> Workbook:
    return load_workbook(path, read_only=True, data_only=values, keep_links=False, keep_vba=False)


class _Rows:
    """The rows of one sheet, read anew at every call."""

    def __init__(self, path: str, name: str, formulas: bool) -> None:
        self.path = path
        self.name = name
        self.formulas = formulas

    def __call__(self, width: int) -> Iterator[Row]:
        """Raises: FileRefusedError when the sheet turns out broken or too large."""
        values = self._cells(width, values=True) if self.formulas else None
        empty: Sequence[Any] | None = None  # openpyxl gives one object for every row that a sheet leaves out
        filled = 0
        for number, row in enumerate(self._cells(width, values=False), start=1):
            last = next(values, ()) if values is not None else ()
            if row is empty and number <= LAST_ROW:
                continue
            cells = [_cell(at, item) for at, item in enumerate(row)]
            for at, cell in enumerate(cells):
                if cell.kind == "formula" and at < len(last) and last[at].value is not None:
                    cells[at] = _cell(at, last[at])
            if all(cell is EMPTY for cell in cells):
                empty = row
            else:
                filled += 1
                yield number, cells
            if filled > MOST_ROWS or number > LAST_ROW:
                raise FileRefusedError(_too_large(f"more than {MOST_ROWS} rows"))

    def _cells(self, width: int, *, values: bool) -> Iterator[Sequence[Any]]:
        book = None
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                book = _load(self.path, values=values)
                sheet: Any = book[self.name]
                sheet.reset_dimensions()  # what a file says about its size need not be true
                rows = sheet.iter_rows(max_col=width)
            while batch := _next_rows(rows):
                yield from batch
        except BROKEN:
            raise FileRefusedError(_broken()) from None
        finally:
            if book is not None:
                book.close()


def _next_rows(rows: Iterator[Sequence[Any]]) -> list[Sequence[Any]]:
    """The next rows; openpyxl warns of dates that do not exist, which are error cells then."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return list(islice(rows, _BATCH))


def _cell(at: int, item: Any) -> Cell:
    if item is EMPTY_CELL or item.value is None:
        return EMPTY
    shown = item.number_format if isinstance(item.value, int | float) else ""
    cell = value_cell(item.value, item.data_type, LETTERS[at], shown)
    return EMPTY if cell.kind == "empty" else cell


def _check_package(path: str) -> None:
    """Raises: FileRefusedError for what is no workbook, one with macros, or one that would not fit."""
    try:
        size = Path(path).stat().st_size
        with Path(path).open("rb") as file:
            head = file.read(len(_OLE))
        if size > MOST_BYTES:
            raise FileRefusedError(_too_large(f"more than {MOST_BYTES} bytes"))
        if head == _OLE:
            due = "a workbook (.xlsx) without a password"
            raise FileRefusedError(Flaw("", "protected_workbook", "other bytes", due))
        with zipfile.ZipFile(path) as package:
            _check_parts(package)
    except BROKEN:
        raise FileRefusedError(_broken()) from None


def _check_parts(package: zipfile.ZipFile) -> None:
    parts = package.infolist()
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise FileRefusedError(_too_large("a package that unpacks to a very large size"))
    for part in parts:
        if part.file_size > _LARGE and part.file_size > MOST_RATIO * max(1, part.compress_size):
            raise FileRefusedError(_too_large("a package that unpacks to a very large size"))
        if part.filename.lower().endswith("vbaproject.bin"):
            due = "a workbook without macros: save it as .xlsx"
            raise FileRefusedError(Flaw("", "macros", "a workbook with macros", due))
    for part in parts:
        if part.filename.lower().endswith((".xml", ".rels", ".vml")):
            with package.open(part) as file:
                if re.search(rb"<!(DOCTYPE|ENTITY)", file.read(_HEAD)):
                    due = "a workbook as a spreadsheet program saves it"
                    raise FileRefusedError(Flaw("", "document_type", "a DOCTYPE", due))


def _broken() -> Flaw:
    return Flaw("", "broken_workbook", "", "a whole workbook (.xlsx), or a table (.csv)")


def _too_large(found: str) -> Flaw:
    return Flaw("", "too_large", found, "a smaller file")
