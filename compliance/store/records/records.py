"""The records of one store: everything kept in its database, behind one handle."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Self

from sqlalchemy import func, select, text

from compliance.errors import UsageError
from compliance.model.kept import Holdings, Span
from compliance.store.records import versions
from compliance.store.records.auditing import Auditing
from compliance.store.records.connect import check_file, database_name, is_file, make_engine, reading, writing
from compliance.store.records.erasing import Erasing
from compliance.store.records.errands import Errands
from compliance.store.records.exceptions import Exceptions
from compliance.store.records.locking import Locking
from compliance.store.records.nights import Nights
from compliance.store.records.reports import Reports
from compliance.store.records.reviews import Reviews
from compliance.store.records.schema import check_revision, current_revision, upgrade_schema
from compliance.store.records.tables import metadata


class Records(Nights, Exceptions, Reviews, Reports, Errands, Auditing, Erasing, Locking):
    """Opened for one store; use as a context manager, or close it.

    Moments that come in carry a time zone; those that come out are in UTC. Every change adds to the audit
    chain in the same transaction. All methods raise StoreError when the database cannot do what is asked.
    """

    def __init__(self, url: str) -> None:
        self.name = database_name(url)
        super().__init__(make_engine(url))

    @classmethod
    def open(cls, url: str) -> Records:
        """Raises: UsageError for a wrong URL or another schema, StoreError for what cannot be reached."""
        check_file(url)
        records = cls(url)
        try:
            with reading(records._engine) as connection:
                check_revision(connection, records.name)
        except BaseException:
            records.close()
            raise
        return records

    @classmethod
    def create(cls, url: str, at: datetime) -> bool:
        """Whether the records were made just now; what was there already stays as it is."""
        with cls(url) as records, reading(records._engine) as connection:
            found = current_revision(connection)
        if not found:
            cls.upgrade(url, at, actor="create")
        return not found

    @staticmethod
    def name_of(url: str) -> str:
        """The database as it may be shown: no user, no password."""
        return database_name(url)

    @classmethod
    def are_made(cls, url: str) -> bool:
        """Whether this database holds records, of whatever schema; nothing is made by asking."""
        if is_file(url):
            try:
                check_file(url)
            except UsageError:
                return False
        with cls(url) as records, reading(records._engine) as connection:
            return bool(current_revision(connection))

    @classmethod
    def upgrade(cls, url: str, at: datetime, actor: str = "upgrade") -> tuple[str, str]:
        """The revision before and after; before is empty when the records were made just now."""
        records = cls(url)
        try:
            with writing(records._engine) as connection:
                before, after = upgrade_schema(connection, records.name)
                if before != after:
                    told = {"before": before, "after": after}
                    cls._audit(connection, at, actor, "store.upgraded", told)
            return before, after
        finally:
            records.close()

    def close(self) -> None:
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def spans(self, contract: str) -> tuple[Span, ...]:
        """How every finding stood over all runs of the contract, by rule, subject and run."""
        with self._read() as connection:
            return versions.spans(connection, contract)

    def holdings(self) -> Holdings:
        """How much is kept, by table."""
        with self._read() as connection:
            rows = {
                table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
                for table in metadata.sorted_tables
            }
            revision = current_revision(connection)
            if self._engine.dialect.name == "sqlite":
                database = self._engine.url.database or ""
                size = sum(
                    path.stat().st_size for path in Path(database).parent.glob(f"{Path(database).name}*")
                )
            else:
                size = connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one()
        return Holdings(self.name, revision, dict(sorted(rows.items())), size)
