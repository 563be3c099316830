"""The proof of one outcome as plain data: every named step of a rule, and the facts and numbers behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from compliance.model.finding import Missing, RowRef, Value
from compliance.model.rule import Outcome, Rule
from compliance.model.run import Origin


@dataclass(frozen=True, slots=True)
class ProvenFact:
    """A fact that was looked at: the fields used, as (name, state, value), and where it was read."""

    fact: RowRef
    fields: tuple[tuple[str, str, Value], ...]
    origin: Origin | None


@dataclass(frozen=True, slots=True)
class ProvenNumber:
    """A number that was asked for; `value` is None when nobody agreed one."""

    name: str
    key: str
    value: int | Decimal | date | tuple[str, ...] | None
    status: str
    source: str

    @property
    def label(self) -> str:
        return f"{self.name}[{self.key}]" if self.key else self.name


@dataclass(frozen=True, slots=True)
class ProvenRows:
    """What a quantifier or count came down to: of all rows, how many meet its condition or may do so."""

    kind: str
    entity: str
    of: int
    holds: int
    doubts: int
    complete: bool
    rows: tuple[RowRef, ...]


@dataclass(frozen=True, slots=True)
class ProvenStep:
    """A named part of the rule with its value; `state` is "value", "empty" or "unknown"."""

    name: str
    role: str
    text: str
    state: str
    value: Value
    uses: tuple[str, ...] = ()
    facts: tuple[ProvenFact, ...] = ()
    numbers: tuple[ProvenNumber, ...] = ()
    rows: tuple[ProvenRows, ...] = ()
    missing: tuple[Missing, ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a rule says what it says of a subject; `because` names the steps that decided it."""

    rule: Rule
    subject: RowRef
    outcome: Outcome
    contract: str
    as_of: date
    steps: tuple[ProvenStep, ...]
    because: tuple[str, ...]
    values: tuple[tuple[str, Value], ...]
    evidence: tuple[ProvenFact, ...]
    missing: tuple[Missing, ...]
    refused: int = 0
    labels: Mapping[RowRef, str] = field(default_factory=dict)
