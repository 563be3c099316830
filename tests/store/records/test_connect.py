"""What is wrong with a database is told in clear words; a password is never shown."""

from __future__ import annotations

import builtins
import socket
from pathlib import Path
from typing import Any

import pytest

from compliance.errors import ComplianceError, StoreError, UsageError
from compliance.services.content import report_phrases
from compliance.store.records import Records, default_url
from compliance.store.records.connect import REASONS, database_name, make_engine
from tests.store.records.nights import START, keep, night

HIDDEN = "hunter2"


@pytest.mark.parametrize(
    "url",
    [
        "nonsense",
        f"mysql://anna:{HIDDEN}@host/name",
        f"postgresql+asyncpg://anna:{HIDDEN}@host/name",
        "sqlite://",
        "sqlite:///:memory:",
        f"postgresql://anna:{HIDDEN}@host:port/name",
    ],
)
def test_a_wrong_url_is_refused_without_showing_it(url: str) -> None:
    """The message says what to write instead."""
    with pytest.raises(UsageError, match=r"Write sqlite:///file\.db or postgresql") as caught:
        Records.open(url)
    assert HIDDEN not in str(caught.value)


def test_an_unreachable_server_is_told_without_the_password() -> None:
    """Host and name are shown; user, password and settings are not."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"postgresql://anna:{HIDDEN}@127.0.0.1:{taken.getsockname()[1]}/zorg?password={HIDDEN}"
        with pytest.raises(StoreError, match="cannot be reached") as caught:
            Records.open(url)
    assert "postgresql://127.0.0.1:" in str(caught.value)
    assert not {HIDDEN, "anna"} & set(str(caught.value).replace(":", " ").replace("@", " ").split())
    assert HIDDEN not in database_name(url)


def test_an_unknown_database_of_a_server_is_told(empty_postgresql_url: str) -> None:
    """The server is there, the database is not."""
    with pytest.raises(StoreError, match="does not know this database"):
        Records.open(empty_postgresql_url.replace("/empty_", "/absent_"))


def test_a_missing_driver_is_told_with_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL is an extra of the package."""
    found = builtins.__import__

    def absent(name: str, *rest: Any) -> Any:
        if name == "psycopg":
            raise ModuleNotFoundError(name)
        return found(name, *rest)

    monkeypatch.setattr(builtins, "__import__", absent)
    with pytest.raises(UsageError, match=r"pip install 'psycopg\[binary\]'") as caught:
        make_engine(f"postgresql://anna:{HIDDEN}@host/name")
    assert HIDDEN not in str(caught.value)


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    """Neither opened nor upgraded."""
    (tmp_path / "compliance.db").write_bytes(b"no database at all " * 100)
    for attempt in (
        lambda: Records.open(default_url(tmp_path)),
        lambda: Records.upgrade(default_url(tmp_path), START),
    ):
        with pytest.raises(StoreError, match="not a database, or it is damaged"):
            attempt()


def test_sqlite_is_opened_as_it_must_be(tmp_path: Path) -> None:
    """Every write is on the disk when it is done, readers do not wait, and references hold."""
    Records.upgrade(default_url(tmp_path), START)
    with Records.open(default_url(tmp_path)) as records, records._engine.connect() as connection:
        pragmas = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout", "secure_delete")
        found = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in pragmas]
    assert found == ["wal", 2, 1, 30_000, 1]


def test_a_reader_does_not_wait_for_a_writer(database_url: str) -> None:
    """While a night is being kept, what was kept before can be read."""
    with Records.open(database_url) as writer, Records.open(database_url) as reader:
        keep(writer, night("a"))
        with writer._write() as connection:
            connection.exec_driver_sql("DELETE FROM result")
            assert len(reader.results("c1")) == 1
        assert reader.results("c1") == ()


def test_a_lost_server_is_told_and_found_again(postgresql_url: str) -> None:
    """A connection cut within a night undoes the night; the next one connects anew."""
    with Records.open(postgresql_url) as records:
        with pytest.raises(StoreError, match="cannot be reached"):
            _write_and_be_cut(records)
        assert keep(records, night("a")).number == 1


def _write_and_be_cut(records: Records) -> None:
    with records._write() as connection:
        mine = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar()
        with records._engine.connect() as other:
            other.exec_driver_sql(f"SELECT pg_terminate_backend({mine})")
        connection.exec_driver_sql("DELETE FROM run_note")


def test_a_database_kept_busy_is_told(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second writer does not wait for ever."""
    monkeypatch.setattr("compliance.store.records.connect.BUSY_SECONDS", 1)
    with (
        Records.open(database_url) as records,
        Records.open(database_url) as other,
        records._write(),
        pytest.raises(StoreError, match="keeps the database busy"),
    ):
        keep(other, night("a"))


def test_a_full_disk_is_told_and_nothing_is_half_kept(tmp_path: Path) -> None:
    """A database that may not grow refuses the night as a whole."""
    Records.upgrade(default_url(tmp_path), START)
    with Records.open(default_url(tmp_path)) as records:
        with records._engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA max_page_count = 1")
        with pytest.raises(StoreError, match="no room left on the disk"):
            keep(records, night([f"organisation {number}" for number in range(5000)]))
        assert records.runs() == ()
        assert len(records.audit_entries()) == 1


def test_what_a_driver_says_never_comes_through(database_url: str) -> None:
    """An error of the database is told in our own words: values that were bound do not show."""
    with Records.open(database_url) as records:
        with records._engine.begin() as connection:
            connection.exec_driver_sql("DROP TABLE finding_note")
        with pytest.raises(ComplianceError) as caught:
            records.add_note("c1", "f", HIDDEN, by="anna", at=START)
    assert HIDDEN not in str(caught.value)
    assert caught.value.__cause__ is None


def test_every_reason_is_told_in_dutch_too() -> None:
    """The reasons stand in a table, where no other test sees them."""
    told = {reason for _, reason in REASONS}
    assert {reason for reason in told if report_phrases().dutch(reason) == reason} == set()
