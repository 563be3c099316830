"""A digest of the accepted facts that does not depend on the order of rows, columns or files.

Each row is hashed with SHA-256 on its own; the hashes are combined without order, per entity.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection

import duckdb

from compliance.model.catalog import Catalog
from compliance.model.schema import entities
from compliance.sources.database import literal, quoted, table


def facts_digest(connection: duckdb.DuckDBPyConnection, catalog: Catalog, names: Collection[str]) -> str:
    """The digest in hexadecimal, over every entity in `names`: how it came, and every row delivered."""
    total = hashlib.sha256()
    for name in sorted(names):
        delivered = catalog[name]
        total.update(f"{name} {delivered.complete} {name in catalog}\n".encode())
        total.update(_rows_digest(connection, name, delivered.lacks).encode())
    return total.hexdigest()


def _rows_digest(
    connection: duckdb.DuckDBPyConnection, entity: str, groups: tuple[frozenset[str], ...]
) -> str:
    """How many rows there are, and all their hashes combined; stubs follow from the other rows."""
    lacked = " ".join(
        f"WHEN {number} THEN {literal(','.join(sorted(group)))}" for number, group in enumerate(groups)
    )
    # Each value stands with its length, so that no two rows read the same; an empty one is a dash.
    parts = [
        f"coalesce(length({column}::VARCHAR) || ':' || {column}::VARCHAR, '-')"
        for column in map(quoted, sorted(entities()[entity].fields))
    ]
    row = f"concat(CASE _lacks {lacked} END, '|', {', '.join(parts)})"
    halves = [f"bit_xor(('0x' || substr(h, {start}, 32))::UHUGEINT)" for start in (1, 33)]
    found = connection.execute(
        f"SELECT count(*), {', '.join(halves)} FROM "
        f"(SELECT sha256({row}) AS h FROM {table(entity)} WHERE _source >= 0)"
    ).fetchone()
    return f"{found}\n"
