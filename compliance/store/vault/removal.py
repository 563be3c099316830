"""Removes rows for good: the segments that held them are written again without, and a tombstone stays."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from pathlib import Path

from compliance.model.schema import entities
from compliance.model.segments import literal, read_segments
from compliance.model.vault import Removal, Segment
from compliance.store.vault.manifest import Manifest
from compliance.store.vault.segments import check_whole, connect, merge


def without_rows(
    folder: Path, manifest: Manifest, rows: Mapping[str, Collection[str]], *, reason: str, moment: datetime
) -> tuple[list[Segment], list[Removal]]:
    """The segments that are left when all versions of these rows are gone, and the tombstones.

    The old files still stand.

    Raises: StoreError when one of them is not as it was written, OSError, duckdb.Error.
    """
    left: list[Segment] = []
    removals: list[Removal] = []
    generation = manifest.generation + 1
    for segment in manifest.segments:
        ids = rows.get(segment.entity)
        found = _held(folder, segment, ids) if ids else None
        if not ids or found is None:
            left.append(segment)
            continue
        count, first, last = found
        listed = ", ".join(map(literal, sorted(ids)))
        number = generation * 10_000 + len(removals)  # several segments of an entity may be written again
        kept = merge(folder, [segment], number, f"id NOT IN (SELECT unnest([{listed}]))")
        left += [kept] if kept else []
        removals.append(Removal(segment.entity, count, segment.sha256, first, last, moment, reason))
    return left, removals


def _held(folder: Path, segment: Segment, ids: Collection[str]) -> tuple[int, datetime, datetime] | None:
    """How many rows of these ids the segment holds, and when the first and last were recorded."""
    check_whole(folder, segment)
    rows = read_segments(str(folder), [segment], entities()[segment.entity])
    query = (
        f"SELECT count(*), min(_recorded_at), max(_recorded_at) FROM ({rows}) WHERE id IN (SELECT unnest($1))"
    )
    with connect() as connection:
        ((count, first, last),) = connection.execute(query, [sorted(ids)]).fetchall()
    return (count, first.replace(tzinfo=UTC), last.replace(tzinfo=UTC)) if count else None
