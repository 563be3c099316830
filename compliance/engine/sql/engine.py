"""The set-based engine: a rule becomes one query over the view, and evidence is fetched for findings only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import duckdb
from sqlglot import exp

from compliance.engine.sql import terms
from compliance.engine.sql.blame import Blame
from compliance.engine.sql.compile import Compiler
from compliance.engine.sql.frame import Frame, Query
from compliance.engine.sql.setting import Connection, Setting, Tables
from compliance.engine.sql.terms import NULL, TRUE, Sql, column, literal, named
from compliance.engine.sql.view import FACTS, build_view, run
from compliance.language.tree import CheckedRule, Field, Node
from compliance.model.amounts import half_up
from compliance.model.catalog import Catalog
from compliance.model.finding import (
    EVIDENCE_SHOWN,
    MISSING_SHOWN,
    Counts,
    Evaluation,
    Failure,
    Missing,
    Observation,
    RowRef,
    Value,
)
from compliance.model.number import Numbers
from compliance.model.rule import Outcome
from compliance.model.schema import entities

OUTCOMES = "_outcome"


class SqlEngine:
    """Judges rules over the facts of a connection, for a contract, as of a day, with its numbers.

    The connection holds the delivered facts in schema `fact`; the engine makes schema `view` beside it.
    """

    def __init__(
        self, connection: Connection, catalog: Catalog, contract: str, as_of: date, numbers: Numbers
    ) -> None:
        self.connection = connection
        self.catalog = catalog
        found, lacks = _contract(connection, catalog, contract)
        self.setting = Setting(as_of, found, lacks, numbers)

    def evaluate(self, rules: Iterable[CheckedRule], *, keep_all: bool = False) -> Evaluation:
        """All findings and gaps, ordered by rule and subject id, and per rule how many got each outcome.

        Compliant and not-applicable subjects are listed only with `keep_all`. A rule that the database
        cannot finish is a failure; the others go on.
        """
        chosen = sorted(rules, key=lambda rule: rule.id)
        views = build_view(self.connection, self.catalog, self.setting, chosen)
        kept: list[Observation] = []
        counts: dict[str, Counts] = {}
        failures: list[Failure] = []
        for rule in chosen:
            judging = _Judging(self.connection, views[rule.rule.compartment], self.setting, rule)
            try:
                found, counts[rule.id] = judging.observe(keep_all=keep_all)
                kept += found
            except duckdb.Error as error:
                failures.append(Failure(rule.id, rule.rule.compartment, str(error)))
        return Evaluation(tuple(kept), counts, tuple(failures))


class _Judging:
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
        rows = self._outcomes(keep_all=keep_all)
        evidence = self._evidence() if counts.finding else {}
        missing = self._missing() if counts.not_assessable else {}
        return [self._observation(row, evidence, missing) for row in rows], counts

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
        """A table holds every subject with its outcome, and what a finding shows."""
        compiler, rule = self._compiler(narrow=False), self.rule
        frame = self._subjects(compiler)
        applies = TRUE
        if rule.applies_when is not None:
            compiler.prepare(frame, rule.applies_when)
            frame.columns[rule.applies_when] = compiler.value(frame, rule.applies_when)
            frame.seal()
            applies = frame.columns[rule.applies_when].value
        whole = frame.copy()
        if rule.applies_when is not None:
            frame = frame.copy()
            frame.keep(terms.not_false(applies))
        shown: list[tuple[str, Node]] = [(f"v{n}", rule.lets[name]) for n, name in enumerate(rule.shown)]
        shown += [(name, node) for name, node in self._days() if node is not None]
        needed = [need.node for need in rule.needs if need.node is not None]
        for node in (rule.flag_when, *needed, *(node for _, node in shown)):
            compiler.prepare(frame, node)
        flag = compiler.value(frame, rule.flag_when)
        absent = self._absent(compiler, frame)
        applies = frame.columns[rule.applies_when].value if rule.applies_when is not None else TRUE
        unsure = terms.either((terms.is_null(applies) if applies != TRUE else terms.FALSE, absent))
        outcome = terms.when(
            (unsure, literal("not_assessable")),
            (flag.value, literal("finding")),
            *([(terms.is_null(flag.value), literal("not_assessable"))] if flag.nullable else []),
            otherwise=literal("compliant"),
        )
        outputs = [named(frame.columns[self.key].value, "id"), named(outcome, "outcome")]
        names = []
        for name, node in shown:
            for label, value in _parts(name, compiler.value(frame, node)):
                outputs.append(named(value, label))
                names.append(label)
        if rule.applies_when is None:
            select: exp.Expression = compiler.query.statement(frame.select(outputs))
        else:
            judged = frame.select(outputs)
            whole.keep(exp.Not(this=terms.not_false(whole.columns[rule.applies_when].value)))
            outside = [
                named(whole.columns[self.key].value, "id"),
                named(literal("not_applicable"), "outcome"),
                *(named(NULL, name) for name in names),
            ]
            select = self._union(compiler, judged, whole.select(outside))
        run(self.connection, exp.Create(
            this=terms.table(OUTCOMES), kind="TABLE", expression=select, replace=True,
            properties=exp.Properties(expressions=[exp.TemporaryProperty()]),
        ))  # fmt: skip

    def _union(self, compiler: Compiler, judged: exp.Select, outside: exp.Select) -> exp.Expression:
        first, second = compiler.query.add(judged), compiler.query.add(outside)
        union = exp.Union(
            this=_everything(compiler, first), expression=_everything(compiler, second), distinct=False
        )
        last = compiler.query.add(union)
        return compiler.query.statement(_everything(compiler, last))

    def _days(self) -> list[tuple[str, Node | None]]:
        return [("since", self.rule.deviates_since), ("about", self.rule.about)]

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

    def _outcomes(self, *, keep_all: bool) -> list[dict[str, Any]]:
        chosen = "" if keep_all else " WHERE outcome IN ('finding', 'not_assessable')"
        found = self.connection.execute(f"SELECT * FROM {OUTCOMES}{chosen} ORDER BY id")
        names = [item[0] for item in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    # -- evidence and gaps

    def narrow(self, outcome: Outcome) -> tuple[Compiler, Frame]:
        """A compiler, and a frame over the few subjects with that outcome."""
        compiler = self._compiler(narrow=True)
        frame = self._subjects(compiler)
        alias = compiler.query.fresh("t")
        same = exp.EQ(this=column(alias, "id"), expression=frame.columns[self.key].value)
        with_outcome = exp.EQ(this=column(alias, "outcome"), expression=literal(outcome))
        outcomes = exp.alias_(terms.table(OUTCOMES), terms.identifier(alias), table=True, copy=False)
        frame.join(outcomes, terms.both((same, with_outcome)), "SEMI")
        return compiler, frame

    def _evidence(self) -> dict[str, tuple[int, list[RowRef]]]:
        """Per finding the number of rows offered as evidence, and the first of them by entity and id."""
        if not self.rule.evidence:
            return {}
        compiler, frame = self.narrow("finding")
        selects: list[exp.Expression] = []
        for _, rows in self.rule.evidence:
            if not self.tables.known(rows.var.entity):
                continue
            part = compiler.inner(frame, rows, carry=True)
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
        compiler, frame = self.narrow("not_assessable")
        selects = Blame(compiler, self.rule, self.key).selects(frame)
        names = ("kind", "field", "entity", "id", "parameter")
        found: dict[str, tuple[int, list[Missing]]] = {}
        for subject, count, *parts in self._first(compiler, selects, names, MISSING_SHOWN):
            found.setdefault(subject, (count, []))[1].append(Missing(*parts))
        return found

    def _first(
        self, compiler: Compiler, selects: Sequence[exp.Expression], names: Sequence[str], most: int
    ) -> list[Any]:
        """Of each subject's distinct rows the first ones in order, each with the subject's full count."""
        if not selects:
            return []
        union = selects[0]
        for select in selects[1:]:
            union = exp.Union(this=union, expression=select, distinct=False)
        rows = compiler.query.add(union)
        labels = ("subject", *names)
        distinct = exp.Select(expressions=[named(column(rows, name), name) for name in labels])
        distinct.set("from_", exp.From(this=compiler.query.table(rows)))
        distinct.set("distinct", exp.Distinct())
        once = compiler.query.add(distinct)
        keys = [column(once, name) for name in labels]
        ordered = [exp.Ordered(this=key) for key in keys[1:]]
        ranked = exp.Select(
            expressions=[
                *(named(key, name) for key, name in zip(keys, labels, strict=True)),
                named(_window(exp.Count(this=exp.Star()), keys[0]), "found"),
                named(_window(exp.RowNumber(), keys[0], ordered), "place"),
            ]
        )
        ranked.set("from_", exp.From(this=compiler.query.table(once)))
        last = compiler.query.add(ranked)
        output = [column(last, "subject"), column(last, "found"), *(column(last, name) for name in names)]
        final = exp.Select(expressions=output)
        final.set("from_", exp.From(this=compiler.query.table(last)))
        shown = exp.LTE(this=column(last, "place"), expression=exp.Literal.number(most))
        final.set("where", exp.Where(this=shown))
        final.set(
            "order",
            exp.Order(expressions=[exp.Ordered(this=column(last, name)) for name in ("subject", "place")]),
        )
        found: list[Any] = run(self.connection, compiler.query.statement(final)).fetchall()
        return found

    # -- one observation

    def _observation(
        self,
        row: dict[str, Any],
        evidence: dict[str, tuple[int, list[RowRef]]],
        missing: dict[str, tuple[int, list[Missing]]],
    ) -> Observation:
        rule, subject, outcome = self.rule, RowRef(self.rule.subject.entity, row["id"]), row["outcome"]
        if outcome == "not_assessable":
            count, parts = missing.get(subject.id, (0, []))
            return Observation(rule.id, subject, outcome, missing=tuple(parts), missing_count=count)
        if outcome != "finding":
            return Observation(rule.id, subject, outcome)
        count, refs = evidence.get(subject.id, (0, []))
        values = tuple(
            (name, _shown(row[f"v{number}"], row.get(f"v{number}_over"), rule.lets[name]))
            for number, name in enumerate(rule.shown)
        )
        return Observation(
            rule.id, subject, outcome,
            values=values, evidence=tuple(refs), evidence_count=count,
            deviates_since=row.get("since"), about=row.get("about"),
        )  # fmt: skip


def _everything(compiler: Compiler, name: str) -> exp.Select:
    select = exp.Select(expressions=[exp.Star()])
    select.set("from_", exp.From(this=compiler.query.table(name)))
    return select


def _window(
    function: exp.Expression, partition: exp.Expression, ordered: Sequence[exp.Expression] = ()
) -> exp.Expression:
    window = exp.Window(this=function, partition_by=[partition])
    if ordered:
        window.set("order", exp.Order(expressions=list(ordered)))
    return window


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


def _contract(
    connection: Connection, catalog: Catalog, contract: str
) -> tuple[dict[str, Any], frozenset[str]]:
    """The contract at hand as delivered, and the fields it was delivered without.

    Raises: KeyError when the facts do not hold it.
    """
    found = connection.execute("SELECT * FROM fact.contract WHERE id = $1", [contract])
    names = [item[0] for item in found.description]
    row = found.fetchone()
    if row is None:
        raise KeyError(contract)
    values = dict(zip(names, row, strict=True))
    lacks = catalog["contract"].lacks[values["_lacks"]]
    known = {name: value for name, value in values.items() if not name.startswith("_")}
    return known, lacks
