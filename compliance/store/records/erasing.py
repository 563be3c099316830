"""Takes out of the records what may no longer stay, so that the disk does not hold it either."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, bindparam, delete, select

from compliance.model.entities import Compartment
from compliance.model.finding import RowRef, fingerprint
from compliance.store.records.connect import BARE, translated
from compliance.store.records.part import Part
from compliance.store.records.tables import dossier, exception, finding_note, result, review, standing

VERSIONED = (result, standing)


class Erasing(Part):
    """Erasure; each call adds one entry to the audit chain, with counts only."""

    def erase(self, rows: Iterable[RowRef], *, at: datetime, actor: str = "purge") -> dict[str, int]:
        """What was removed by table: everything about these facts, or that names one of them.

        A second time removes nothing. Runs keep their receipts and counts.
        """
        gone = set(rows)
        with self._write() as connection:
            erased = {table.name: _erase_versions(connection, table, gone) for table in VERSIONED}
            erased |= {table.name: _erase_subjects(connection, table, gone) for table in (exception, review)}
            counts = {name: len(found) for name, found in erased.items()}
            names = {each for found in erased.values() for each in found}
            counts["finding_note"] = sum(_delete(connection, finding_note, *each) for each in sorted(names))
            counts["dossier"] = _erase_organisations(connection, gone)
            if any(counts.values()):
                self._audit(connection, at, actor, "records.erased", dict(counts))
        self._clean()
        return counts

    def erase_findings(
        self, contract: str, names: Iterable[str], *, at: datetime, actor: str = "purge"
    ) -> dict[str, int]:
        """What was removed by table: everything kept under these fingerprints."""
        wanted = sorted(set(names))
        with self._write() as connection:
            counts = {
                table.name: sum(_delete(connection, table, contract, name) for name in wanted)
                for table in (*VERSIONED, review, finding_note)
            }
            if any(counts.values()):
                self._audit(connection, at, actor, "records.erased", {"contract": contract, **counts})
        self._clean()
        return counts

    def findings_of(self, contract: str, compartment: Compartment) -> dict[str, int]:
        """The fingerprints of a compartment, each with the last run that held it (0: the newest does)."""
        found: dict[str, int] = {}
        with self._read() as connection:
            for table in VERSIONED:
                chosen = select(table.c.fingerprint, table.c.until_run).where(
                    table.c.contract == contract, table.c.compartment == compartment
                )
                for row in connection.execute(chosen):
                    until = row.until_run - 1 if row.until_run else 0
                    before = found.get(row.fingerprint, until)
                    found[row.fingerprint] = 0 if 0 in (before, until) else max(before, until)
        return found

    def erase_dossiers(self, runs: Iterable[int], compartment: Compartment, *, at: datetime) -> int:
        """How many dossiers were removed: those of readings with this compartment, made by these runs."""
        with self._write() as connection:
            readings = connection.execute(select(dossier.c.reading).distinct()).scalars().all()
            mine = [text for text in readings if compartment in text.split("+")]
            found = delete(dossier).where(dossier.c.run.in_(set(runs)), dossier.c.reading.in_(mine))
            count = connection.execute(found).rowcount
            if count:
                self._audit(connection, at, "purge", "records.erased", {"dossier": count})
        self._clean()
        return count

    def _clean(self) -> None:
        """The removed bytes are gone from the file too, not merely marked as free."""
        if self._engine.dialect.name == "sqlite":
            with translated(self._engine), self._engine.connect().execution_options(**BARE) as connection:
                connection.exec_driver_sql("VACUUM")
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            return
        outside = {"isolation_level": "AUTOCOMMIT"}
        with translated(self._engine), self._engine.connect().execution_options(**outside) as connection:
            for table in (*VERSIONED, dossier, exception, review, finding_note):
                connection.exec_driver_sql(f'VACUUM FULL "{table.name}"')


def names_one(record: Any, gone: set[RowRef]) -> bool:
    """Whether a record names one of the facts: as evidence or as missing, or by its id in a value."""
    ids = {row.id for row in gone}
    return any(
        RowRef(item.get("entity", ""), item.get("id", "")) in gone
        for part in ("evidence", "missing")
        for item in record.get(part) or ()
    ) or any(value in ids for value in (record.get("values") or {}).values() if isinstance(value, str))


def _erase_versions(connection: Connection, table: Table, gone: set[RowRef]) -> list[tuple[str, str]]:
    """Contract and fingerprint of every version removed."""
    columns = (table.c.contract, table.c.fingerprint, table.c.from_run, table.c.entity, table.c.subject)
    mine = [
        row
        for row in connection.execute(select(*columns, table.c.record))
        if RowRef(row.entity, row.subject) in gone or names_one(json.loads(row.record), gone)
    ]
    if mine:
        removed = delete(table).where(
            table.c.contract == bindparam("c"),
            table.c.fingerprint == bindparam("f"),
            table.c.from_run == bindparam("r"),
        )
        keys = [{"c": row.contract, "f": row.fingerprint, "r": row.from_run} for row in mine]
        connection.execute(removed, keys)
    return [(row.contract, row.fingerprint) for row in mine]


def _erase_subjects(connection: Connection, table: Table, gone: set[RowRef]) -> list[tuple[str, str]]:
    """Contract and fingerprint of every exception or review removed."""
    columns = (table.c.number, table.c.contract, table.c.rule, table.c.entity, table.c.subject)
    rows = connection.execute(select(*columns)).all()
    mine = [row for row in rows if RowRef(row.entity, row.subject) in gone]
    if mine:
        connection.execute(delete(table).where(table.c.number.in_([row.number for row in mine])))
    return [
        (row.contract, fingerprint(row.rule, row.contract, RowRef(row.entity, row.subject))) for row in mine
    ]


def _erase_organisations(connection: Connection, gone: set[RowRef]) -> int:
    mine = [row.id for row in gone if row.entity == "organisation"]
    return connection.execute(delete(dossier).where(dossier.c.organisation.in_(mine))).rowcount if mine else 0


def _delete(connection: Connection, table: Table, contract: str, name: str) -> int:
    mine = delete(table).where(table.c.contract == contract, table.c.fingerprint == name)
    return connection.execute(mine).rowcount
