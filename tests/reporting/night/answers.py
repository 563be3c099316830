"""Answers of nights for tests: made from a check, as a run would keep them, with every state and cause."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import get_args

from compliance.model.entities import Compartment
from compliance.model.finding import Judged, RowRef, fingerprint
from compliance.model.night import (
    Ahead,
    Cause,
    Granted,
    KeptResult,
    NightAnswer,
    NightReceipt,
    Offered,
    Standing,
    State,
    TrendPoint,
)
from compliance.model.run import CheckAnswer, Note
from compliance.reporting.records import result_record
from compliance.services.content import report_words
from compliance.services.owed import who_owes

RUN = 12
STATES: tuple[State, ...] = ("new", "open", "open", "changed", "open", "reopened", "resolved", "excepted")
CAUSES: tuple[Cause, ...] = get_args(Cause)


def night_of(check: CheckAnswer, *, first: bool = False) -> NightAnswer:
    """The check as the answer of night 12 (or of the first), cut to nothing."""
    receipt = _receipt(check, 1 if first else RUN)
    standings = tuple(
        _standing(number, one, check, receipt.number, first=first)
        for number, one in enumerate(one for one in check.results if one.observation.outcome == "finding")
    )
    words = report_words()
    results = [_kept(one, check) for one in check.results]
    ahead = tuple(_ahead(number, one) for number, one in enumerate(standings[:5]))
    return NightAnswer(
        receipt=receipt,
        title=check.labels.get(RowRef("contract", receipt.contract), receipt.contract),
        compartments=check.receipt.compartments,
        rules=check.rules,
        counts=check.counts,
        counts_by_rule=check.counts_by_rule,
        standings=standings,
        dossiers=check.dossiers,
        gaps=check.gaps,
        owed=who_owes(results, check.rules, words.owed_by),
        ahead=ahead,
        lapsing=tuple(_granted(number, one) for number, one in enumerate(standings[:2])),
        offered=() if first else _offered(receipt),
        trend=() if first else _trend(standings, receipt),
        labels=check.labels,
        previous=None if first else replace(receipt, number=RUN - 1, as_of=receipt.as_of - timedelta(days=1)),
        notes=(Note("judgement_plain"),),
    )


def _receipt(check: CheckAnswer, number: int) -> NightReceipt:
    moment = datetime.combine(check.receipt.as_of, datetime.min.time(), UTC) + timedelta(hours=2)
    return NightReceipt(
        number=number, contract=check.receipt.contract, as_of=check.receipt.as_of, known_at=moment,
        started_at=moment, finished_at=moment + timedelta(seconds=4), product="compliance 0.1",
        rulebook=check.receipt.rulebook_hash, numbers="sha256:" + "12" * 32, facts="sha256:" + "ab" * 32,
        exceptions="sha256:" + "cd" * 32, rules=check.receipt.rules, counts=check.counts,
        failures=check.failures,
    )  # fmt: skip


def _kept(one: Judged, check: CheckAnswer) -> KeptResult:
    observation = one.observation
    return KeptResult(
        fingerprint=fingerprint(observation.rule, check.receipt.contract, observation.subject),
        rule=observation.rule,
        subject=observation.subject,
        compartment=check.rules[observation.rule].compartment,
        outcome=observation.outcome,
        record=result_record(one, check, report_words(), provenance=False),
    )


def _standing(number: int, one: Judged, check: CheckAnswer, run: int, *, first: bool) -> Standing:
    kept = _kept(one, check)
    state: State = "new" if first else STATES[number % len(STATES)]
    cause = CAUSES[number % len(CAUSES)] if state not in ("new", "open") else "fact"
    day = check.receipt.as_of
    return Standing(
        fingerprint=kept.fingerprint,
        rule=kept.rule,
        subject=kept.subject,
        compartment=kept.compartment,
        state=state,
        outcome="compliant" if state == "resolved" else "finding",
        severity=one.severity,
        status="excepted" if state == "excepted" else one.status,
        causes=(cause,),
        since_run=run if state != "open" else run - 3,
        first_run=run if state == "new" else run - 5,
        first_day=day if state == "new" else day - timedelta(days=5),
        last_run=run,
        last_day=day,
        record=kept.record,
    )


def _ahead(number: int, one: Standing) -> Ahead:
    day = one.last_day + timedelta(days=3 * number + 4)
    return Ahead(one.rule, one.subject, one.compartment, one.severity, day, day - timedelta(days=1))


def _granted(number: int, one: Standing) -> Granted:
    return Granted(
        number=number + 1, contract="c1", rule=one.rule, subject=one.subject, reason="overgang van team",
        first_day=one.last_day - timedelta(days=60), last_day=one.last_day + timedelta(days=number + 3),
        requested_by="j.devries", requested_at=datetime(2027, 1, 4, tzinfo=UTC), approved_by="a.bakker",
    )  # fmt: skip


def _offered(receipt: NightReceipt) -> tuple[Offered, ...]:
    at, mark = receipt.known_at, "ef" * 32
    return (
        Offered("uitvoeringspartner", "referral.csv", mark, at, 412, 7, 3, entities=("referral",)),
        Offered("uitvoeringspartner", "geleverde zorg juni.xlsx", mark, None, whole=True),
        Offered("kvk", "basisprofiel-12345678.json", mark, at, 2, entities=("organisation",)),
        Offered("gemeente", "toewijzingen.csv", mark, at, known=True, entities=("referral",)),
    )


def _trend(standings: tuple[Standing, ...], receipt: NightReceipt) -> tuple[TrendPoint, ...]:
    severities: dict[str, int] = {}
    families: dict[str, int] = {}
    for one in standings:
        if one.stands:
            severities[one.severity] = severities.get(one.severity, 0) + 1
            family = one.rule.partition("-")[0]
            families[family] = families.get(family, 0) + 1
    return tuple(
        TrendPoint(
            run,
            receipt.as_of - timedelta(days=receipt.number - run),
            {name: count + (receipt.number - run) % 4 for name, count in severities.items()},
            families,
        )
        for run in range(1, receipt.number + 1)
    )


def with_compartments(answer: NightAnswer, *names: Compartment) -> NightAnswer:
    """The answer as made for other compartments."""
    return replace(answer, compartments=names)


def on_day(answer: NightAnswer, day: date) -> NightAnswer:
    """The answer with another day judged."""
    return replace(answer, receipt=replace(answer.receipt, as_of=day))


def with_labels(answer: NightAnswer, labels: Mapping[RowRef, str]) -> NightAnswer:
    """The answer with more names."""
    return replace(answer, labels={**answer.labels, **labels})
