"""Holds what the records say against what the audit chain says was kept: any change made behind it shows."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, select

from compliance.errors import Problem
from compliance.model.kept import AuditEntry
from compliance.store.records.canonical import MODULUS, sha256, sorted_json
from compliance.store.records.exceptions import granted_hash, row_granted
from compliance.store.records.receipts import receipts_of
from compliance.store.records.reports import report_hash, row_report
from compliance.store.records.reviews import review_hash, row_reviewed
from compliance.store.records.rows import row_hash
from compliance.store.records.tables import (
    exception,
    numbers,
    report,
    result,
    review,
    rule_count,
    rulebook,
    run,
    standing,
)
from compliance.store.records.versions import receipt_hash

HEAL = "Compare with a backup; do not mend the records by hand."


def record_problems(connection: Connection, entries: Sequence[AuditEntry]) -> Iterator[Problem]:
    """Everything in the records that is not as the audit chain says."""
    told = {entry.detail.get("run"): entry.detail for entry in entries if entry.action == "run.kept"}
    kept = {
        receipt.number: receipt for receipt in receipts_of(connection, select(run).order_by(run.c.number))
    }
    for number, receipt in kept.items():
        if number not in told:
            yield _run_problem(number, "run-audit", "The audit chain does not know this run.")
        elif told[number].get("receipt") != receipt_hash(receipt):
            yield _run_problem(number, "run-changed", "Its receipt is not the one that was kept.")
    for missing in sorted(set(told) - set(kept), key=str):
        yield _run_problem(
            missing, "run-missing", "The audit chain knows this run, and the records do not hold it."
        )
    known = {number: told[number] for number in kept if number in told}
    for table in (result, standing):
        yield from _version_problems(connection, table, known, kept, entries)
    yield from _text_problems(connection, known, kept)
    yield from _count_problems(connection, known)
    yield from _decided_problems(connection, entries)


def _version_problems(
    connection: Connection,
    table: Table,
    told: Mapping[int, Mapping[str, Any]],
    kept: Mapping[int, Any],
    entries: Sequence[AuditEntry],
) -> Iterator[Problem]:
    """Rows that were changed, and runs of which rows are missing or were put in."""
    changes: dict[tuple[str, int], int] = {}
    for row in connection.execute(select(table)).mappings():
        if row["sha256"] != row_hash(dict(row)):
            place = f"{table.name} {row['fingerprint']}, run {row['from_run']}"
            yield Problem(place, "row-changed", "This row was changed after it was written.", HEAL)
        _count(changes, row["contract"], row["from_run"], row["until_run"], row["sha256"])
    for entry in entries:
        for name, contract, first, until, digest in entry.detail.get("totals", ()):
            if name == table.name:
                _count(changes, contract, first, until, digest)
    now: dict[str, int] = {}
    ordered = sorted({number for _, number in changes} | set(told))
    for number in ordered:
        for contract in {contract for contract, at in changes if at == number}:
            now[contract] = (now.get(contract, 0) + changes[contract, number]) % MODULUS
        if number in told and f"{now.get(kept[number].contract, 0):064x}" != told[number].get(table.name):
            message = f"What is kept as its {table.name} rows is not what the run found."
            yield _run_problem(number, "run-rows", message)


def _count(
    changes: dict[tuple[str, int], int], contract: str, first: int, until: int | None, digest: str
) -> None:
    value = int(digest.removeprefix("sha256:"), 16)
    changes[contract, first] = changes.get((contract, first), 0) + value
    if until is not None:
        changes[contract, until] = changes.get((contract, until), 0) - value


def _text_problems(
    connection: Connection, told: Mapping[int, Mapping[str, Any]], kept: Mapping[int, Any]
) -> Iterator[Problem]:
    """Rule books and numbers that are not those with which a run judged."""
    books = {row.hash: _book_hash(row.texts) for row in connection.execute(select(rulebook))}
    texts = {row.hash: sha256(row.text) for row in connection.execute(select(numbers))}
    for number, detail in told.items():
        if books.get(kept[number].rulebook) != detail.get("rulebook"):
            yield _run_problem(
                number, "run-rulebook", "The rule book kept for it is not the one it judged with."
            )
        if texts.get(kept[number].numbers) != detail.get("numbers"):
            yield _run_problem(number, "run-numbers", "The numbers kept for it are not those it judged with.")


def _book_hash(packed: bytes) -> str:
    try:
        return sha256(zlib.decompress(packed))
    except (zlib.error, TypeError):
        return ""


def _count_problems(connection: Connection, told: Mapping[int, Mapping[str, Any]]) -> Iterator[Problem]:
    """Runs whose counts per rule were changed."""
    counted: dict[int, dict[str, str]] = {}
    for row in connection.execute(select(rule_count)):
        counted.setdefault(row.run, {})[row.rule] = row.counts
    for number, detail in told.items():
        if sha256(sorted_json(counted.get(number, {}))) != detail.get("counts"):
            message = "Its counts per rule are not those that were kept."
            yield _run_problem(number, "run-counts", message)


def _decided_problems(connection: Connection, entries: Sequence[AuditEntry]) -> Iterator[Problem]:
    """Exceptions, reviews and reports that are not as they were last told."""
    granted = {
        str(row.number): granted_hash(row_granted(row)) for row in connection.execute(select(exception))
    }
    yield from _against_told("exception", granted, entries)
    reviews = {str(row.number): review_hash(row_reviewed(row)) for row in connection.execute(select(review))}
    yield from _against_told("review", reviews, entries)
    reports = {row.report: report_hash(row_report(row)) for row in connection.execute(select(report))}
    yield from _against_told("report", reports, entries)


def _against_told(kind: str, rows: Mapping[str, str], entries: Sequence[AuditEntry]) -> Iterator[Problem]:
    told = {
        str(entry.detail[kind]): entry.detail["row"]
        for entry in entries
        if entry.action.startswith(f"{kind}.") and {kind, "row"} <= set(entry.detail)
    }
    for name, digest in sorted(rows.items()):
        if told.get(name) != digest:
            message = "It is not as the audit chain last told of it."
            yield Problem(f"{kind} {name}", "row-changed", message, HEAL)
    erased = sum(int(entry.detail.get(kind, 0)) for entry in entries if entry.action == "records.erased")
    missing = sorted(set(told) - set(rows))
    if len(missing) > erased:
        message = "The audit chain knows it, and the records do not hold it."
        yield from (Problem(f"{kind} {name}", "row-missing", message, HEAL) for name in missing)


def integrity_problems(connection: Connection) -> Iterator[Problem]:
    """What SQLite itself finds wrong with its file; a server looks after its own."""
    if connection.dialect.name != "sqlite":
        return
    for row in connection.exec_driver_sql("PRAGMA quick_check"):
        if row[0] != "ok":
            yield Problem(
                "records", "database-damaged", "This file is not a database, or it is damaged.", HEAL
            )
            return
    for row in connection.exec_driver_sql("PRAGMA foreign_key_check"):
        message = f"A row of {row[0]} refers to a row of {row[2]} that is not there."
        yield Problem("records", "database-reference", message, HEAL)


def _run_problem(number: object, code: str, message: str) -> Problem:
    return Problem(f"run {number}", code, message, HEAL)
