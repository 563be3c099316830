"""Databases for every test that keeps something: the same test on SQLite and on PostgreSQL."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest

from tests.postgresql import MissingServerError, Server, binaries, shared_server

MADE_AT = datetime(2027, 1, 1, 0, 0, 0, 1, tzinfo=UTC)
_numbers = count(1)


@pytest.fixture(scope="session")
def postgresql_server(
    tmp_path_factory: pytest.TempPathFactory, worker_id: str, testrun_uid: str
) -> Iterator[Server]:
    """A running server for all workers of this session; where it is missing tests skip, in CI they fail."""
    try:
        binaries()
    except MissingServerError as error:
        if os.environ.get("CI", "").lower() == "true":
            raise
        pytest.skip(str(error))
    base = tmp_path_factory.getbasetemp()
    shared = base if worker_id == "master" else base.parent
    session = shared / f"postgresql-{testrun_uid}"
    session.mkdir(exist_ok=True)
    with shared_server(session) as server:
        yield server


@pytest.fixture(scope="session")
def postgresql_template(postgresql_server: Server, worker_id: str) -> str:
    """The name of a database with the tables of the records and nothing in them, to copy."""
    from compliance.store.records import Records  # noqa: PLC0415 - few tests need it

    name = f"template_{worker_id}"
    postgresql_server.statement(f"CREATE DATABASE {name}")
    Records.upgrade(postgresql_server.url(name), MADE_AT)
    return name


@pytest.fixture
def postgresql_url(postgresql_server: Server, postgresql_template: str, worker_id: str) -> Iterator[str]:
    """A fresh PostgreSQL database with the tables of the records."""
    name = f"records_{worker_id}_{next(_numbers)}"
    postgresql_server.statement(f"CREATE DATABASE {name} TEMPLATE {postgresql_template}")
    yield postgresql_server.url(name)
    postgresql_server.statement(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def empty_postgresql_url(postgresql_server: Server, worker_id: str) -> Iterator[str]:
    """A fresh PostgreSQL database without a table."""
    name = f"empty_{worker_id}_{next(_numbers)}"
    postgresql_server.statement(f"CREATE DATABASE {name}")
    yield postgresql_server.url(name)
    postgresql_server.statement(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the tables of the records and nothing in them, to copy."""
    from compliance.store.records import Records  # noqa: PLC0415 - few tests need it

    path = tmp_path_factory.mktemp("template") / "compliance.db"
    Records.upgrade(f"sqlite:///{path}", MADE_AT)
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database that holds nothing yet, of either kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'compliance.db'}"
    return str(request.getfixturevalue("empty_postgresql_url"))


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database with the tables of the records and nothing in them, of either kind."""
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        shutil.copy(template, tmp_path / "compliance.db")
        return f"sqlite:///{tmp_path / 'compliance.db'}"
    return str(request.getfixturevalue("postgresql_url"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What tests counted (`record_property("shown", …)`) is told at the end, also when workers ran them."""
    passed = terminalreporter.stats.get("passed", [])
    told = [text for report in passed for name, text in report.user_properties if name == "shown"]
    for text in sorted(told):
        terminalreporter.write_line(str(text))
