"""The vault as data: what came when and from whom, which files hold it, what a reader gets of it at a moment.

Moments are in UTC. Nothing here opens a file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from compliance.model.finding import RowRef
from compliance.model.intake import Notice, Refusal
from compliance.model.night import Offered

Groups = tuple[tuple[str, ...], ...]  # sets of fields that rows were delivered without
Lost = tuple[str, str | None]  # a refused row: its entity, and its id when that could be read


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file that was offered: its number among all files of the vault, its path as offered, its SHA-256.

    Nothing was taken of one that is `whole`: it was refused as a whole.
    """

    number: int
    path: str
    sha256: str
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Arrival:
    """A delivery that was taken in: when, from whom, what came, and what was refused.

    `came` has the entities of which a file or section was accepted, with the sets of fields it lacked.
    `lost` are refused rows that keep their entity incomplete until brought right; `settled` the ids of
    earlier ones that this delivery did bring right. `accepted` counts the rows that were added.
    """

    number: int
    supplier: str
    recorded_at: datetime
    files: tuple[KeptFile, ...]
    came: Mapping[str, Groups] = field(default_factory=dict)
    accepted: Mapping[str, int] = field(default_factory=dict)
    refused: int = 0
    lost: tuple[Lost, ...] = ()
    settled: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Segment:
    """A Parquet file of the vault: rows of one entity of one or more deliveries; never changed once there.

    `superseding` counts the rows that replace an earlier version of theirs, or take it back. `fields` are
    the model's fields at the time it was written, `groups` the sets of fields that its rows lack.
    """

    path: str
    entity: str
    sha256: str
    rows: int
    superseding: int
    fields: tuple[str, ...]
    groups: Groups
    first_arrival: int
    last_arrival: int
    first_recorded_at: datetime
    last_recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Removal:
    """The tombstone of rows that were removed for good: how many, recorded between when, and why.

    `sha256` is the hash of the segment that held them. A view of a moment before `removed_at` misses them.
    """

    entity: str
    rows: int
    sha256: str
    first_recorded_at: datetime
    last_recorded_at: datetime
    removed_at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class VaultView:
    """What was known at a moment: the segments to read, and all that decides how complete the rows are.

    `known_at` is None for a vault that holds nothing yet. `pending` counts per entity the refused rows that
    were not brought right by then; `removed` are the removals that this view misses rows of.
    """

    folder: str
    known_at: datetime | None
    files: tuple[KeptFile, ...] = ()
    came: Mapping[str, frozenset[tuple[str, ...]]] = field(default_factory=dict)
    segments: Mapping[str, tuple[Segment, ...]] = field(default_factory=dict)
    pending: Mapping[str, int] = field(default_factory=dict)
    removed: tuple[Removal, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class Waiting:
    """A kept row that is in no view, since what it refers to is not there (yet)."""

    entity: str
    id: str
    field: str
    target: RowRef


@dataclass(frozen=True, slots=True)
class OfferedFile:
    """A file of a delivery: its number there (rows carry it), path as shown, SHA-256, if refused whole."""

    number: int
    path: str
    sha256: str
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A supplier takes a row back, and where it says so."""

    entity: str
    id: str
    file: int
    place: str


@dataclass(frozen=True, slots=True)
class Offer:
    """The checked rows of one delivery, in tables `fact.<entity>` of an in-memory database.

    Rows carry `_lacks` (an index in `groups`), `_source` (a file's number) and `_place`. Only entities in
    `came` can have rows. `refused` counts rows, `lost` says which.
    """

    connection: Any
    supplier: str
    files: tuple[OfferedFile, ...]
    came: Mapping[str, Groups]
    refused: int = 0
    lost: tuple[Lost, ...] = ()
    withdrawals: tuple[Withdrawal, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class Rejected:
    """A row that the vault does not take from this supplier: which, where it stands, and why (a code)."""

    file: int
    entity: str
    place: str
    id: str
    code: str


@dataclass(frozen=True, slots=True)
class FileCount:
    """What came of the rows of one file of a delivery, and of which entities they are."""

    accepted: int = 0
    unchanged: int = 0
    superseding: int = 0
    withdrawn: int = 0
    rejected: int = 0
    waiting: int = 0
    entities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Appended:
    """What the vault took of a delivery: counts by file number, rows not taken, rows that wait.

    `number` and `recorded_at` are None when nothing was kept: a preview.
    """

    counts: Mapping[int, FileCount] = field(default_factory=dict)
    rejected: tuple[Rejected, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    number: int | None = None
    recorded_at: datetime | None = None
    clock_back: bool = False


@dataclass(frozen=True, slots=True)
class FileAnswer:
    """What intake made of one file. `accepted` rows were added, of which `superseding` replace a version.

    A file that is `known` was taken in before and adds nothing; of a `whole` one nothing could be taken.
    `entities` are those of its rows, also of refused ones, as far as known.
    """

    path: str
    sha256: str = ""
    accepted: int = 0
    unchanged: int = 0
    superseding: int = 0
    withdrawn: int = 0
    refused: int = 0
    waiting: int = 0
    refusals: tuple[Refusal, ...] = ()
    known: bool = False
    whole: bool = False
    entities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class IntakeAnswer:
    """What intake made of one delivery; a `preview` kept nothing."""

    supplier: str
    files: tuple[FileAnswer, ...]
    number: int | None = None
    recorded_at: datetime | None = None
    waiting: tuple[Waiting, ...] = ()
    notices: tuple[Notice, ...] = ()
    preview: bool = False

    @property
    def refusals(self) -> tuple[Refusal, ...]:
        return tuple(refusal for file in self.files for refusal in file.refusals)

    def offered(self) -> tuple[Offered, ...]:
        """Each file as a night tells of it."""
        return tuple(
            Offered(
                supplier=self.supplier,
                file=file.path,
                sha256=file.sha256,
                recorded_at=self.recorded_at,
                accepted=file.accepted + file.withdrawn,
                refused=file.refused,
                waiting=file.waiting,
                known=file.known,
                whole=file.whole,
                entities=file.entities,
            )
            for file in self.files
        )
