"""Takes what plugged-in readers give into the run's tables: rows are checked, refusals and notices booked."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import duckdb

from compliance.model.schema import entities
from compliance.sources.database import insert_rows
from compliance.sources.messages import Messages
from compliance.sources.protected import ProtectedNames
from compliance.sources.refusal import Ledger
from compliance.sources.rows import as_text, check_row


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
        ledger.flawed |= messages.spoiled & frozenset(self.wanted)
        for refusal in messages.refusals:
            flaws = [refusal.flaw]
            ledger.refuse_row(refusal.path, refusal.entity, refusal.place, flaws, refusal.identity)
        rows: dict[str, list[list[str | None]]] = {}
        for row in messages.rows:
            if row.entity not in self.wanted:
                continue
            checked = check_row(row.entity, row.values, self.protected, row.lacked)
            if checked.flaws:
                ledger.refuse_row(row.path, row.entity, row.place, checked.flaws, row.values.get("id"))
                continue
            group = str(ledger.group(row.entity, row.lacked))
            texts = [*map(as_text, checked.values.values()), group, numbers[row.path], row.place]
            rows.setdefault(row.entity, []).append(texts)
            ledger.came.add(row.entity)
        ledger.filled |= rows.keys()
        for name, texts_of_rows in rows.items():
            insert_rows(self.connection, entities()[name], texts_of_rows)
