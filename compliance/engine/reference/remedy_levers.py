"""Which facts a finding hangs on: a walk over the rule's typed tree, towards what is not true now.

A lever is a field of a row, or a row that could be added; whether moving it clears anything is not judged
here. The walk also gathers the days that the rule's own expressions come to: boundaries lie near them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any as Anything

from compliance.engine.reference.derived import in_force
from compliance.engine.reference.evaluate import Names, Subject
from compliance.engine.reference.remedy_policy import ADDABLE, may_change
from compliance.engine.reference.remedy_rows import NewRow, new_row
from compliance.engine.reference.values import known
from compliance.engine.reference.world import Fact
from compliance.language import tree
from compliance.model.schema import FieldSpec, entities

NEAREST = 25  # rows that nearly meet a condition, or count in a number, that are looked into


@dataclass(frozen=True, slots=True)
class FieldLever:
    """A field of a row that stands in the facts."""

    entity: str
    row: str
    spec: FieldSpec


@dataclass
class Levers:
    """What was found for one subject; in the order in which the rule comes to it."""

    fields: dict[FieldLever, None] = field(default_factory=dict)
    rows: dict[NewRow, frozenset[date]] = field(default_factory=dict)
    days: set[date] = field(default_factory=set)


def find_levers(subject: Subject) -> Levers:
    """Every lever of the subject's finding."""
    walk = _Walk(subject)
    walk.want(subject.rule.flag_when, goal=False, names=subject.names)
    if subject.rule.applies_when is not None:
        walk.want(subject.rule.applies_when, goal=False, names=subject.names)
    for node in (subject.rule.number_day, subject.rule.deviates_since):
        if node is not None:
            walk.note_days(node, subject.names)
    return walk.levers


