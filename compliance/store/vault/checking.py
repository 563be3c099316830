"""Finds what is wrong with the files of a vault: changed, missing, unknown, or fewer rows than were kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from compliance.errors import Problem
from compliance.model.segments import RESTORE
from compliance.model.vault import Arrival
from compliance.store.vault.files import hash_of, torn_problem
from compliance.store.vault.library import is_leftover
from compliance.store.vault.manifest import NAME, Manifest
from compliance.store.vault.segments import FOLDER

_KNOWN = (NAME, FOLDER, "writer.lock")


def find_flaws(folder: Path, manifest: Manifest, arrivals: Sequence[Arrival]) -> list[Problem]:
    """A problem for each file that is not as it was written, and for each entity of which rows are gone."""
    return [
        *_files(folder, manifest),
        *_unknown(folder, manifest),
        *_order(folder, manifest, arrivals),
        *_rows(folder, manifest, arrivals),
    ]


def _files(folder: Path, manifest: Manifest) -> Iterator[Problem]:
    for name, sha256 in manifest.files.items():
        path = folder / name
        try:
            whole = hash_of(path) == sha256
        except OSError:
            whole = False
        if not whole:
            yield torn_problem(path)


def _unknown(folder: Path, manifest: Manifest) -> Iterator[Problem]:
    named = {folder / name for name in manifest.files}
    for path in _entries(folder):
        if path not in named and path.name not in _KNOWN and not is_leftover(path):
            message = "The vault does not know this file."
            hint = "Find out who put it there, and move it elsewhere."
            yield Problem(str(path), "vault-file-unknown", message, hint)


def _entries(folder: Path) -> Iterable[Path]:
    inside = folder / FOLDER
    return [*sorted(folder.iterdir()), *(sorted(inside.iterdir()) if inside.is_dir() else [])]


def _order(folder: Path, manifest: Manifest, arrivals: Sequence[Arrival]) -> Iterator[Problem]:
    numbers = [arrival.number for arrival in arrivals]
    moments = [arrival.recorded_at for arrival in arrivals]
    in_order = all(first < second for first, second in pairwise(moments))
    if numbers != list(range(1, manifest.next_arrival)) or not in_order:
        message = "The deliveries in the manifest are not all there, or not in order."
        yield Problem(str(folder / NAME), "vault-arrivals", message, RESTORE)


def _rows(folder: Path, manifest: Manifest, arrivals: Sequence[Arrival]) -> Iterator[Problem]:
    kept: Counter[str] = Counter()
    for arrival in arrivals:
        kept.update(arrival.accepted)
    for segment in manifest.segments:
        kept[segment.entity] -= segment.rows
    for removal in manifest.removals:
        kept[removal.entity] -= removal.rows
    for entity, missing in sorted(kept.items()):
        if missing:
            message = f"Of {entity} {missing} rows too few are there."
            if missing < 0:
                message = f"Of {entity} {-missing} rows too many are there."
            yield Problem(str(folder / NAME), "vault-rows", message, RESTORE)
