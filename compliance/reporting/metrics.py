"""What an operator watches, as OpenMetrics text: one file per run, no personal data.

Counts of findings are those of the reading they are made for; whether the run is whole is told of all of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.openmetrics.exposition import generate_latest
from prometheus_client.registry import Collector, CollectorRegistry

from compliance.model.finding import Counts
from compliance.model.night import NightAnswer, NightReceipt
from compliance.model.rule import SEVERITIES

PREFIX = "compliance"
_OUTCOMES = ("finding", "compliant", "not_assessable", "not_applicable", "failed")
Labels = tuple[str, ...]
Sample = tuple[Labels, float]


@dataclass(frozen=True, slots=True)
class Watched:
    """What is told: the run as its reader may see it, the whole run's receipt, and the suppliers.

    `last_delivery` gives per supplier the moment of what came last; `letters` the number of notifications by
    what became of them.
    """

    answer: NightAnswer
    receipt: NightReceipt
    last_delivery: Mapping[str, datetime] = field(default_factory=dict)
    letters: Mapping[str, int] = field(default_factory=dict)


def render_metrics(watched: Watched) -> bytes:
    """The metrics of a run in the OpenMetrics text format, version 1.0.0."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Run(watched))
    text: bytes = generate_latest(registry)  # type: ignore[no-untyped-call]
    return text


class _Run(Collector):
    """The families of one run, collected once."""

    def __init__(self, watched: Watched) -> None:
        self.watched = watched

    def collect(self) -> Iterator[GaugeMetricFamily]:
        yield from _of_run(self.watched.receipt)
        yield from _of_findings(self.watched.answer)
        yield from _of_suppliers(self.watched)


def _of_run(receipt: NightReceipt) -> Iterator[GaugeMetricFamily]:
    seconds = (receipt.finished_at - receipt.started_at).total_seconds()
    contract = (receipt.contract,)
    of = ("contract",)
    yield _gauge("run_number", "Number of the last run kept.", of, [(contract, receipt.number)])
    yield _gauge("run_as_of_timestamp_seconds", "Day that the run judged, at 00:00 UTC.", of,
                 [(contract, _day(receipt.as_of))])  # fmt: skip
    yield _gauge("run_known_at_timestamp_seconds", "Moment up to which facts were known.", of,
                 [(contract, receipt.known_at.timestamp())])  # fmt: skip
    yield _gauge("run_finished_timestamp_seconds", "Moment at which the run was kept.", of,
                 [(contract, receipt.finished_at.timestamp())])  # fmt: skip
    yield _gauge("run_duration_seconds", "How long the run took.", of, [(contract, max(0.0, seconds))])
    yield _gauge("run_complete", "1 when no rule broke, else 0.", of, [(contract, int(receipt.complete))])
    yield _gauge("run_rules", "Rules judged.", of, [(contract, receipt.rules)])
    yield _gauge("rule_failed", "A rule that broke in the run.", ("rule",),
                 [((rule,), 1) for rule in sorted({item.rule for item in receipt.failures})])  # fmt: skip


def _of_findings(answer: NightAnswer) -> Iterator[GaugeMetricFamily]:
    counts = answer.counts
    yield _gauge("results", "Subjects by outcome.", ("outcome",),
                 [((name,), _count(counts, name)) for name in _OUTCOMES])  # fmt: skip
    standing = Counter(item.severity for item in answer.standings if item.stands)
    yield _gauge("findings_standing", "Findings that ask for attention, by severity.", ("severity",),
                 [((name,), standing[name]) for name in SEVERITIES])  # fmt: skip
    run = answer.receipt.number
    changed = Counter(item.state for item in answer.standings if item.since_run == run)
    yield _gauge("findings_changed", "Findings that came to a state in the run.", ("state",),
                 [((name,), count) for name, count in sorted(changed.items())])  # fmt: skip
    gaps = [((rule,), of.not_assessable) for rule, of in sorted(answer.counts_by_rule.items())]
    yield _gauge("not_assessable", "Subjects that a rule could not judge.", ("rule",), gaps)


def _of_suppliers(watched: Watched) -> Iterator[GaugeMetricFamily]:
    refused: Counter[str] = Counter(dict.fromkeys(watched.last_delivery, 0))
    waiting: Counter[str] = Counter(dict.fromkeys(watched.last_delivery, 0))
    files: Counter[str] = Counter()
    for item in watched.answer.offered:
        refused[item.supplier] += item.refused
        waiting[item.supplier] += item.waiting
        files[item.supplier] += int(item.whole)
    of = ("supplier",)
    yield _gauge("rows_refused", "Rows refused in the run.", of, _by_name(refused))
    yield _gauge("rows_waiting", "Rows that wait for a row they refer to.", of, _by_name(waiting))
    yield _gauge("files_refused", "Files refused whole in the run.", of, _by_name(files))
    finished = watched.receipt.finished_at
    last = sorted(watched.last_delivery.items())
    yield _gauge("last_delivery_timestamp_seconds", "Moment of the last delivery.", of,
                 [((name,), moment.timestamp()) for name, moment in last])  # fmt: skip
    yield _gauge("last_delivery_age_days", "Days between the last delivery and the run.", of,
                 [((name,), _days(finished, moment)) for name, moment in last])  # fmt: skip
    yield _gauge("notifications", "Notifications by what became of them.", ("outcome",),
                 [((name,), count) for name, count in sorted(watched.letters.items())])  # fmt: skip


def _gauge(name: str, meaning: str, labels: Labels, samples: Iterable[Sample]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"{PREFIX}_{name}", meaning, labels=labels)
    for values, value in samples:
        family.add_metric(values, value)
    return family


def _by_name(counts: Mapping[str, int]) -> list[Sample]:
    return [((name,), count) for name, count in sorted(counts.items())]


def _count(counts: Counts, name: str) -> int:
    found: int = getattr(counts, name)
    return found


def _day(day: date) -> float:
    return datetime.combine(day, time(), UTC).timestamp()


def _days(later: datetime, earlier: datetime) -> int:
    return max(0, (later - earlier).days)
