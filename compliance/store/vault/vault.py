"""The vault: deliveries appended to immutable files, and what was known of them at any moment.

One writer at a time; readers never wait, and see the vault as before or as after a change.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
from filelock import FileLock, Timeout

from compliance.errors import Problem, StoreError, UsageError
from compliance.model.schema import entities
from compliance.model.segments import quoted, read_segments
from compliance.model.vault import Appended, Arrival, Offer, Removal, Segment, VaultView
from compliance.store.vault.appending import Appending, lost_rows, number_files
from compliance.store.vault.checking import find_flaws
from compliance.store.vault.compaction import compacted, small_ones
from compliance.store.vault.comparing import Comparing, Comparison
from compliance.store.vault.files import writing_told
from compliance.store.vault.library import Library
from compliance.store.vault.manifest import Manifest, dump
from compliance.store.vault.pending import pending_by_entity, pending_rows
from compliance.store.vault.removal import without_rows
from compliance.store.vault.segments import check_whole, connect

LOCK = "writer.lock"
_TICK = timedelta(microseconds=1)


class Vault:
    """The vault in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._library = Library(folder)
        self._hashed = ""  # of which manifest these are
        self._hashes: list[tuple[datetime, str]] = []

    @classmethod
    def open(cls, folder: Path, *, create: bool = False) -> Vault:
        """The vault in this folder; with `create` it is made when it is not there.

        Raises: UsageError when there is none, StoreError when it cannot be read or made.
        """
        vault = cls(folder)
        if not vault._library.exists():
            if not create:
                message = "There is no vault in this folder."
                hint = "Check the path of the store, or take in a first delivery: compliance intake."
                raise UsageError(Problem(str(folder), "vault-missing", message, hint))
            with writing_told(folder):
                folder.mkdir(parents=True, exist_ok=True)
            with vault._writing():
                if not vault._library.exists():  # another may have made it meanwhile
                    vault._library.commit(Manifest())
        vault._library.load()
        return vault

    @property
    def last_moment(self) -> datetime | None:
        """The moment of the last change: no row is recorded, or removed, later."""
        return self._library.load().last_moment

    @property
    def manifest_hash(self) -> str:
        """The hash of the manifest as it stands: another after every change, also after a compaction."""
        self._library.load()
        return f"sha256:{self._library.sha256}"

    def arrivals(self, known_at: datetime | None = None) -> tuple[Arrival, ...]:
        """The deliveries taken in, in order; only those known at the moment when one is given."""
        return tuple(
            arrival
            for arrival in self._library.arrivals(self._library.load())
            if known_at is None or arrival.recorded_at <= known_at
        )

    def knows(self, supplier: str) -> frozenset[str]:
        """The hashes of the files that were taken in from this supplier."""
        return frozenset(
            file.sha256
            for arrival in self.arrivals()
            if arrival.supplier == supplier
            for file in arrival.files
            if not file.whole
        )

    def view(self, known_at: datetime | None = None) -> VaultView:
        """What was known at the moment; at the last one when none is given."""
        manifest = self._library.load()
        moment = known_at or manifest.last_moment
        if moment is None:
            return VaultView(str(self.folder), None)
        arrivals = [one for one in self._library.arrivals(manifest) if one.recorded_at <= moment]
        came: dict[str, set[tuple[str, ...]]] = {}
        for arrival in arrivals:
            for entity, groups in arrival.came.items():
                came.setdefault(entity, set()).update(groups)
        segments: dict[str, list[Segment]] = {}
        for segment in manifest.segments:
            if segment.first_recorded_at <= moment:
                segments.setdefault(segment.entity, []).append(segment)
        return VaultView(
            folder=str(self.folder),
            known_at=moment,
            files=tuple(file for arrival in arrivals for file in arrival.files),
            came={entity: frozenset(groups) for entity, groups in came.items()},
            segments={entity: tuple(found) for entity, found in segments.items()},
            pending=pending_by_entity(arrivals),
            removed=tuple(
                removal
                for removal in manifest.removals
                if removal.first_recorded_at <= moment < removal.removed_at
            ),
        )

    def changed(self, after: datetime | None, until: datetime) -> dict[str, int]:
        """The entities with rows recorded after the one moment and up to the other, and how many."""
        counted: Counter[str] = Counter()
        for arrival in self.arrivals(until):
            if after is None or arrival.recorded_at > after:
                counted.update(arrival.accepted)
        return dict(counted)

    def facts_hash(self, known_at: datetime | None = None) -> str:
        """A hash over all that was known at the moment; compaction does not change it."""
        manifest = self._library.load()
        moment = known_at or manifest.last_moment
        if self._hashed != self._library.sha256:
            self._hashes, self._hashed = _chained(self._library.arrivals(manifest)), self._library.sha256
        known = [sha256 for recorded_at, sha256 in self._hashes if moment and recorded_at <= moment]
        removals = [asdict(one) for one in manifest.removals if moment and one.removed_at <= moment]
        for removal in removals:
            del removal["sha256"]  # of a file, which a compaction may have made
        return f"sha256:{hashlib.sha256(dump([known[-1:], removals])).hexdigest()}"

    def every_row(self, entity: str, fields: Sequence[str]) -> list[tuple[Any, ...]]:
        """Of each id ever delivered the values in the last version that says something, id first.

        Withdrawn rows and rows that wait are among them.

        Raises: StoreError when a file of the vault cannot be read.
        """
        columns = ", ".join(map(quoted, ("id", *fields)))
        return self._asked(
            entity,
            f"SELECT {columns} FROM ({{rows}}) QUALIFY row_number() OVER "
            "(PARTITION BY id ORDER BY _withdrawn, _delivery DESC) = 1 ORDER BY id",
        )

    def current_values(self, entity: str, fields: Sequence[str]) -> list[tuple[Any, ...]]:
        """The values of all rows that are not withdrawn, as they are now, also of those that wait.

        Raises: StoreError when a file of the vault cannot be read.
        """
        columns = ", ".join(map(quoted, fields))
        return self._asked(
            entity,
            f"SELECT {columns} FROM (SELECT * FROM ({{rows}}) QUALIFY row_number() OVER "
            "(PARTITION BY id ORDER BY _delivery DESC) = 1) WHERE NOT _withdrawn ORDER BY ALL",
        )

    def _asked(self, entity: str, query: str) -> list[tuple[Any, ...]]:
        """The answer to a query over all versions of the entity's rows, which stand in it as `{rows}`."""
        segments = self._library.load().of(entity)
        if not segments:
            return []
        rows = read_segments(str(self.folder), segments, entities()[entity])
        with self._reading(segments), connect() as connection:
            return connection.execute(query.replace("{rows}", rows)).fetchall()

    def preview(self, offer: Offer) -> Appended:
        """What appending the delivery would do; nothing is written.

        Raises: StoreError when a file of the vault cannot be read.
        """
        found = self._compare(self._library.load(), offer)
        return Appended(found.counts, found.rejected, found.waiting)

    def append(self, offer: Offer, *, now: datetime) -> Appended:
        """The delivery's rows are kept, all or none, recorded now (never before what is recorded already).

        Rows equal to what is known add nothing. A delivery of which all was refused before adds nothing.

        Raises: StoreError when the vault cannot be read or written; it is as before then.
        """
        with self._writing() as manifest:
            arrivals = self._library.arrivals(manifest)
            found = self._compare(manifest, offer)
            numbers, fresh = number_files(offer, arrivals, manifest.next_file)
            if not (fresh or found.adding or found.withdrawn or found.settled):
                return Appended(found.counts, found.rejected, found.waiting)
            moment = _next_moment(manifest, now)
            written = Appending(self.folder, manifest, offer, found, numbers, moment).write()
            arrival = Arrival(
                number=manifest.next_arrival,
                supplier=offer.supplier,
                recorded_at=moment,
                files=tuple(fresh),
                came=offer.came,
                accepted={segment.entity: segment.rows for segment in written},
                refused=offer.refused + len(found.rejected),
                lost=lost_rows(offer, found.foreign),
                settled=found.settled,
            )
            self._library.commit(
                replace(
                    manifest,
                    last_moment=moment,
                    next_arrival=arrival.number + 1,
                    next_file=manifest.next_file + len(fresh),
                    arrivals=(*manifest.arrivals, arrival),
                    segments=(*manifest.segments, *written),
                )
            )
            # The delivery is kept, whatever comes of this; the next one tries again.
            with suppress(StoreError, OSError, duckdb.Error):
                self._merge(small_ones(self._library.load().segments))
        back = manifest.last_moment is not None and now < manifest.last_moment
        return Appended(found.counts, found.rejected, found.waiting, arrival.number, moment, back)

    def compact(self) -> int:
        """The segments of each entity are one; how many files fewer there are. No answer changes.

        Raises: StoreError when the vault cannot be read or written; it is as before then.
        """
        with self._writing() as manifest:
            by_entity: dict[str, list[Segment]] = {}
            for segment in manifest.segments:
                by_entity.setdefault(segment.entity, []).append(segment)
            self._merge([found for found in by_entity.values() if len(found) > 1])
            return len(manifest.segments) - len(self._library.load().segments)

    def remove(
        self, rows: Mapping[str, Collection[str]], *, reason: str, now: datetime
    ) -> tuple[Removal, ...]:
        """All versions of these rows (ids by entity) are gone for good; tombstones say how many and why.

        Raises: StoreError when the vault cannot be read or written; it is as before then.
        """
        with self._writing() as manifest:
            moment = _next_moment(manifest, now)
            left, removals = without_rows(self.folder, manifest, rows, reason=reason, moment=moment)
            if removals:
                changed = replace(
                    manifest,
                    last_moment=moment,
                    segments=tuple(left),
                    removals=(*manifest.removals, *removals),
                )
                self._library.commit(changed)
                self._library.sweep(changed)  # what was removed must not stay behind until the next delivery
            return tuple(removals)

    def verify(self) -> tuple[Problem, ...]:
        """Everything that is wrong with the files of the vault: changed, missing or unknown ones."""
        try:
            manifest = self._library.load()
            arrivals = self._library.arrivals(manifest)
        except StoreError as error:
            return error.problems
        return tuple(find_flaws(self.folder, manifest, arrivals))

    def _compare(self, manifest: Manifest, offer: Offer) -> Comparison:
        pending: dict[str, list[str]] = {}
        for (supplier, entity), rows in pending_rows(self._library.arrivals(manifest)).items():
            if supplier == offer.supplier:
                pending[entity] = [row for row in rows if row is not None]
        asked = {*offer.came, *(one.entity for one in offer.withdrawals)}
        with self._reading([one for one in manifest.segments if one.entity in asked]):
            return Comparing(self.folder, manifest, offer, pending).compare()

    def _merge(self, groups: Iterable[Sequence[Segment]]) -> None:
        """Each of these groups of segments is one segment."""
        for group in groups:
            manifest = self._library.load()
            changed = compacted(self.folder, manifest, group)
            self._library.commit(changed)

    @contextmanager
    def _reading(self, segments: Iterable[Segment]) -> Iterator[None]:
        """When the database cannot read these segments, the file that is broken is named."""
        try:
            yield
        except duckdb.Error as error:
            for segment in segments:
                check_whole(self.folder, segment)
            message = "The vault cannot be read."
            hint = "Look at memory and disk, and try again; compliance store verify lists what is wrong."
            raise StoreError(Problem(str(self.folder), "vault-read", message, hint)) from error

    @contextmanager
    def _writing(self) -> Iterator[Manifest]:
        """The vault as it stands, for the one who may change it; what a killed write left behind is gone."""
        with writing_told(self.folder):
            lock = FileLock(self.folder / LOCK, timeout=0)
            try:
                lock.acquire()
            except Timeout:
                message = "Another run is writing to the vault."
                hint = "Wait until it is done, and try again."
                raise StoreError(Problem(str(self.folder), "vault-busy", message, hint)) from None
            try:
                manifest = self._library.load() if self._library.exists() else Manifest()
                self._library.sweep(manifest)
                yield manifest
            finally:
                lock.release()


def _chained(arrivals: Iterable[Arrival]) -> list[tuple[datetime, str]]:
    """After each delivery a hash over it and all before it, whatever its files were called."""
    found, sha256 = [], ""
    for arrival in arrivals:
        content = {**asdict(arrival), "files": [file.sha256 for file in arrival.files]}
        sha256 = hashlib.sha256(dump([sha256, content])).hexdigest()
        found.append((arrival.recorded_at, sha256))
    return found


def _next_moment(manifest: Manifest, now: datetime) -> datetime:
    """Now, or when the clock went back, the first moment after all that is recorded."""
    wanted = now.astimezone(UTC)
    return wanted if manifest.last_moment is None else max(wanted, manifest.last_moment + _TICK)
