"""One writer at a time over several machines: an advisory lock of PostgreSQL, held by a session of its own.

A database in a file needs none: the lock file beside it stands on the same disk.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime

from sqlalchemy import Connection, text

from compliance.store.records.connect import translated
from compliance.store.records.part import Part

CLASS, OBJECT = 0x4D91, 1  # two numbers make one lock; any fixed pair will do
NAME_LENGTH = 63
TRY = text("SELECT pg_try_advisory_lock(:class, :object)")
WAIT = text("SELECT pg_sleep(0.1)")
ATTEMPTS = 20  # a server needs a moment to see that a process was killed
FREE = text("SELECT pg_advisory_unlock(:class, :object)")
HOLDER = text(
    "SELECT a.application_name AS name, a.query_start AS since FROM pg_locks l"
    " JOIN pg_stat_activity a ON a.pid = l.pid WHERE l.locktype = 'advisory' AND l.granted"
    " AND l.classid = :class AND l.objid = :object AND l.database ="
    " (SELECT oid FROM pg_database WHERE datname = current_database())"
)
NAMED = text("SELECT set_config('application_name', :name, false)")


class Locking(Part):
    """The store's lock in the database."""

    @contextmanager
    def advisory_lock(self, told: str) -> Iterator[tuple[str, datetime] | None]:
        """None while we hold the lock; else what its holder told of itself, and since when it holds it."""
        if self._engine.dialect.name != "postgresql":
            yield None
            return
        numbers = {"class": CLASS, "object": OBJECT}
        outside = {"isolation_level": "AUTOCOMMIT"}
        with translated(self._engine), self._engine.connect().execution_options(**outside) as connection:
            connection.execute(NAMED, {"name": told[:NAME_LENGTH]})
            if not _held(connection, numbers):
                row = connection.execute(HOLDER, numbers).first()
                yield (row.name, row.since.astimezone(UTC)) if row else ("", datetime.now(UTC))
                return
            try:
                yield None
            finally:
                connection.execute(FREE, numbers)
                connection.execute(NAMED, {"name": "compliance"})


def _held(connection: Connection, numbers: Mapping[str, int]) -> bool:
    for _ in range(ATTEMPTS):
        if connection.execute(TRY, numbers).scalar():
            return True
        connection.execute(WAIT)
    return False
