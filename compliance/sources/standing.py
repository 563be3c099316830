"""Large Parquet files stay where they are: their entity's table is a view of the file, nothing is copied.

Only a file of which every row is good stands so, and only while the entity has no other rows. A file that
changes under a run would change the facts: its stamp tells.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from compliance.errors import InputError, Problem
from compliance.model.schema import STUBBED, EntitySpec, entities
from compliance.sources.database import column_type, quoted, table, table_sql
from compliance.sources.predicate import TEXT, typed_sql

if TYPE_CHECKING:
    from compliance.sources.bulk import Relation

LEAST_ROWS = 500_000  # a smaller table is in memory at once, and quicker to ask again and again
_PATTERN = frozenset("*?[")  # in a path the database would look for other files


@dataclass(frozen=True, slots=True)
class Stamp:
    """What is known of a file before its bytes are read: it tells whether these are still the same."""

    path: str
    device: int
    inode: int
    size: int
    changed_ns: int


def stamp_of(path: str) -> Stamp | None:
    """The file's stamp, or None when the file cannot be looked at."""
    try:
        found = Path(path).stat()
    except OSError:
        return None
    return Stamp(path, found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)


def refuse_changed(stamps: Iterable[Stamp]) -> None:
    """Every file is as it was when the run began.

    Raises: InputError that names each one that is not.
    """
    message = "The file changed while it was being judged."
    hint = "Judge it again when nothing writes to it any more."
    problems = [
        Problem(stamp.path, "file-changed", message, hint)
        for stamp in stamps
        if stamp_of(stamp.path) != stamp
    ]
    if problems:
        raise InputError(problems)


def can_stand(spec: EntitySpec, stamp: Stamp | None, rows: int) -> bool:
    """Whether a file of so many rows may stay where it is."""
    if stamp is None or rows < LEAST_ROWS or spec.name in STUBBED:  # stubs are added to the table of those
        return False
    return not _PATTERN & set(str(Path(stamp.path).absolute()))


def stand(
    connection: duckdb.DuckDBPyConnection, spec: EntitySpec, relation: Relation, provenance: tuple[int, int]
) -> None:
    """The entity's table is a view of the good rows' file; `provenance` are `_lacks` and `_source`.

    The text of the place is made only of rows of which it is asked.
    """
    values = _values(connection, spec, relation.source, relation.kinds)
    group, number = provenance
    columns = [f"{value} AS {quoted(name)}" for name, value in values.items()]
    columns += [f"{group}::UTINYINT AS _lacks", f"{number}::INTEGER AS _source"]
    columns.append(f"({relation.place})::VARCHAR AS _place")
    connection.execute(
        f"DROP TABLE {table(spec.name)}; "
        f"CREATE VIEW {table(spec.name)} AS SELECT {', '.join(columns)} FROM {relation.source}"
    )


def _values(
    connection: duckdb.DuckDBPyConnection, spec: EntitySpec, source: str, kinds: Mapping[str, str]
) -> dict[str, str]:
    """SQL for the value of every field. An untouched column is read from the file by its dictionary, a
    computed one row by row; so empty texts are looked for only where there are any.
    """
    texts = [name for name, kind in kinds.items() if kind == TEXT and spec.fields[name].type != "bool"]
    # One by one: the file's own statistics then mostly answer, without a look at the rows.
    plain = {
        name
        for name in texts
        if connection.execute(f"SELECT 1 FROM {source} WHERE {quoted(name)} = '' LIMIT 1").fetchone() is None
    }
    values = {}
    for name, field in spec.fields.items():
        wanted = column_type(field)
        if name not in kinds:
            values[name] = f"NULL::{wanted}"
        elif kinds[name] == wanted and (wanted != TEXT or name in plain):
            values[name] = quoted(name)
        else:
            values[name] = typed_sql(field, kinds[name])
    return values


def settle(connection: duckdb.DuckDBPyConnection, standing: dict[str, Stamp], name: str) -> None:
    """The entity's rows stand in a table of their own, that rows can be added to and taken from."""
    if standing.pop(name, None) is None:
        return
    view = f"fact.{quoted('standing ' + name)}"
    connection.execute(
        f"ALTER VIEW {table(name)} RENAME TO {quoted('standing ' + name)}; "
        f"{table_sql(entities()[name])}; "
        f"INSERT INTO {table(name)} BY NAME SELECT * FROM {view}; DROP VIEW {view}"
    )
