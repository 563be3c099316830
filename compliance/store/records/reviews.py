"""What people recorded about findings: confirmed, reported by the contractor, and notes."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select

from compliance.model.finding import RowRef, fingerprint
from compliance.model.kept import FindingNote, Reviewed, ReviewKind
from compliance.store.records.canonical import values_hash
from compliance.store.records.part import Part, next_number
from compliance.store.records.tables import finding_note, review, run, standing


class Reviews(Part):
    """The reviews and notes of all contracts."""

    def add_review(
        self,
        contract: str,
        rule: str,
        subject: RowRef,
        kind: ReviewKind,
        *,
        day: date,
        by: str,
        at: datetime,
    ) -> Reviewed:
        """A finding was confirmed, or reported by the contractor, on a day."""
        with self._write() as connection:
            made = Reviewed(
                next_number(connection, review.c.number),
                contract,
                fingerprint(rule, contract, subject),
                rule,
                subject,
                kind,
                day,
                by,
                at,
            )
            connection.execute(
                insert(review).values(
                    number=made.number,
                    contract=contract,
                    fingerprint=made.fingerprint,
                    rule=rule,
                    entity=subject.entity,
                    subject=subject.id,
                    kind=kind,
                    day=day,
                    recorded_by=by,
                    recorded_at=at,
                )
            )
            self._audit(connection, at, by, "review.recorded", _told(made))
        return made

    def history(self, contract: str, known_at: datetime | None = None) -> tuple[Reviewed, ...]:
        """What was recorded by a moment (None: all), in the order recorded.

        `first_day` is the first day judged, in a run known by that moment, on which the finding was seen.
        """
        chosen = select(review).where(review.c.contract == contract)
        if known_at is not None:
            chosen = chosen.where(review.c.recorded_at <= known_at)
        with self._read() as connection:
            rows = connection.execute(chosen.order_by(review.c.number)).all()
            names = {row.fingerprint for row in rows}
            seen = _first_days(connection, contract, names, known_at) if names else {}
        return tuple(row_reviewed(row, seen.get(row.fingerprint)) for row in rows)

    def add_note(self, contract: str, name: str, text: str, *, by: str, at: datetime) -> FindingNote:
        """A note on the finding with that fingerprint; the audit chain tells of it, not what it says."""
        with self._write() as connection:
            number = next_number(connection, finding_note.c.number)
            made = FindingNote(number, contract, name, text, by, at)
            connection.execute(
                insert(finding_note).values(
                    number=number,
                    contract=contract,
                    fingerprint=name,
                    text=text,
                    written_by=by,
                    written_at=at,
                )
            )
            self._audit(connection, at, by, "note.written", {"contract": contract, "fingerprint": name})
        return made

    def notes(self, contract: str, name: str | None = None) -> tuple[FindingNote, ...]:
        """The notes on one finding, or on all of the contract, in the order written."""
        chosen = select(finding_note).where(finding_note.c.contract == contract)
        if name is not None:
            chosen = chosen.where(finding_note.c.fingerprint == name)
        with self._read() as connection:
            rows = connection.execute(chosen.order_by(finding_note.c.number)).all()
        return tuple(
            FindingNote(row.number, row.contract, row.fingerprint, row.text, row.written_by, row.written_at)
            for row in rows
        )


def _told(made: Reviewed) -> dict[str, Any]:
    return {
        "review": made.number,
        "contract": made.contract,
        "fingerprint": made.fingerprint,
        "kind": made.kind,
        "day": made.day.isoformat(),
        "row": review_hash(made),
    }


def review_hash(made: Reviewed) -> str:
    """The hash of the review as it was recorded."""
    return values_hash({**asdict(made), "first_day": None})


def _first_days(
    connection: Any, contract: str, names: set[str], known_at: datetime | None
) -> dict[str, date]:
    chosen = select(standing.c.fingerprint, standing.c.first_day).where(
        standing.c.contract == contract, run.c.number == standing.c.from_run
    )
    if known_at is not None:
        chosen = chosen.where(run.c.known_at <= known_at)
    found: dict[str, date] = {}
    for row in connection.execute(chosen):
        if row.fingerprint in names:
            found[row.fingerprint] = min(row.first_day, found.get(row.fingerprint, row.first_day))
    return found


def row_reviewed(row: Any, first_day: date | None = None) -> Reviewed:
    """The review that the row holds."""
    return Reviewed(
        row.number,
        row.contract,
        row.fingerprint,
        row.rule,
        RowRef(row.entity, row.subject),
        row.kind,
        row.day,
        row.recorded_by,
        row.recorded_at,
        first_day,
    )
