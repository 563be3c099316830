"""Makes the report of a kept night for an audience, and writes those that follow every night.

The answer is made for the audience's own rules from the start, so that counts and courses hold nothing else;
the cut before rendering (`reporting.night.cut`) is made besides.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Protocol

from compliance.model.entities import Compartment
from compliance.model.finding import Counts, RowRef
from compliance.model.kept import Span
from compliance.model.night import NightAnswer, NightReceipt, Offered, Standing
from compliance.model.rule import Rule
from compliance.model.run import sum_counts
from compliance.reporting.night.audience import Audience, ReportForm
from compliance.reporting.night.cut import its_own, rules_for
from compliance.reporting.night.render import render_night
from compliance.reporting.words import Lang
from compliance.services.audiences import audiences
from compliance.services.content import report_content, report_words
from compliance.services.indicators import Indicators
from compliance.services.nightly.answer import trend
from compliance.services.owed import who_owes
from compliance.services.release.files import put_file
from compliance.services.store import Store
from compliance.sources.facts import Facts
from compliance.sources.kept import KeptFacts

# Whose a fact is, where it is one organisation's own affair.
_PARTY = {
    "organisation": "id", "contract": "contractor_id", "subcontract": "principal_id",
    "control": "organisation_id", "annual_account": "organisation_id", "document": "organisation_id",
    "complaint": "organisation_id", "change_report": "organisation_id", "employment": "organisation_id",
    "sroi_entry": "organisation_id", "team": "organisation_id", "bridging": "provider_id",
    "referral": "provider_id", "delivery": "provider_id",
}  # fmt: skip
_INDICATOR_SECTIONS = frozenset(("indicators", "indicator_trends"))


class Kept(Protocol):
    """A night that was kept: its receipt, the facts of its moment, and what a reader may see of it."""

    @property
    def store(self) -> Store: ...

    @property
    def receipt(self) -> NightReceipt: ...

    @property
    def facts(self) -> Facts: ...

    @property
    def lang(self) -> Lang: ...

    def answer(self, compartments: tuple[Compartment, ...]) -> NightAnswer: ...


def report_answer(kept: Kept, audience: Audience) -> NightAnswer:
    """The night for the rules of an audience, with the system indicators where it has them.

    Raises: StoreError when records or vault cannot be read.
    """
    base = kept.answer(audience.compartments)
    rules = rules_for(base.rules, audience, base.compartments)
    records, receipt = kept.store.records, kept.receipt
    spans = [one for one in records.spans(receipt.contract) if one.rule in rules]
    own = own_organisations(kept.facts, receipt.contract, receipt.as_of)
    parties = parties_of(kept.facts, _subjects(base, spans))

    def mine(one: Standing | Span) -> bool:
        return one.rule in rules and its_own(one.subject, rules[one.rule], audience, parties, own)

    results = records.results(receipt.contract, receipt.number)
    made = replace(
        base,
        rules=rules,
        counts=_counted(base, rules),
        counts_by_rule={name: counts for name, counts in base.counts_by_rule.items() if name in rules},
        standings=tuple(one for one in base.standings if mine(one)),
        dossiers=base.dossiers if len(rules) == len(base.rules) else (),
        owed=who_owes(results, rules, report_words().owed_by),
        trend=tuple(trend(records.runs(receipt.contract), [s for s in spans if mine(s)], receipt, rules)),
        offered=tuple(_as_it_stands(base.offered, kept.facts)),
        own=own,
        parties=parties,
    )
    return _measured(made, kept, audience)


def _counted(base: NightAnswer, rules: Mapping[str, Rule]) -> Counts:
    failed = sum(1 for one in base.receipt.failures if one.rule in rules)
    return sum_counts({name: one for name, one in base.counts_by_rule.items() if name in rules}, failed)


def _measured(made: NightAnswer, kept: Kept, audience: Audience) -> NightAnswer:
    if not _INDICATOR_SECTIONS & frozenset(audience.sections):
        return made
    indicators = Indicators(kept.facts, kept.receipt.contract)
    as_of = kept.receipt.as_of
    return replace(
        made,
        measures=indicators.measures(as_of),
        series=() if audience.aggregates else indicators.series(as_of),
    )


def _as_it_stands(offered: Iterable[Offered], facts: Facts) -> Iterator[Offered]:
    """Files with the rows that wait still: a row may have waited for a file that came a moment later."""
    waiting: Counter[str] = Counter()
    if isinstance(facts, KeptFacts):
        waiting.update(one.entity for one in facts.waiting)
    for one in offered:
        yield replace(one, waiting=min(one.waiting, sum(waiting[name] for name in one.entities)))


def _subjects(base: NightAnswer, spans: Iterable[Span]) -> set[RowRef]:
    subjects = {one.subject for one in base.standings} | {one.subject for one in spans}
    return subjects | {one.subject for one in base.ahead} | {one.subject for one in base.lapsing}


def own_organisations(facts: Facts, contract: str, as_of: date) -> frozenset[str]:
    """The contractor of the contract, with its participants on the day."""
    found = facts.connection.execute(
        "SELECT contractor_id FROM fact.contract WHERE id = $contract UNION "
        "SELECT organisation_id FROM fact.participant WHERE contract_id = $contract "
        "AND first_day <= $day AND (last_day IS NULL OR last_day >= $day)",
        {"contract": contract, "day": as_of},
    ).fetchall()
    return frozenset(name for (name,) in found if name)


def parties_of(facts: Facts, subjects: Iterable[RowRef]) -> dict[RowRef, str]:
    """Whose each subject is, of those that are one organisation's affair."""
    wanted: defaultdict[str, list[str]] = defaultdict(list)
    for subject in sorted(subjects):
        wanted[subject.entity].append(subject.id)
    found: dict[RowRef, str] = {}
    for entity, column in _PARTY.items():
        if entity in wanted:
            query = f'SELECT id, "{column}" FROM fact."{entity}" WHERE id IN (SELECT unnest($1))'
            rows = facts.connection.execute(query, [wanted[entity]]).fetchall()
            found |= {RowRef(entity, row): party for row, party in rows if party}
    return found


def write_reports(kept: Kept) -> None:
    """The reports that follow every night stand in the store; safe to do again.

    Raises: StoreError when one cannot be written.
    """
    content = report_content()
    for audience in audiences().values():
        if audience.nightly and not audience.release:
            answer = report_answer(kept, audience)
            for form in audience.nightly:
                made = render_night(answer, audience, form, content, kept.lang)
                put_file(report_place(kept.store, kept.receipt.number, audience, form, kept.lang), made)


def report_place(store: Store, run: int, audience: Audience, form: ReportForm, lang: Lang) -> Path:
    """Where a report of a run for use inside stands in the store."""
    return store.reports / str(run) / f"{audience.name}-{lang}.{form}"
