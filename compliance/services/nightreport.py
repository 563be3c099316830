"""Makes the answer of a kept night for a reader: what was kept, with what only the facts can tell.

A reader gets an answer made for its own rules from the start, so that counts and courses hold nothing else;
the cut before rendering (`reporting.night.cut`) is made besides.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property
from pathlib import PurePath

from compliance.model.entities import Compartment
from compliance.model.finding import Counts, RowRef
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
from compliance.model.rule import Rule
from compliance.model.run import sum_counts
from compliance.model.vault import Arrival
from compliance.reporting.night.audience import Audience
from compliance.reporting.night.cut import its_own, rules_for
from compliance.services.check import Ground
from compliance.services.content import report_words
from compliance.services.indicators import Indicators
from compliance.services.lookahead import look_ahead
from compliance.services.lookup import labels
from compliance.services.owed import who_owes
from compliance.services.store import Store

AHEAD_DAYS, LAPSING_DAYS = 60, 30
# Whose a fact is, where it is one organisation's own affair.
_PARTY = {
    "organisation": "id", "contract": "contractor_id", "subcontract": "principal_id",
    "control": "organisation_id", "annual_account": "organisation_id", "document": "organisation_id",
    "complaint": "organisation_id", "change_report": "organisation_id", "employment": "organisation_id",
    "sroi_entry": "organisation_id", "team": "organisation_id", "bridging": "provider_id",
    "referral": "provider_id", "delivery": "provider_id",
}  # fmt: skip
_INDICATOR_SECTIONS = frozenset(("indicators", "indicator_trends"))


@dataclass(frozen=True)
class NightSource:
    """One kept run with the ground it was judged on: rules, numbers and facts of that run.

    What is costly is made when it is first asked for, once for all readers.
    """

    store: Store
    receipt: NightReceipt
    ground: Ground

    def answer(self, compartments: tuple[Compartment, ...]) -> NightAnswer:
        """The night as a reader of these compartments may see it."""
        chosen = {name: rule for name, rule in self._rules.items() if rule.compartment in compartments}
        return self._answer(compartments, chosen, self._standings_of(chosen), self._spans_of(chosen))

    def for_audience(self, audience: Audience) -> NightAnswer:
        """The night for the rules of an audience, with the system indicators where it has them."""
        seen = audience.compartments
        chosen = rules_for(self._rules, audience, seen)
        standings = [one for one in self._standings_of(chosen) if self._may(one, chosen, audience)]
        spans = [one for one in self._spans_of(chosen) if self._may(one, chosen, audience)]
        made = self._answer(seen, chosen, standings, spans)
        if not _INDICATOR_SECTIONS & frozenset(audience.sections):
            return made
        indicators = Indicators(self.ground.facts, self.ground.contract)
        return replace(
            made,
            measures=indicators.measures(self.receipt.as_of),
            series=() if audience.aggregates else indicators.series(self.receipt.as_of),
        )

    def _may(self, one: Standing | Span, rules: Mapping[str, Rule], audience: Audience) -> bool:
        return its_own(one.subject, rules[one.rule], audience, self._parties, self._own)

    def _answer(
        self,
        seen: tuple[Compartment, ...],
        rules: Mapping[str, Rule],
        standings: Sequence[Standing],
        spans: Sequence[Span],
    ) -> NightAnswer:
        receipt, contract = self.receipt, self.receipt.contract
        counts = {name: found for name, found in self._counts.items() if name in rules}
        failed = sum(1 for one in receipt.failures if one.rule in rules)
        ahead = tuple(one for one in self._ahead if one.rule in rules)
        lapsing = tuple(one for one in self._lapsing if one.rule in rules)
        dossiers = self.store.records.dossiers(receipt.number).get(seen, ())
        shown = {one.subject for one in standings} | {one.subject for one in lapsing}
        shown |= {one.subject for one in ahead}
        shown |= {RowRef(fact["entity"], fact["id"]) for one in standings for fact in _evidence(one)}
        shown.add(RowRef("contract", contract))
        names = labels(self.ground.facts, shown, (one.organisation for one in dossiers))
        return NightAnswer(
            receipt=receipt,
            title=names.get(RowRef("contract", contract), contract),
            compartments=seen,
            rules=rules,
            counts=sum_counts(counts, failed),
            counts_by_rule=counts,
            standings=tuple(standings),
            dossiers=dossiers,
            owed=who_owes(self._results, rules, report_words().owed_by),
            ahead=ahead,
            lapsing=lapsing,
            offered=self._offered,
            trend=self._trend(spans),
            labels=names,
            previous=self._previous,
            notes=receipt.notes,
            own=self._own,
            parties=self._parties,
        )

    @cached_property
    def _rules(self) -> Mapping[str, Rule]:
        return {name: rule.rule for name, rule in self.ground.book.rules.items()}

    @cached_property
    def _counts(self) -> Mapping[str, Counts]:
        return self.store.records.counts_by_rule(self.receipt.number)

    @cached_property
    def _results(self) -> tuple[KeptResult, ...]:
        return self.store.records.results(self.receipt.contract, self.receipt.number)

    @cached_property
    def _standings(self) -> tuple[Standing, ...]:
        return self.store.records.standings(self.receipt.contract, self.receipt.number)

    def _standings_of(self, rules: Mapping[str, Rule]) -> list[Standing]:
        return [one for one in self._standings if one.rule in rules]

    @cached_property
    def _spans(self) -> tuple[Span, ...]:
        return self.store.records.spans(self.receipt.contract)

    def _spans_of(self, rules: Mapping[str, Rule]) -> list[Span]:
        return [one for one in self._spans if one.rule in rules]

    @cached_property
    def _previous(self) -> NightReceipt | None:
        return self.store.records.previous_run(self.receipt.number)

    @cached_property
    def _ahead(self) -> tuple[Ahead, ...]:
        return look_ahead(self.ground, AHEAD_DAYS).ahead

    @cached_property
    def _lapsing(self) -> tuple[Granted, ...]:
        """Exceptions in force whose last day comes soon."""
        receipt = self.receipt
        held = self.store.records.exceptions_in_force(receipt.contract, receipt.as_of, receipt.known_at)
        until = receipt.as_of + timedelta(days=LAPSING_DAYS)
        return tuple(one for one in held if one.last_day <= until)

    @cached_property
    def _offered(self) -> tuple[Offered, ...]:
        """What came in since the run before."""
        after = self._previous.known_at if self._previous else None
        arrivals = self.store.vault.arrivals(self.receipt.known_at)
        return tuple(
            offered
            for arrival in arrivals
            if after is None or arrival.recorded_at > after
            for offered in offered_of(arrival)
        )

    @cached_property
    def _own(self) -> frozenset[str]:
        """The contractor and its participants on the day judged."""
        found = self.ground.facts.connection.execute(
            "SELECT contractor_id FROM fact.contract WHERE id = $contract UNION "
            "SELECT organisation_id FROM fact.participant WHERE contract_id = $contract "
            "AND first_day <= $day AND (last_day IS NULL OR last_day >= $day)",
            {"contract": self.receipt.contract, "day": self.receipt.as_of},
        ).fetchall()
        return frozenset(name for (name,) in found if name)

    @cached_property
    def _parties(self) -> Mapping[RowRef, str]:
        """Whose each subject is, of those that are one organisation's affair."""
        subjects = {one.subject for one in self._standings} | {one.subject for one in self._spans}
        subjects |= {one.subject for one in self._ahead} | {one.subject for one in self._lapsing}
        wanted: defaultdict[str, list[str]] = defaultdict(list)
        for subject in sorted(subjects):
            wanted[subject.entity].append(subject.id)
        found: dict[RowRef, str] = {}
        for entity, column in _PARTY.items():
            if entity in wanted:
                query = f'SELECT id, "{column}" FROM fact."{entity}" WHERE id IN (SELECT unnest($1))'
                rows = self.ground.facts.connection.execute(query, [wanted[entity]]).fetchall()
                found |= {RowRef(entity, row): party for row, party in rows if party}
        return found

    def _trend(self, spans: Iterable[Span]) -> tuple[TrendPoint, ...]:
        """The findings that stood after each run up to this one."""
        runs = [
            one for one in self.store.records.runs(self.receipt.contract) if one.number <= self.receipt.number
        ]
        stood = [one for one in spans if one.state != "resolved"]
        return tuple(_point(run, stood) for run in runs)


