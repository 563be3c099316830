"""Migrations make exactly the tables that the product uses, and another schema is refused in clear words."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from compliance.errors import StoreError, UsageError
from compliance.store.records import Records
from compliance.store.records.connect import make_engine
from compliance.store.records.schema import REVISIONS
from compliance.store.records.tables import metadata
from tests.store.records.nights import START


def do(url: str, statement: str) -> None:
    """A statement past the product."""
    engine = make_engine(url)
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


def test_migrations_make_the_tables_of_the_product(database_url: str) -> None:
    """No column, constraint or index differs between what is migrated and what is used."""
    engine = make_engine(database_url)
    with engine.connect() as connection:
        options = {"compare_type": True, "compare_server_default": True}
        assert compare_metadata(MigrationContext.configure(connection, opts=options), metadata) == []
    engine.dispose()


def test_the_known_revisions_are_those_of_the_migrations() -> None:
    """The list by which old and new are told apart is the chain of migrations in the package."""
    config = Config()
    config.set_main_option("script_location", "compliance.store.records:migrations")
    found = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]
    assert tuple(reversed(found)) == REVISIONS


def test_an_upgrade_is_done_once_and_told(empty_database_url: str) -> None:
    """The first makes the records, the second finds nothing to do."""
    assert Records.upgrade(empty_database_url, START) == ("", REVISIONS[-1])
    assert Records.upgrade(empty_database_url, START) == (REVISIONS[-1], REVISIONS[-1])
    assert not Records.create(empty_database_url, START)
    with Records.open(empty_database_url) as records:
        assert [entry.action for entry in records.audit_entries()] == ["store.upgraded"]
        assert records.audit_entries()[0].at == START


def test_a_killed_upgrade_leaves_nothing(empty_database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables and their revision are made in one transaction on both databases."""

    def fail(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Records, "_audit", staticmethod(fail))
    with pytest.raises(KeyboardInterrupt):
        Records.upgrade(empty_database_url, START)
    monkeypatch.undo()
    assert Records.upgrade(empty_database_url, START) == ("", REVISIONS[-1])


def test_records_that_are_not_there_are_told(empty_database_url: str) -> None:
    """Opening makes nothing."""
    for _ in range(2):
        with pytest.raises(UsageError, match="compliance store upgrade"):
            Records.open(empty_database_url)


def test_records_of_a_newer_version_are_refused(database_url: str) -> None:
    """Neither opened nor upgraded: who has the newer version must use it."""
    do(database_url, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(UsageError, match="a newer version wrote them"):
        Records.open(database_url)
    with pytest.raises(UsageError, match="a newer version wrote them"):
        Records.upgrade(database_url, START)


def test_records_of_an_older_version_ask_for_an_upgrade(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An older schema is known, and named."""
    monkeypatch.setattr("compliance.store.records.schema.REVISIONS", ("0000", *REVISIONS))
    do(database_url, "UPDATE alembic_version SET version_num = '0000'")
    with pytest.raises(UsageError, match="have schema 0000, and this version needs"):
        Records.open(database_url)


def test_a_database_with_other_tables_is_left_alone(empty_database_url: str) -> None:
    """Nothing is made among the tables of something else."""
    do(empty_database_url, "CREATE TABLE patient (number integer)")
    with pytest.raises(StoreError, match="not those of a store"):
        Records.upgrade(empty_database_url, START)
