"""Takes out of the records what may no longer stay, so that the disk does not hold it either."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, Table, bindparam, delete, func, select

from compliance.model.entities import Compartment
from compliance.model.finding import RowRef, fingerprint
from compliance.store.records.canonical import total
from compliance.store.records.connect import BARE, translated
from compliance.store.records.part import Part
from compliance.store.records.tables import dossier, exception, finding_note, result, review, run, standing

VERSIONED = (result, standing)


class Erasing(Part):
    """Erasure; each call adds one entry to the audit chain, with counts only."""

    def erase(self, rows: Iterable[RowRef], *, at: datetime, actor: str = "purge") -> dict[str, int]:
        """What was removed by table: everything about these facts, or that names one of them.

        A second time removes nothing. Runs keep their receipts and counts.
        """
        gone = set(rows)
        with self._write() as connection:
            versions = {table.name: _versions_naming(connection, table, gone) for table in VERSIONED}
            totals = _remove_versions(connection, versions)
            erased = {
                name: [(row.contract, row.fingerprint) for row in found] for name, found in versions.items()
            }
            erased |= {table.name: _erase_subjects(connection, table, gone) for table in (exception, review)}
            counts = {name: len(found) for name, found in erased.items()}
            names = {each for found in erased.values() for each in found}
            counts["finding_note"] = sum(_delete(connection, finding_note, *each) for each in sorted(names))
            counts["dossier"] = _erase_organisations(connection, gone)
            if any(counts.values()):
                self._audit(connection, at, actor, "records.erased", {**counts, "totals": totals})
        self._clean()
        return counts

    def erase_findings(
        self, contract: str, names: Iterable[str], *, at: datetime, actor: str = "purge"
    ) -> dict[str, int]:
        """What was removed by table: everything kept under these fingerprints."""
        wanted = set(names)
        with self._write() as connection:
            versions = {
                table.name: _versions_under(connection, table, contract, wanted) for table in VERSIONED
            }
            totals = _remove_versions(connection, versions)
            counts = {name: len(found) for name, found in versions.items()}
            for table in (review, finding_note):
                counts[table.name] = sum(
                    _delete(connection, table, contract, name) for name in sorted(wanted)
                )
            if any(counts.values()):
                self._audit(connection, at, actor, "records.erased", {**counts, "totals": totals})
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


def _version_rows(table: Table) -> Select[Any]:
    names = ("contract", "fingerprint", "from_run", "until_run", "sha256", "entity", "subject", "record")
    return select(*(table.c[name] for name in names))


def _versions_naming(connection: Connection, table: Table, gone: set[RowRef]) -> list[Any]:
    """The versions about one of the facts, or that name one."""
    return [
        row
        for row in connection.execute(_version_rows(table))
        if RowRef(row.entity, row.subject) in gone or names_one(json.loads(row.record), gone)
    ]


def _versions_under(connection: Connection, table: Table, contract: str, names: set[str]) -> list[Any]:
    """The versions under these fingerprints."""
    rows = connection.execute(_version_rows(table).where(table.c.contract == contract))
    return [row for row in rows if row.fingerprint in names]


def _remove_versions(connection: Connection, found: Mapping[str, list[Any]]) -> list[list[Any]]:
    """What the audit chain needs, to go on checking the runs that miss these versions from now on."""
    newest = connection.execute(select(func.max(run.c.number))).scalar() or 0
    totals: dict[tuple[str, str, int, int], list[str]] = {}
    for table in VERSIONED:
        rows = found[table.name]
        for row in rows:
            # One that held still would have held up to the run that comes next.
            until = newest + 1 if row.until_run is None else row.until_run
            totals.setdefault((table.name, row.contract, row.from_run, until), []).append(row.sha256)
        if rows:
            removed = delete(table).where(
                table.c.contract == bindparam("c"),
                table.c.fingerprint == bindparam("f"),
                table.c.from_run == bindparam("r"),
            )
            keys = [{"c": row.contract, "f": row.fingerprint, "r": row.from_run} for row in rows]
            connection.execute(removed, keys)
    return [[*key, total(hashes)] for key, hashes in sorted(totals.items())]


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
