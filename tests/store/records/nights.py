"""Small nights to keep: results and standings by a few letters."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from compliance.model.finding import Counts, Dossier, Failure, RowRef, fingerprint
from compliance.model.night import KeptResult, Night, NightReceipt, Standing
from compliance.model.run import Note
from compliance.store.records import Records

CONTRACT = "c1"
START = datetime(2027, 6, 1, 3, 0, 0, 7, tzinfo=UTC)
DAY = date(2027, 6, 1)
TEXTS = {"rules/SUB-01.yaml": "id: SUB-01 # é\n", "rules/judgement/x.yaml": "{}\n"}
NUMBERS = '{"uptake_days": 10}'


def subject(name: str) -> RowRef:
    """The organisation of that name."""
    return RowRef("organisation", name)


def record(name: str, **values: Any) -> dict[str, Any]:
    """A result as `check -f json` shows it; its keys stand in no alphabetical order."""
    return {
        "rule": "SUB-01",
        "subject": {"entity": "organisation", "id": name},
        "outcome": "finding",
        "values": {"hours": "12.00", "deliveries": 3, **values},
        "missing": [],
        "evidence": [{"entity": "delivery", "id": f"d-{name}"}],
        "message": {"nl": "Geleverd vóór 1 juni\u2028.", "en": "Delivered."},
    }


def result(name: str, rule: str = "SUB-01", **values: Any) -> KeptResult:
    """A finding about the organisation of that name."""
    mark = fingerprint(rule, CONTRACT, subject(name))
    return KeptResult(mark, rule, subject(name), "contract", "finding", record(name, **values))


def standing(name: str, **changes: Any) -> Standing:
    """How the finding about that organisation stands: found by this very run, unless changed."""
    found = result(name)
    made = Standing(
        fingerprint=found.fingerprint,
        rule=found.rule,
        subject=found.subject,
        compartment="contract",
        state="new",
        outcome="finding",
        severity="high",
        status="open",
        causes=("late_fact", "number"),
        since_run=0,
        first_run=0,
        first_day=DAY,
        last_run=0,
        last_day=DAY,
        record=found.record,
    )
    return replace(made, **changes)


def receipt(days: int = 0, **changes: Any) -> NightReceipt:
    """The receipt of a run so many days after the first."""
    at = START + timedelta(days=days)
    made = NightReceipt(
        number=0,
        contract=CONTRACT,
        as_of=DAY + timedelta(days=days),
        known_at=at - timedelta(microseconds=1),
        started_at=at,
        finished_at=at + timedelta(seconds=2),
        product="0.1",
        rulebook="sha256:rules",
        numbers="sha256:numbers",
        facts="sha256:facts",
        exceptions="sha256:exceptions",
        rules=46,
        counts=Counts(2, 31, 4, 9, 1),
        failures=(Failure("BIB-06", "bibob", "It broke."),),
        notes=(Note("engine", "plain"), Note("slow")),
    )
    return replace(made, **changes)


def night(names: Iterable[str] = "", days: int = 0, **changes: Any) -> Night:
    """A night that found something about each organisation named."""
    found = tuple(names)
    return Night(
        receipt=receipt(days, **changes),
        counts_by_rule={"SUB-01": Counts(len(found), 1), "SUB-02": Counts()},
        results=tuple(result(name) for name in found),
        standings=tuple(standing(name) for name in found),
        dossiers={
            ("contract",): tuple(Dossier(name, "critical", ("SUB-01", "BIB-06")) for name in found),
            ("contract", "bibob"): (),
        },
    )


def keep(records: Records, made: Night, **more: Any) -> NightReceipt:
    """The night kept with its texts."""
    return records.keep_night(made, TEXTS, NUMBERS, **more)
