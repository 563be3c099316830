"""The meaning of the rule language: what each node of the tree is worth for one subject.

Norm: rules.md, "Expressions"; each node's own words stand in `language.tree`. Readable before fast: rows are
found through what they must be linked to, and nothing else is clever.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any as Anything

from compliance.engine.reference.scalars import calculated, called, compared, shifted
from compliance.engine.reference.tables import Table
from compliance.engine.reference.values import (
    EMPTY,
    UNKNOWN,
    Known,
    State,
    Truth,
    both,
    either,
    exact,
    known,
    negation,
    truth,
)
from compliance.engine.reference.view import View
from compliance.engine.reference.world import Fact
from compliance.language import functions, tree
from compliance.model.days import covered_days, window_days
from compliance.model.number import NumberValue
from compliance.model.schema import entities

Names = Mapping[str, Fact]
Links = dict[int, list[tuple[str, tree.Node]]]


class Subject:
    """One rule's subject with the world around it; gives every node of the rule its value.

    `names` are the rows that variables stand for: the subject and the contract at hand, and in the parts of
    a quantifier also the row looked at. Lets and conditions are worked out once. `links` keeps, for all
    subjects of the rule, by which fields its quantifiers find their rows.
    """

    def __init__(self, rule: tree.CheckedRule, view: View, row: Fact, links: Links | None = None) -> None:
        self.rule = rule
        self.view = view
        self.row = row
        self._links: Links = {} if links is None else links
        self.names: Names = {"contract": view.contract, rule.subject.name: row}
        self._named: dict[str, State] = {}
        self.number_day: date | None = None
        day = self.value(rule.number_day)  # a number that this day itself asks for must hold on every day
        self.number_day = day if isinstance(day, date) else None
        self._named.clear()

    def value(self, node: tree.Node, names: Names | None = None) -> State:
        """The value of the node, EMPTY or UNKNOWN."""
        return _MEANING[type(node)](self, node, self.names if names is None else names)

    def truth(self, node: tree.Node, names: Names | None = None) -> Truth:
        """Whether the node holds; UNKNOWN when that cannot be told."""
        return truth(self.value(node, names))

    # -- rows

    def row_of(self, row: tree.Row, names: Names) -> Fact | None:
        """The row that a name or a step stands for; None where a reference is not there or names no row."""
        if not isinstance(row, tree.Step):
            return names[row.name] if isinstance(row, tree.Var) else None
        base = self.row_of(row.base, names)
        reference = UNKNOWN if base is None else base[row.reference.name]
        return self.view[row.entity].by_id.get(reference) if isinstance(reference, str) else None

    def table(self, rows: tree.Rows) -> Table:
        """All rows of the entity that a quantifier runs over."""
        return self.view[rows.var.entity]

    def judged(self, rows: tree.Rows, names: Names | None = None) -> Iterator[tuple[Fact, Names, Truth]]:
        """Each row for which the condition is true or unknown, with the names inside it.

        A row of which the day that anchors it was not delivered may lie in the future: at most unknown.
        """
        outer = self.names if names is None else names
        for row in self.candidates(rows, outer):
            inner = {**outer, rows.var.name: row}
            state = True if rows.condition is None else self.truth(rows.condition, inner)
            if state is not False:
                yield row, inner, UNKNOWN if self.undated(row) else state

    def undated(self, row: Fact) -> bool:
        """Whether it is not known if the row is there yet."""
        spec = entities()[row.entity]
        return not spec.derived and spec.anchor in row.lacks

    def candidates(self, rows: tree.Rows, names: Names) -> list[Fact] | tuple[Fact, ...]:
        """Rows among which all are for which the condition is not false."""
        table, candidates = self.table(rows), None
        if id(rows) not in self._links:
            self._links[id(rows)] = list(links_of(rows))
        for name, other in self._links[id(rows)]:
            value = self.value(other, names)
            if known(value):
                linked = table.linked(name, value)
                if candidates is None or len(linked) < len(candidates):
                    candidates = linked
        return table.rows if candidates is None else candidates

    # -- one meaning per node

    def const(self, node: tree.Const, _: Names) -> State:
        return exact(node.value)

    def as_of(self, _: tree.AsOf, __: Names) -> State:
        return self.view.setting.as_of

    def param(self, node: tree.Param, names: Names) -> State:
        value = self.number(node, names)
        return UNKNOWN if value is None or isinstance(value, tuple) else exact(value)

    def number(self, node: tree.Param | tree.InParam, names: Names) -> NumberValue | None:
        """The number's value for its code on the number day, or None."""
        key = None if node.key is None else self.value(node.key, names)
        if node.key is not None and not isinstance(key, str):
            return None
        return self.view.setting.numbers.value(
            node.name, key if isinstance(key, str) else None, self.number_day
        )

    def field(self, node: tree.Field, names: Names) -> State:
        row = self.row_of(node.row, names)
        state = UNKNOWN if row is None else row[node.spec.name]
        return exact(state) if known(state) else state

    def named(self, node: tree.Named, _: Names) -> State:
        if node.name not in self._named:
            self._named[node.name] = self.value(node.node)
        return self._named[node.name]

    def is_none(self, node: tree.IsNone, names: Names) -> State:
        state = self.value(node.field, names)
        return UNKNOWN if state is UNKNOWN else state is EMPTY

    def negated(self, node: tree.Not, names: Names) -> State:
        return negation(self.truth(node.operand, names))

    def all_of(self, node: tree.And, names: Names) -> State:
        return both(self.truth(operand, names) for operand in node.operands)

    def one_of(self, node: tree.Or, names: Names) -> State:
        return either(self.truth(operand, names) for operand in node.operands)

    def compare(self, node: tree.Compare, names: Names) -> State:
        left, right = self.value(node.left, names), self.value(node.right, names)
        if any(self.value(link, names) is EMPTY for link in node.links):
            return False
        return compared(node.op, left, right) if known(left) and known(right) else UNKNOWN

    def choice(self, node: tree.In, names: Names) -> State:
        item = self.value(node.item, names)
        return any(item == exact(choice.value) for choice in node.choices) if known(item) else UNKNOWN

    def listed(self, node: tree.InParam, names: Names) -> State:
        item, codes = self.value(node.item, names), self.number(node, names)
        return item in codes if known(item) and isinstance(codes, tuple) else UNKNOWN

    def arith(self, node: tree.Arith, names: Names) -> State:
        left, right = self.value(node.left, names), self.value(node.right, names)
        return calculated(node.op, left, right) if known(left) and known(right) else _without(left, right)

    def shift(self, node: tree.Shift, names: Names) -> State:
        day, amount = self.value(node.day, names), self.value(node.amount, names)
        if isinstance(day, date) and isinstance(amount, int):
            return shifted(day, node.sign * amount, node.unit)
        return _without(day, amount)

    def call(self, node: tree.Call, names: Names) -> State:
        emptiness = functions.SCALARS[node.name].emptiness
        args: list[Known] = []
        for state in (self.value(arg, names) for arg in node.args):
            if state is UNKNOWN:
                if emptiness != "first" or not args:
                    return UNKNOWN
            elif state is not EMPTY:
                args.append(state)
        if not args or (emptiness == "strict" and len(args) < len(node.args)):
            return EMPTY
        return called(node.name, args)

    def any_row(self, node: tree.Any, names: Names) -> State:
        found = either(state for _, _, state in self.judged(node.rows, names))
        return UNKNOWN if found is False and not self.table(node.rows).complete else found

    def aggregate(self, node: tree.Aggregate, names: Names) -> State:
        values, sure = [], self.table(node.rows).complete
        for _, inner, state in self.judged(node.rows, names):
            value = 1 if node.value is None else self.value(node.value, inner)
            sure = sure and state is True and known(value)
            values.append(value)
        if not sure:
            return UNKNOWN
        return _AGGREGATES[node.name](values)

    def covered(self, node: tree.CoveredDays, names: Names) -> State:
        first, last = self.value(node.first, names), self.value(node.last, names)
        intervals: list[tuple[date, date | None]] = []
        if not self.table(node.rows).complete:
            return UNKNOWN
        for row, _, state in self.judged(node.rows, names):
            begin, end = row["first_day"], row["last_day"]
            if (
                state is not True
                or not isinstance(begin, date)
                or not (end is EMPTY or isinstance(end, date))
            ):
                return UNKNOWN
            intervals.append((begin, end))
        if not (isinstance(first, date) and isinstance(last, date)):
            return UNKNOWN
        covered = covered_days(first, last, intervals)
        return window_days(first, last) - covered if node.uncovered else covered


