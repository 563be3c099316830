"""Adds to the audit chain, sets checkpoints, and finds what was changed, removed, inserted or cut off."""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import select

from compliance.errors import Problem
from compliance.model.kept import AuditEntry, Checkpoint
from compliance.store.records import chain
from compliance.store.records.canonical import moment_text, sorted_json, text_moment
from compliance.store.records.part import Part
from compliance.store.records.tables import audit, checkpoint
from compliance.store.records.verifying import integrity_problems, record_problems

CHANGED = "This entry was changed after it was written."
UNREADABLE = "A row holds what this product never wrote there."
HEAL = "Compare with a backup; do not mend the chain by hand."


class Auditing(Part):
    """The audit chain of the store."""

    def append_audit(self, actor: str, action: str, detail: Mapping[str, Any], at: datetime) -> int:
        """The entry's number. `detail` holds no personal data and no ids of facts: it always stays."""
        with self._write() as connection:
            return chain.append(connection, at, actor, action, detail)

    def audit_entries(self, action: str | None = None) -> tuple[AuditEntry, ...]:
        """The entries in order, of one action or all."""
        chosen = select(audit).order_by(audit.c.seq)
        with self._read() as connection:
            rows = connection.execute(
                chosen if action is None else chosen.where(audit.c.action == action)
            ).all()
        return tuple(chain.entry(row) for row in rows)

    def checkpoint(self, key: bytes, at: datetime) -> Checkpoint | None:
        """The head of the chain under the key, kept; None while the chain is empty."""
        with self._write() as connection:
            return chain.add_checkpoint(connection, key, at)

    def checkpoints(self) -> tuple[Checkpoint, ...]:
        with self._read() as connection:
            rows = connection.execute(select(checkpoint).order_by(checkpoint.c.number)).all()
        return tuple(Checkpoint(**row._asdict()) for row in rows)

    def verify_audit(self, key: bytes | None = None, lines: Sequence[str] | None = None) -> list[Problem]:
        """Everything wrong with the chain itself and with its checkpoints.

        Without the key, macs are not checked; `lines` are those of the file of checkpoints (None: no file).
        """
        try:
            with self._read() as connection:
                rows = connection.execute(select(audit).order_by(audit.c.seq)).all()
            points = self.checkpoints()
        except ValueError:
            return [Problem("audit", "audit-unreadable", UNREADABLE, HEAL)]
        hashes = {row.seq: row.hash for row in rows}
        problems = [*_chain_problems(rows), *_point_problems(points, hashes, key)]
        if lines is not None:
            problems += _line_problems(lines, points, hashes, key)
        return problems

    def verify_records(self) -> list[Problem]:
        """Everything in the other tables that is not as the audit chain says it was kept."""
        with self._read() as connection:
            problems = [*integrity_problems(connection)]
            try:
                problems += record_problems(connection, self.audit_entries())
            except (ValueError, TypeError, KeyError, AttributeError):
                # No row of ours reads like that; which one it is cannot be said in general.
                problems.append(Problem("records", "record-unreadable", UNREADABLE, HEAL))
        return problems


def checkpoint_line(made: Checkpoint) -> str:
    """The checkpoint as a line of the file beside the database."""
    return sorted_json({**asdict(made), "at": moment_text(made.at)})


def _chain_problems(rows: Sequence[Any]) -> Iterator[Problem]:
    previous, due = chain.ROOT, 1
    for row in rows:
        place = _place(row.seq)
        if row.seq > due:
            lost = str(due) if row.seq == due + 1 else f"{due}-{row.seq - 1}"
            yield Problem(place, "audit-gap", f"Before it entries are missing: {lost}.", HEAL)
        elif row.previous != previous:
            message = "It does not follow the entry before it: one was changed, removed or inserted."
            yield Problem(place, "audit-link", message, HEAL)
        if row.hash != chain.entry_hash(row.seq, row.at, row.actor, row.action, row.detail, row.previous):
            yield Problem(place, "audit-changed", CHANGED, HEAL)
        previous, due = row.hash, row.seq + 1


def _point_problems(
    points: Sequence[Checkpoint], hashes: Mapping[int, str], key: bytes | None
) -> Iterator[Problem]:
    previous = ""
    for due, point in enumerate(points, start=1):
        place = f"checkpoint {point.number}"
        if point.number != due or point.previous != previous:
            yield Problem(place, "checkpoint-link", "It does not follow the checkpoint before it.", HEAL)
        yield from _against_chain(place, point, hashes, key)
        previous = point.mac


def _against_chain(
    place: str, point: Checkpoint, hashes: Mapping[int, str], key: bytes | None
) -> Iterator[Problem]:
    if point.seq not in hashes:
        last = max(hashes, default=0)
        message = f"It covers entry {point.seq}, and the audit chain ends at {last}: the end was cut off."
        yield Problem(place, "audit-cut", message, HEAL)
    elif hashes[point.seq] != point.hash:
        message = f"Entry {point.seq} is not the one it covers."
        yield Problem(place, "checkpoint-entry", message, HEAL)
    if key is not None:
        mac = chain.checkpoint_mac(key, point.seq, point.at, point.hash, point.previous)
        if not hmac.compare_digest(mac, point.mac):
            message = "It was not made with this key, or it was changed."
            yield Problem(place, "checkpoint-key", message, "Is COMPLIANCE_AUDIT_KEY the key of this store?")


def _line_problems(
    lines: Sequence[str], points: Sequence[Checkpoint], hashes: Mapping[int, str], key: bytes | None
) -> Iterator[Problem]:
    known = {point.number: point for point in points}
    seen = set()
    for number, line in enumerate(lines, start=1):
        place = f"checkpoints.jsonl:{number}"
        point = read_checkpoint(line)
        if point is None:
            yield Problem(place, "checkpoint-line", "This is not a checkpoint.", HEAL)
            continue
        seen.add(point.number)
        if point.number not in known:
            message = f"The database does not hold checkpoint {point.number}: its end was cut off."
            yield Problem(place, "audit-cut", message, HEAL)
            yield from _against_chain(place, point, hashes, key)
        elif known[point.number] != point:
            message = f"It differs from checkpoint {point.number} of the database."
            yield Problem(place, "checkpoint-differs", message, HEAL)
    for number in sorted(set(known) - seen):
        message = "It is not in the file of checkpoints."
        yield Problem(f"checkpoint {number}", "checkpoint-missing", message, HEAL)


def read_checkpoint(line: str) -> Checkpoint | None:
    """The checkpoint on a line of the file; None when it is none."""
    try:
        values = json.loads(line)
        return Checkpoint(**{**values, "at": text_moment(values["at"])})
    except (ValueError, TypeError, KeyError):
        return None


def _place(seq: int) -> str:
    return f"audit {seq}"
