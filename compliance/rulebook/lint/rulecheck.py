"""The shape of a rule about rules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from compliance.errors import Problem
from compliance.rulebook.rulefile import RuleFile
from compliance.yaml12 import Path


class RuleCheck(Protocol):
    """Looks at one rule and tells what is wrong; `code` names the check in every problem."""

    @property
    def code(self) -> str: ...

    def problems(self, file: RuleFile) -> Iterator[Problem]: ...


def problem(check: RuleCheck, file: RuleFile, path: Path, message: str, hint: str = "") -> Problem:
    """A flaw that a check found, with the file and line of the key it is about."""
    return Problem(file.place(path), check.code, message, hint)
