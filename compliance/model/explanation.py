"""The proof of one outcome as plain data, without words: reports render it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from compliance.model.finding import Missing, RowRef, Value
from compliance.model.number import NumberValue
from compliance.model.rule import Norm, Outcome, Rule, Status
from compliance.model.run import Origin

StateName = Literal["value", "empty", "unknown"]
Role = Literal["subject", "let", "list", "condition", "need", "applies_when", "flag_when"]


@dataclass(frozen=True, slots=True)
class Held:
    """A field as it counts on the day judged; `value` is None unless `state` is "value"."""

    field: str
    state: StateName
    value: Value


@dataclass(frozen=True, slots=True)
class UsedFact:
    """A fact that was looked at, with the fields used of it and where it was read.

    `source` is the number of the source file; -1 for a stub and for a derived fact.
    """

    fact: RowRef
    fields: tuple[Held, ...]
    source: int
    place: str


@dataclass(frozen=True, slots=True)
class UsedNumber:
    """A number that was asked for; `value` is None when it has none on the rule's number day.

    A number that the case at hand set says so, and its source is the `parameters` of that case.
    """

    name: str
    key: str
    value: NumberValue | None
    status: Status | Literal["set_by_case"]
    source: str


@dataclass(frozen=True, slots=True)
class Quantified:
    """The rows that a quantifier, a count or a list came down to.

    `holds` and `doubts` count the rows for which its condition is true and unknown, `of` all rows of the
    entity; `rows` are the first of both by id. `complete` is false when there may be rows nobody delivered.
    """

    kind: str
    entity: str
    of: int
    holds: int
    doubts: int
    complete: bool
    rows: tuple[RowRef, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """A named part of the rule with its value and what it rests on; `uses` names the parts it is made of.

    A list has no value. `missing` says why it is unknown.
    """

    name: str
    role: Role
    text: str
    state: StateName
    value: Value
    uses: tuple[str, ...] = ()
    facts: tuple[UsedFact, ...] = ()
    numbers: tuple[UsedNumber, ...] = ()
    rows: tuple[Quantified, ...] = ()
    missing: tuple[Missing, ...] = ()


@dataclass(frozen=True, slots=True)
class Proof:
    """Why the rule says what it says of the subject.

    `steps` stand in the order of the rule; the last ones are applies_when and flag_when, so that the reason
    for a compliant or not-applicable subject stands there too. `evidence` and `missing` are complete.
    """

    rule: str
    subject: RowRef
    outcome: Outcome
    steps: tuple[Step, ...]
    values: tuple[tuple[str, Value], ...]
    evidence: tuple[UsedFact, ...]
    missing: tuple[Missing, ...]
    norms: tuple[Norm, ...]
    about: str | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """A proof with what a reader needs beside it: the rule, the day, names, and where facts were read.

    `because` names the steps that decided the outcome; `refused` counts what was refused while reading.
    """

    rule: Rule
    contract: str
    as_of: date
    proof: Proof
    because: tuple[str, ...]
    refused: int = 0
    paths: Mapping[int, str] = field(default_factory=dict)
    labels: Mapping[RowRef, str] = field(default_factory=dict)

    def origin(self, fact: UsedFact) -> Origin | None:
        """Where a fact was read; None for a derived fact and for a stub."""
        path = self.paths.get(fact.source)
        return None if path is None else Origin(path, fact.place)