def _point(run: NightReceipt, spans: Iterable[Span]) -> TrendPoint:
    there = [
        one
        for one in spans
        if one.from_run <= run.number and (one.until_run is None or run.number < one.until_run)
    ]
    return TrendPoint(
        run=run.number,
        as_of=run.as_of,
        by_severity=dict(Counter(one.severity for one in there)),
        by_family=dict(Counter(one.rule.partition("-")[0] for one in there)),
    )


def _evidence(one: Standing) -> Sequence[Mapping[str, str]]:
    found: Sequence[Mapping[str, str]] = one.record.get("evidence", ())
    return found


def offered_of(arrival: Arrival) -> Iterable[Offered]:
    """A delivery as it is told: its files that were taken together, and each that was refused whole."""
    entities = tuple(sorted({*arrival.came, *arrival.accepted, *(entity for entity, _ in arrival.lost)}))
    taken = [file for file in arrival.files if not file.whole]
    for file in arrival.files:
        if file.whole:
            yield Offered(arrival.supplier, _name(file.path), file.sha256, None, whole=True)
    if taken:
        yield Offered(
            supplier=arrival.supplier,
            file=", ".join(_name(file.path) for file in taken),
            sha256=taken[0].sha256,
            recorded_at=arrival.recorded_at,
            accepted=sum(arrival.accepted.values()),
            refused=arrival.refused,
            entities=entities,
        )


def _name(path: str) -> str:
    return PurePath(path).name
