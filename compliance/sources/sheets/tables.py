"""A sheet as the readers see it: rows of cells with their numbers, whatever kind of file it came from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from compliance.sources.sheets.cells import Cell

MOST_COLUMNS = 256
MOST_ROWS = 500_000
Row = tuple[int, Sequence[Cell]]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its name (empty in a CSV file) and how its rows are read.

    `read` gives the rows from the top with their first so many cells, empty rows left out.
    """

    name: str
    read: Callable[[int], Iterator[Row]]

    def rows(self, width: int = MOST_COLUMNS) -> Iterator[Row]:
        """Raises: FileRefusedError when the sheet turns out broken or too large."""
        return self.read(width)

    def place(self, row: int, letters: str = "") -> str:
        """A row or a cell as people name it."""
        return f"{self.name}!{letters}{row}" if self.name else f"{letters}{row}"


def column_letters(number: int) -> str:
    """The letters of a column, from 1."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


LETTERS = tuple(column_letters(number) for number in range(1, MOST_COLUMNS + 1))
