"""The in-memory database of one run: its tables, and how rows that Python read come into them.

No file is opened here, and no value judged.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import duckdb

from compliance.model.schema import EntitySpec, FieldSpec

SCOPED = ("organisation", "person", "client")  # tables with `_scope`, of which stubs are made
REAL_ROW_SCOPE = 7
PROVENANCE = ("_lacks", "_source", "_place")
_BATCH = 20_000


@dataclass(frozen=True, slots=True)
class Room:
    """How a run deals with what is large: how many bytes it may take, and the folder for what does not fit.

    `in_place` lets large files stay where they are; for who changes no facts.
    """

    folder: str | None = None
    memory: int | None = None
    in_place: bool = False


UNBOUNDED = Room()


def connect(room: Room = UNBOUNDED) -> duckdb.DuckDBPyConnection:
    """A new in-memory database that installs and loads nothing by itself, and draws nothing."""
    config: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
    }
    if room.folder is not None:
        config["temp_directory"] = room.folder
    if room.memory is not None:
        # Python, the answer, and what the database does not count itself take the rest.
        config["memory_limit"] = f"{room.memory // 1024 * 3 // 4}KiB"
    connection = duckdb.connect(":memory:", config=config)
    # At a terminal its own progress bar would end up in the answer on stdout.
    connection.execute("SET enable_progress_bar = false")
    return connection


def seal(connection: duckdb.DuckDBPyConnection, paths: Sequence[str] = ()) -> None:
    """From here on no SQL on this connection can reach a file, but for those at `paths`, or the network."""
    if paths:
        listed = ", ".join(literal(path) for path in paths)
        connection.execute(f"SET allowed_paths = [{listed}]")
    connection.execute("SET enable_external_access = false")


def quoted(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def column_type(spec: FieldSpec) -> str:
    """The type of the field's column."""
    if spec.type == "decimal":
        return f"DECIMAL(18,{spec.places})"
    return {"day": "DATE", "int": "BIGINT", "bool": "BOOLEAN"}.get(spec.type, "VARCHAR")


def table(entity: str) -> str:
    """The name of the entity's table."""
    return f"fact.{quoted(entity)}"


def table_sql(spec: EntitySpec) -> str:
    """The statement that makes the entity's table."""
    columns = [f"{quoted(field.name)} {column_type(field)}" for field in spec.fields.values()]
    columns += ["_lacks UTINYINT NOT NULL", "_source INTEGER NOT NULL", "_place VARCHAR NOT NULL"]
    if spec.name in SCOPED:
        columns.append(f"_scope UTINYINT NOT NULL DEFAULT {REAL_ROW_SCOPE}")
    return f"CREATE TABLE {table(spec.name)} ({', '.join(columns)})"


def create_tables(connection: duckdb.DuckDBPyConnection, specs: Iterable[EntitySpec]) -> None:
    """Empty tables of all these entities stand in schema `fact`.

    A table `refused` takes the ids of refused rows: another row of the same id is refused as well.
    """
    statements = ["BEGIN", "CREATE SCHEMA fact", *map(table_sql, specs)]
    statements += ["CREATE TEMP TABLE refused (entity VARCHAR, id VARCHAR)", "COMMIT"]
    connection.execute(";\n".join(statements))


def insert_texts(
    connection: duckdb.DuckDBPyConnection,
    target: str,
    columns: Mapping[str, str],
    rows: Iterable[Sequence[str | None]],
) -> None:
    """Rows of texts, in the order of `columns` (name to type), are added to the table `target`."""
    names = ", ".join(quoted(name) for name in columns)
    casts = [f"unnest(${at}::VARCHAR[])::{kind}" for at, kind in enumerate(columns.values(), start=1)]
    statement = f"INSERT INTO {target} ({names}) SELECT {', '.join(casts)}"
    remaining = iter(rows)
    while batch := list(islice(remaining, _BATCH)):
        connection.execute(statement, [list(values) for values in zip(*batch, strict=True)])


def insert_rows(
    connection: duckdb.DuckDBPyConnection, spec: EntitySpec, rows: Iterable[Sequence[str | None]]
) -> None:
    """Checked rows stand in the entity's table: texts of all fields, then `_lacks`, `_source`, `_place`."""
    columns = {field.name: column_type(field) for field in spec.fields.values()}
    columns |= {"_lacks": "UTINYINT", "_source": "INTEGER", "_place": "VARCHAR"}
    insert_texts(connection, table(spec.name), columns, rows)
