"""The exceptions a caller must handle, and the one shape of every message.

    ComplianceError            what, where, why, what to do; never personal data
    ├── UsageError             wrong options, configuration or rule book: exit code 2
    │   └── RulebookError      flaws in rules or numbers, all of them at once
    ├── InputError             facts that cannot be read at all: exit code 3
    └── StoreError             the store cannot be reached, read or written: exit code 3

A finding, a refused row and a flaw are data (`Problem`), not exceptions: they are collected, and an
exception is raised only when nothing sensible is left to do.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong in a file: where, which kind, what, and what to do about it."""

    place: str
    code: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        text = f"{self.place}: {self.message}" if self.place else self.message
        return f"{text} {self.hint}" if self.hint else text


class ComplianceError(Exception):
    """Base of all errors of this product; carries every problem, in order of place."""

    exit_code = 3

    def __init__(self, problems: Iterable[Problem] | Problem) -> None:
        self.problems = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class UsageError(ComplianceError):
    """The command or its configuration is wrong."""

    exit_code = 2


class RulebookError(UsageError):
    """The rule book has flaws; nothing is judged until they are mended."""


class InputError(ComplianceError):
    """Facts were offered that cannot be read."""

    exit_code = 3


class StoreError(ComplianceError):
    """What was kept cannot be reached, read or written."""

    exit_code = 3


def closest(name: str, known: Iterable[str]) -> str:
    """A hint naming the known word nearest to `name`, or an empty text when none is near."""
    matches = get_close_matches(name, sorted(known), n=1, cutoff=0.6)
    return f"Did you mean {matches[0]}?" if matches else ""
