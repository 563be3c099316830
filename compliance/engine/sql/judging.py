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
from compliance.engine.sql.database import FACTS, Database
from compliance.engine.sql.frame import Frame, Query
from compliance.engine.sql.listing import first_of_each
from compliance.engine.sql.measures import Listed
from compliance.engine.sql.setting import Setting, Tables
from compliance.engine.sql.terms import NULL, TRUE, Sql, column, literal, named
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


class Judging:
    """One rule being judged, about all of its subjects or `only` those with these ids."""

    def __init__(
        self,
        database: Database,
        tables: Tables,
        setting: Setting,
        rule: CheckedRule,
        only: Sequence[str] | None = None,
    ) -> None:
        self.database = database
        self.tables = tables
        self.setting = setting
        self.rule = rule
        self.only = only
        self.key = Field(rule.subject, entities()[rule.subject.entity].fields["id"])

    def observe(self, *, keep_all: bool) -> tuple[list[Observation], Counts]:
        """The rule's findings and gaps (all outcomes with `keep_all`), and how many got each outcome."""
        if not self.tables.known(self.rule.subject.entity):
            return [], Counts()
        judged = self._judge(keep_all=keep_all)
        counts = Counts(**{outcome: count for outcome, count, _ in judged})
        ids: dict[Outcome, list[str]] = {outcome: listed or [] for outcome, _, listed in judged}
        found = self._findings(ids.pop("finding", []))
        missing = self._missing(ids.get("not_assessable", []))
        for outcome, listed in ids.items():
            for identifier in listed:
                count, gaps = missing.get(identifier, (0, []))
                ref = RowRef(self.rule.subject.entity, identifier)
                one = Observation(self.rule.id, ref, outcome, missing=tuple(gaps), missing_count=count)
                found.append(one)
        return sorted(found, key=lambda one: one.subject), counts

    def flagged(self) -> frozenset[str]:
        """The ids of the subjects that the rule finds, without anything to show of them."""
        if not self.tables.known(self.rule.subject.entity):
            return frozenset()
        judged = self._judge(keep_all=False)
        return frozenset(found for outcome, _, ids in judged if outcome == "finding" for found in ids or ())

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

    def _judge(self, *, keep_all: bool) -> list[tuple[Outcome, int, list[str] | None]]:
        """Each outcome with the number of its subjects, and their ids where those are to be shown."""
        rule, whole = self.rule, None
        compiler, frame = self._wide() if self.only is None else self._narrow()
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
        if whole is None or rule.applies_when is None:
            outcomes = compiler.query.add(judged)
        else:
            whole.keep(exp.Not(this=terms.not_false(whole.columns[rule.applies_when].value)))
            outside = [
                named(whole.columns[self.key].value, "id"),
                named(literal("not_applicable"), "outcome"),
            ]
            union = exp.Union(this=judged, expression=whole.select(outside), distinct=False)
            outcomes = compiler.query.add(union)
        outcome, identifier = column(outcomes, "outcome"), column(outcomes, "id")
        listed: exp.Expression = terms.call("ids", identifier)
        if not keep_all:
            shown = exp.In(this=outcome, expressions=[literal("finding"), literal("not_assessable")])
            listed = exp.Filter(this=listed, expression=exp.Where(this=shown))
        counted = [outcome, exp.Count(this=exp.Star()), listed]
        select = terms.selecting(counted, compiler.query.table(outcomes))
        select.set("group", exp.Group(expressions=[outcome]))
        asked = [] if self.only is None else [list(self.only)]
        return self.database.run(compiler.query.statement(select), asked).rows

    def _wide(self) -> tuple[Compiler, Frame]:
        """A compiler, and a frame over all subjects."""
        compiler = self._compiler(narrow=False)
        return compiler, self._subjects(compiler)

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

    # -- values, evidence and gaps

    def _narrow(self) -> tuple[Compiler, Frame]:
        """A compiler, and a frame over the few subjects whose ids are the statement's parameter."""
        compiler = self._compiler(narrow=True)
        frame = self._subjects(compiler)
        few = compiler.query.add(exp.Select(expressions=[named(terms.call("given_ids"), "id")]))
        same = exp.EQ(this=column(few, "id"), expression=frame.columns[self.key].value)
        frame.join(compiler.query.table(few), same, "SEMI")
        return compiler, frame

    def _findings(self, ids: list[str]) -> list[Observation]:
        """Each finding with its values, its day, whom it is about, and the first rows of its evidence."""
        rule = self.rule
        if not ids:
            return []
        lists = [Listed(rows, EVIDENCE_SHOWN) for _, rows in rule.evidence]
        asked: list[tuple[str, Node | None]] = [("since", rule.deviates_since), ("about", rule.about)]
        asked += [(f"v{number}", rule.lets[name]) for number, name in enumerate(rule.shown)]
        asked += [(f"e{number}", listed) for number, listed in enumerate(lists)]
        shown = [(name, node) for name, node in asked if node is not None]
        compiler, frame = self._narrow()
        compiler.expect(node for _, node in shown)
        for _, node in shown:
            compiler.prepare(frame, node)
        outputs = [named(frame.columns[self.key].value, "id")]
        for name, node in shown:
            outputs += [named(value, label) for label, value in _parts(name, compiler.value(frame, node))]
        found = self.database.run(compiler.query.statement(frame.select(outputs)), [ids])
        return [self._finding(dict(zip(found.names, row, strict=True))) for row in found.rows]

    def _missing(self, ids: list[str]) -> dict[str, tuple[int, list[Missing]]]:
        """Per subject that cannot be judged how much is missing, and the first of it in order."""
        if not ids:
            return {}
        compiler, frame = self._narrow()
        selects = Blame(compiler, self.rule, self.key).selects(frame)
        names = ("kind", "field", "entity", "id", "parameter")
        found: dict[str, tuple[int, list[Missing]]] = {}
        if selects:
            statement = first_of_each(compiler.query, selects, names, MISSING_SHOWN)
            for subject, count, *parts in self.database.run(statement, [ids]).rows:
                found.setdefault(subject, (count, []))[1].append(Missing(*parts))
        return found

    def _finding(self, row: dict[str, Any]) -> Observation:
        rule = self.rule
        values = tuple(
            (name, _shown(row[f"v{number}"], row.get(f"v{number}_over"), rule.lets[name]))
            for number, name in enumerate(rule.shown)
        )
        lists = [(rows.var.entity, row[f"e{n}"] or (0, None)) for n, (_, rows) in enumerate(rule.evidence)]
        refs = sorted(RowRef(entity, identifier) for entity, (_, ids) in lists for identifier in ids or ())
        return Observation(
            rule.id, RowRef(rule.subject.entity, row["id"]), "finding",
            values=values, evidence=tuple(refs[:EVIDENCE_SHOWN]),
            evidence_count=sum(count for _, (count, _) in lists),
            deviates_since=row.get("since"), about=row.get("about"),
        )  # fmt: skip


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
