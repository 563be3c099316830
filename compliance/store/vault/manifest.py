"""The manifest: the one file that says what the vault holds, and its form as JSON.

Replacing it is the commit of every change. Deliveries of long ago stand in files of their own (chapters),
so that it stays small; those never change.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from compliance.errors import Problem, StoreError
from compliance.model.vault import Arrival, KeptFile, Removal, Segment

FORMAT = 1
NAME = "manifest.json"


@dataclass(frozen=True, slots=True)
class Chapter:
    """A file with a run of deliveries, which never changes: its name, hash, and their numbers."""

    path: str
    sha256: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """All that the vault holds. `previous` is the SHA-256 of the manifest before it (empty: none)."""

    generation: int = 0
    previous: str = ""
    last_moment: datetime | None = None
    next_arrival: int = 1
    next_file: int = 0
    chapters: tuple[Chapter, ...] = ()
    arrivals: tuple[Arrival, ...] = ()
    segments: tuple[Segment, ...] = ()
    removals: tuple[Removal, ...] = ()

    @property
    def files(self) -> dict[str, str]:
        """Every file beside the manifest, by path in the vault's folder, with its hash."""
        chapters = {chapter.path: chapter.sha256 for chapter in self.chapters}
        return chapters | {segment.path: segment.sha256 for segment in self.segments}

    def of(self, entity: str) -> tuple[Segment, ...]:
        """The segments with rows of the entity."""
        return tuple(segment for segment in self.segments if segment.entity == entity)


def to_bytes(manifest: Manifest) -> bytes:
    """The manifest as JSON, the same bytes for the same content."""
    return dump({"format": FORMAT, **asdict(manifest)})


def dump(data: Any) -> bytes:
    """JSON with moments as ISO 8601 texts, on one line per top-level list."""
    return (
        json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_text) + "\n"
    ).encode()


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    raise TypeError(type(value).__name__)


def from_bytes(content: bytes, place: str) -> Manifest:
    """The manifest in these bytes.

    Raises: StoreError when they are none, or of a later format.
    """
    try:
        data = json.loads(content)
        if data["format"] > FORMAT:
            message = "The vault was written by a later version of this product."
            raise StoreError(Problem(place, "vault-later-format", message, "Install that version."))
        return Manifest(
            generation=data["generation"],
            previous=data["previous"],
            last_moment=_optional_moment(data["last_moment"]),
            next_arrival=data["next_arrival"],
            next_file=data["next_file"],
            chapters=tuple(Chapter(**item) for item in data["chapters"]),
            arrivals=tuple(map(_arrival, data["arrivals"])),
            segments=tuple(map(_segment, data["segments"])),
            removals=tuple(map(_removal, data["removals"])),
        )
    except (ValueError, KeyError, TypeError) as error:
        message = "The manifest of the vault cannot be read."
        hint = "Restore the vault's folder from the backup."
        raise StoreError(Problem(place, "vault-manifest", message, hint)) from error


def chapter_to_bytes(arrivals: tuple[Arrival, ...]) -> bytes:
    """Deliveries as the content of a chapter."""
    return dump([asdict(arrival) for arrival in arrivals])


def chapter_from_bytes(content: bytes) -> tuple[Arrival, ...]:
    """The deliveries in a chapter, of which the hash was checked."""
    return tuple(map(_arrival, json.loads(content)))


def _moment(value: str) -> datetime:
    return datetime.fromisoformat(value)


def _optional_moment(value: str | None) -> datetime | None:
    return None if value is None else _moment(value)


def _groups(value: list[list[str]]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(group) for group in value)


def _arrival(data: Mapping[str, Any]) -> Arrival:
    return Arrival(
        number=data["number"],
        supplier=data["supplier"],
        recorded_at=_moment(data["recorded_at"]),
        files=tuple(KeptFile(**item) for item in data["files"]),
        came={name: _groups(groups) for name, groups in data["came"].items()},
        accepted=data["accepted"],
        refused=data["refused"],
        lost=tuple((entity, row) for entity, row in data["lost"]),
        settled=tuple((entity, row) for entity, row in data["settled"]),
    )


def _segment(data: Mapping[str, Any]) -> Segment:
    moments = {name: _moment(data[name]) for name in ("first_recorded_at", "last_recorded_at")}
    lists = {"fields": tuple(data["fields"]), "groups": _groups(data["groups"])}
    return Segment(**{**data, **moments, **lists})


def _removal(data: Mapping[str, Any]) -> Removal:
    names = ("first_recorded_at", "last_recorded_at", "removed_at")
    return Removal(**{**data, **{name: _moment(data[name]) for name in names}})
