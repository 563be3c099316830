"""Exceptions (tenzij) through their life: asked by one person, approved by another, taken back by anyone.

The database itself refuses an approver who asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from compliance.errors import Problem, UsageError
from compliance.model.finding import RowRef, fingerprint
from compliance.model.night import Granted
from compliance.store.records.canonical import values_hash
from compliance.store.records.part import Part, next_number
from compliance.store.records.tables import exception


class Exceptions(Part):
    """The exceptions of all contracts."""

    def request_exception(
        self,
        contract: str,
        rule: str,
        subject: RowRef,
        *,
        reason: str,
        first_day: date,
        last_day: date,
        by: str,
        at: datetime,
    ) -> Granted:
        """The exception as asked for; it holds for nothing yet.

        Raises: UsageError for an empty reason or name, or a last day before the first.
        """
        with self._write() as connection:
            asked = Granted(
                next_number(connection, exception.c.number),
                contract,
                rule,
                subject,
                reason.strip(),
                first_day,
                last_day,
                by.strip(),
                at,
            )
            try:
                connection.execute(insert(exception).values(**_row(asked)))
            except IntegrityError:
                raise _unfit(
                    "The exception needs a reason, a requester, and a last day not before its first."
                ) from None
            self._audit(connection, at, by, "exception.requested", _told(asked))
        return asked

    def approve_exception(self, number: int, *, by: str, at: datetime) -> Granted:
        """The exception, from now on in force on its days.

        Raises: UsageError for the person who asked, or an exception that is not there or is no longer asked.
        """
        with self._write() as connection:
            asked = _there(connection, number)
            if asked.approved_by or asked.revoked_at:
                raise _unfit("This exception was approved or taken back before.")
            try:
                _change(connection, number, {"approved_by": by.strip(), "approved_at": at})
            except IntegrityError:
                raise _unfit("Who asks for an exception does not approve it: somebody else must.") from None
            granted = _there(connection, number)
            self._audit(connection, at, by, "exception.approved", _told(granted))
        return granted

    def revoke_exception(self, number: int, *, by: str, at: datetime, reason: str = "") -> Granted:
        """The exception, from now on no longer in force; the record of it stays.

        Raises: UsageError for an exception that is not there or was taken back before.
        """
        with self._write() as connection:
            if _there(connection, number).revoked_at:
                raise _unfit("This exception was taken back before.")
            values = {"revoked_by": by.strip(), "revoked_at": at, "revoked_because": reason or None}
            _change(connection, number, values)
            revoked = _there(connection, number)
            self._audit(connection, at, by, "exception.revoked", _told(revoked))
        return revoked

    def exception(self, number: int) -> Granted:
        """Raises: UsageError when there is none with this number."""
        with self._read() as connection:
            return _there(connection, number)

    def exceptions(
        self, contract: str | None = None, known_at: datetime | None = None
    ) -> tuple[Granted, ...]:
        """All exceptions by number, as they stood at a moment (None: as they stand)."""
        chosen = select(exception).order_by(exception.c.number)
        if contract is not None:
            chosen = chosen.where(exception.c.contract == contract)
        with self._read() as connection:
            found = [row_granted(row) for row in connection.execute(chosen)]
        return tuple(
            _known(one, known_at) for one in found if known_at is None or one.requested_at <= known_at
        )

    def exceptions_in_force(
        self, contract: str, day: date, known_at: datetime | None = None
    ) -> tuple[Granted, ...]:
        """Those approved, not taken back and with the day within their days, as known at a moment."""
        return tuple(one for one in self.exceptions(contract, known_at) if in_force(one, day))


def in_force(granted: Granted, day: date) -> bool:
    """Whether the exception, as it stands, excuses on that day."""
    approved = bool(granted.approved_by) and granted.revoked_at is None
    return approved and granted.first_day <= day <= granted.last_day


def _known(granted: Granted, known_at: datetime | None) -> Granted:
    """The exception as it stood at a moment: what came later had not happened."""
    if known_at is None:
        return granted
    if granted.revoked_at is not None and granted.revoked_at > known_at:
        granted = replace(granted, revoked_by="", revoked_at=None)
    if granted.approved_at is not None and granted.approved_at > known_at:
        granted = replace(granted, approved_by="", approved_at=None)
    return granted


def _there(connection: Connection, number: int) -> Granted:
    row = connection.execute(select(exception).where(exception.c.number == number)).first()
    if row is None:
        message = f"There is no exception {number}."
        raise UsageError(Problem("NUMBER", "exception-unknown", message, "See: compliance exceptions list."))
    return row_granted(row)


def _change(connection: Connection, number: int, values: Mapping[str, Any]) -> None:
    connection.execute(update(exception).where(exception.c.number == number).values(**values))


def _unfit(message: str) -> UsageError:
    return UsageError(Problem("", "exception", message, "See: compliance exceptions list."))


def _row(granted: Granted) -> dict[str, Any]:
    return {
        "number": granted.number,
        "contract": granted.contract,
        "rule": granted.rule,
        "entity": granted.subject.entity,
        "subject": granted.subject.id,
        "reason": granted.reason,
        "first_day": granted.first_day,
        "last_day": granted.last_day,
        "requested_by": granted.requested_by,
        "requested_at": granted.requested_at,
    }


def row_granted(row: Any) -> Granted:
    """The exception that the row holds."""
    return Granted(
        number=row.number,
        contract=row.contract,
        rule=row.rule,
        subject=RowRef(row.entity, row.subject),
        reason=row.reason,
        first_day=row.first_day,
        last_day=row.last_day,
        requested_by=row.requested_by,
        requested_at=row.requested_at,
        approved_by=row.approved_by or "",
        approved_at=row.approved_at,
        revoked_by=row.revoked_by or "",
        revoked_at=row.revoked_at,
    )


def _told(granted: Granted) -> dict[str, Any]:
    """Never the reason or the subject: an entry cannot be removed."""
    return {
        "exception": granted.number,
        "contract": granted.contract,
        "rule": granted.rule,
        "fingerprint": fingerprint(granted.rule, granted.contract, granted.subject),
        "first_day": granted.first_day.isoformat(),
        "last_day": granted.last_day.isoformat(),
        "row": granted_hash(granted),
    }


def granted_hash(granted: Granted) -> str:
    """The hash of the exception as it stands: a change that nobody told the audit chain shows."""
    return values_hash(asdict(granted))
