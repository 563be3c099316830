"""Results and standings by run: a row is written only when what it says changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, Select, Table, bindparam, insert, or_, select, update

from compliance.model.finding import RowRef
from compliance.model.kept import Span
from compliance.model.night import KeptResult, NightReceipt, Standing
from compliance.store.records.canonical import values_hash
from compliance.store.records.rows import row_result, row_standing
from compliance.store.records.tables import result, run, standing


def keep(
    connection: Connection, table: Table, receipt: NightReceipt, rows: Mapping[str, Mapping[str, Any]]
) -> int:
    """From this run on the contract has these rows, by fingerprint; how many were written."""
    current = select(table.c.fingerprint, table.c.from_run, table.c.sha256).where(
        table.c.contract == receipt.contract, table.c.until_run.is_(None)
    )
    before = {row.fingerprint: row for row in connection.execute(current)}
    ended = [row for name, row in before.items() if name not in rows or rows[name]["sha256"] != row.sha256]
    written = [
        row for name, row in rows.items() if name not in before or before[name].sha256 != row["sha256"]
    ]
    if ended:
        ending = update(table).where(
            table.c.contract == receipt.contract,
            table.c.fingerprint == bindparam("ended"),
            table.c.from_run == bindparam("version"),
        )
        values = [
            {"ended": row.fingerprint, "version": row.from_run, "until": receipt.number} for row in ended
        ]
        connection.execute(ending.values(until_run=bindparam("until")), values)
    if written:
        version = {"contract": receipt.contract, "from_run": receipt.number, "until_run": None}
        connection.execute(insert(table), [{**row, **version} for row in written])
    return len(written)


def at_run(table: Table, contract: str, number: int) -> Select[Any]:
    """The rows that hold after a run."""
    return select(table).where(
        table.c.contract == contract,
        table.c.from_run <= number,
        or_(table.c.until_run.is_(None), table.c.until_run > number),
    )


def results(connection: Connection, contract: str, number: int) -> tuple[KeptResult, ...]:
    """The results of a run, by rule and subject."""
    found = [row_result(row) for row in connection.execute(at_run(result, contract, number))]
    return tuple(sorted(found, key=lambda kept: (kept.rule, kept.subject)))


def standings(connection: Connection, contract: str, number: int) -> tuple[Standing, ...]:
    """The standings after a run, by rule and subject."""
    as_of = connection.execute(select(run.c.as_of).where(run.c.number == number)).scalar()
    if as_of is None:
        return ()
    found = [
        row_standing(row, number, as_of) for row in connection.execute(at_run(standing, contract, number))
    ]
    return tuple(sorted(found, key=lambda kept: (kept.rule, kept.subject)))


def lives(connection: Connection, contract: str, name: str) -> tuple[tuple[int, Standing], ...]:
    """The versions of one standing with the run that wrote each, in order."""
    chosen = select(standing, run.c.as_of).where(
        standing.c.contract == contract, standing.c.fingerprint == name, run.c.number == standing.c.from_run
    )
    rows = connection.execute(chosen.order_by(standing.c.from_run)).all()
    return tuple((row.from_run, row_standing(row, row.from_run, row.as_of)) for row in rows)


def spans(connection: Connection, contract: str) -> tuple[Span, ...]:
    """How every finding stood over all runs, by rule, subject and run."""
    columns = [getattr(standing.c, name) for name in SPAN]
    rows = connection.execute(select(*columns).where(standing.c.contract == contract)).all()
    found = [
        Span(
            row.fingerprint,
            row.rule,
            RowRef(row.entity, row.subject),
            row.compartment,
            row.state,
            row.severity,
            row.from_run,
            row.until_run,
        )
        for row in rows
    ]
    return tuple(sorted(found, key=lambda span: (span.rule, span.subject, span.from_run)))


SPAN = (
    "fingerprint", "rule", "entity", "subject", "compartment", "state", "severity", "from_run", "until_run",
)  # fmt: skip


def receipt_hash(receipt: NightReceipt) -> str:
    """The hash of the whole receipt: a later change of the row of its run shows."""
    return values_hash(asdict(receipt))
