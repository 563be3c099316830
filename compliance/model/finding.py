"""What judging gives: observations by the engines, results after the judgement, dossiers."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

from compliance.model.entities import Compartment
from compliance.model.rule import Outcome, Severity

Value = str | int | bool | Decimal | date | None
EVIDENCE_SHOWN = 20  # the first by entity and id; the true count is always given
MISSING_SHOWN = 20


@dataclass(frozen=True, slots=True, order=True)
class RowRef:
    """A fact, by entity and id."""

    entity: str
    id: str

    def __str__(self) -> str:
        return f"{self.entity}/{self.id}"


@dataclass(frozen=True, slots=True, order=True)
class Missing:
    """Why something cannot be judged: a fact nobody delivered, or a number nobody agreed.

    For a missing fact `field` is "entity.field" (or the bare entity when none of it was delivered) and
    `id` the row that lacks it, empty when no row has it. For a number `parameter` names it, with its code
    in brackets.
    """

    kind: Literal["missing_fact", "parameter_not_agreed"]
    field: str = ""
    entity: str = ""
    id: str = ""
    parameter: str = ""

    def __str__(self) -> str:
        return self.field or self.parameter


@dataclass(frozen=True, slots=True)
class Observation:
    """What one rule says of one subject; made by an engine, equal whichever engine made it."""

    rule: str
    subject: RowRef
    outcome: Outcome
    values: tuple[tuple[str, Value], ...] = ()
    missing: tuple[Missing, ...] = ()
    missing_count: int = 0
    evidence: tuple[RowRef, ...] = ()
    evidence_count: int = 0
    deviates_since: date | None = None
    about: str | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """A rule that could not be judged because something broke; the run is incomplete."""

    rule: str
    compartment: Compartment
    message: str


@dataclass(frozen=True, slots=True)
class Exemption:
    """An exception (tenzij) that a person granted for one rule and subject, both days included."""

    rule: str
    subject: RowRef
    granted_by: str
    reason: str
    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True)
class Judged:
    """An observation with what the judgement layer made of it."""

    observation: Observation
    severity: Severity
    status: Literal["open", "excepted", "follows_from"] = "open"
    follows_from: str | None = None
    exemption: Exemption | None = None


@dataclass(frozen=True, slots=True)
class Dossier:
    """An organisation about which findings together ask for attention, with the rules that made it so."""

    organisation: str
    severity: Severity
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """How many subjects got each outcome, over all rules judged."""

    finding: int = 0
    compliant: int = 0
    not_assessable: int = 0
    not_applicable: int = 0
    failed: int = 0


def fingerprint(rule: str, contract: str, subject: RowRef) -> str:
    """A stable name for "this rule about this subject": it survives rewording, values and dates."""
    text = f"{rule}\x1f{contract}\x1f{subject.entity}\x1f{subject.id}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What an engine found for a set of rules: all findings and gaps, and counts per rule and outcome.

    `observations` holds findings and not-assessable ones, and the others only when asked for; ordered by
    rule, then subject id.
    """

    observations: tuple[Observation, ...]
    counts: dict[str, Counts] = field(default_factory=dict)
    failures: tuple[Failure, ...] = ()
