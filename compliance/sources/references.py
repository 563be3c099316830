"""Checks over all rows together: equal ids, references to rows that are not there, and stubs.

A row that is refused here may be referred to itself, so the references are checked until nothing changes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from compliance.model.intake import Notice
from compliance.model.schema import SCOPE_BITS, STUBBED, entities
from compliance.sources.bsn import PSEUDONYMISED, bsn_test_sql
from compliance.sources.database import (
    insert_texts,
    quoted,
    table,
)
from compliance.sources.predicate import good_text_sql
from compliance.sources.refusal import LISTED, Flaw, Ledger
from compliance.sources.shape import shape
from compliance.sources.standing import settle

STUB_SOURCE = -1
_SHOWN_STUBS = 20
_MOST_OUT_OF_ORDER = 100_000  # ids in one table: with more, their order says nothing
_OR = "+"  # between the targets of a reference that may name a row of either


@dataclass(frozen=True, slots=True)
class Links:
    """The accepted rows of a run, of which references are checked and completed with stubs."""

    connection: duckdb.DuckDBPyConnection
    ledger: Ledger
    names: Collection[str]

    def check(self) -> None:
        """Rows with equal ids or a reference to nowhere are refused; stubs stand for the others' targets."""
        filled = sorted(self.ledger.filled & set(self.names))
        self._begin()
        if not filled:
            return
        self._refuse_equal_ids(filled)
        self._gather(filled)
        stubbed = self._stubbed()
        self._refuse_unfit(stubbed)
        self._complete(stubbed)

    def check_own(self, organisations: Collection[str] = ()) -> None:
        """Only what a delivery can be blamed for by itself is refused: rows with equal ids, and references
        unfit for a stub. Those `organisations` are known, and fit.
        """
        filled = sorted(self.ledger.filled & set(self.names))
        self._begin()
        if organisations:
            insert_texts(
                self.connection, "known_organisation", {"id": "VARCHAR"}, [[one] for one in organisations]
            )
        if filled:
            self._refuse_equal_ids(filled)
            self._gather(filled)
            self._refuse_unfit(self._stubbed())

    def complete(self) -> None:
        """References of rows that were checked before are followed: stubs stand for unknown targets."""
        filled = sorted(self.ledger.filled & set(self.names))
        self._begin()
        if filled:
            self._gather(filled)
            self._complete(self._stubbed())

    def _begin(self) -> None:
        self.connection.execute(
            "CREATE TEMP TABLE reference "
            "(entity VARCHAR, field VARCHAR, target VARCHAR, scope UTINYINT, id VARCHAR); "
            "CREATE TEMP TABLE known_organisation (id VARCHAR)"
        )

    def _stubbed(self) -> set[str]:
        """The targets of which a reference to an unknown row makes a stub."""
        targets = {target for (target,) in self._rows("SELECT DISTINCT target FROM reference")}
        return {target for target in targets if set(target.split(_OR)) & set(STUBBED)}

    def _complete(self, stubbed: set[str]) -> None:
        targets = {target for (target,) in self._rows("SELECT DISTINCT target FROM reference")}
        while self._refuse_dangling(targets - stubbed):
            pass
        if stubbed:
            self._make_stubs(stubbed)

    def _rows(self, sql: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(sql).fetchall()

    def _gather(self, names: Iterable[str]) -> None:
        """The ids that rows of these entities refer to stand in the table `reference`, each once a field."""
        parts = [
            f"SELECT '{name}', '{field.name}', '{_OR.join(field.targets)}', "
            f"{SCOPE_BITS[entities()[name].compartment]}, * "
            f"FROM (SELECT DISTINCT {quoted(field.name)} FROM {table(name)} "
            f"WHERE {quoted(field.name)} IS NOT NULL)"
            for name in names
            for field in entities()[name].fields.values()
            if field.targets
        ]
        if parts:
            self.connection.execute(f"INSERT INTO reference {' UNION ALL '.join(parts)}")

    def _refuse_equal_ids(self, filled: Iterable[str]) -> None:
        if self.ledger.refused_ids:
            columns = {"entity": "VARCHAR", "id": "VARCHAR"}
            insert_texts(self.connection, "refused", columns, self.ledger.refused_ids)
        ids = {
            name: f"SELECT id FROM {table(name)} GROUP BY id HAVING count(*) > 1 "
            f"UNION ALL SELECT id FROM refused WHERE entity = '{name}'"
            for name in filled
        }
        differing = {name for name in filled if name in self.ledger.standing and self._differ(name)}
        tests = {
            name: f"SELECT id FROM refused WHERE entity = '{name}'" if name in differing else query
            for name, query in ids.items()
        }
        suspect = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS ({test})" for name, test in tests.items())
        flaw = Flaw("id", "equal_ids", expected="an id that no other row of this entity has")
        for (name,) in self._rows(suspect):
            self._refuse(name, ids[name], flaw)

    def _differ(self, name: str) -> bool:
        """Whether no two ids are equal, seen from their order; False when the order does not tell.

        Most systems write their rows in order of id, so that nearly each id is higher than all before it (by
        length, then by text): those differ from one another. The few others are looked up. That takes half
        of what grouping all ids takes, and no memory.
        """
        keyed = f"SELECT id, chr(strlen(id)::INTEGER) || id AS key FROM {table(name)}"
        tops = f"SELECT *, max(key) OVER (ROWS UNBOUNDED PRECEDING) AS top FROM ({keyed})"
        others = self._rows(
            f"SELECT id FROM (SELECT *, lag(top) OVER () AS former FROM ({tops})) "
            f"WHERE NOT coalesce(key > former, FALSE) LIMIT {_MOST_OUT_OF_ORDER}"
        )
        ids = sorted({row for (row,) in others})
        if len(others) == _MOST_OUT_OF_ORDER or len(ids) < len(others):
            return False
        query = f"SELECT count(*) FROM {table(name)} WHERE id IN (SELECT unnest($1))"
        return self.connection.execute(query, [ids]).fetchone() == (len(ids),)

    def _refuse_unfit(self, targets: Iterable[str]) -> None:
        """A reference without a row becomes a stub's id, and must be fit for one."""
        bad_text, bad_person = [], []
        for target in sorted(targets):
            names = target.split(_OR)
            queries = [f"SELECT id FROM {table(name)}" for name in names]
            queries += ["SELECT id FROM known_organisation"] if "organisation" in names else []
            known = " UNION ALL ".join(queries)
            unknown = f"target = '{target}' AND id NOT IN ({known})"
            bad_text.append(f"{unknown} AND NOT ({good_text_sql('id', names[0], 'id')})")
            if set(names) & set(PSEUDONYMISED):
                # An organisation's id may be eight digits; where one may stand only nine count as a BSN.
                bad_person.append(f"{unknown} AND {bsn_test_sql('id', 9 if len(names) > 1 else 8)}")
        self._refuse_references(bad_text, "unsafe_text", "a short text without control characters")
        self._refuse_references(bad_person, "bsn_like", "a pseudonym, never a BSN")

    def _refuse_dangling(self, targets: Iterable[str]) -> bool:
        """Whether rows were refused since the row they refer to is not there."""
        missing: dict[bool, list[str]] = {True: [], False: []}
        for target in sorted(targets):
            where = f"target = '{target}' AND id NOT IN (SELECT id FROM {table(target)})"
            missing[target in self.ledger.came].append(where)
        due = "the id of a row that was delivered and accepted"
        refused = self._refuse_references(missing[True], "dangling_reference", due)
        due = "the id of a row of an entity that was delivered"
        return self._refuse_references(missing[False], "reference_not_delivered", due) or refused

    def _refuse_references(self, conditions: Sequence[str], code: str, due: str) -> bool:
        """Whether rows were refused since one of their references meets one of the conditions."""
        if not conditions:
            return False
        where = f"(({') OR ('.join(conditions)}))"
        found = self._rows(f"SELECT DISTINCT entity, field FROM reference WHERE {where} ORDER BY ALL")
        for entity, field in found:
            bad = f"SELECT id FROM reference WHERE entity = '{entity}' AND field = '{field}' AND {where}"
            self._refuse(entity, bad, Flaw(field, code, "", due))
        changed = sorted({entity for entity, _ in found})
        if changed:
            self.connection.execute("DELETE FROM reference WHERE entity IN (SELECT unnest($1))", [changed])
            self._gather(changed)
        return bool(found)

    def _refuse(self, entity: str, values: str, flaw: Flaw) -> None:
        """The rows whose column has one of the values (a query) are refused and gone."""
        where = f"{table(entity)} WHERE {quoted(flaw.column)} IN ({values})"
        ((found,),) = self._rows(f"SELECT count(*) FROM {where}")
        if not found:
            return
        paths = {file.number: file.path for file in self.ledger.files}
        listed = self._rows(
            f"SELECT _source, _place, {quoted(flaw.column)}, id FROM {where} "
            f"ORDER BY _source, length(_place), _place LIMIT {LISTED}"
        )
        for source, place, value, row in listed:
            described = Flaw(flaw.column, flaw.code, shape(value), flaw.expected)
            self.ledger.refuse_row(paths[source], entity, place, [described], row)
        if found > len(listed):
            more = found - len(listed)
            self.ledger.refuse_more(paths[listed[0][0]], entity, flaw.column, flaw.code, more)
        settle(self.connection, self.ledger.standing, entity)
        self.connection.execute(f"DELETE FROM {where}")

    def _make_stubs(self, targets: Collection[str]) -> None:
        """Rows known only by their id stand for references to organisations, persons and clients unknown."""
        plain = [
            f"SELECT target, id, bit_or(scope)::UTINYINT AS scope FROM reference WHERE target = '{target}' "
            f"AND id NOT IN (SELECT id FROM {table(target)}) GROUP BY ALL"
            for target in sorted(targets)
            if _OR not in target
        ]
        self.connection.execute("CREATE TEMP TABLE stub (target VARCHAR, id VARCHAR, scope UTINYINT)")
        if plain:
            self.connection.execute(f"INSERT INTO stub {' UNION ALL '.join(plain)}")
        for target in sorted(targets):
            if _OR in target:
                self._settle_shared(target)
        counted = self._rows("SELECT target, count(DISTINCT id) FROM stub GROUP BY target ORDER BY target")
        for target, count in counted:
            group = self.ledger.group(target, frozenset(entities()[target].fields) - {"id"})
            self.connection.execute(
                f"INSERT INTO {table(target)} (id, _lacks, _source, _place, _scope) "
                f"SELECT id, {group}, {STUB_SOURCE}, '', bit_or(scope) FROM stub "
                f"WHERE target = '{target}' GROUP BY id ORDER BY id"
            )
            self._note(target, count)

    def _settle_shared(self, target: str) -> None:
        """What a reference to a person or an organisation names: the one that is known, else a person.

        Only organisations that the field's compartment can see count as known, so that what one compartment
        sees does not depend on another's facts.
        """
        first, *others = target.split(_OR)
        self.connection.execute(
            "CREATE OR REPLACE TEMP TABLE shared AS "
            "SELECT id, bit_or(scope)::UTINYINT AS scope FROM reference "
            f"WHERE target = '{target}' GROUP BY id"
        )
        names = ", ".join(f"'{other}'" for other in others)
        visible = f"s.target IN ({names}) AND s.scope & (r.scope | {SCOPE_BITS['contract']}) > 0"
        self.connection.execute(
            f"UPDATE stub s SET scope = s.scope | r.scope FROM shared r WHERE s.id = r.id AND {visible}"
        )
        known = [f"SELECT id FROM {table(name)}" for name in (first, *others)]
        known.append(f"SELECT s.id FROM stub s, shared r WHERE s.id = r.id AND {visible}")
        self.connection.execute(
            f"INSERT INTO stub SELECT '{first}', id, scope FROM shared "
            f"WHERE id NOT IN ({' UNION ALL '.join(known)})"
        )

    def _note(self, target: str, count: int) -> None:
        """A notice says how many stubs were made, and of organisations the first ids."""
        shown = ""
        if target not in PSEUDONYMISED:
            ids = f"SELECT DISTINCT id FROM stub WHERE target = '{target}' ORDER BY id LIMIT {_SHOWN_STUBS}"
            shown = ", ".join(row[0] for row in self._rows(ids))
        self.ledger.notices.append(Notice("stub", entity=target, detail=shown, count=count))
