"""What a night leaves: its receipt, every result, how each finding stands since, and what made it change.

A run judges one contract as of a day with what was known at a moment. Only data: no words, no clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from compliance.model.entities import Compartment
from compliance.model.finding import Counts, Dossier, Failure, Missing, RowRef
from compliance.model.indicator import Measure, Series
from compliance.model.rule import Outcome, Rule, Severity
from compliance.model.run import Gap, Note

State = Literal["new", "open", "changed", "resolved", "reopened", "excepted"]
Cause = Literal[
    "fact", "late_fact", "rule", "number", "time", "exception_granted", "exception_lapsed"
]  # fixed order of telling
Status = Literal["open", "excepted", "follows_from"]


@dataclass(frozen=True, slots=True)
class NightReceipt:
    """What was judged with what: enough to judge it again, and to see whether two runs differ in input.

    `number` counts the runs of a store from 1 (0: not kept yet). Hashes are "sha256:…": `rulebook` of the
    rules and numbers that ship, `numbers` of those as replaced for this run, `facts` of all that the vault
    held at `known_at`, `exceptions` of those granted by then. Moments are in UTC.
    """

    number: int
    contract: str
    as_of: date
    known_at: datetime
    started_at: datetime
    finished_at: datetime
    product: str
    rulebook: str
    numbers: str
    facts: str
    exceptions: str
    rules: int
    counts: Counts = field(default_factory=Counts)
    failures: tuple[Failure, ...] = ()
    notes: tuple[Note, ...] = ()

    @property
    def complete(self) -> bool:
        return not self.failures


@dataclass(frozen=True, slots=True)
class KeptResult:
    """One finding or not-assessable subject of a run, as `check -f json` shows it (`record`)."""

    fingerprint: str
    rule: str
    subject: RowRef
    compartment: Compartment
    outcome: Outcome
    record: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Standing:
    """How a finding stands after a run, whether or not that run still found it.

    `outcome` is what the rule says now: "finding", or what came in its place; `not_assessable` is never
    resolved. `record` is the result of the last run that found it. `causes` say why it got this state in run
    `since_run`; the first is the main one. `first_day` and `last_day` are the days judged on which it was
    first and last found.
    """

    fingerprint: str
    rule: str
    subject: RowRef
    compartment: Compartment
    state: State
    outcome: Outcome
    severity: Severity
    status: Status
    causes: tuple[Cause, ...]
    since_run: int
    first_run: int
    first_day: date
    last_run: int
    last_day: date
    record: Mapping[str, Any]

    @property
    def stands(self) -> bool:
        """Whether it asks for attention still: everything but what was resolved."""
        return self.state != "resolved"


@dataclass(frozen=True, slots=True)
class Granted:
    """An exception (tenzij) through its life: asked by one person, approved by another, both days included.

    `number` is the store's; moments are UTC; `approved_by` is empty while nobody did, `revoked_at` None while
    it was not taken back. It is in force on a day judged when approved, not revoked by then, and the day lies
    between the days.
    """

    number: int
    contract: str
    rule: str
    subject: RowRef
    reason: str
    first_day: date
    last_day: date
    requested_by: str
    requested_at: datetime
    approved_by: str = ""
    approved_at: datetime | None = None
    revoked_by: str = ""
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Ahead:
    """A finding that comes when nothing changes: the first day it is seen, and the last day to act before."""

    rule: str
    subject: RowRef
    compartment: Compartment
    severity: Severity
    first_day: date
    act_by: date


@dataclass(frozen=True, slots=True)
class Owed:
    """What somebody must bring before rules can judge, and how many subjects wait for it."""

    missing: Missing
    owner: str
    rules: tuple[str, ...]
    subjects: int


@dataclass(frozen=True, slots=True)
class Offered:
    """A file that a supplier offered, and what came of it; `waiting` rows refer to rows not there yet.

    `entities` are those of its rows, as far as known: a reader is told of a file only when all of them are
    in what that reader may see.
    """

    supplier: str
    file: str
    sha256: str
    recorded_at: datetime | None
    accepted: int = 0
    refused: int = 0
    waiting: int = 0
    known: bool = False
    whole: bool = False
    entities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Night:
    """All that one run keeps, in one transaction. `dossiers` are made per reading: what a reader may see.

    `results` are all findings and not-assessable subjects of this run; `standings` all findings that stood
    before or are found now.
    """

    receipt: NightReceipt
    counts_by_rule: Mapping[str, Counts] = field(default_factory=dict)
    results: tuple[KeptResult, ...] = ()
    standings: tuple[Standing, ...] = ()
    dossiers: Mapping[tuple[Compartment, ...], tuple[Dossier, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """The findings that stood after a run, by severity and by family of rules."""

    run: int
    as_of: date
    by_severity: Mapping[str, int]
    by_family: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class NightAnswer:
    """One run as one reader may see it: everything a report needs, already cut to `compartments`.

    `measures` and `series` are the system indicators on the day judged. `own` are the organisations that are
    the contractor itself (with its participants); `parties` says which organisation a subject is about.
    """

    receipt: NightReceipt
    title: str
    compartments: tuple[Compartment, ...]
    rules: Mapping[str, Rule]
    counts: Counts
    counts_by_rule: Mapping[str, Counts]
    standings: tuple[Standing, ...] = ()
    dossiers: tuple[Dossier, ...] = ()
    gaps: tuple[Gap, ...] = ()
    owed: tuple[Owed, ...] = ()
    ahead: tuple[Ahead, ...] = ()
    lapsing: tuple[Granted, ...] = ()
    offered: tuple[Offered, ...] = ()
    trend: tuple[TrendPoint, ...] = ()
    labels: Mapping[RowRef, str] = field(default_factory=dict)
    previous: NightReceipt | None = None
    notes: tuple[Note, ...] = ()
    measures: tuple[Measure, ...] = ()
    series: tuple[Series, ...] = ()
    own: frozenset[str] = frozenset()
    parties: Mapping[RowRef, str] = field(default_factory=dict)
