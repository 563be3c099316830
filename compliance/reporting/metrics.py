"""What an operator watches, as OpenMetrics text: the last run of every contract, and no personal data.

Counts of findings are those of the reading that the answers are made for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
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
    """What is told: of every contract its last run as a reader may see it, and the suppliers of the store.

    `last_delivery` gives per supplier the moment of what came last; `letters` the number of notifications by
    what became of them; `now` is when the newest of the runs was kept.
    """

    runs: Sequence[NightAnswer]
    last_delivery: Mapping[str, datetime] = field(default_factory=dict)
    letters: Mapping[str, int] = field(default_factory=dict)

    @property
    def now(self) -> datetime | None:
        return max((answer.receipt.finished_at for answer in self.runs), default=None)


def render_metrics(watched: Watched) -> bytes:
    """The metrics of a store in the OpenMetrics text format, version 1.0.0."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Store(watched))
    text: bytes = generate_latest(registry)  # type: ignore[no-untyped-call]
    return text


class _Store(Collector):
    """The families of one store, collected once."""

    def __init__(self, watched: Watched) -> None:
        self.watched = watched

    def collect(self) -> Iterator[GaugeMetricFamily]:
        yield from _of_runs([answer.receipt for answer in self.watched.runs])
        yield from _of_findings(self.watched.runs)
        yield from _of_suppliers(self.watched)


def _of_runs(runs: Sequence[NightReceipt]) -> Iterator[GaugeMetricFamily]:
    told: tuple[tuple[str, str, Callable[[NightReceipt], float]], ...] = (
        ("run_number", "Number of the last run kept.", lambda run: run.number),
        (
            "run_as_of_timestamp_seconds",
            "Day that the run judged, at 00:00 UTC.",
            lambda run: _day(run.as_of),
        ),
        (
            "run_known_at_timestamp_seconds",
            "Up to when facts were known.",
            lambda run: run.known_at.timestamp(),
        ),
        ("run_finished_timestamp_seconds", "When the run was kept.", lambda run: run.finished_at.timestamp()),
        ("run_duration_seconds", "How long the run took.", _seconds),
        ("run_complete", "1 when no rule broke, else 0.", lambda run: int(run.complete)),
        ("run_rules", "Rules judged.", lambda run: run.rules),
    )
    for name, meaning, value in told:
        yield _gauge(name, meaning, ("contract",), [((run.contract,), value(run)) for run in runs])
    broken = [
        ((run.contract, rule), 1) for run in runs for rule in sorted({item.rule for item in run.failures})
    ]
    yield _gauge("rule_failed", "A rule that broke in the run.", ("contract", "rule"), broken)


def _of_findings(runs: Sequence[NightAnswer]) -> Iterator[GaugeMetricFamily]:
    results, standing, changed, gaps = [], [], [], []
    for answer in runs:
        contract, run = answer.receipt.contract, answer.receipt.number
        results += [((contract, name), _count(answer.counts, name)) for name in _OUTCOMES]
        grave = Counter(item.severity for item in answer.standings if item.stands)
        standing += [((contract, name), grave[name]) for name in SEVERITIES]
        moved = (item for item in answer.standings if item.since_run == run and item.state != "open")
        states = Counter(item.state for item in moved)
        changed += [((contract, name), count) for name, count in sorted(states.items())]
        counts = sorted(answer.counts_by_rule.items())
        gaps += [((contract, rule), each.not_assessable) for rule, each in counts]
    yield _gauge("results", "Subjects by outcome.", ("contract", "outcome"), results)
    yield _gauge("findings_standing", "Findings that ask for attention.", ("contract", "severity"), standing)
    yield _gauge(
        "findings_changed", "Findings that the run moved to another state.", ("contract", "state"), changed
    )
    yield _gauge("not_assessable", "Subjects that a rule could not judge.", ("contract", "rule"), gaps)


def _of_suppliers(watched: Watched) -> Iterator[GaugeMetricFamily]:
    refused: Counter[str] = Counter(dict.fromkeys(watched.last_delivery, 0))
    waiting: Counter[str] = Counter(dict.fromkeys(watched.last_delivery, 0))
    files: Counter[str] = Counter()
    offered = {(item.supplier, item.file, item.sha256): item for run in watched.runs for item in run.offered}
    for item in offered.values():
        refused[item.supplier] += item.refused
        waiting[item.supplier] += item.waiting
        files[item.supplier] += int(item.whole)
    of, last = ("supplier",), sorted(watched.last_delivery.items())
    yield _gauge("rows_refused", "Rows refused since the run before.", of, _by_name(refused))
    yield _gauge(
        "rows_waiting", "Rows of those files that wait for a row they refer to.", of, _by_name(waiting)
    )
    yield _gauge("files_refused", "Files refused whole since the run before.", of, _by_name(files))
    yield _gauge("last_delivery_timestamp_seconds", "Moment of the last delivery.", of,
                 [((name,), moment.timestamp()) for name, moment in last])  # fmt: skip
    yield _gauge("last_delivery_age_days", "Days between the last delivery and the run.", of,
                 [((name,), _days(watched.now or moment, moment)) for name, moment in last])  # fmt: skip
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


def _seconds(run: NightReceipt) -> float:
    return max(0.0, (run.finished_at - run.started_at).total_seconds())


def _day(day: date) -> float:
    return datetime.combine(day, time(), UTC).timestamp()


def _days(later: datetime, earlier: datetime) -> int:
    return max(0, (later - earlier).days)
