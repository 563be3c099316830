"""The entities as tables: made from the model, filled with rows made one by one, written as files."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb

from compliance.model.schema import FieldSpec, delivered_entities, entities
from compliance.services.generate.size import Format
from compliance.services.generate.world import World

SQL_TYPES = {
    "text": "VARCHAR", "code": "VARCHAR", "ref": "VARCHAR", "day": "DATE", "int": "BIGINT", "bool": "BOOLEAN",
}  # fmt: skip
COPY_OPTIONS: Mapping[Format, str] = {
    "parquet": "FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880",
    "csv": "FORMAT csv, HEADER true, NULLSTR ''",
    "jsonl": "FORMAT json",
}


def create_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Every delivered entity has an empty table with the model's columns."""
    for name in delivered_entities():
        columns = ", ".join(f'"{field}" {_type(spec)}' for field, spec in entities()[name].fields.items())
        connection.execute(f"CREATE TABLE {name} ({columns})")


def fill_tables(connection: duckdb.DuckDBPyConnection, world: World, scratch: Path) -> None:
    """The rows made one by one stand in their tables, and what steers the bulk in three more."""
    for name in delivered_entities():
        spec = entities()[name]
        table = [[row.get(field) for field in spec.fields] for row in world.rows[name]]
        _load(connection, name, {field: _type(each) for field, each in spec.fields.items()}, table, scratch)
    steering: Mapping[str, tuple[Mapping[str, str], Sequence[Sequence[object]]]] = {
        "provider": (
            {"organisation_id": "VARCHAR", "first_slot": "BIGINT", "next_slot": "BIGINT", "first_day": "DATE",
             "last_day": "DATE"},
            _slots(world),
        ),
        "post": (
            {"organisation_id": "VARCHAR", "number": "BIGINT", "person_id": "VARCHAR", "switch_day": "DATE",
             "successor_id": "VARCHAR"},
            [[p.organisation_id, p.number, p.person_id, p.switch_day, p.successor_id] for p in world.posts],
        ),
        "cared_for": ({"id": "VARCHAR"}, [[referral_id] for referral_id in world.cared_for]),
    }  # fmt: skip
    for name, (columns, rows) in steering.items():
        types = ", ".join(f'"{column}" {sql_type}' for column, sql_type in columns.items())
        connection.execute(f"CREATE TABLE {name} ({types})")
        _load(connection, name, columns, rows, scratch)


def copy_out(
    connection: duckdb.DuckDBPyConnection, out: Path, format: Format, deliveries: str  # noqa: A002
) -> Mapping[str, int]:  # fmt: skip
    """Rows per entity, after each was written in order of id; the deliveries stream from their query."""
    counts = {}
    for name in delivered_entities():
        query = deliveries if name == "delivery" else f"SELECT * FROM {name} ORDER BY id"
        target = str(out / f"{name}.{format}").replace("'", "''")
        written = connection.execute(f"COPY ({query}) TO '{target}' ({COPY_OPTIONS[format]})").fetchone()
        counts[name] = int(written[0]) if written else 0
    return counts


def _slots(world: World, slots: int = 100_000) -> list[list[object]]:
    """Each provider has a run of slots in proportion to its weight; together they fill all slots."""
    total = sum(provider.weight for provider in world.providers)
    rows: list[list[object]] = []
    passed, first = 0.0, 0
    for provider in world.providers:
        passed += provider.weight
        following = round(passed / total * slots)
        rows.append([provider.organisation_id, first, following, provider.first_day, provider.last_day])
        first = following
    return rows


def _load(
    connection: duckdb.DuckDBPyConnection, table: str, columns: Mapping[str, str],
    rows: Sequence[Sequence[object]], scratch: Path,
) -> None:  # fmt: skip
    """The rows stand in the table; a file in between is far faster than row by row."""
    if not rows:
        return
    path = scratch / f"{table}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        for row in rows:
            writer.writerow([str(cell).lower() if isinstance(cell, bool) else cell for cell in row])
    declared = ", ".join(f"'{column}': '{sql_type}'" for column, sql_type in columns.items())
    connection.execute(
        f"INSERT INTO {table} SELECT * FROM read_csv('{path}', header = false, auto_detect = false,"
        f" delim = ',', quote = '\"', escape = '\"', nullstr = '', columns = {{{declared}}})"
    )


def _type(spec: FieldSpec) -> str:
    return f"DECIMAL(18, {spec.places})" if spec.type == "decimal" else SQL_TYPES[spec.type]
