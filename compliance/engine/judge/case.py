"""What is judged, numbered, and what can be concluded from it: the ground both readings stand on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from compliance.engine.judge.declaration import SeverityDeclaration
from compliance.model.days import add_months
from compliance.model.finding import Exemption, RowRef


@dataclass(frozen=True, slots=True)
class HistoryFact:
    """What is known of earlier findings of a rule about a subject.

    `confirmed`: one was closed as confirmed on `day`. `reported`: the contractor reported it on `day`, and
    the system first saw it on `seen_on` (None: in this very run).
    """

    rule: str
    subject: RowRef
    kind: Literal["confirmed", "reported"]
    day: date
    seen_on: date | None = None


@dataclass(frozen=True, slots=True)
class Flagged:
    """A finding under its number; numbers follow the order of rule, entity and id."""

    number: int
    rule: str
    family: str
    rank: int
    subject: RowRef
    about: str | None


@dataclass(frozen=True, slots=True)
class Case:
    """Everything one judgement starts from; rows outside it do not exist for either reading."""

    as_of: date
    findings: tuple[Flagged, ...]
    exemptions: tuple[Exemption, ...] = ()
    history: tuple[HistoryFact, ...] = ()


@dataclass(frozen=True, slots=True)
class Conclusions:
    """What follows from a case by the declarations; two readings agree when these are equal.

    `excepted`: finding and exemption; `stepped`: finding and declaration; `follows`: finding and its cause;
    `dossiers`: organisation and declaration.
    """

    excepted: frozenset[tuple[int, int]] = frozenset()
    stepped: frozenset[tuple[int, str]] = frozenset()
    follows: frozenset[tuple[int, int]] = frozenset()
    dossiers: frozenset[tuple[str, str]] = frozenset()


def last_day(declaration: SeverityDeclaration, fact: HistoryFact) -> date:
    """The last day judged on which the history still weighs."""
    if declaration.within_months is None:
        return date.max
    try:
        return add_months(fact.day, declaration.within_months)
    except OverflowError:
        return date.max


def days_ahead(fact: HistoryFact, as_of: date) -> int:
    """How many days the report came before the system first saw it; 0 or less when it did not."""
    return ((fact.seen_on or as_of) - fact.day).days


def stepped_ranks(
    findings: Iterable[Flagged], stepped: Iterable[tuple[int, str]], steps: Iterable[SeverityDeclaration]
) -> tuple[Flagged, ...]:
    """The findings with the rank that the steps bring them to, within info (0) and critical (4)."""
    by_name = {declaration.name: declaration.step for declaration in steps}
    moved: dict[int, int] = {}
    for number, name in stepped:
        moved[number] = moved.get(number, 0) + by_name[name]
    return tuple(
        replace(finding, rank=max(0, min(4, finding.rank + moved.get(finding.number, 0))))
        for finding in findings
    )
