"""Answers of nights for tests: made from a check, as a run would keep them, with every state and cause."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args

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
from compliance.services.check import CheckRequest, Ground, check
from compliance.services.content import report_words
from compliance.services.engine import Engine, sql_engine
from compliance.services.generate import generate
from compliance.services.owed import who_owes
from compliance.services.selection import COMPARTMENTS

RUN = 12
STATES: tuple[State, ...] = ("new", "open", "open", "changed", "open", "reopened", "resolved", "excepted")
CAUSES: tuple[Cause, ...] = get_args(Cause)


def night_of(found: CheckAnswer, *, first: bool = False) -> NightAnswer:
    """The check as the answer of night 12 (or of the first), cut to nothing."""
    receipt = _receipt(found, 1 if first else RUN)
    standings = tuple(
        _standing(one, found, receipt.number, first=first)
        for one in found.results
        if one.observation.outcome == "finding"
    )
    words = report_words()
    results = [_kept(one, found) for one in found.results]
    ahead = tuple(_ahead(one) for one in standings if _chance(one.fingerprint) % 4 == 0)
    return NightAnswer(
        receipt=receipt,
        title=found.labels.get(RowRef("contract", receipt.contract), receipt.contract),
        compartments=found.receipt.compartments,
        rules=found.rules,
        counts=found.counts,
        counts_by_rule=found.counts_by_rule,
        standings=standings,
        dossiers=found.dossiers,
        gaps=found.gaps,
        owed=who_owes(results, found.rules, words.owed_by),
        ahead=ahead,
        lapsing=tuple(_granted(one) for one in standings if one.state == "excepted"),
        offered=() if first else _offered(receipt),
        trend=() if first else _trend(standings, receipt),
        labels=found.labels,
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


def _chance(mark: str) -> int:
    """A number that depends on the finding alone, so that others may come and go."""
    return int(mark[:6], 16)


def _standing(one: Judged, check: CheckAnswer, run: int, *, first: bool) -> Standing:
    kept = _kept(one, check)
    number = _chance(kept.fingerprint)
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


def _ahead(one: Standing) -> Ahead:
    day = one.last_day + timedelta(days=_chance(one.fingerprint) % 40 + 2)
    return Ahead(one.rule, one.subject, one.compartment, one.severity, day, day - timedelta(days=1))


def _granted(one: Standing) -> Granted:
    number = _chance(one.fingerprint) % 20
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


def generated_night(folder: Path) -> tuple[NightAnswer, Ground]:
    """The night over a small generated world and all compartments, with what it was judged on."""
    out = folder / "world"
    generate(clients=120, deliveries=2000, seed=3, out=out, format="csv")
    grounds: list[Ground] = []

    def engine(ground: Ground) -> Engine:
        grounds.append(ground)
        return sql_engine(ground.facts, ground.contract, ground.as_of, ground.numbers)

    answer = check(CheckRequest(paths=(str(out),), compartments=COMPARTMENTS), make_engine=engine)
    return night_of(answer), grounds[0]
