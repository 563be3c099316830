"""The outbox: what must be done after a run was kept, so that a killed night is finished by the next."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from compliance.model.kept import Errand, ErrandState
from compliance.store.records.part import Part, next_number
from compliance.store.records.tables import outbox

OPEN: tuple[ErrandState, ...] = ("waiting", "failed")
CLOSED: tuple[ErrandState, ...] = ("done", "given_up")


class Errands(Part):
    """The errands of all runs."""

    def errands(self, *, kind: str | None = None, run: int | None = None) -> tuple[Errand, ...]:
        """All errands, in the order kept."""
        chosen = select(outbox).order_by(outbox.c.number)
        if kind is not None:
            chosen = chosen.where(outbox.c.kind == kind)
        if run is not None:
            chosen = chosen.where(outbox.c.run == run)
        with self._read() as connection:
            return tuple(_errand(row) for row in connection.execute(chosen))

    def open_errands(self, kind: str | None = None) -> tuple[Errand, ...]:
        """What is still to be done, in the order kept."""
        return tuple(errand for errand in self.errands(kind=kind) if errand.state in OPEN)

    def add_errands(self, run: int, errands: Iterable[Errand]) -> None:
        """More to do after a run; what is there already stays as it is."""
        with self._write() as connection:
            add_errands(connection, run, errands)

    def note_errand(
        self,
        run: int,
        kind: str,
        recipient: str,
        state: ErrandState,
        at: datetime,
        *,
        reason: str = "",
        payload_sha256: str = "",
    ) -> None:
        """What came of the errand, which is added when it was not there; an attempt more, unless it waits.

        Once nothing is left to do, its payload goes and only the hash stays.
        """
        with self._write() as connection:
            add_errands(connection, run, (Errand(kind, recipient),))
            values: dict[str, Any] = {"state": state, "reason": reason, "noted_at": at}
            if payload_sha256:
                values["payload_sha256"] = payload_sha256
            if state in CLOSED:
                values["payload"] = ""
            if state != "waiting":
                values["attempts"] = outbox.c.attempts + 1
            chosen = update(outbox).where(
                outbox.c.run == run, outbox.c.kind == kind, outbox.c.recipient == recipient
            )
            connection.execute(chosen.values(**values))


def add_errands(connection: Connection, run: int, errands: Iterable[Errand]) -> None:
    """Within the caller's transaction; one per run, kind and recipient."""
    chosen = select(outbox.c.kind, outbox.c.recipient).where(outbox.c.run == run)
    there = {(row.kind, row.recipient) for row in connection.execute(chosen)}
    for errand in errands:
        if (errand.kind, errand.recipient) in there:
            continue
        there.add((errand.kind, errand.recipient))
        connection.execute(
            insert(outbox).values(
                number=next_number(connection, outbox.c.number),
                run=run,
                kind=errand.kind,
                recipient=errand.recipient,
                payload=errand.payload,
                payload_sha256=errand.payload_sha256,
                state=errand.state,
                reason=errand.reason,
                attempts=errand.attempts,
                noted_at=errand.noted_at,
            )
        )


def _errand(row: Any) -> Errand:
    return Errand(
        kind=row.kind,
        recipient=row.recipient,
        payload=row.payload,
        run=row.run,
        payload_sha256=row.payload_sha256,
        state=row.state,
        attempts=row.attempts,
        reason=row.reason,
        noted_at=row.noted_at,
    )
