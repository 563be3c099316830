"""How a segment of the vault is laid out, and the SQL that reads several as one relation; only texts.

One definition for the store, which writes segments, and for the source that reads them back.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from compliance.errors import Problem
from compliance.model.schema import EntitySpec
from compliance.model.vault import Segment

# Beside the entity's fields: where a row came from, what it lacks, and what it does to earlier versions.
# `_source` is the number of the file among all files of the vault, `_delivery` that of the arrival.
PROVENANCE = (
    "_supplier", "_file", "_path", "_sheet", "_place", "_lacked", "_recorded_at", "_delivery", "_withdrawn",
    "_supersedes", "_source",
)  # fmt: skip
SEPARATOR = ","  # between the names of the fields that a row lacks
RESTORE = "Restore it from the backup; compliance store verify lists all that is wrong."


def file_flaw(path: Path, *, gone: bool) -> Problem:
    """A file of the vault is gone, or not as it was written, and what to do about it."""
    if gone:
        return Problem(str(path), "vault-file-missing", "This file of the vault is gone.", RESTORE)
    message = "This file of the vault is not as it was written."
    return Problem(str(path), "vault-file-changed", message, RESTORE)


def quoted(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def moment(value: datetime) -> str:
    """A moment as an SQL literal without a time zone, in UTC."""
    return f"TIMESTAMP '{value.astimezone(UTC).replace(tzinfo=None).isoformat(sep=' ')}'"


def literal_file(path: Path) -> str:
    """The path as an SQL literal that names this one file for a reader: nothing in it is a pattern."""
    return literal("".join(f"[{letter}]" if letter in "*?[" else letter for letter in str(path.absolute())))


def read_segments(folder: str, segments: Sequence[Segment], spec: EntitySpec) -> str:
    """A query that gives the rows of all these segments, with every field the entity has now.

    A field that was added to the model after a segment was written is empty there, and counts as lacked.
    """
    shapes: dict[tuple[str, ...], list[Segment]] = {}
    for segment in segments:
        shapes.setdefault(segment.fields, []).append(segment)
    parts = [_read_shape(folder, alike, fields, spec) for fields, alike in shapes.items()]
    return " UNION ALL ".join(parts)


def _read_shape(folder: str, segments: Sequence[Segment], fields: tuple[str, ...], spec: EntitySpec) -> str:
    columns = [quoted(name) if name in fields else f"NULL AS {quoted(name)}" for name in spec.fields]
    added = sorted(set(spec.fields) - set(fields))
    others = list(PROVENANCE)
    if added:
        names = literal(SEPARATOR.join(added))
        whole = f"list_sort(string_split(concat_ws(',', nullif(_lacked, ''), {names}), ','))"
        others[others.index("_lacked")] = f"array_to_string({whole}, ',') AS _lacked"
    files = ", ".join(literal_file(Path(folder) / segment.path) for segment in segments)
    source = f"read_parquet([{files}], hive_partitioning=false, union_by_name=false)"
    return f"SELECT {', '.join([*columns, *others])} FROM {source}"


def lacked_groups(segment: Segment, spec: EntitySpec) -> list[tuple[str, ...]]:
    """The sets of fields that the segment's rows lack of the entity as it is now."""
    added = set(spec.fields) - set(segment.fields)
    return [tuple(sorted({*group, *added})) for group in segment.groups]


def current_rows(
    folder: str, segments: Sequence[Segment], spec: EntitySpec, known_at: datetime | None = None
) -> str:
    """A query that gives of each id its last version, unless that was withdrawn.

    Of rows recorded later than `known_at` nothing is seen. Only ids of which some row replaces another are
    looked at twice.
    """
    rows, known = read_segments(folder, segments, spec), "TRUE"
    if known_at is not None and any(segment.last_recorded_at > known_at for segment in segments):
        known = f"r._recorded_at <= {moment(known_at)}"
    later = [segment for segment in segments if segment.superseding]
    if not later:
        return f"SELECT r.* FROM ({rows}) r WHERE {known}"
    replacing = read_segments(folder, later, spec)
    return (
        f"SELECT r.* FROM ({rows}) r LEFT JOIN (SELECT r.id, max(r._delivery) AS last "
        f"FROM ({replacing}) r WHERE r._supersedes AND {known} GROUP BY r.id) newest "
        f"ON newest.id = r.id WHERE {known} AND NOT r._withdrawn "
        "AND (newest.id IS NULL OR r._delivery = newest.last)"
    )
