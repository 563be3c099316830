"""Reports made by runs, and who let which of them leave the municipality."""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from compliance.errors import Problem, UsageError, closest
from compliance.model.kept import KeptReport
from compliance.store.records.canonical import values_hash
from compliance.store.records.part import Part
from compliance.store.records.tables import report

EMPTY = ("released_by", "withdrawn_by")


class Reports(Part):
    """The reports of all runs."""

    def add_report(self, made: KeptReport, *, actor: str = "nightly") -> KeptReport:
        """The report as kept: what was added under this id before stays as it was."""
        with self._write() as connection:
            row = connection.execute(select(report).where(report.c.report == made.report)).first()
            if row is not None:
                return row_report(row)
            values = {field.name: getattr(made, field.name) for field in fields(made)}
            connection.execute(
                insert(report).values(**values | {name: values[name] or None for name in EMPTY})
            )
            self._audit(connection, made.made_at, actor, "report.made", _told(made))
        return made

    def release_report(self, name: str, *, by: str, at: datetime, final_sha256: str) -> KeptReport:
        """From now on the report may leave, in exactly the bytes with this hash.

        Raises: UsageError for a report that is not there or no draft any more, or when nobody is named.
        """
        values = {"state": "released", "released_by": by, "released_at": at, "final_sha256": final_sha256}
        return self._change(name, "draft", values, at, by, "report.released")

    def withdraw_report(self, name: str, *, by: str, at: datetime, reason: str) -> KeptReport:
        """From now on the report may no longer leave; that it once was released stays on record.

        Raises: UsageError for a report that is not there or was not released, or when nobody is named.
        """
        values = {"state": "withdrawn", "withdrawn_by": by, "withdrawn_at": at, "reason": reason}
        return self._change(name, "released", values, at, by, "report.withdrawn")

    def report(self, name: str) -> KeptReport:
        """Raises: UsageError when there is none with this id."""
        with self._read() as connection:
            return _there(connection, name)

    def reports(self, *, contract: str | None = None, run: int | None = None) -> tuple[KeptReport, ...]:
        """The reports, by run and id."""
        chosen = select(report)
        if contract is not None:
            chosen = chosen.where(report.c.contract == contract)
        if run is not None:
            chosen = chosen.where(report.c.run == run)
        with self._read() as connection:
            found = [row_report(row) for row in connection.execute(chosen)]
        return tuple(sorted(found, key=lambda one: (one.run, one.report)))

    def _change(
        self, name: str, due: str, values: dict[str, Any], at: datetime, by: str, action: str
    ) -> KeptReport:
        if not by.strip():
            raise UsageError(Problem(name, "release", "Somebody must be named.", "Say who: --by NAME."))
        with self._write() as connection:
            found = _there(connection, name)
            if found.state != due:
                message = f"This report is {found.state}, not {due}."
                raise UsageError(Problem(name, "release", message, "See: compliance release list."))
            connection.execute(update(report).where(report.c.report == name).values(**values))
            changed = _there(connection, name)
            self._audit(connection, at, by, action, _told(changed))
        return changed


def _there(connection: Connection, name: str) -> KeptReport:
    row = connection.execute(select(report).where(report.c.report == name)).first()
    if row is None:
        known = connection.execute(select(report.c.report)).scalars()
        hint = closest(name, known) or "See: compliance release list."
        raise UsageError(Problem("REPORT", "report-unknown", f"There is no report {name}.", hint))
    return row_report(row)


def row_report(row: Any) -> KeptReport:
    """The report that the row holds."""
    values = {field.name: getattr(row, field.name) for field in fields(KeptReport)}
    return KeptReport(**values | {name: values[name] or "" for name in EMPTY})


def _told(made: KeptReport) -> dict[str, Any]:
    return {
        "report": made.report,
        "run": made.run,
        "audience": made.audience,
        "state": made.state,
        "draft_sha256": made.draft_sha256,
        "final_sha256": made.final_sha256,
        "row": report_hash(made),
    }


def report_hash(made: KeptReport) -> str:
    """The hash of the report's row as it stands."""
    return values_hash(asdict(made))
