"""What is shown of a delivery beside counts: its first rows as facts, and copies of a supplier's own sheets.

Only data. A copy holds what a mapping reads and nothing else; it goes back to whom it came from.
"""

from __future__ import annotations

from dataclasses import dataclass

from compliance.model.vault import IntakeAnswer


@dataclass(frozen=True, slots=True)
class Sample:
    """The first rows that a file brings to an entity, as texts by field; `count` is how many there are."""

    file: str
    entity: str
    fields: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    count: int


@dataclass(frozen=True, slots=True)
class SheetCopy:
    """A sheet as the supplier made it: texts by row number, each row from its first column on.

    Of columns in `withheld` (places from 0) only the heading is there.
    """

    file: str
    sheet: str
    header_row: int
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    withheld: frozenset[int]


@dataclass(frozen=True, slots=True)
class Shown:
    """All that the answer to an intake can show; samples only in a preview."""

    answer: IntakeAnswer
    samples: tuple[Sample, ...] = ()
    copies: tuple[SheetCopy, ...] = ()
