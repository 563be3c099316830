"""Takes what plugged-in readers give into the run's tables: rows are checked, refusals and notices booked."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import duckdb

from compliance.model.schema import entities
from compliance.sources.database import insert_rows
from compliance.sources.messages import MessageRefusal, Messages
from compliance.sources.protected import ProtectedNames
from compliance.sources.refusal import Ledger
from compliance.sources.rows import as_text, check_row

_CELL = re.compile(r"(.*!)?[A-Z]{0,3}(\d+)", re.DOTALL)  # of the place of a cell only the row counts


@dataclass(frozen=True, slots=True)
class Desk:
    """Where rows of plugged-in readers go."""

    connection: duckdb.DuckDBPyConnection
    ledger: Ledger
    wanted: Collection[str]
    protected: ProtectedNames

    def take(self, messages: Messages, numbers: Mapping[str, str]) -> None:
        """The good rows stand in their tables; `numbers` are those of the files, by path."""
        ledger = self.ledger
        ledger.notices += messages.notices
        ledger.came |= messages.brings & frozenset(self.wanted)
        spoiled = messages.spoiled & frozenset(self.wanted)
        ledger.flawed |= spoiled
        ledger.spoiled |= spoiled
        self._refuse(messages.refusals)
        rows: dict[str, list[list[str | None]]] = {}
        for row in messages.rows:
            if row.entity not in self.wanted:
                continue
            typed = row.typed
            if typed is None:
                checked = check_row(row.entity, row.values, self.protected, row.lacked)
                typed = checked.values
                if checked.flaws:
                    ledger.refuse_row(row.path, row.entity, row.place, checked.flaws, row.values.get("id"))
                    continue
            group = str(ledger.group(row.entity, row.lacked))
            texts = [*map(as_text, typed.values()), group, numbers[row.path], row.place]
            rows.setdefault(row.entity, []).append(texts)
            ledger.came.add(row.entity)
        ledger.filled |= rows.keys()
        for name, texts_of_rows in rows.items():
            insert_rows(self.connection, entities()[name], texts_of_rows)

    def _refuse(self, refusals: Iterable[MessageRefusal]) -> None:
        """Every reason is booked; a row that is refused for several counts once."""
        counted: set[tuple[str, str, str]] = set()
        for refusal in refusals:
            path, entity, flaws = refusal.path, refusal.entity, [refusal.flaw]
            if not refusal.place:
                self.ledger.refuse_file(path, flaws, entity)
                continue
            row = (path, entity, _CELL.sub(r"\1\2", refusal.place))
            self.ledger.refuse_row(path, entity, refusal.place, flaws, refusal.identity)
            if row in counted:
                self.ledger.refused_rows[path] -= 1
            counted.add(row)
