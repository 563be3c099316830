"""A report as a page of texts in one language: what HTML, PDF, Markdown and the workbook print.

It knows no markup; a section holds tables, lists, findings and figures in reading order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from compliance.reporting.page import Line, SeverityBlock


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: its text, something softer below it, and the tone and sign of a severity."""

    text: str
    soft: str = ""
    tone: str = ""
    sign: str = ""

    @property
    def plain(self) -> str:
        """The cell as one text, for what knows no layout."""
        return f"{self.text} ({self.soft})" if self.soft else self.text


@dataclass(frozen=True, slots=True)
class Column:
    """A column by its code, with its heading; numbers stand to the right."""

    code: str
    heading: str
    number: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headings; on a page at most `most`, in a workbook all. `name` is the workbook's sheet."""

    name: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    caption: str
    most: int = 40
    kind: Literal["table"] = "table"

    @property
    def shown(self) -> tuple[tuple[Cell, ...], ...]:
        return self.rows[: self.most]

    @property
    def hidden(self) -> int:
        return max(0, len(self.rows) - self.most)


@dataclass(frozen=True, slots=True)
class Lines:
    """A list of statements."""

    lines: tuple[Line, ...]
    kind: Literal["lines"] = "lines"


@dataclass(frozen=True, slots=True)
class Cards:
    """Findings by severity and rule, on a page at most `most` of each rule; `rows` are all for a workbook."""

    name: str
    blocks: tuple[SeverityBlock, ...]
    rows: Table
    most: int = 6
    kind: Literal["cards"] = "cards"


@dataclass(frozen=True, slots=True)
class Figure:
    """A plot as SVG, what it shows in words, and its numbers as a table."""

    title: str
    alternative: str
    svg: str
    table: Table
    kind: Literal["figure"] = "figure"


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows that stand in a workbook only: a page has said the same in fewer words."""

    rows: Table
    kind: Literal["sheet"] = "sheet"


Block = Table | Lines | Cards | Figure | Sheet


@dataclass(frozen=True, slots=True)
class Part:
    """A section: heading, what it is about, what it holds, and what is said when it holds nothing."""

    code: str
    heading: str
    lead: str
    blocks: tuple[Block, ...]
    empty: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Tile:
    """A number of the day, and the section that tells more."""

    code: str
    tone: str
    sign: str
    count: str
    word: str
    section: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """Everything a reader sees, in reading order; `banner` stands above every page."""

    audience: str
    title: str
    contract: str
    day: str
    lead: str
    banner: str
    incomplete: str
    facts: tuple[tuple[str, str], ...]
    tiles: tuple[Tile, ...]
    brief: tuple[Line, ...]
    brief_heading: str
    parts: tuple[Part, ...]
    closing: tuple[tuple[str, str], ...]


def capped(items: Sequence[str], most: int, more: str) -> str:
    """The first items with commas, then `more` when there are others."""
    text = ", ".join(items[:most])
    return f"{text} {more}" if len(items) > most else text
