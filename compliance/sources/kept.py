"""Loads what the vault held at a moment into the in-memory database of facts, as reading would have given it.

Rows were checked when they were taken in, and are not again; what they refer to is: a row that refers to
nothing that is there waits, and is in no view.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import duckdb

from compliance.errors import Problem, StoreError
from compliance.model.finding import RowRef
from compliance.model.intake import Notice, SourceFile
from compliance.model.schema import EntitySpec, entities
from compliance.model.segments import SEPARATOR, current_rows, file_flaw, lacked_groups, literal
from compliance.model.vault import Segment, VaultView, Waiting
from compliance.sources.database import UNBOUNDED, Room, quoted, table
from compliance.sources.facts import Facts, Reading, with_targets
from compliance.sources.protected import shipped_names
from compliance.sources.references import Links
from compliance.sources.refusal import LISTED, FileRefusedError, Flaw
from compliance.sources.tables import file_hash

Group = tuple[str, ...]


@dataclass
class KeptFacts(Facts):
    """Facts out of the vault. `waiting` are rows left out, since what they refer to is not there (yet)."""

    known_at: datetime | None = None
    waiting: tuple[Waiting, ...] = field(default=())


def facts_of_vault(view: VaultView, *, entities: Collection[str], room: Room = UNBOUNDED) -> KeptFacts:
    """The rows of these entities, and those they refer to, as they were known at the view's moment.

    Nothing is refused any more: refused and waiting rows make their entity incomplete, and notices say so.

    Raises: StoreError when a file of the vault is gone or not as it was written.
    """
    reading = _Kept(with_targets(entities), view, room)
    for name in sorted(reading.wanted & view.came.keys()):
        reading.load(name)
    facts = reading.finish()
    values = {name: getattr(facts, name) for name in Facts.__dataclass_fields__}
    return KeptFacts(**values, known_at=view.known_at, waiting=tuple(sorted(reading.waiting)))


class _Kept(Reading):
    """The loading of one view under way."""

    def __init__(self, wanted: frozenset[str], view: VaultView, room: Room) -> None:
        super().__init__(wanted, shipped_names(), room)
        self.view = view
        self.waiting: list[Waiting] = []
        self.ledger.files += [SourceFile(file.number, file.path, file.sha256) for file in view.files]
        self.ledger.came |= view.came.keys() & wanted
        self._tell_gaps()

    def _tell_gaps(self) -> None:
        """What was refused and not brought right, or removed, leaves its entity incomplete."""
        ledger = self.ledger
        for entity, count in sorted(self.view.pending.items()):
            if entity in self.wanted:
                ledger.flawed.add(entity)
                ledger.notices.append(Notice("refused_before", entity=entity, count=count))
        gone: dict[str, int] = {}
        for removal in self.view.removed:
            if removal.entity in self.wanted:
                gone[removal.entity] = gone.get(removal.entity, 0) + removal.rows
        for entity, count in sorted(gone.items()):
            ledger.flawed.add(entity)
            ledger.notices.append(Notice("removed_rows", entity=entity, count=count))

    def load(self, name: str) -> None:
        """The entity's rows stand in its table."""
        spec, segments = entities()[name], self.view.segments.get(name, ())
        try:
            loaded = self._insert(spec, segments) if segments else 0
        except duckdb.Error as error:
            raise _unreadable(self.view.folder, segments) from error
        if loaded:
            self.ledger.filled.add(name)
            return
        for group in sorted(self.view.came[name]):
            self.ledger.group(name, frozenset(group))

    def _insert(self, spec: EntitySpec, segments: tuple[Segment, ...]) -> int:
        rows = current_rows(self.view.folder, segments, spec, self.view.known_at)
        names = ", ".join(map(quoted, spec.fields))
        lacks = self._lacks(spec.name, self._groups(spec, segments, rows))
        inserted = self.connection.execute(
            f"INSERT INTO {table(spec.name)} ({names}, _lacks, _source, _place) "
            f"SELECT {names}, {lacks}, _source, _place FROM ({rows})"
        ).fetchone()
        return int(inserted[0]) if inserted else 0

    def _groups(self, spec: EntitySpec, segments: Iterable[Segment], rows: str) -> list[Group]:
        """The sets of fields that rows of the view lack: asked of the rows only where they may differ."""
        groups = sorted({group for segment in segments for group in lacked_groups(segment, spec)})
        if len(groups) < 2:
            return groups
        found = self.connection.execute(f"SELECT DISTINCT _lacked FROM ({rows}) ORDER BY ALL").fetchall()
        return [tuple(text.split(SEPARATOR)) if text else () for (text,) in found]

    def _lacks(self, name: str, groups: Iterable[Group]) -> str:
        """SQL for the number of the group of a row."""
        numbers = {group: self.ledger.group(name, frozenset(group)) for group in groups}
        if len(numbers) < 2:
            return f"{next(iter(numbers.values()), 0)}::UTINYINT"
        cases = " ".join(
            f"WHEN {literal(SEPARATOR.join(group))} THEN {number}" for group, number in numbers.items()
        )
        return f"(CASE _lacked {cases} END)::UTINYINT"

    def link(self) -> None:
        """Rows that wait are left out and listed; stubs stand for what is unknown."""
        links = _Following(self.connection, self.ledger, sorted(self.wanted), self.waiting)
        links.complete()


@dataclass(frozen=True, slots=True)
class _Following(Links):
    """References between rows that were checked: a row that refers to nothing waits."""

    waiting: list[Waiting] = field(default_factory=list)

    def _refuse(self, entity: str, values: str, flaw: Flaw) -> None:
        """The rows whose column has one of the values (a query) are listed, and out of the view."""
        where = f"{table(entity)} WHERE {quoted(flaw.column)} IN ({values})"
        ((found,),) = self._rows(f"SELECT count(*) FROM {where}")
        if not found:
            return
        (target,) = entities()[entity].fields[flaw.column].targets
        listed = self._rows(f"SELECT id, {quoted(flaw.column)} FROM {where} ORDER BY id LIMIT {LISTED}")
        self.waiting.extend(Waiting(entity, row, flaw.column, RowRef(target, to)) for row, to in listed)
        detail = f"{entity}.{flaw.column}"
        self.ledger.notices.append(Notice("waiting_rows", entity=entity, detail=detail, count=found))
        self.ledger.flawed.add(entity)
        self.connection.execute(f"DELETE FROM {where}")


def _unreadable(folder: str, segments: Iterable[Segment]) -> StoreError:
    """The error that names which files of the vault are not as they were written."""
    problems = []
    for segment in segments:
        path = Path(folder) / segment.path
        try:
            whole = file_hash(str(path), text=False) == segment.sha256
        except (OSError, FileRefusedError):
            whole = False
        if not whole:
            problems.append(file_flaw(path, gone=not path.exists()))
    if not problems:
        hint = "Look at memory and disk, and try again; compliance store verify lists what is wrong."
        problems.append(Problem(folder, "vault-read", "The vault cannot be read.", hint))
    return StoreError(problems)
