"""The answer of one check: its receipt, what came and what did not, results, and whether it is complete.

Everything a report needs and nothing it must work out for itself; no format, no words, no clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from compliance.model.entities import Compartment
from compliance.model.finding import Counts, Dossier, Failure, Judged, RowRef
from compliance.model.intake import Notice, Refusal
from compliance.model.rule import SEVERITIES, Expected, Rule, Severity


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was judged with what: enough to say whether two answers may be compared.

    `rules` counts the rules judged, after selection by compartment and pattern.
    """

    contract: str
    as_of: date
    known_at: datetime | None
    compartments: tuple[Compartment, ...]
    rulebook_hash: str
    rules: int


@dataclass(frozen=True, slots=True, order=True)
class Delivery:
    """An entity that was delivered, with the number of its rows."""

    entity: str
    rows: int


@dataclass(frozen=True, slots=True, order=True)
class Gap:
    """An entity or a column ("entity.field") that was not delivered, and the rules it keeps from judging."""

    name: str
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Expectation:
    """One line of a case's `expect`, and what came of it; `found` is empty when nothing was judged."""

    expected: Expected
    holds: bool
    found: str = ""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a fact was read: the file as given, and the row, XPath or case-file path in it."""

    source: str
    row: str


@dataclass(frozen=True, slots=True, order=True)
class Note:
    """Something about the run a reader must know; `code` names the sentence in the report texts."""

    code: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class CheckAnswer:
    """Everything `check` has to say.

    `results` are ordered by rule, then subject id; they hold findings and not-assessable subjects, and the
    other outcomes only when all were asked for. `labels` gives organisations and contracts their name,
    `origins` the facts in evidence their place (both may be partial).
    """

    receipt: Receipt
    rules: Mapping[str, Rule]
    results: tuple[Judged, ...] = ()
    counts: Counts = field(default_factory=Counts)
    counts_by_rule: Mapping[str, Counts] = field(default_factory=dict)
    dossiers: tuple[Dossier, ...] = ()
    failures: tuple[Failure, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    notices: tuple[Notice, ...] = ()
    delivered: tuple[Delivery, ...] = ()
    gaps: tuple[Gap, ...] = ()
    expectations: tuple[Expectation, ...] | None = None
    notes: tuple[Note, ...] = ()
    labels: Mapping[RowRef, str] = field(default_factory=dict)
    origins: Mapping[RowRef, Origin] = field(default_factory=dict)

    @property
    def assessed(self) -> int:
        """How many subjects got a definite answer on a rule that applies to them."""
        return self.counts.finding + self.counts.compliant

    @property
    def complete(self) -> bool:
        """Whether nothing was refused and no rule failed; gaps in what was delivered do not matter here."""
        return not self.failures and not self.refusals


def severity_rank(severity: Severity) -> int:
    """0 for info up to 4 for critical."""
    return SEVERITIES.index(severity)


def sum_counts(parts: Mapping[str, Counts], failed: int) -> Counts:
    """The counts of all rules together; `failed` is the number of rules that broke."""
    return Counts(
        finding=sum(counts.finding for counts in parts.values()),
        compliant=sum(counts.compliant for counts in parts.values()),
        not_assessable=sum(counts.not_assessable for counts in parts.values()),
        not_applicable=sum(counts.not_applicable for counts in parts.values()),
        failed=failed,
    )
