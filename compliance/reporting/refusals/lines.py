"""Refusals as lines of a report: where exactly, why, what was found (never the value) and what is due."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from compliance.model.intake import Notice, Refusal
from compliance.model.vault import FileAnswer, IntakeAnswer
from compliance.reporting.blocks import Wording
from compliance.reporting.words import clean

COLUMNS = ("file", "sheet", "row", "cell", "column", "entity", "reason", "found", "expected")
_PLACE = re.compile(r"(?:(?P<sheet>.+)!)?(?P<letters>[A-Z]{1,3})?(?P<row>\d{1,7})", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: sheet, row and letters of a table, else a path in the file."""

    sheet: str = ""
    row: str = ""
    letters: str = ""


def place_of(text: str) -> Place:
    """The parts of a place as intake gives it."""
    found = _PLACE.fullmatch(text)
    if found is None:
        return Place(row=text)
    return Place(found["sheet"] or "", found["row"], found["letters"] or "")


@dataclass(frozen=True, slots=True)
class Line:
    """A refusal in words, its cells in the order of `COLUMNS`."""

    refusal: Refusal
    place: Place
    cells: tuple[str, ...]

    @property
    def reason(self) -> str:
        """Why, what was found and what is due, as one text."""
        return " ".join(part for part in (self.cells[6], self.cells[7], self.cells[8]) if part)


def lines_of(answer: IntakeAnswer, say: Wording) -> Iterator[Line]:
    """A line for each refusal, in the order of the files and the places in them.

    A cell that is wrong for several facts of its row is one line.
    """
    for file in answer.files:
        told: set[tuple[str, str, str, str]] = set()
        for refusal in sorted(file.refusals, key=_order):
            key = (refusal.place, refusal.column, refusal.code, refusal.expected)
            if not (refusal.place and refusal.column and key in told):
                yield _line(refusal, say)
            told.add(key)


def _order(refusal: Refusal) -> tuple[str, int, str, str]:
    place = place_of(refusal.place)
    number = int(place.row) if place.row.isdecimal() else 0
    return place.sheet, number, refusal.place, refusal.column


def _line(refusal: Refusal, say: Wording) -> Line:
    place = place_of(refusal.place)
    found = clean(say.told(refusal.shape))
    due = clean(say.told(refusal.expected)).rstrip(".")
    cells = (
        clean(PurePath(refusal.file).name),
        clean(place.sheet),
        clean(place.row) or say("intake.whole_file"),
        f"{place.letters}{place.row}" if place.letters else "",
        clean(refusal.column),
        say.name("entity", refusal.entity),
        say.name("refusal", refusal.code),
        say("intake.found", found=found) if found else "",
        say("intake.expected", expected=due) if due else "",
    )
    return Line(refusal, place, cells)


def outcome(file: FileAnswer, say: Wording) -> str:
    """What came of a file, in a few words."""
    if file.known:
        return say("intake.known")
    if file.whole:
        return say("intake.whole")
    counts = (
        ("accepted", file.accepted), ("superseding", file.superseding), ("unchanged", file.unchanged),
        ("withdrawn", file.withdrawn), ("refused", file.refused), ("waiting", file.waiting),
    )  # fmt: skip
    told = [say(f"intake.{name}", count=count) for name, count in counts if count or name == "accepted"]
    return ", ".join(told)


def questions(notices: Sequence[Notice]) -> tuple[list[Notice], list[Notice]]:
    """The notices that ask something, and those that only tell."""
    asking = [notice for notice in notices if notice.code == "same_name_question"]
    return asking, [notice for notice in notices if notice.code != "same_name_question"]
