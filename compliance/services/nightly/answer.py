"""A run as one reader may see it, put together from what was kept of it and the facts of its moment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta

from compliance.model.entities import Compartment
from compliance.model.finding import Judged, Missing, Observation, RowRef
from compliance.model.kept import Span
from compliance.model.night import (
    Ahead,
    Granted,
    KeptResult,
    NightAnswer,
    NightReceipt,
    Offered,
    Standing,
    TrendPoint,
)
from compliance.model.run import sum_counts
from compliance.model.schema import entities
from compliance.reporting.words import Words
from compliance.services.gaps import find_gaps
from compliance.services.lookup import labels
from compliance.services.nightly.standpoint import Standpoint
from compliance.services.owed import who_owes
from compliance.services.store import Store
from compliance.sources.facts import Facts

WARNED_DAYS = 30  # so many days before its last one, an exception is told to lapse


def night_answer(
    store: Store,
    receipt: NightReceipt,
    point: Standpoint,
    facts: Facts,
    compartments: tuple[Compartment, ...],
    words: Words,
    *,
    offered: Sequence[Offered] = (),
    ahead: Sequence[Ahead] = (),
) -> NightAnswer:
    """Everything kept of the run that these compartments may see.

    Raises: StoreError when the records cannot be read.
    """
    records = store.records
    rules = [rule for rule in point.book.rulebook.judged if rule.rule.compartment in compartments]
    mine = {rule.id for rule in rules}
    counts = {rule: one for rule, one in records.counts_by_rule(receipt.number).items() if rule in mine}
    results = [one for one in records.results(receipt.contract, receipt.number) if one.rule in mine]
    standings = tuple(
        one for one in records.standings(receipt.contract, receipt.number) if one.compartment in compartments
    )
    dossiers = records.dossiers(receipt.number).get(compartments, ())
    lapsing = tuple(_lapsing(point, mine))
    contract = RowRef("contract", receipt.contract)
    shown = {contract, *_shown(standings), *(one.subject for one in ahead), *(one.subject for one in lapsing)}
    named = labels(facts, shown, (dossier.organisation for dossier in dossiers))
    failures = [one for one in receipt.failures if one.compartment in compartments]
    return NightAnswer(
        receipt=receipt,
        title=named.get(contract, receipt.contract),
        compartments=compartments,
        rules={rule.id: rule.rule for rule in rules},
        counts=sum_counts(counts, len(failures)),
        counts_by_rule=counts,
        standings=standings,
        dossiers=dossiers,
        gaps=find_gaps(facts, rules, counts, [_judged(one) for one in results]),
        owed=who_owes(results, mine, words.owed_by),
        ahead=tuple(one for one in ahead if one.rule in mine),
        lapsing=lapsing,
        offered=tuple(one for one in offered if readable(one, compartments)),
        trend=tuple(trend(records.runs(receipt.contract), records.spans(receipt.contract), receipt, mine)),
        labels=named,
        previous=records.previous_run(receipt.number),
        notes=receipt.notes,
    )


def _lapsing(point: Standpoint, rules: Iterable[str]) -> Iterator[Granted]:
    """The exceptions in force that end within the days of warning, the first to end first."""
    last = point.as_of + timedelta(days=WARNED_DAYS)
    mine = {*rules}
    for one in sorted(point.granted, key=lambda one: (one.last_day, one.number)):
        if one.rule in mine and one.first_day <= point.as_of <= one.last_day <= last:
            yield one


def _shown(standings: Iterable[Standing]) -> Iterator[RowRef]:
    for standing in standings:
        yield standing.subject
        for fact in standing.record.get("evidence", ()):
            yield RowRef(fact["entity"], fact["id"])


def _judged(result: KeptResult) -> Judged:
    """A result as far as gaps ask for it: what it misses."""
    record = result.record
    missing = tuple(
        Missing("parameter_not_agreed", parameter=item["parameter"])
        if item["kind"] == "parameter_not_agreed"
        else Missing("missing_fact", field=item["field"], entity=item["entity"], id=item["id"] or "")
        for item in record["missing"]
    )
    observation = Observation(result.rule, result.subject, result.outcome, missing=missing)
    return Judged(observation, record["severity"])


def readable(offered: Offered, compartments: Iterable[Compartment]) -> bool:
    """Whether a reader may be told of a file: of all its rows, or of none that are known."""
    seen = {"contract", *compartments}
    return all(entities()[name].compartment in seen for name in offered.entities)


def trend(
    runs: Sequence[NightReceipt], spans: Sequence[Span], last: NightReceipt, rules: Iterable[str]
) -> Iterator[TrendPoint]:
    """Per run up to this one the findings of these rules that stood after it."""
    mine = {*rules}
    standing = [one for one in spans if one.rule in mine and one.state != "resolved"]
    for run in runs:
        if run.number > last.number:
            return
        now = [
            one
            for one in standing
            if one.from_run <= run.number and (one.until_run is None or one.until_run > run.number)
        ]
        severities: Mapping[str, int] = Counter(one.severity for one in now)
        families: Mapping[str, int] = Counter(one.rule.partition("-")[0] for one in now)
        yield TrendPoint(run.number, run.as_of, dict(severities), dict(sorted(families.items())))
