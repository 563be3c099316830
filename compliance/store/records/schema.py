"""Which schema a database has, which this product needs, and the way from one to the other."""

from __future__ import annotations

from sqlalchemy import Connection, inspect, text

from compliance.errors import Problem, StoreError, UsageError

REVISIONS = ("0001",)  # oldest first; the last is the one this product needs
NEEDED = REVISIONS[-1]


def current_revision(connection: Connection) -> str:
    """The revision of the database; empty when it holds no records."""
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or ""


def check_revision(connection: Connection, place: str) -> None:
    """Raises: UsageError when the database has another schema than this product needs."""
    found = current_revision(connection)
    if found == NEEDED:
        return
    hint = "Run: compliance store upgrade"
    if not found:
        message = "This database holds no records of a store."
    elif found in REVISIONS:
        message = f"The records have schema {found}, and this version needs {NEEDED}."
    else:
        message, hint = _newer(found)
    raise UsageError(Problem(place, "store-schema", message, hint))


def upgrade_schema(connection: Connection, place: str) -> tuple[str, str]:
    """The revision before and after; the caller's transaction makes it whole or not at all.

    Raises: UsageError for a schema of a newer version, StoreError for tables that are not ours.
    """
    before = current_revision(connection)
    if before and before not in REVISIONS:
        raise UsageError(Problem(place, "store-schema", *_newer(before)))
    if not before and inspect(connection).get_table_names():
        message = "The database holds tables already, and they are not those of a store."
        raise StoreError(Problem(place, "store-foreign", message, "Name a database of its own."))
    if before != NEEDED:
        _migrate(connection)
    return before, NEEDED


def _newer(found: str) -> tuple[str, str]:
    message = (
        f"The records have schema {found}, which this version does not know: a newer version wrote them."
    )
    return message, "Install that version or a later one."


def _migrate(connection: Connection) -> None:
    # Imported here: every command opens the records, few change their schema.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", "compliance.store.records:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
