"""Makes the engine of one store's records, and says what is wrong with a database without showing secrets."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, SQLAlchemyError

from compliance.errors import Problem, StoreError, UsageError

BUSY_SECONDS = 30
CONNECT_SECONDS = 10
WRITER = 0x6_C0_4D_91_1A_57  # our own key among the locks of the database
KNOWN = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}
BARE: dict[str, Any] = {"compliance_begin": ""}  # on SQLite: statements outside any transaction
FORMS = "Write sqlite:///file.db or postgresql+psycopg://user@host/name."


def default_url(folder: Path) -> str:
    """The database of a store for which none was named: a file in its folder."""
    return URL.create("sqlite", database=str(folder / "compliance.db")).render_as_string()


def database_name(url: str) -> str:
    """The database as it may be shown and logged: no user, no password, no further settings."""
    return _shown(_parse(url))


def is_file(url: str) -> bool:
    """Whether the database is a file (SQLite)."""
    return _parse(url).drivername == "sqlite"


def check_file(url: str) -> None:
    """Raises: UsageError for a file that is not there: opening would make an empty one."""
    parsed = _parse(url)
    if parsed.drivername == "sqlite" and not Path(parsed.database or "").is_file():
        message = "There is no database here."
        hint = "Name the store's own database with --database. For a new store: compliance store upgrade"
        raise UsageError(Problem(_shown(parsed), "database-file", message, hint))


def make_engine(url: str) -> Engine:
    """An engine for this store alone; nothing is opened yet.

    Raises: UsageError for a URL that is none, another kind of database, or a driver that is not installed.
    """
    parsed = _parse(url)
    try:
        if parsed.drivername == "sqlite":
            return _sqlite(parsed)
        return _postgresql(parsed)
    except ModuleNotFoundError:
        message = "The driver of this database is not installed."
        hint = "Install it with: pip install 'psycopg[binary]'"
        raise UsageError(Problem(_shown(parsed), "database-driver", message, hint)) from None


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that writes, one at a time: kept whole at the end, undone by any error.

    Raises: StoreError when the database refuses; a broken constraint (IntegrityError) passes to who knows it.
    """
    with translated(engine), engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            # As BEGIN IMMEDIATE does on SQLite: numbers and the audit chain follow each other.
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": WRITER})
        yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A transaction that reads one moment of the database.

    Raises: StoreError when the database refuses.
    """
    options: dict[str, Any] = {"compliance_begin": "BEGIN"}
    if engine.dialect.name == "postgresql":
        options["isolation_level"] = "REPEATABLE READ"
    with translated(engine), engine.connect().execution_options(**options) as connection:
        yield connection


@contextmanager
def translated(engine: Engine) -> Iterator[None]:
    """What the driver raises within becomes a StoreError that shows neither data nor secrets."""
    try:
        yield
    except IntegrityError:
        raise
    except SQLAlchemyError as error:
        raise StoreError(_problem(engine.url, error)) from None


def _parse(url: str) -> URL:
    place = "--database"
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise UsageError(
            Problem(place, "database-url", "This is not the URL of a database.", FORMS)
        ) from None
    kind, _, driver = parsed.drivername.partition("+")
    wanted = KNOWN.get(kind)
    if wanted is None or (driver and driver != wanted.partition("+")[2]):
        message = "Records are kept in SQLite or in PostgreSQL by psycopg, not in another database."
        raise UsageError(Problem(place, "database-kind", message, FORMS))
    if kind == "sqlite" and (parsed.database or ":memory:") == ":memory:":
        message = "Records are kept in a file, not in memory."
        raise UsageError(Problem(place, "database-memory", message, FORMS))
    return parsed.set(drivername=wanted)


def _shown(url: URL) -> str:
    if url.drivername == "sqlite":
        return url.database or ""
    host = url.host or str(url.query.get("host", "")) or "localhost"
    return f"postgresql://{host}{f':{url.port}' if url.port else ''}/{url.database or ''}"


def _postgresql(url: URL) -> Engine:
    settings: dict[str, Any] = {"connect_timeout": CONNECT_SECONDS, "application_name": "compliance"}
    if "options" not in url.query:
        settings["options"] = f"-c lock_timeout={BUSY_SECONDS}s"
    return create_engine(
        url, hide_parameters=True, isolation_level="READ COMMITTED", connect_args=settings, pool_pre_ping=True
    )


def _sqlite(url: URL) -> Engine:
    engine = create_engine(url, hide_parameters=True, connect_args={"timeout": BUSY_SECONDS})

    def set_up(connection: Any, _: object) -> None:
        # Transactions are ours: the driver would begin them late, and end them at changes of the schema.
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "trusted_schema=OFF",
            "secure_delete=ON",
        ):
            connection.execute(f"PRAGMA {pragma}").close()

    def begin(connection: Connection) -> None:
        statement = connection.get_execution_options().get("compliance_begin", "BEGIN IMMEDIATE")
        if statement:
            connection.exec_driver_sql(statement)

    event.listen(engine, "connect", set_up)
    event.listen(engine, "begin", begin)
    return engine


DAMAGED = "This file is not a database, or it is damaged."
REASONS = (
    ("password authentication failed", "The server refused the user or the password."),
    ("no password supplied", "The server asked for a password and none was given."),
    ("does not exist", "The server does not know this database or this user."),
    ("permission denied", "This user may not do this in the database."),
    ("readonly database", "The database may not be written to."),
    ("read-only", "The database may not be written to."),
    ("disk is full", "There is no room left on the disk."),
    ("no space left", "There is no room left on the disk."),
    ("could not extend", "There is no room left on the disk."),
    ("disk i/o error", "The disk did not do what was asked."),
    ("lock timeout", "Another process keeps the database busy."),
    ("database is locked", "Another process keeps the database busy."),
    ("unable to open database file", "The file of the database cannot be opened."),
    ("not a database", DAMAGED),
    ("malformed", DAMAGED),
    ("append-only", "The audit chain is only added to, never changed."),
    ("no such table", "The database holds no records, or not those of this version."),
)


def _problem(url: URL, error: SQLAlchemyError) -> Problem:
    """The reason in our words: those of a driver may hold data."""
    said = str(error.orig if isinstance(error, DBAPIError) else error).lower()
    reason = next((ours for part, ours in REASONS if part in said), "")
    if not reason and isinstance(error, DBAPIError) and (error.connection_invalidated or _unreached(error)):
        reason = "The database cannot be reached."
    message = reason or "The database refused what was asked."
    hint = "Nothing was half written: what was not kept whole was undone."
    if reason == DAMAGED:
        hint = "Put a backup back."
    return Problem(_shown(url), "database", message, hint)


def _unreached(error: DBAPIError) -> bool:
    return type(error.orig).__name__ in {"OperationalError", "ConnectionTimeout"} and not getattr(
        error.orig, "sqlstate", None
    )
