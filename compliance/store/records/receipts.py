"""Receipts of runs, read from their rows."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, Select, Table, select

from compliance.model.finding import Counts, Failure
from compliance.model.night import NightReceipt
from compliance.model.run import Note
from compliance.store.records.tables import failure, run_note

PLAIN = (
    "number", "contract", "as_of", "known_at", "started_at", "finished_at", "product", "rulebook", "numbers",
    "facts", "exceptions", "rules",
)  # fmt: skip


def receipt_of(connection: Connection, chosen: Select[Any]) -> NightReceipt | None:
    """The receipt of the run chosen; None when there is none."""
    found = receipts_of(connection, chosen)
    return found[0] if found else None


def receipts_of(connection: Connection, chosen: Select[Any]) -> tuple[NightReceipt, ...]:
    """The receipts of the runs chosen, in that order."""
    rows = connection.execute(chosen).all()
    if not rows:
        return ()
    numbers = {row.number for row in rows}
    failures = _by_run(connection, failure, numbers)
    notes = _by_run(connection, run_note, numbers)
    return tuple(
        NightReceipt(
            **{name: getattr(row, name) for name in PLAIN},
            counts=Counts(**json.loads(row.counts)),
            failures=tuple(
                Failure(one.rule, one.compartment, one.message) for one in failures.get(row.number, ())
            ),
            notes=tuple(Note(one.code, one.detail) for one in notes.get(row.number, ())),
        )
        for row in rows
    )


def _by_run(connection: Connection, table: Table, numbers: set[int]) -> dict[int, list[Any]]:
    chosen = select(table).where(table.c.run >= min(numbers), table.c.run <= max(numbers))
    found: dict[int, list[Any]] = {}
    for row in connection.execute(chosen.order_by(table.c.run, table.c.place)):
        found.setdefault(row.run, []).append(row)
    return found
