"""Writes segments: Parquet files of one entity, made by the database, hashed, never changed once named."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC
from pathlib import Path

import duckdb

from compliance.model.schema import EntitySpec, entities
from compliance.model.segments import SEPARATOR, literal, literal_file, read_segments
from compliance.model.vault import Segment
from compliance.store.vault.files import aside, hash_of, name_file, sync_file, sync_folder, torn

FOLDER = "segments"


def connect() -> duckdb.DuckDBPyConnection:
    """A new in-memory database that installs and loads nothing by itself, and draws nothing."""
    connection = duckdb.connect(
        ":memory:",
        config={"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"},
    )
    connection.execute("SET enable_progress_bar = false")
    return connection


def write_segment(
    connection: duckdb.DuckDBPyConnection, folder: Path, entity: str, rows: str, generation: int
) -> Segment | None:
    """The rows of a query (fields and provenance) stand in a new segment, on disk; None without rows.

    Raises: OSError, duckdb.Error; a file that was written half has no name of its own.
    """
    path = folder / FOLDER / f"{entity}.{generation:08d}.parquet"
    target = aside(path)
    connection.execute(
        f"COPY ({rows}) TO {literal(str(target.absolute()))} (FORMAT parquet, COMPRESSION zstd)"
    )
    found = connection.execute(
        "SELECT count(*), count_if(_supersedes), min(_delivery), max(_delivery), min(_recorded_at), "
        "max(_recorded_at), list(DISTINCT _lacked ORDER BY _lacked) "
        f"FROM read_parquet({literal_file(target)}, hive_partitioning=false)"
    ).fetchone()
    if found is None or not found[0]:
        target.unlink()
        return None
    count, superseding, first, last, since, until, lacked = found
    sync_file(target)
    sha256 = hash_of(target)
    name_file(path)
    return Segment(
        path=f"{FOLDER}/{path.name}",
        entity=entity,
        sha256=sha256,
        rows=count,
        superseding=superseding,
        fields=tuple(entities()[entity].fields),
        groups=tuple(tuple(text.split(SEPARATOR)) if text else () for text in lacked),
        first_arrival=first,
        last_arrival=last,
        first_recorded_at=since.replace(tzinfo=UTC),
        last_recorded_at=until.replace(tzinfo=UTC),
    )


def merge(folder: Path, segments: Sequence[Segment], generation: int, where: str = "TRUE") -> Segment | None:
    """One new segment holds the rows of all these that meet the condition; the old ones still stand.

    Raises: StoreError when one of them is not as it was written: that must not be passed on.
    """
    for segment in segments:
        check_whole(folder, segment)
    (entity,) = {segment.entity for segment in segments}
    rows = read_segments(str(folder), segments, entities()[entity])
    with connect() as connection:
        merged = write_segment(
            connection, folder, entity, f"SELECT * FROM ({rows}) WHERE {where}", generation
        )
    sync_folder(folder / FOLDER)
    return merged


def check_whole(folder: Path, segment: Segment) -> None:
    """The segment's bytes are those that were written.

    Raises: StoreError.
    """
    path = folder / segment.path
    try:
        whole = hash_of(path) == segment.sha256
    except OSError:
        whole = False
    if not whole:
        raise torn(path)


def text_of_groups(groups: Sequence[Sequence[str]]) -> str:
    """SQL that turns a row's `_lacks` into the names of the fields it lacks."""
    cases = " ".join(
        f"WHEN {number} THEN {literal(SEPARATOR.join(group))}" for number, group in enumerate(groups)
    )
    return f"CASE _lacks {cases} END"


def field_columns(spec: EntitySpec, prefix: str = "") -> list[str]:
    """The entity's fields as SQL columns."""
    return [f'{prefix}"{name}"' for name in spec.fields]
