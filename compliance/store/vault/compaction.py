"""Merges segments: many small files of an entity become one, with every version of every row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from compliance.model.vault import Segment
from compliance.store.vault.manifest import Manifest
from compliance.store.vault.segments import merge

MANY = 24  # so many small segments of an entity are merged at once
SMALL = 200_000  # rows; larger ones are left as they are until asked for


def small_ones(segments: Iterable[Segment]) -> list[list[Segment]]:
    """Per entity its small segments, where there are many of them."""
    found: dict[str, list[Segment]] = {}
    for segment in segments:
        if segment.rows < SMALL:
            found.setdefault(segment.entity, []).append(segment)
    return [alike for alike in found.values() if len(alike) >= MANY]


def compacted(folder: Path, manifest: Manifest, group: Sequence[Segment]) -> Manifest:
    """The vault with one segment in place of this group of one entity; the old files still stand.

    Raises: StoreError when one of them is not as it was written, OSError, duckdb.Error.
    """
    merged = merge(folder, group, manifest.generation + 1)
    gone = {segment.path for segment in group}
    left = [segment for segment in manifest.segments if segment.path not in gone]
    return replace(manifest, segments=(*left, *([merged] if merged else [])))
