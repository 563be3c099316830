"""Checks over all rows together: equal ids, references to rows that are not there, and stubs.

A row that is refused here may be referred to itself, so the references are checked until nothing changes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import duckdb

from compliance.model.intake import Notice
from compliance.model.schema import STUBBED, FieldSpec, entities
from compliance.sources.bsn import PSEUDONYMISED, bsn_test_sql
from compliance.sources.database import (
    SCOPE_BITS,
    insert_texts,
    quoted,
    table,
)
from compliance.sources.predicate import good_text_sql
from compliance.sources.refusal import LISTED, Flaw, Ledger
from compliance.sources.shape import shape

STUB_SOURCE = -1
_SHOWN_STUBS = 20


@dataclass(frozen=True, slots=True)
class Links:
    """The accepted rows of a run, of which references are checked and completed with stubs."""

    connection: duckdb.DuckDBPyConnection
    ledger: Ledger
    names: Collection[str]

    def check(self) -> None:
        """Rows with equal ids or a reference to nowhere are refused; stubs stand for the others' targets."""
        insert_texts(
            self.connection, "refused", {"entity": "VARCHAR", "id": "VARCHAR"}, self.ledger.refused_ids
        )
        filled = [name for name in self.names if self._count(f"SELECT count(*) FROM {table(name)}")]
        for name in filled:
            self._refuse_equal_ids(name)
        for name in filled:
            for field in _references(name):
                if set(field.targets) & set(STUBBED):
                    self._refuse_unfit_references(field)
        while any([self._refuse_dangling(field) for name in filled for field in _references(name)]):
            pass
        self._make_stubs(filled)

    def _count(self, sql: str) -> int:
        found = self.connection.execute(sql).fetchone()
        return int(found[0]) if found else 0

    def _refuse_equal_ids(self, entity: str) -> None:
        rows = table(entity)
        twice = f"SELECT id FROM {rows} GROUP BY id HAVING count(*) > 1"
        refused = f"SELECT id FROM refused WHERE entity = '{entity}'"
        flaw = Flaw("id", "equal_ids", expected="an id that no other row of this entity has")
        self._refuse(entity, "id", f"id IN ({twice} UNION ALL {refused})", flaw)

    def _refuse_unfit_references(self, field: FieldSpec) -> None:
        """A reference without a row becomes a stub's id, and must be fit for one."""
        column = quoted(field.name)
        known = " AND ".join(
            f"{column} NOT IN (SELECT id FROM {table(target)})" for target in field.targets if target in self.names
        )
        fit = good_text_sql(column, field.entity, field.name)
        people = set(field.targets) & set(PSEUDONYMISED)
        # The id of an organisation may be eight digits, so where one may stand only nine count as a BSN.
        bsn = bsn_test_sql(column, 9 if len(field.targets) > 1 else 8)
        for bad, flaw in (
            (f"NOT ({fit})", Flaw(field.name, "unsafe_text", "", "a short text without control characters")),
            (bsn, Flaw(field.name, "bsn_like", "", "a pseudonym, never a BSN")),
        ):
            if flaw.code == "bsn_like" and not people:
                continue
            values = f"SELECT v FROM (SELECT DISTINCT {column} AS v FROM {table(field.entity)} WHERE {known})"
            where = f"{column} IN ({values} WHERE {bad.replace(column, 'v')})"
            self._refuse(field.entity, field.name, where, flaw)

    def _refuse_dangling(self, field: FieldSpec) -> bool:
        """Whether rows were refused since the row they refer to is not there."""
        (target, *others) = field.targets
        if others or target in STUBBED:
            return False
        column, came = quoted(field.name), target in self.ledger.came
        values = f"SELECT DISTINCT {column} AS v FROM {table(field.entity)} WHERE {column} IS NOT NULL"
        missing = f"SELECT v FROM ({values}) ANTI JOIN {table(target)} t ON t.id = v"
        code = "dangling_reference" if came else "reference_not_delivered"
        due = f"the id of a row of {target}" + ("" if came else ", which was not delivered")
        return self._refuse(field.entity, field.name, f"{column} IN ({missing})", Flaw(field.name, code, "", due))

    def _refuse(self, entity: str, column: str, where: str, flaw: Flaw) -> bool:
        """Whether any row of the entity met the condition; those are refused and gone."""
        rows = table(entity)
        found = self._count(f"SELECT count(*) FROM {rows} WHERE {where}")
        if not found:
            return False
        paths = {file.number: file.path for file in self.ledger.files}
        self.connection.execute(
            f"SELECT _source, _place, {quoted(column)} FROM {rows} WHERE {where} "
            f"ORDER BY _source, length(_place), _place LIMIT {LISTED}"
        )
        listed = self.connection.fetchall()
        for source, place, value in listed:
            described = Flaw(flaw.column, flaw.code, shape(value), flaw.expected)
            self.ledger.refuse_row(paths[source], entity, place, [described])
        if found > len(listed):
            self.ledger.refuse_more(paths[listed[0][0]], entity, column, flaw.code, found - len(listed))
        self.connection.execute(f"DELETE FROM {rows} WHERE {where}")
        return True

    def _make_stubs(self, filled: Collection[str]) -> None:
        fields = [field for name in filled for field in _references(name)]
        for target in STUBBED:
            if target in self.names:
                plain = [_referred(field) for field in fields if field.targets == (target,)]
                self._insert_stubs(target, plain, "")
        shared = [field for field in fields if len(field.targets) > 1]
        for field in shared:
            self._settle_shared(field)

    def _settle_shared(self, field: FieldSpec) -> None:
        """A reference that may name a person or an organisation: the organisation that is known, else a person.

        Only organisations that this field's compartment can see count as known, so that what one compartment
        sees does not depend on another's facts.
        """
        bit = SCOPE_BITS[entities()[field.entity].compartment]
        first, *others = field.targets
        referred = _referred(field)
        ids = f"SELECT id FROM ({referred})"
        for other in others:
            stubs = f"_source = {STUB_SOURCE} AND (_scope & {bit | 1}) > 0 AND id IN ({ids})"
            self.connection.execute(f"UPDATE {table(other)} SET _scope = _scope | {bit} WHERE {stubs}")
        seen = [f"SELECT id FROM {table(other)} WHERE (_scope & {bit | 1}) > 0" for other in others]
        self._insert_stubs(first, [referred], " AND id NOT IN (" + " UNION ALL ".join(seen) + ")")

    def _insert_stubs(self, target: str, referred: list[str], also: str) -> None:
        if not referred:
            return
        spec = entities()[target]
        lacked = frozenset(spec.fields) - {"id"}
        rows = table(target)
        wanted = f"SELECT id, bit_or(scope)::UTINYINT AS scope FROM ({' UNION ALL '.join(referred)}) GROUP BY id"
        source = f"FROM ({wanted}) WHERE id NOT IN (SELECT id FROM {rows} WHERE _source <> {STUB_SOURCE}){also}"
        self.connection.execute(
            f"UPDATE {rows} SET _scope = _scope | scope FROM (SELECT id AS stub, scope {source}) "
            f"WHERE id = stub AND _source = {STUB_SOURCE}"
        )
        new = f"{source} AND id NOT IN (SELECT id FROM {rows})"
        if not self._count(f"SELECT count(*) {new}"):
            return
        group = self.ledger.group(target, lacked)
        self.connection.execute(
            f"INSERT INTO {rows} (id, _lacks, _source, _place, _scope) "
            f"SELECT id, {group}, {STUB_SOURCE}, '', scope {new} ORDER BY id"
        )

    def note_stubs(self) -> None:
        """A notice per entity of which stubs were made: how many, and of organisations the first ids."""
        for target in STUBBED:
            if target not in self.names:
                continue
            stubs = f"FROM {table(target)} WHERE _source = {STUB_SOURCE}"
            count = self._count(f"SELECT count(*) {stubs}")
            if count:
                listed = self.connection.execute(f"SELECT id {stubs} ORDER BY id LIMIT {_SHOWN_STUBS}").fetchall()
                shown = ", ".join(row[0] for row in listed) if target not in PSEUDONYMISED else ""
                self.ledger.notices.append(Notice("stub", entity=target, detail=shown, count=count))


def _references(entity: str) -> Iterator[FieldSpec]:
    """The entity's fields that name another row."""
    return (field for field in entities()[entity].fields.values() if field.targets)


def _referred(field: FieldSpec) -> str:
    """SQL for the ids a field refers to, each once, with the bit of its entity's compartment."""
    bit, column = SCOPE_BITS[entities()[field.entity].compartment], quoted(field.name)
    return f"SELECT DISTINCT {column} AS id, {bit} AS scope FROM {table(field.entity)} WHERE {column} IS NOT NULL"
