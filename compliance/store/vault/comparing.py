"""Compares the rows of a delivery with what the vault holds: new, unchanged, superseding, another's.

It writes nothing to the vault. The compared rows stand in tables `kept.<entity>` beside the delivery's own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from compliance.model.finding import RowRef
from compliance.model.schema import STUBBED, EntitySpec, entities
from compliance.model.segments import literal, quoted, read_segments
from compliance.model.vault import FileCount, Offer, Rejected, Waiting, Withdrawal
from compliance.store.vault.manifest import Manifest
from compliance.store.vault.segments import field_columns, text_of_groups

LISTED = 1000  # of rows not taken, and of rows that wait, so many of an entity are listed
FOREIGN = "id_of_another_supplier"
DEFAULTED = ("district",)  # what has rows although nobody delivered any
_TAKEN = "_status IN ('new', 'superseding')"


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the vault makes of a delivery: which entities add rows, what is not taken, what is taken back."""

    adding: tuple[str, ...]
    withdrawn: tuple[Withdrawal, ...]
    rejected: tuple[Rejected, ...]
    waiting: tuple[Waiting, ...]
    counts: Mapping[int, FileCount]
    settled: tuple[tuple[str, str], ...]
    foreign: frozenset[str]


@dataclass(slots=True)
class Comparing:
    """One comparison under way. `pending` are the supplier's refused ids that are not right yet."""

    folder: Path
    manifest: Manifest
    offer: Offer
    pending: Mapping[str, Collection[str]]
    rejected: list[Rejected] = field(default_factory=list)
    waiting: list[Waiting] = field(default_factory=list)
    withdrawn: list[Withdrawal] = field(default_factory=list)
    foreign: set[str] = field(default_factory=set)
    _counts: dict[int, dict[str, int]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(int)))
    _entities: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    _settled: set[tuple[str, str]] = field(default_factory=set)

    def compare(self) -> Comparison:
        """Every row of the delivery has its status.

        Raises: duckdb.Error when a file of the vault cannot be read.
        """
        self._execute("DROP SCHEMA IF EXISTS kept CASCADE")
        self._execute("CREATE SCHEMA kept")
        filled = [name for name in sorted(self.offer.came) if self._has_rows(name)]
        for name in filled:
            self._compare(entities()[name])
        self._withdraw()
        for name in filled:
            self._find_waiting(entities()[name])
        return Comparison(
            adding=tuple(name for name in filled if self._value(f"SELECT count(*) {self._taken(name)}")),
            withdrawn=tuple(self.withdrawn),
            rejected=tuple(sorted(self.rejected)),
            waiting=tuple(sorted(self.waiting)),
            counts={
                number: FileCount(**counts, entities=tuple(sorted(self._entities[number])))
                for number, counts in self._counts.items()
            },
            settled=tuple(sorted(self._settled)),
            foreign=frozenset(self.foreign),
        )

    def _execute(self, sql: str, parameters: list[Any] | None = None) -> list[tuple[Any, ...]]:
        rows: list[tuple[Any, ...]] = self.offer.connection.execute(sql, parameters).fetchall()
        return rows

    def _value(self, sql: str) -> Any:
        return self._execute(sql)[0][0]

    def _has_rows(self, name: str) -> bool:
        return bool(self._value(f"SELECT count(*) FROM fact.{quoted(name)}"))

    @staticmethod
    def _taken(name: str) -> str:
        return f"FROM kept.{quoted(name)} WHERE {_TAKEN}"

    def _compare(self, spec: EntitySpec) -> None:
        """The entity's rows stand in `kept`, each with what it does to the version known now."""
        lacked = text_of_groups(self.offer.came[spec.name])
        versions = self._versions(spec, f"SELECT id FROM fact.{quoted(spec.name)}")
        mine = f"SELECT *, {lacked} AS _lacked FROM fact.{quoted(spec.name)}"
        table = f"CREATE TABLE kept.{quoted(spec.name)} AS "
        if versions is None:
            self._execute(f"{table} SELECT *, 'new' AS _status FROM ({mine})")
        else:
            same = " AND ".join(f"n.{name} IS NOT DISTINCT FROM c.{name}" for name in field_columns(spec))
            self._execute(
                f"{table} SELECT n.*, CASE WHEN c.id IS NULL THEN 'new' "
                f"WHEN NOT c._withdrawn AND n._lacked = c._lacked AND {same} THEN 'unchanged' "
                f"WHEN c._supplier <> {literal(self.offer.supplier)} THEN 'foreign' "
                f"ELSE 'superseding' END AS _status FROM ({mine}) n LEFT JOIN ({versions}) c ON c.id = n.id"
            )
        self._count(spec.name)
        self._settle(spec.name)
        self._reject_foreign(spec.name)

    def _versions(self, spec: EntitySpec, ids: str) -> str | None:
        """A query for the last version, also a withdrawn one, of the ids (a query); None: there are none."""
        segments = self.manifest.of(spec.name)
        if not segments:
            return None
        rows = read_segments(str(self.folder), segments, spec)
        return (
            f"SELECT * FROM ({rows}) r WHERE r.id IN ({ids}) "
            "QUALIFY row_number() OVER (PARTITION BY r.id ORDER BY r._delivery DESC) = 1"
        )

    def _count(self, name: str) -> None:
        query = f"SELECT _source, _status, count(*) FROM kept.{quoted(name)} GROUP BY ALL"
        for source, status, count in self._execute(query):
            counts = self._counts[source]
            self._entities[source].add(name)
            if status in ("new", "superseding"):
                counts["accepted"] += count
            if status != "new":
                counts["rejected" if status == "foreign" else status] += count

    def _settle(self, name: str) -> None:
        ids = self.pending.get(name)
        if ids:
            query = f"SELECT id FROM kept.{quoted(name)} WHERE _status <> 'foreign' AND list_contains($1, id)"
            self._settled.update((name, row) for (row,) in self._execute(query, [sorted(ids)]))

    def _reject_foreign(self, name: str) -> None:
        query = (
            f"SELECT _source, _place, id FROM kept.{quoted(name)} WHERE _status = 'foreign' "
            f"ORDER BY _source, length(_place), _place LIMIT {LISTED}"
        )
        found = [Rejected(source, name, place, row, FOREIGN) for source, place, row in self._execute(query)]
        self.rejected += found
        self.foreign |= {name} if found else set()

    def _withdraw(self) -> None:
        """Rows are taken back that are there, by who brought them, and that this delivery does not bring."""
        by_entity: dict[str, list[Withdrawal]] = defaultdict(list)
        for one in self.offer.withdrawals:
            by_entity[one.entity].append(one)
        for name, asked in by_entity.items():
            ids = [one.id for one in asked]
            versions = self._versions(entities()[name], "SELECT unnest($1)")
            query = f"SELECT id, _supplier, _withdrawn FROM ({versions})"
            known = {} if versions is None else {row: rest for row, *rest in self._execute(query, [ids])}
            query = f"SELECT id FROM fact.{quoted(name)} WHERE list_contains($1, id)"
            brought = {row for (row,) in self._execute(query, [ids])}
            done: set[str] = set()
            for one in asked:
                self._withdraw_one(one, known.get(one.id), brought=one.id in brought, again=one.id in done)
                done.add(one.id)

    def _withdraw_one(self, one: Withdrawal, known: list[Any] | None, *, brought: bool, again: bool) -> None:
        counts, code = self._counts[one.file], ""
        self._entities[one.file].add(one.entity)
        refused_before = one.id in self.pending.get(one.entity, ())
        if brought:
            code = "withdrawn_and_brought"
        elif known is None and not refused_before:
            code = "withdrawn_unknown"
        elif known is not None and known[0] != self.offer.supplier:
            code = FOREIGN
        if code:
            counts["rejected"] += 1
            self.rejected.append(Rejected(one.file, one.entity, one.place, one.id, code))
            return
        if refused_before:
            self._settled.add((one.entity, one.id))
        if known is None or known[1] or again:
            counts["unchanged"] += 1
        else:
            counts["withdrawn"] += 1
            self.withdrawn.append(one)

    def _find_waiting(self, spec: EntitySpec) -> None:
        """Rows that refer to nothing that is there, now that this delivery is, are listed and counted."""
        for reference in spec.fields.values():
            if reference.targets and not set(reference.targets) & set(STUBBED):
                (target,) = reference.targets
                if target in DEFAULTED and target not in self.offer.came and not self.manifest.of(target):
                    continue  # rows of its own may hold, which only a view knows
                self._find_waiting_on(spec.name, reference.name, target)

    def _find_waiting_on(self, name: str, column: str, target: str) -> None:
        refers = f"{self._taken(name)} AND {quoted(column)} IS NOT NULL"
        there = list(self._there(target, f"SELECT DISTINCT {quoted(column)} {refers}"))
        missing = refers + "".join(f" AND {quoted(column)} NOT IN ({query})" for query in there)
        for source, count in self._execute(f"SELECT _source, count(*) {missing} GROUP BY ALL"):
            self._counts[source]["waiting"] += count
        listed = f"SELECT id, {quoted(column)} {missing} ORDER BY id LIMIT {LISTED}"
        self.waiting += [Waiting(name, row, column, RowRef(target, to)) for row, to in self._execute(listed)]

    def _there(self, target: str, ids: str) -> Iterable[str]:
        """Queries for the ids of target rows that this delivery brings, or the vault holds."""
        taken_back = [one.id for one in self.withdrawn if one.entity == target]
        if self._value(f"SELECT count(*) FROM duckdb_tables() WHERE schema_name = 'kept' "
                       f"AND table_name = {literal(target)}"):  # fmt: skip
            yield f"SELECT id FROM kept.{quoted(target)} WHERE _status <> 'foreign'"
        versions = self._versions(entities()[target], ids)
        if versions is not None:
            gone = ", ".join(map(literal, taken_back))
            still = f" AND id NOT IN ({gone})" if taken_back else ""
            yield f"SELECT id FROM ({versions}) WHERE NOT _withdrawn{still}"
