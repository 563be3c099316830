"""One rule judged in the database: every subject's outcome, and what findings and gaps show."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlglot import exp

from compliance.engine.sql import terms
from compliance.engine.sql.blame import Blame
from compliance.engine.sql.compile import Compiler
from compliance.engine.sql.frame import Frame, Query
from compliance.engine.sql.listing import first_of_each
from compliance.engine.sql.meeting import Meeting
from compliance.engine.sql.setting import Connection, Setting, Tables
from compliance.engine.sql.terms import NULL, TRUE, Sql, column, literal, named
from compliance.engine.sql.view import FACTS, run
from compliance.language.tree import CheckedRule, Field, Node
from compliance.model.amounts import half_up
from compliance.model.finding import (
    EVIDENCE_SHOWN,
    MISSING_SHOWN,
    Counts,
    Missing,
    Observation,
    RowRef,
    Value,
)
from compliance.model.rule import Outcome
from compliance.model.schema import entities

OUTCOMES = "_outcome"


class Judging:
    """One rule being judged."""

    def __init__(self, connection: Connection, tables: Tables, setting: Setting, rule: CheckedRule) -> None:
        self.connection = connection
        self.tables = tables
        self.setting = setting
        self.rule = rule
        self.key = Field(rule.subject, entities()[rule.subject.entity].fields["id"])

    def observe(self, *, keep_all: bool) -> tuple[list[Observation], Counts]:
        """The rule's findings and gaps (all outcomes with `keep_all`), and how many got each outcome."""
        if not self.tables.known(self.rule.subject.entity):
            return [], Counts()
        self._judge()
        counted = self.connection.execute(f"SELECT outcome, count(*) FROM {OUTCOMES} GROUP BY outcome")
        counts = Counts(**dict(counted.fetchall()))
        details = self._details() if counts.finding else {}
        evidence = self._evidence() if counts.finding else {}
        missing = self._missing() if counts.not_assessable else {}
        found = []
        for identifier, outcome in self._outcomes(keep_all=keep_all):
            subject = RowRef(self.rule.subject.entity, identifier)
            if outcome == "finding":
                row, rows = details.get(identifier, {}), evidence.get(identifier, (0, []))
                found.append(self._finding(subject, row, rows))
            else:
                count, parts = missing.get(identifier, (0, []))
                gaps = tuple(parts)
                found.append(Observation(self.rule.id, subject, outcome, missing=gaps, missing_count=count))
        return found, counts

    # -- outcomes

    def _compiler(self, *, narrow: bool) -> Compiler:
        return Compiler(self.tables, self.setting, self.rule.number_day, Query(), narrow=narrow)

    def _subjects(self, compiler: Compiler) -> Frame:
        """The rows that the rule judges: those of the contract at hand."""
        rule = self.rule
        roots = [
            *rule.lets.values(), *rule.conditions.values(), rule.flag_when, rule.applies_when,
            rule.number_day, rule.deviates_since, rule.about, *(need.node for need in rule.needs),
            *(rows for _, rows in rule.evidence),
        ]  # fmt: skip
        fields = entities()[rule.subject.entity].fields
        own = ("id", "contract_id") if "contract_id" in fields else ("id",)
        if rule.subject.entity == "bridging":
            own = ("id", "referral_id")
        frame = compiler.rows_of(rule.subject, roots, always=own)
        contract = literal(self.setting.contract["id"])
        if rule.subject.entity == "contract":
            frame.keep(exp.EQ(this=frame.columns[self.key].value, expression=contract))
        elif "contract_id" in fields:
            held = frame.columns[Field(rule.subject, fields["contract_id"])].value
            if held != NULL:
                frame.keep(terms.not_false(exp.EQ(this=held, expression=contract)))
        elif rule.subject.entity == "bridging":
            self._of_contract(compiler, frame, fields["referral_id"], contract)
        return frame

    def _of_contract(
        self, compiler: Compiler, frame: Frame, reference: Any, contract: exp.Expression
    ) -> None:
        """Leave out bridging of referrals that belong to another contract, whatever their day."""
        held = frame.columns[Field(self.rule.subject, reference)].value
        if held == NULL:
            return
        alias = compiler.query.fresh("t")
        other = exp.NEQ(this=column(alias, "contract_id"), expression=contract)
        linked = exp.EQ(this=column(alias, "id"), expression=held)
        frame.join(terms.table("referral", FACTS, alias), terms.both((linked, other)), "ANTI")

    def _judge(self) -> None:
        """A table holds every subject with its outcome."""
        compiler, rule = self._compiler(narrow=False), self.rule
        frame = self._subjects(compiler)
        whole = None
        if rule.applies_when is not None:
            frame.columns[rule.applies_when] = compiler.value(frame, rule.applies_when)
            whole = frame.copy()
            frame = frame.copy()
            frame.keep(terms.not_false(frame.columns[rule.applies_when].value))
        needed = [need.node for need in rule.needs if need.node is not None]
        compiler.expect((rule.flag_when, *needed))
        for node in (rule.flag_when, *needed):
            compiler.prepare(frame, node)
        judged = frame.select(
            [named(frame.columns[self.key].value, "id"), named(self._outcome(compiler, frame), "outcome")]
        )
        select: exp.Expression
        if whole is None or rule.applies_when is None:
            select = compiler.query.statement(judged)
        else:
            whole.keep(exp.Not(this=terms.not_false(whole.columns[rule.applies_when].value)))
            outside = [
                named(whole.columns[self.key].value, "id"),
                named(literal("not_applicable"), "outcome"),
            ]
            select = self._union(compiler, judged, whole.select(outside))
        run(self.connection, exp.Create(
            this=terms.table(OUTCOMES), kind="TABLE", expression=select, replace=True,
            properties=exp.Properties(expressions=[exp.TemporaryProperty()]),
        ))  # fmt: skip

    def _outcome(self, compiler: Compiler, frame: Frame) -> exp.Expression:
        """What the rule says of a row to which it applies, or may apply."""
        rule = self.rule
        flag = compiler.value(frame, rule.flag_when)
        unsure = [self._absent(compiler, frame)]
        if rule.applies_when is not None:
            applies = frame.columns[rule.applies_when]
            unsure += [terms.is_null(applies.value)] if applies.nullable else []
        unsure += [terms.is_null(flag.value)] if flag.nullable else []
        return terms.when(
            (terms.either(unsure), literal("not_assessable")),
            (flag.value, literal("finding")),
            otherwise=literal("compliant"),
        )

    def _union(self, compiler: Compiler, judged: exp.Select, outside: exp.Select) -> exp.Expression:
        first, second = compiler.query.add(judged), compiler.query.add(outside)
        union = exp.Union(
            this=_everything(compiler, first), expression=_everything(compiler, second), distinct=False
        )
        last = compiler.query.add(union)
        return compiler.query.statement(_everything(compiler, last))

    def _absent(self, compiler: Compiler, frame: Frame) -> exp.Expression:
        """Whether something the rule needs is not there."""
        parts: list[exp.Expression] = []
        for need in self.rule.needs:
            if need.column is not None:
                delivered = self.tables.catalog[need.column.entity]
                if not (delivered.complete and delivered.delivers(need.column.name)):
                    parts.append(TRUE)
            elif need.node is not None:
                held = compiler.value(frame, need.node)
                if held.nullable:
                    parts.append(terms.missing(held))
        return terms.either(parts)

    def _outcomes(self, *, keep_all: bool) -> list[tuple[str, Outcome]]:
        chosen = "" if keep_all else " WHERE outcome IN ('finding', 'not_assessable')"
        query = f"SELECT id, outcome FROM {OUTCOMES}{chosen} ORDER BY id"
        found: list[tuple[str, Outcome]] = self.connection.execute(query).fetchall()
        return found

    # -- values, evidence and gaps

    def _narrow(self, outcome: Outcome) -> tuple[Compiler, Frame]:
        """A compiler, and a frame over the few subjects with that outcome."""
        compiler = self._compiler(narrow=True)
        frame = self._subjects(compiler)
        alias = compiler.query.fresh("t")
        same = exp.EQ(this=column(alias, "id"), expression=frame.columns[self.key].value)
        with_outcome = exp.EQ(this=column(alias, "outcome"), expression=literal(outcome))
        frame.join(terms.table(OUTCOMES, alias=alias), terms.both((same, with_outcome)), "SEMI")
        return compiler, frame

    def _details(self) -> dict[str, dict[str, Any]]:
        """What each finding shows: its values, its day, and whom it is about."""
        rule = self.rule
        asked: list[tuple[str, Node | None]] = [("since", rule.deviates_since), ("about", rule.about)]
        asked += [(f"v{number}", rule.lets[name]) for number, name in enumerate(rule.shown)]
        shown = [(name, node) for name, node in asked if node is not None]
        if not shown:
            return {}
        compiler, frame = self._narrow("finding")
        compiler.expect(node for _, node in shown)
        for _, node in shown:
            compiler.prepare(frame, node)
        outputs = [named(frame.columns[self.key].value, "id")]
        for name, node in shown:
            outputs += [named(value, label) for label, value in _parts(name, compiler.value(frame, node))]
        found = run(self.connection, compiler.query.statement(frame.select(outputs)))
        names = [item[0] for item in found.description]
        return {row[0]: dict(zip(names, row, strict=True)) for row in found.fetchall()}

    def _evidence(self) -> dict[str, tuple[int, list[RowRef]]]:
        """Per finding the number of rows offered as evidence, and the first of them by entity and id."""
        if not self.rule.evidence:
            return {}
        compiler, frame = self._narrow("finding")
        selects: list[exp.Expression] = []
        for _, rows in self.rule.evidence:
            if not self.tables.known(rows.var.entity):
                continue
            part = Meeting(compiler, frame, rows, carry=True).parts[0]
            part.frame.keep(part.certain())
            identifier = Field(rows.var, entities()[rows.var.entity].fields["id"])
            outputs = [
                named(part.frame.columns[self.key].value, "subject"),
                named(literal(rows.var.entity), "entity"),
                named(part.frame.columns[identifier].value, "id"),
            ]
            selects.append(part.frame.select(outputs))
        found: dict[str, tuple[int, list[RowRef]]] = {}
        for subject, count, entity, identifier in self._first(
            compiler, selects, ("entity", "id"), EVIDENCE_SHOWN
        ):
            found.setdefault(subject, (count, []))[1].append(RowRef(entity, identifier))
        return found

    def _missing(self) -> dict[str, tuple[int, list[Missing]]]:
        """Per subject that cannot be judged how much is missing, and the first of it in order."""
        compiler, frame = self._narrow("not_assessable")
        selects = Blame(compiler, self.rule, self.key).selects(frame)
        names = ("kind", "field", "entity", "id", "parameter")
        found: dict[str, tuple[int, list[Missing]]] = {}
        for subject, count, *parts in self._first(compiler, selects, names, MISSING_SHOWN):
            found.setdefault(subject, (count, []))[1].append(Missing(*parts))
        return found

    def _first(
        self, compiler: Compiler, selects: Sequence[exp.Expression], names: Sequence[str], most: int
    ) -> list[Any]:
        """Of each subject's rows the first ones, each with the subject's full count."""
        if not selects:
            return []
        statement = first_of_each(compiler.query, selects, names, most)
        found: list[Any] = run(self.connection, statement).fetchall()
        return found

    def _finding(self, subject: RowRef, row: dict[str, Any], found: tuple[int, list[RowRef]]) -> Observation:
        rule = self.rule
        values = tuple(
            (name, _shown(row[f"v{number}"], row.get(f"v{number}_over"), rule.lets[name]))
            for number, name in enumerate(rule.shown)
        )
        return Observation(
            rule.id, subject, "finding",
            values=values, evidence=tuple(found[1]), evidence_count=found[0],
            deviates_since=row.get("since"), about=row.get("about"),
        )  # fmt: skip


def _everything(compiler: Compiler, name: str) -> exp.Select:
    return terms.selecting([exp.Star()], compiler.query.table(name))


def _parts(name: str, sql: Sql) -> list[tuple[str, exp.Expression]]:
    """The columns by which a shown value leaves the database: a quotient as its two numbers."""
    if sql.over is None:
        return [(name, sql.value)]
    value = terms.when((terms.both(sql.guards), sql.value), otherwise=NULL) if sql.guards else sql.value
    return [(name, value), (f"{name}_over", sql.over)]


def _shown(value: Any, over: Any, node: Node) -> Value:
    """A value as a finding reports it: decimals and quotients half-up to two places."""
    if value is None:
        return None
    if over is not None:
        return half_up(Fraction(value) / Fraction(over))
    if node.type == "ratio" or isinstance(value, Decimal):
        return half_up(Fraction(value))
    return value  # type: ignore[no-any-return]
