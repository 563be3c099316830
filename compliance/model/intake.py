"""What reading deliveries gives beside facts: refusals, notices, and the settings a case file brings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from compliance.model.finding import Exemption
from compliance.model.rule import Expected


@dataclass(frozen=True, slots=True, order=True)
class Refusal:
    """A row (or a whole file, when `place` is empty) that was refused, and what was expected instead.

    `place` is a row number (the header is row 1), an XPath or a path in a case file; `shape` describes
    the value without showing it ("7 digits", "text of 12 characters"), since values can be personal.
    `code` names the reason; its words stand in the report texts.
    """

    file: str
    entity: str
    place: str
    column: str
    code: str
    shape: str = ""
    expected: str = ""

    @property
    def whole_file(self) -> bool:
        return not self.place


@dataclass(frozen=True, slots=True, order=True)
class Notice:
    """Something a reader should know that refuses nothing: a stub, a recognised message, a default."""

    code: str
    file: str = ""
    entity: str = ""
    detail: str = ""
    count: int = 1


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file that was read: its path as given, and the SHA-256 of its bytes."""

    number: int
    path: str
    sha256: str


@dataclass(frozen=True, slots=True)
class CaseSettings:
    """What a case file (or a data set's parameters.yaml) says beside facts."""

    as_of: date | None = None
    known_at: datetime | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    exceptions: tuple[Exemption, ...] = ()
    expect: tuple[Expected, ...] | None = None
    parameter_files: Mapping[str, str] = field(default_factory=dict, compare=False)  # where each stands
