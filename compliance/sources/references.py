"""Checks over all rows together: equal ids, references to rows that are not there, and stubs.

A row that is refused here may be referred to itself, so the references are checked until nothing changes.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import duckdb

from compliance.model.intake import Notice
from compliance.model.schema import STUBBED, entities
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
_OR = "+"  # between the targets of a reference that may name a row of either


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
        self.connection.execute(
            "CREATE TEMP TABLE reference "
            "(entity VARCHAR, field VARCHAR, target VARCHAR, scope UTINYINT, id VARCHAR)"
        )
        for name in self._filled():
            self._refuse_equal_ids(name)
            self._gather(name)
        waiting = {target for (target,) in self._rows("SELECT DISTINCT target FROM reference")}
        for target in sorted(waiting):
            if set(target.split(_OR)) & set(STUBBED):
                self._refuse_unfit(target)
        while any(self._refuse_dangling(target) for target in sorted(waiting)):
            pass
        self._make_stubs(waiting)

    def _rows(self, sql: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(sql).fetchall()

    def _filled(self) -> list[str]:
        """The entities that have rows."""
        counts = (f"SELECT '{name}', count(*) FROM {table(name)}" for name in self.names)
        return [name for name, count in self._rows(" UNION ALL ".join(counts)) if count]

    def _gather(self, entity: str) -> None:
        """The ids that rows of the entity refer to now stand in the table `reference`, each once a field."""
        self.connection.execute(f"DELETE FROM reference WHERE entity = '{entity}'")
        bit = SCOPE_BITS[entities()[entity].compartment]
        parts = [
            f"SELECT DISTINCT '{entity}', '{field.name}', '{_OR.join(field.targets)}', {bit}, "
            f"{quoted(field.name)} FROM {table(entity)} WHERE {quoted(field.name)} IS NOT NULL"
            for field in entities()[entity].fields.values()
            if field.targets
        ]
        if parts:
            self.connection.execute(f"INSERT INTO reference {' UNION ALL '.join(parts)}")

    def _refuse_equal_ids(self, entity: str) -> None:
        twice = f"SELECT id FROM {table(entity)} GROUP BY id HAVING count(*) > 1"
        refused = f"SELECT id FROM refused WHERE entity = '{entity}'"
        flaw = Flaw("id", "equal_ids", expected="an id that no other row of this entity has")
        self._refuse(entity, f"{twice} UNION ALL {refused}", flaw)

    def _refuse_unfit(self, target: str) -> None:
        """A reference without a row becomes a stub's id, and must be fit for one."""
        targets = target.split(_OR)
        known = " UNION ALL ".join(f"SELECT id FROM {table(name)}" for name in targets)
        unknown = f"target = '{target}' AND id NOT IN ({known})"
        unfit = f"{unknown} AND NOT ({good_text_sql('id', targets[0], 'id')})"
        self._refuse_references(unfit, Flaw("", "unsafe_text", "", "a short text without control characters"))
        if set(targets) & set(PSEUDONYMISED):
            # The id of an organisation may be eight digits, so where one may stand only nine count as a BSN.
            bsn = f"{unknown} AND {bsn_test_sql('id', 9 if len(targets) > 1 else 8)}"
            self._refuse_references(bsn, Flaw("", "bsn_like", "", "a pseudonym, never a BSN"))

    def _refuse_dangling(self, target: str) -> bool:
        """Whether rows were refused since the row they refer to is not there."""
        if set(target.split(_OR)) & set(STUBBED):
            return False
        came = target in self.ledger.came
        code = "dangling_reference" if came else "reference_not_delivered"
        due = f"the id of a row of {target}" + ("" if came else ", which was not delivered")
        where = f"target = '{target}' AND id NOT IN (SELECT id FROM {table(target)})"
        return self._refuse_references(where, Flaw("", code, "", due))

    def _refuse_references(self, where: str, flaw: Flaw) -> bool:
        """Whether rows were refused since one of their references meets the condition."""
        found = self._rows(f"SELECT DISTINCT entity, field FROM reference WHERE {where} ORDER BY ALL")
        for entity, field in found:
            bad = f"SELECT id FROM reference WHERE entity = '{entity}' AND field = '{field}' AND {where}"
            self._refuse(entity, bad, Flaw(field, flaw.code, "", flaw.expected))
        for entity in sorted({entity for entity, _ in found}):
            self._gather(entity)
        return bool(found)

    def _refuse(self, entity: str, values: str, flaw: Flaw) -> None:
        """The rows whose column has one of the values (a query) are refused and gone."""
        where = f"{table(entity)} WHERE {quoted(flaw.column)} IN ({values})"
        ((found,),) = self._rows(f"SELECT count(*) FROM {where}")
        if not found:
            return
        paths = {file.number: file.path for file in self.ledger.files}
        listed = self._rows(
            f"SELECT _source, _place, {quoted(flaw.column)} FROM {where} "
            f"ORDER BY _source, length(_place), _place LIMIT {LISTED}"
        )
        for source, place, value in listed:
            described = Flaw(flaw.column, flaw.code, shape(value), flaw.expected)
            self.ledger.refuse_row(paths[source], entity, place, [described])
        if found > len(listed):
            more = found - len(listed)
            self.ledger.refuse_more(paths[listed[0][0]], entity, flaw.column, flaw.code, more)
        self.connection.execute(f"DELETE FROM {where}")

    def _make_stubs(self, targets: Collection[str]) -> None:
        for target in sorted(set(STUBBED) & set(targets)):
            self._insert_stubs(target, f"target = '{target}'")
        for target in sorted(targets):
            if _OR in target:
                self._settle_shared(target)

    def _settle_shared(self, target: str) -> None:
        """What a reference to a person or an organisation names: the one that is known, else a person.

        Only organisations that the field's compartment can see count as known, so that what one compartment
        sees does not depend on another's facts.
        """
        first, *others = target.split(_OR)
        visible = [f"(_scope & {SCOPE_BITS['contract']} > 0 OR _scope & scope > 0)"]
        for other in others:
            self.connection.execute(
                f"UPDATE {table(other)} o SET _scope = _scope | scope "
                f"FROM (SELECT id AS referred, bit_or(scope)::UTINYINT AS scope FROM reference "
                f"WHERE target = '{target}' GROUP BY id) WHERE id = referred AND _source = {STUB_SOURCE} "
                f"AND {visible[0]}"
            )
        known = " UNION ALL ".join(
            f"SELECT o.id FROM {table(other)} o, reference r "
            f"WHERE r.target = '{target}' AND o.id = r.id AND {visible[0]}"
            for other in others
        )
        self._insert_stubs(first, f"target = '{target}' AND id NOT IN ({known})")

    def _insert_stubs(self, target: str, where: str) -> None:
        """Stubs of the target stand for the references that meet the condition and have no row."""
        rows = table(target)
        self.connection.execute(
            "CREATE OR REPLACE TEMP TABLE wanted AS "
            f"SELECT id, bit_or(scope)::UTINYINT AS scope FROM reference WHERE {where} "
            f"AND id NOT IN (SELECT id FROM {rows} WHERE _source <> {STUB_SOURCE}) GROUP BY id"
        )
        ((count,),) = self._rows("SELECT count(*) FROM wanted")
        if not count:
            return
        group = self.ledger.group(target, frozenset(entities()[target].fields) - {"id"})
        self.connection.execute(
            f"UPDATE {rows} r SET _scope = _scope | scope FROM wanted w "
            f"WHERE r.id = w.id AND _source = {STUB_SOURCE}"
        )
        self.connection.execute(
            f"INSERT INTO {rows} (id, _lacks, _source, _place, _scope) "
            f"SELECT id, {group}, {STUB_SOURCE}, '', scope FROM wanted "
            f"WHERE id NOT IN (SELECT id FROM {rows}) ORDER BY id"
        )

    def note_stubs(self) -> None:
        """A notice per entity of which stubs were made: how many, and of organisations the first ids."""
        for target in sorted(set(STUBBED) & set(self.names)):
            stubs = f"FROM {table(target)} WHERE _source = {STUB_SOURCE}"
            ((count,),) = self._rows(f"SELECT count(*) {stubs}")
            if count:
                listed = self._rows(f"SELECT id {stubs} ORDER BY id LIMIT {_SHOWN_STUBS}")
                shown = ", ".join(row[0] for row in listed) if target not in PSEUDONYMISED else ""
                self.ledger.notices.append(Notice("stub", entity=target, detail=shown, count=count))
