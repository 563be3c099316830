"""Reads the facts of a case file, row by row, into the run's tables.

What the file says beside facts is read by `settings`. A place is a path in the file and never a line: that
would shift when facts of another compartment are taken out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import duckdb

from compliance.errors import InputError, Problem
from compliance.model.schema import EntitySpec, delivered_entities, entities
from compliance.sources.database import insert_rows
from compliance.sources.protected import ProtectedNames
from compliance.sources.refusal import Flaw, Ledger
from compliance.sources.rows import as_text, check_row
from compliance.sources.shape import known_name, shape, shown_name


@dataclass(frozen=True, slots=True)
class Case:
    """The facts of one case file, as they stand in it, and where its rows go."""

    connection: duckdb.DuckDBPyConnection
    ledger: Ledger
    path: str
    number: int
    facts: Any
    protected: ProtectedNames

    def load(self, wanted: Collection[str]) -> None:
        """The good rows of the sections wanted stand in their tables, the bad ones are refused.

        Sections of other entities are not looked at.

        Raises: InputError when there are no sections to speak of.
        """
        facts = {} if self.facts is None else self.facts
        if not isinstance(facts, Mapping):
            message = f"Expected entities with their rows, found {shape(facts)}."
            raise InputError(Problem(f"{self.path} facts", "case-facts", message))
        for name, rows in facts.items():
            if name not in delivered_entities():
                due = known_name(name, delivered_entities())
                where = f"facts.{shown_name(name)}"
                self.ledger.refuse_row(self.path, "", where, [Flaw("", "unknown_entity", "", due)])
            elif name in wanted:
                self._load_section(entities()[name], rows)

    def _load_section(self, spec: EntitySpec, rows: Any) -> None:
        if isinstance(rows, list):
            self.ledger.came.add(spec.name)
            self.ledger.filled |= {spec.name} if rows else set()
            insert_rows(self.connection, spec, self._good_rows(spec, rows))
            return
        where = f"facts.{spec.name}"
        flaw = Flaw("", "not_a_list", shape(rows), "a list of rows; [] says there are none")
        self.ledger.refuse_row(self.path, spec.name, where, [flaw])

    def _good_rows(self, spec: EntitySpec, rows: list[Any]) -> Iterator[list[str | None]]:
        group = str(self.ledger.group(spec.name, frozenset()))
        for at, row in enumerate(rows):
            place = f"facts.{spec.name}[{at}]"
            if not isinstance(row, Mapping):
                flaw = Flaw("", "not_an_object", shape(row), "fields with their values")
                self.ledger.refuse_row(self.path, spec.name, place, [flaw])
                continue
            checked = check_row(spec.name, row, self.protected)
            if checked.flaws:
                self.ledger.refuse_row(self.path, spec.name, place, checked.flaws, row.get("id"))
                continue
            yield [*map(as_text, checked.values.values()), group, str(self.number), place]
