"""What would clear a finding, and what comes when nothing changes: plain data, without words.

A remedy is a change of facts that was proved by judging again; a look ahead is made of findings to come.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from compliance.model.finding import Exemption, RowRef, Value
from compliance.model.night import Ahead
from compliance.model.rule import Outcome, Rule

# "act": people can still do it; "correct": only right when what is registered is wrong or incomplete.
Nature = Literal["act", "correct"]
# Why nothing is proposed that can still be done.
Hopeless = Literal["past", "nothing_found"]


@dataclass(frozen=True, slots=True)
class Change:
    """A field of a row before and after.

    `free`: any text will do, `after` only stands for it. `bound`: which side of `after` clears as well:
    "at_most" or "at_least" (a day or an amount), or "exactly" when neither is known to.
    """

    field: str
    before: Value
    after: Value
    free: bool = False
    bound: Literal["exactly", "at_least", "at_most"] = "exactly"


@dataclass(frozen=True, slots=True)
class Edit:
    """A row that is changed or added; the id of an added row only stands for one to be given."""

    row: RowRef
    added: bool
    nature: Nature
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Effect:
    """A finding that the remedy would clear or add, beside the one asked about."""

    rule: str
    subject: RowRef
    added: bool


@dataclass(frozen=True, slots=True)
class Remedy:
    """Edits that together clear the finding when judged as of `clears_on`: the day judged or the next.

    `outcome` is what the rule then says. A remedy is an act only when all of its edits are.
    """

    edits: tuple[Edit, ...]
    clears_on: date
    outcome: Outcome
    shift: int = 0
    effects: tuple[Effect, ...] = ()

    @property
    def nature(self) -> Nature:
        """Whether people can still do all of it."""
        return "act" if all(edit.nature == "act" for edit in self.edits) else "correct"

    @property
    def size(self) -> tuple[int, int, int]:
        """Rows, fields, and how far days (in days) or amounts (in cents) shift: less is smaller."""
        return len(self.edits), sum(len(edit.changes) for edit in self.edits), self.shift


@dataclass(frozen=True, slots=True)
class RemedyAnswer:
    """What would clear one finding: acts first, each kind from small to large.

    `outcome` is what the rule says now: for another one than a finding nothing is sought. `hopeless` says
    why no act is among the remedies. `tried` counts the changed worlds that were judged, `bounded` says
    that the search stopped at its bound.
    """

    rule: Rule
    contract: str
    as_of: date
    subject: RowRef
    outcome: Outcome
    remedies: tuple[Remedy, ...] = ()
    hopeless: Hopeless | None = None
    tried: int = 0
    bounded: bool = False
    refused: int = 0
    labels: Mapping[RowRef, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Lapse:
    """An exception that ends within the days looked at; `returns`: the finding stands again the day after."""

    exemption: Exemption
    returns: bool


@dataclass(frozen=True, slots=True)
class LookAhead:
    """The findings that come after `as_of` and on `until` at the latest when nothing changes.

    Per rule and subject the first day it is a finding, in order of that day. Findings of `as_of` itself are
    not among them. `judged` counts how often a rule was judged to know it.
    """

    contract: str
    as_of: date
    until: date
    rules: Mapping[str, Rule]
    ahead: tuple[Ahead, ...] = ()
    lapsing: tuple[Lapse, ...] = ()
    failed: tuple[str, ...] = ()
    judged: int = 0
    refused: int = 0
    labels: Mapping[RowRef, str] = field(default_factory=dict)
