"""How a rule's findings move while the day judged moves and the facts stay: why fewer days need judging.

Between two days on which something steps (a row begins, an event happens, a number changes), a rule that only
rises can gain findings and not lose them, one that falls the other way about. Whoever knows the findings at
both ends of such a stretch then knows that nothing came and went in between.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any as Anything
from typing import Literal

from compliance.language import tree
from compliance.language.tree import CheckedRule, Node
from compliance.model.schema import entities

# "either": of each subject it rises or falls, not known which; "mixed": nothing is promised.
# "halved": two halves that must both hold, of which one rises and the other falls.
Course = Literal["still", "rising", "falling", "either", "halved", "mixed"]
_OPPOSITE: Mapping[Course, Course] = {
    "still": "still", "rising": "falling", "falling": "rising", "either": "either", "halved": "mixed",
    "mixed": "mixed",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Pace:
    """How a rule moves with the day judged, within stretches in which nothing steps.

    `stepping` are the day fields (entity, field) that make a step on their day and on the next. `yearly`: a
    new calendar year is a step. `numbered`: the rule's numbers are those of the day judged.
    """

    course: Course
    stepping: frozenset[tuple[str, str]]
    yearly: bool
    numbered: bool


@dataclass(frozen=True, slots=True)
class Watched:
    """A rule with its pace and, where its two halves go opposite ways, those halves as rules of their own."""

    rule: CheckedRule
    pace: Pace
    rising: CheckedRule | None = None
    falling: CheckedRule | None = None


def watch(rule: CheckedRule) -> Watched:
    """The rule with its pace; one that is mixed since it applies ever more and flags ever less is halved."""
    pace = pace_of(rule)
    if pace.course != "mixed" or rule.applies_when is None or rule.needs:
        return Watched(rule, pace)
    reading = _Reading(rule, steps=False)
    halves = {reading.course(half): half for half in (rule.applies_when, rule.flag_when)}
    if not isinstance(rule.number_day, tree.AsOf) or halves.keys() != {"rising", "falling"}:
        return Watched(rule, pace)
    halved = replace(pace, course="halved", yearly=reading.yearly)
    return Watched(rule, halved, _half(rule, halves["rising"], 1), _half(rule, halves["falling"], 2))


def _half(rule: CheckedRule, node: Node, number: int) -> CheckedRule:
    content = rule.rule.model_copy(update={"id": f"{rule.id}.{number}"})
    return replace(
        rule, rule=content, applies_when=None, flag_when=node, evidence=(), shown=(), deviates_since=None,
        about=None,
    )  # fmt: skip


def pace_of(rule: CheckedRule) -> Pace:
    """The pace of the rule: as few steps as it takes to have a direction; mixed when none is found."""
    found = _Reading(rule, steps=False).pace()
    return found if found.course != "mixed" else _Reading(rule, steps=True).pace()


def joined(courses: Iterable[Course]) -> Course:
    """The course of what rises when any part rises: mixed when parts may go opposite ways."""
    moving = [course for course in courses if course != "still"]
    if not moving:
        return "still"
    alike = len(set(moving)) == 1 and (moving[0] != "either" or len(moving) == 1)
    return moving[0] if alike else "mixed"


class _Reading:
    """One reading of a rule; with `steps` a bare comparison of a field with the day judged is a step."""

    def __init__(self, rule: CheckedRule, *, steps: bool) -> None:
        self.rule = rule
        self.steps = steps
        self.stepping: set[tuple[str, str]] = set()
        self.yearly = False
        self._known: dict[str, Course] = {}

    def pace(self) -> Pace:
        rule = self.rule
        parts = [rule.flag_when] if rule.applies_when is None else [rule.applies_when, rule.flag_when]
        needs = (need.node for need in rule.needs if need.node is not None)
        course = joined(self.course(part) for part in parts)
        # A number or a need that itself moves may come to be known or not: nothing is promised then.
        if joined(self.course(node) for node in needs) != "still":
            course = "mixed"
        numbered = isinstance(rule.number_day, tree.AsOf)
        if not numbered and self.course(rule.number_day) != "still":
            course = "mixed"
        return Pace(course, frozenset(self.stepping), self.yearly, numbered)

    def course(self, node: Node) -> Course:
        """How the node's value moves; of a condition: from false over unknown to true is rising."""
        return _COURSES[type(node)](self, node)

    def still(self, node: Node) -> Course:
        return "still" if joined(map(self.course, node.children())) == "still" else "mixed"

    def unmoved(self, _: Node) -> Course:
        return "still"

    def as_of(self, _: Node) -> Course:
        return "rising"

    def named(self, node: tree.Named) -> Course:
        if node.name not in self._known:
            self._known[node.name] = self.course(node.node)
        return self._known[node.name]

    def negated(self, node: tree.Not) -> Course:
        return _OPPOSITE[self.course(node.operand)]

    def logic(self, node: tree.And | tree.Or) -> Course:
        return joined(map(self.course, node.operands))

    def compare(self, node: tree.Compare) -> Course:
        if self.steps and self._step(node):
            return "still"
        left, right = self.course(node.left), self.course(node.right)
        if node.op in ("==", "!="):
            return "still" if joined((left, right)) == "still" else "mixed"
        if node.op in (">", ">="):
            return joined((left, _OPPOSITE[right]))
        return joined((_OPPOSITE[left], right))

    def _step(self, node: tree.Compare) -> bool:
        """Whether it compares the day judged with a field that stands still; then that field is noted."""
        for side, other in ((node.left, node.right), (node.right, node.left)):
            if isinstance(_bare(side), tree.AsOf):
                field = _bare(other)
                if isinstance(field, tree.Field) and not entities()[field.row.entity].derived:
                    self.stepping.add((field.row.entity, field.spec.name))
                    return True
        return False

    def arith(self, node: tree.Arith) -> Course:
        left, right = self.course(node.left), self.course(node.right)
        if node.op == "+":
            return joined((left, right))
        if node.op == "-":
            return joined((left, _OPPOSITE[right]))
        if node.op == "/" and right == "still":
            return left  # a divisor of zero or less gives no value at all
        if node.op == "*" and "still" in (left, right):
            moving = left if right == "still" else right
            return moving if moving in ("still", "mixed") else "either"  # the sign of the other decides
        return "still" if joined((left, right)) == "still" else "mixed"

    def shift(self, node: tree.Shift) -> Course:
        amount = self.course(node.amount)
        return joined((self.course(node.day), amount if node.sign > 0 else _OPPOSITE[amount]))

    def call(self, node: tree.Call) -> Course:
        courses = [self.course(arg) for arg in node.args]
        if joined(courses) == "still":
            return "still"
        if node.name == "days_between":
            return joined((_OPPOSITE[courses[0]], courses[1]))
        if node.name in ("first", "earliest", "latest"):
            return joined(courses)
        if isinstance(_bare(node.args[0]), tree.AsOf) and node.name in _CALENDAR:
            self.yearly = True
            return _CALENDAR[node.name]
        return courses[0] if node.name == "year" else "mixed"

    def any_row(self, node: tree.Any) -> Course:
        return "still" if node.rows.condition is None else self.course(node.rows.condition)

    def aggregate(self, node: tree.Aggregate) -> Course:
        """Of rows that come to count the total may also come to be unknown: nothing is promised."""
        parts = [part for part in (node.rows.condition, node.value) if part is not None]
        return "still" if joined(map(self.course, parts)) == "still" else "mixed"

    def covered(self, node: tree.CoveredDays) -> Course:
        condition = "still" if node.rows.condition is None else self.course(node.rows.condition)
        if condition != "still":
            return "mixed"
        return joined((_OPPOSITE[self.course(node.first)], self.course(node.last)))


def _bare(node: Node) -> Node:
    while isinstance(node, tree.Named):
        node = node.node
    return node


# Of the day judged, within one calendar year.
_CALENDAR: Mapping[str, Course] = {"year": "still", "days_in_year": "still", "day_of_year": "rising"}

_COURSES: Mapping[type[Node], Callable[[_Reading, Anything], Course]] = {
    tree.Const: _Reading.unmoved,
    tree.AsOf: _Reading.as_of,
    tree.Param: _Reading.still,
    tree.Field: _Reading.unmoved,
    tree.Named: _Reading.named,
    tree.IsNone: _Reading.unmoved,
    tree.Not: _Reading.negated,
    tree.And: _Reading.logic,
    tree.Or: _Reading.logic,
    tree.Compare: _Reading.compare,
    tree.In: _Reading.still,
    tree.InParam: _Reading.still,
    tree.Arith: _Reading.arith,
    tree.Shift: _Reading.shift,
    tree.Call: _Reading.call,
    tree.Any: _Reading.any_row,
    tree.Aggregate: _Reading.aggregate,
    tree.CoveredDays: _Reading.covered,
}
