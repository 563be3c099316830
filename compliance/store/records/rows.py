"""Rows of the tables made of results and standings, and results and standings made of rows."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from typing import Any

from compliance.model.entities import Compartment
from compliance.model.finding import RowRef
from compliance.model.night import KeptResult, NightReceipt, Standing
from compliance.store.records.canonical import json_text, sha256


def reading_text(reading: Iterable[Compartment]) -> str:
    """The compartments of a reading as one key."""
    return "+".join(reading)


def result_row(kept: KeptResult) -> dict[str, Any]:
    """The columns of a result, `sha256` over all that was judged."""
    row = {**_judged(kept), "record": json_text(kept.record)}
    return {**row, "sha256": row_hash(row)}


def standing_row(kept: Standing, receipt: NightReceipt) -> dict[str, Any]:
    """The columns of a standing: run 0 is this run, and what this run found has no last run of its own."""
    found = kept.last_run in {0, receipt.number}
    row = {
        **_judged(kept),
        "record": json_text(kept.record),
        "state": kept.state,
        "severity": kept.severity,
        "status": kept.status,
        "causes": json_text(list(kept.causes)),
        "since_run": kept.since_run or receipt.number,
        "first_run": kept.first_run or receipt.number,
        "first_day": kept.first_day,
        "last_run": None if found else kept.last_run,
        "last_day": None if found else kept.last_day,
    }
    return {**row, "sha256": row_hash(row)}


def row_hash(row: dict[str, Any]) -> str:
    """The hash of everything in the row but its own hash and the runs for which it holds."""
    return sha256(json_text([[name, _plain(row[name])] for name in sorted(row) if name not in VERSION]))


VERSION = frozenset({"contract", "from_run", "until_run", "sha256"})


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _judged(kept: KeptResult | Standing) -> dict[str, Any]:
    return {
        "fingerprint": kept.fingerprint,
        "rule": kept.rule,
        "entity": kept.subject.entity,
        "subject": kept.subject.id,
        "compartment": kept.compartment,
        "outcome": kept.outcome,
    }


def row_result(row: Any) -> KeptResult:
    """The result that the row holds."""
    return KeptResult(
        row.fingerprint,
        row.rule,
        RowRef(row.entity, row.subject),
        row.compartment,
        row.outcome,
        json.loads(row.record),
    )


def row_standing(row: Any, number: int, as_of: date) -> Standing:
    """The standing that the row holds, as it was after run `number` of that day."""
    return Standing(
        fingerprint=row.fingerprint,
        rule=row.rule,
        subject=RowRef(row.entity, row.subject),
        compartment=row.compartment,
        state=row.state,
        outcome=row.outcome,
        severity=row.severity,
        status=row.status,
        causes=tuple(json.loads(row.causes)),
        since_run=row.since_run,
        first_run=row.first_run,
        first_day=row.first_day,
        last_run=number if row.last_run is None else row.last_run,
        last_day=as_of if row.last_day is None else row.last_day,
        record=json.loads(row.record),
    )
