"""Loads a table of one entity set-based: the database finds the bad rows, only those are described.

A file is taken in one scan; a second one happens only when it has bad rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from compliance.model.schema import EntitySpec
from compliance.sources.database import literal, quoted, table
from compliance.sources.predicate import TEXT, accepts, good_rows_sql, typed_sql, value_sql
from compliance.sources.protected import ProtectedNames
from compliance.sources.refusal import LISTED, FileRefusedError, Flaw, Ledger
from compliance.sources.rows import check_row, name_flaw
from compliance.sources.shape import shown_name
from compliance.sources.standing import Stamp, can_stand, stand


@dataclass(frozen=True, slots=True)
class Relation:
    """A delivered table as SQL can read it: what stands after FROM, its row numbers, its column types.

    `lasting` says that it can be read again until the end of the run.
    """

    source: str
    place: str
    kinds: Mapping[str, str]
    rows: int
    lasting: bool = False


def check_columns(spec: EntitySpec, names: Sequence[str], protected: ProtectedNames) -> frozenset[str]:
    """The fields that a table with these columns lacks.

    Raises: FileRefusedError for a column that is unknown, protected or double, and when the id or the
        anchor is lacking: a misspelt column would silently count as not delivered.
    """
    if not any(name in spec.fields for name in names):
        due = f"a first row with the names of columns, such as {', '.join(list(spec.fields)[:4])}"
        protected_ones = [name for name in names if protected.attribute(name)]
        if not protected_ones:
            found = f"{len(names)} other names"
            if len(names) == 1 and (";" in names[0] or "\t" in names[0]):
                found = "semicolons or tabs between the names"
                due += ", with commas between"
            raise FileRefusedError(Flaw("", "no_header", found, due))
    flaws = [name_flaw(spec, name, protected) for name in names if name not in spec.fields]
    twice = sorted({name for name in names if names.count(name) > 1})
    flaws += [Flaw(shown_name(name), "double_column", expected="each column once") for name in twice]
    for name in ("id", spec.anchor):
        if name and name not in names:
            flaws.append(Flaw(name, "column_missing", expected=f"the column {name}"))
    if flaws:
        raise FileRefusedError(*flaws)
    return frozenset(spec.fields) - set(names)


def check_types(
    connection: duckdb.DuckDBPyConnection, spec: EntitySpec, source: str, kinds: Mapping[str, str]
) -> dict[str, str]:
    """The column types to read with; a column of a wrong type that holds nothing is read as empty text.

    Raises: FileRefusedError for a column whose type would need guessing, such as a float for an amount.
    """
    accepted, flaws = {}, []
    for name, kind in kinds.items():
        field = spec.fields[name]
        accepted[name] = kind
        if accepts(field, kind):
            continue
        counted = connection.execute(f"SELECT count({quoted(name)}) FROM {source}").fetchone()
        if counted == (0,):
            accepted[name] = '"NULL"'
            continue
        code = "binary_float" if kind in ("DOUBLE", "FLOAT") else "wrong_column_type"
        due = {"day": "DATE", "int": "an integer type", "decimal": "DECIMAL", "bool": "BOOLEAN"}
        wanted = f"{due[field.type]} or text" if field.type in due else "text"
        flaws.append(Flaw(name, code, f"type {kind[:40]}", wanted))
    if flaws:
        raise FileRefusedError(*flaws)
    return accepted


@dataclass(frozen=True, slots=True)
class Table:
    """One delivered table and where its rows go. With a `stamp` its rows may stay in their file."""

    connection: duckdb.DuckDBPyConnection
    ledger: Ledger
    spec: EntitySpec
    path: str
    number: int
    protected: ProtectedNames
    stamp: Stamp | None = None

    def load(self, relation: Relation, lacked: frozenset[str]) -> None:
        """The good rows stand in the entity's table, the bad ones are refused.

        Raises: duckdb.Error when the file turns out broken; nothing was taken then.
        """
        spec, kinds = self.spec, relation.kinds
        good = good_rows_sql(spec, kinds)
        group = self.ledger.group(spec.name, lacked)
        if self._stands(relation, good, group):
            return
        columns = [*map(quoted, kinds), "_lacks", "_source", "_place"]
        values = [typed_sql(spec.fields[name], kind) for name, kind in kinds.items()]
        values += [str(group), str(self.number), f"({relation.place})::VARCHAR"]
        inserted = self.connection.execute(
            f"INSERT INTO {table(spec.name)} ({', '.join(columns)}) "
            f"SELECT {', '.join(values)} FROM {relation.source} WHERE {good}"
        ).fetchone()
        self._book()
        if inserted != (relation.rows,):
            self._refuse(relation, good, lacked)

    def _stands(self, relation: Relation, good: str, group: int) -> bool:
        """Whether the rows, all good, stay in their file."""
        name = self.spec.name
        if not relation.lasting or name in self.ledger.filled:
            return False
        if not can_stand(self.spec, self.stamp, relation.rows):
            return False
        counted = self.connection.execute(f"SELECT count(*) FROM {relation.source} WHERE {good}").fetchone()
        if self.stamp is None or counted != (relation.rows,):
            return False
        stand(self.connection, self.spec, relation, (group, self.number))
        self.ledger.standing[name] = self.stamp
        self._book()
        return True

    def _book(self) -> None:
        self.ledger.came.add(self.spec.name)
        self.ledger.filled.add(self.spec.name)

    def _refuse(self, relation: Relation, good: str, lacked: frozenset[str]) -> None:
        bad = f"FROM {relation.source} WHERE NOT coalesce({good}, FALSE)"
        identity = value_sql(self.spec.fields["id"], relation.kinds["id"])
        named = self.connection.execute(
            f"INSERT INTO refused SELECT {literal(self.spec.name)}, {identity} {bad} "
            f"AND {identity} IS NOT NULL"
        ).fetchone()
        names = list(relation.kinds)
        shown = ", ".join(value_sql(self.spec.fields[name], kind) for name, kind in relation.kinds.items())
        self.connection.execute(f"SELECT {relation.place} AS place, {shown} {bad} ORDER BY place")
        described = 0
        for place, *values in self.connection.fetchmany(LISTED):
            row = dict(zip(names, values, strict=True))
            flaws = self.flaws(row, lacked)
            self.ledger.refuse_row(self.path, self.spec.name, str(place), flaws, row["id"])
            described += 1
        counted = self.connection.execute(f"SELECT count(*) {bad}").fetchone()
        if counted and counted[0] > described:
            more = counted[0] - described
            known = named == counted
            self.ledger.refuse_more(self.path, self.spec.name, "", "refused_rows", more, named=known)

    def flaws(self, values: Mapping[str, Any], lacked: frozenset[str]) -> tuple[Flaw, ...]:
        """Why a row that was found bad is refused; at least one reason."""
        checked = check_row(self.spec.name, values, self.protected, lacked)
        return checked.flaws or (Flaw("", "impossible_row", expected="values that fit their columns"),)


def text_kinds(names: Sequence[str]) -> dict[str, str]:
    """Every column read as text."""
    return dict.fromkeys(names, TEXT)