class _Walk:
    """One walk; `want` follows conditions towards a truth, `value` follows what is compared."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self.levers = Levers()
        self._done: set[tuple[int, bool, tuple[str, ...]]] = set()

    def want(self, node: tree.Node, *, goal: bool, names: Names) -> None:
        """Levers that may make the condition what it is not yet."""
        if self.subject.truth(node, names) is goal:
            return
        mark = (id(node), goal, tuple(row.id for row in names.values()))
        if mark in self._done:
            return
        self._done.add(mark)
        follow = _TRUTHS.get(type(node))
        if follow is not None:
            follow(self, node, goal, names)
        else:
            self.value(node, names)

    def named(self, node: tree.Named, goal: bool, _: Names) -> None:
        self.want(node.node, goal=goal, names=self.subject.names)

    def negated(self, node: tree.Not, goal: bool, names: Names) -> None:
        self.want(node.operand, goal=not goal, names=names)

    def logic(self, node: tree.And | tree.Or, goal: bool, names: Names) -> None:
        for operand in node.operands:
            self.want(operand, goal=goal, names=names)

    def any_row(self, node: tree.Any, goal: bool, names: Names) -> None:
        if goal:
            self._nearly(node.rows, names)
            self._add(node.rows, names, None)
        elif node.rows.condition is not None:
            for _, inner, state in self.subject.judged(node.rows, names):
                if state is True:
                    self.want(node.rows.condition, goal=False, names=inner)

    # -- values

    def value(self, node: tree.Node, names: Names) -> None:
        """Levers that may change the value."""
        self.note_days(node, names)
        follow = _VALUES.get(type(node))
        if follow is not None:
            follow(self, node, names)
            return
        for part in node.children():
            self.value(part, names)

    def named_value(self, node: tree.Named, _: Names) -> None:
        self.value(node.node, self.subject.names)

    def field(self, node: tree.Field, names: Names) -> None:
        fact = self.subject.row_of(node.row, names)
        if fact is not None:
            self._lever(fact, node.spec)

    def is_none(self, node: tree.IsNone, names: Names) -> None:
        self.field(node.field, names)

    def aggregate(self, node: tree.Aggregate, names: Names) -> None:
        self._counted(node.rows, names, node.value)
        self._nearly(node.rows, names)
        self._add(node.rows, names, node.value)

    def covered(self, node: tree.CoveredDays, names: Names) -> None:
        self.value(node.first, names)
        self.value(node.last, names)
        for row, _, state in self.subject.judged(node.rows, names):
            if state is True:
                for name in ("first_day", "last_day"):
                    self._lever(row, entities()[row.entity].fields[name])
        self._nearly(node.rows, names)
        self._add(node.rows, names, None)

    def _counted(self, rows: tree.Rows, names: Names, value: tree.Node | None) -> None:
        counted = (inner for _, inner, state in self.subject.judged(rows, names) if state is True)
        for inner in islice(counted, NEAREST):
            if value is not None:
                self.value(value, inner)
            if rows.condition is not None:
                self.want(rows.condition, goal=False, names=inner)

    def note_days(self, node: tree.Node, names: Names) -> None:
        """The day that the node comes to, and those of its parts that need no row of their own."""
        if node.type == "day":
            found = self.subject.value(node, names)
            if isinstance(found, date):
                self.levers.days.add(found)
        if isinstance(node, tree.Named):
            self.note_days(node.node, self.subject.names)
        elif isinstance(node, tree.Shift | tree.Call | tree.Arith | tree.Compare):
            for part in node.children():
                self.note_days(part, names)

    # -- rows

    def _nearly(self, rows: tree.Rows, names: Names) -> None:
        """Rows for which the condition fails on something else than what links them."""
        if rows.condition is None:
            return
        clauses = rows.condition.operands if isinstance(rows.condition, tree.And) else (rows.condition,)
        met = 0
        for row in self.subject.candidates(rows, names):
            inner = {**names, rows.var.name: row}
            failing = [clause for clause in clauses if self.subject.truth(clause, inner) is not True]
            if not failing or any(isinstance(one, tree.Compare) and one.op == "==" for one in failing):
                continue
            met += 1
            if met > NEAREST:
                return
            for clause in failing:
                self.want(clause, goal=True, names=inner)

    def _add(self, rows: tree.Rows, names: Names, value: tree.Node | None) -> None:
        entity = rows.var.entity
        if entity in ADDABLE and self.subject.table(rows).complete:
            found = new_row(self.subject, rows, names, value)
            if found is not None:
                self.levers.rows[found.row] = self.levers.rows.get(found.row, frozenset()) | found.days

    def _lever(self, fact: Fact, spec: FieldSpec) -> None:
        if spec.name in fact.lacks:
            return
        for row, wanted in _sources(self.subject, fact, spec):
            held = row[wanted.name]
            before = held if known(held) else None
            if wanted.name not in row.lacks and may_change(wanted, before):  # type: ignore[arg-type]
                self.levers.fields[FieldLever(row.entity, row.id, wanted)] = None


def _sources(subject: Subject, fact: Fact, spec: FieldSpec) -> Iterator[tuple[Fact, FieldSpec]]:
    """The delivered facts behind a field: itself, or what a derived fact was made from."""
    if not entities()[fact.entity].derived:
        yield fact, spec
    elif fact.entity in _BEHIND:
        entity, name, made_from = _BEHIND[fact.entity]
        for row in subject.view[entity].rows:
            if made_from(row, fact, subject.view.setting.as_of):
                yield row, entities()[entity].fields[name]


def _hires(row: Fact, fact: Fact, day: date) -> bool:
    return row["subcontractor_id"] == fact["organisation_id"] and in_force(row, day) is True


def _circles(row: Fact, fact: Fact, day: date) -> bool:
    parties = (row["subcontractor_id"], row["principal_id"])
    return fact["organisation_id"] in parties and in_force(row, day) is True


def _ties(row: Fact, fact: Fact, day: date) -> bool:
    route = str(fact["route"])
    ends = (str(row["holder_id"]), str(row["organisation_id"]))
    return all(end in route for end in ends) and in_force(row, day) is True


def _worked(row: Fact, fact: Fact, _: date) -> bool:
    return row["person_id"] == fact["person_id"] and row["day"] == fact["day"]


# Per derived entity: the rows it is made from, and the field of theirs that undoes it. Too many do no harm.
_BEHIND: Mapping[str, tuple[str, str, Callable[[Fact, Fact, date], bool]]] = {
    "chain": ("subcontract", "last_day", _hires),
    "cycle": ("subcontract", "last_day", _circles),
    "tie": ("control", "last_day", _ties),
    "person_day": ("delivery", "hours", _worked),
}


_TRUTHS: Mapping[type[tree.Node], Callable[[_Walk, Anything, bool, Names], None]] = {
    tree.Named: _Walk.named,
    tree.Not: _Walk.negated,
    tree.And: _Walk.logic,
    tree.Or: _Walk.logic,
    tree.Any: _Walk.any_row,
}
_VALUES: Mapping[type[tree.Node], Callable[[_Walk, Anything, Names], None]] = {
    tree.Named: _Walk.named_value,
    tree.Field: _Walk.field,
    tree.IsNone: _Walk.is_none,
    tree.Aggregate: _Walk.aggregate,
    tree.CoveredDays: _Walk.covered,
}
