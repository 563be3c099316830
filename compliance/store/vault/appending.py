"""Writes the rows of a compared delivery as segments, one for each entity that has new ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from compliance.model.schema import entities
from compliance.model.segments import literal, moment, quoted
from compliance.model.vault import Arrival, KeptFile, Lost, Offer, Segment, Withdrawal
from compliance.store.vault.comparing import Comparison
from compliance.store.vault.files import sync_folder
from compliance.store.vault.manifest import Manifest
from compliance.store.vault.segments import FOLDER, field_columns, write_segment

MOST_LOST = 1000  # refused ids of an entity kept by name; of more, the entity waits for a flawless delivery
_SHEET = r"^(.*)![A-Z]*[0-9]+$"


def number_files(offer: Offer, kept: Iterable[Arrival], first: int) -> tuple[dict[int, int], list[KeptFile]]:
    """The vault's number of each file of the delivery, and the files that the vault does not know yet."""
    known = {
        (file.sha256, file.whole): file.number
        for arrival in kept
        if arrival.supplier == offer.supplier
        for file in arrival.files
    }
    numbers: dict[int, int] = {}
    fresh: list[KeptFile] = []
    for file in offer.files:
        number = known.get((file.sha256, file.whole))
        if number is None:
            number = first + len(fresh)
            fresh.append(KeptFile(number, file.path, file.sha256, file.whole))
            known[file.sha256, file.whole] = number
        numbers[file.number] = number
    return numbers, fresh


@dataclass(frozen=True, slots=True)
class Appending:
    """One delivery that is being written: at which moment, under which numbers."""

    folder: Path
    manifest: Manifest
    offer: Offer
    comparison: Comparison
    numbers: Mapping[int, int]
    recorded_at: datetime

    def write(self) -> list[Segment]:
        """The rows stand on disk in new segments, which no manifest names yet.

        Raises: OSError, duckdb.Error.
        """
        self._name_files()
        withdrawn: dict[str, list[Withdrawal]] = {}
        for one in self.comparison.withdrawn:
            withdrawn.setdefault(one.entity, []).append(one)
        written = []
        for name in sorted({*self.comparison.adding, *withdrawn}):
            rows = [self._rows(name)] if name in self.comparison.adding else []
            rows += [self._tombstones(name, withdrawn[name])] if name in withdrawn else []
            generation = self.manifest.generation + 1
            query = " UNION ALL ".join(rows)
            segment = write_segment(self.offer.connection, self.folder, name, query, generation)
            written += [segment] if segment else []
        if written:
            sync_folder(self.folder / FOLDER)
        return written

    def _name_files(self) -> None:
        """The table kept._file says of each file number of the delivery what the vault calls it."""
        connection = self.offer.connection
        connection.execute(
            "CREATE TABLE kept._file (local INTEGER, number INTEGER, path VARCHAR, sha256 VARCHAR)"
        )
        files = self.offer.files
        columns: list[list[Any]] = [
            [file.number for file in files],
            [self.numbers[file.number] for file in files],
            [file.path for file in files],
            [file.sha256 for file in files],
        ]
        connection.execute(
            "INSERT INTO kept._file SELECT unnest($1::INTEGER[]), unnest($2::INTEGER[]), "
            "unnest($3::VARCHAR[]), unnest($4::VARCHAR[])",
            columns,
        )

    def _provenance(self, lacked: str, withdrawn: str, supersedes: str) -> str:
        sheet = f"regexp_extract(n._place, {literal(_SHEET)}, 1)"
        return (
            f"{literal(self.offer.supplier)} AS _supplier, f.sha256 AS _file, f.path AS _path, "
            f"{sheet} AS _sheet, n._place, {lacked} AS _lacked, {moment(self.recorded_at)} AS _recorded_at, "
            f"{self.manifest.next_arrival}::INTEGER AS _delivery, {withdrawn} AS _withdrawn, "
            f"{supersedes} AS _supersedes, f.number AS _source"
        )

    def _rows(self, name: str) -> str:
        fields = ", ".join(field_columns(entities()[name], "n."))
        provenance = self._provenance("n._lacked", "FALSE", "n._status = 'superseding'")
        return (
            f"SELECT {fields}, {provenance} FROM kept.{quoted(name)} n JOIN kept._file f "
            "ON f.local = n._source WHERE n._status IN ('new', 'superseding')"
        )

    def _tombstones(self, name: str, rows: Iterable[Withdrawal]) -> str:
        """The rows that are taken back: an id, and that it is gone."""
        values = ", ".join(f"({literal(one.id)}, {one.file}, {literal(one.place)})" for one in rows)
        fields = ", ".join(field_columns(entities()[name]))
        # The entity's own table, of which no row is taken, gives the empty fields their types.
        blank = f"SELECT {fields}, _source, _place FROM fact.{quoted(name)} WHERE FALSE"
        named = f"SELECT * FROM (VALUES {values}) v(id, _source, _place)"
        return (
            f"SELECT {', '.join(field_columns(entities()[name], 'n.'))}, "
            f"{self._provenance(literal(''), 'TRUE', 'TRUE')} "
            f"FROM ({blank} UNION ALL BY NAME {named}) n JOIN kept._file f ON f.local = n._source"
        )


def lost_rows(offer: Offer, foreign: Iterable[str]) -> tuple[Lost, ...]:
    """The refused rows to remember: by id, and as unknown where there are too many or the id is no use."""
    named: dict[str, set[str]] = {}
    unnamed = set(foreign)
    for entity, row in offer.lost:
        if row is None:
            unnamed.add(entity)
        else:
            named.setdefault(entity, set()).add(row)
    for entity, rows in list(named.items()):
        if len(rows) > MOST_LOST:
            unnamed.add(entity)
            del named[entity]
    known: list[Lost] = [(entity, row) for entity, rows in named.items() for row in rows]
    return tuple(sorted(known) + [(entity, None) for entity in sorted(unnamed)])