def _without(*states: State) -> State:
    """What operands of which at least one has no value give: UNKNOWN if one is, else EMPTY."""
    return UNKNOWN if UNKNOWN in states else EMPTY


def links_of(rows: tree.Rows) -> Iterator[tuple[str, tree.Node]]:
    """The fields of the row that must equal something outside it, and what they must equal."""
    clauses = rows.condition.operands if isinstance(rows.condition, tree.And) else (rows.condition,)
    for clause in clauses:
        if isinstance(clause, tree.Compare) and clause.op == "==":
            for side, other in ((clause.left, clause.right), (clause.right, clause.left)):
                if isinstance(side, tree.Field) and side.row == rows.var and rows.var not in other.walk():
                    yield side.spec.name, other


_AGGREGATES: Mapping[str, Callable[[list[Anything]], State]] = {
    "count": len,
    "sum": sum,
    "min": lambda values: min(values) if values else UNKNOWN,
    "max": lambda values: max(values) if values else UNKNOWN,
    "distinct": lambda values: len(set(values)),
}

_MEANING: Mapping[type[tree.Node], Callable[[Subject, Anything, Names], State]] = {
    tree.Const: Subject.const,
    tree.AsOf: Subject.as_of,
    tree.Param: Subject.param,
    tree.Field: Subject.field,
    tree.Named: Subject.named,
    tree.IsNone: Subject.is_none,
    tree.Not: Subject.negated,
    tree.And: Subject.all_of,
    tree.Or: Subject.one_of,
    tree.Compare: Subject.compare,
    tree.In: Subject.choice,
    tree.InParam: Subject.listed,
    tree.Arith: Subject.arith,
    tree.Shift: Subject.shift,
    tree.Call: Subject.call,
    tree.Any: Subject.any_row,
    tree.Aggregate: Subject.aggregate,
    tree.CoveredDays: Subject.covered,
}
