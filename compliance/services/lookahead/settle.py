"""Finds within a stretch the first day of each subject, by halving: little work for the few that change.

The reference engine judges them one by one over the rows that concern them; a rule about deliveries, of which
there are a million, is judged by the database instead.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from compliance.engine.reference.engine import outcome_of
from compliance.engine.reference.evaluate import Links, Subject
from compliance.engine.reference.nearby import Nearby
from compliance.engine.reference.view import View
from compliance.engine.reference.world import Limit, Setting, World, load_rows
from compliance.language import tree
from compliance.language.tree import CheckedRule
from compliance.services.check import Ground
from compliance.services.lookahead.course import Watched
from compliance.services.lookahead.search import Coming, Found, JudgeDay, Stretch

DAY = timedelta(days=1)
MANY = frozenset({"delivery", "person_day"})


def settle(ground: Ground, watched: Watched, coming: Coming, judge: JudgeDay) -> None:
    """The first days of all subjects of the stretches are noted."""
    if not coming.stretches:
        return
    if MANY & watched.rule.reads.keys():
        for stretch in coming.stretches:
            _halve(watched.rule, stretch, coming, judge)
        return
    alone = _OneByOne(ground, watched, frozenset().union(*(one.subjects for one in coming.stretches)))
    for stretch in coming.stretches:
        for subject in sorted(stretch.subjects):
            if coming.first.get(subject, date.max) <= stretch.start:
                continue
            day = alone.first_day(subject, stretch.start, stretch.end)
            if day is not None:
                coming.note(frozenset({subject}), day)


class _OneByOne:
    """Judges single subjects on any day, over no more rows than concern them."""

    def __init__(self, ground: Ground, watched: Watched, subjects: Found) -> None:
        self.ground = ground
        self.watched = watched
        self._links: Links = {}
        self._views: dict[date, View] = {}
        self._world = _world(ground, watched.rule, subjects)

    def first_day(self, subject: str, start: date, end: date) -> date | None:
        """The first day after `start` on which the subject is a finding, if it is one by `end`."""
        risen: Callable[[str, date], bool] = self._is_finding
        if self.watched.rising is not None:
            # Of two halves of which one rises and one falls, it is a finding first when the first has risen.
            risen = self._truth(self.watched.rising.flag_when)
        low, high = start, end
        if not risen(subject, high):
            return None
        while (high - low).days > 1:
            middle = low + DAY * ((high - low).days // 2)
            low, high = (low, middle) if risen(subject, middle) else (middle, high)
        return high if self._is_finding(subject, high) else None

    def _is_finding(self, subject: str, day: date) -> bool:
        found = self._subject(subject, day)
        return found is not None and outcome_of(found) == "finding"

    def _truth(self, node: tree.Node) -> Callable[[str, date], bool]:
        def holds(subject: str, day: date) -> bool:
            found = self._subject(subject, day)
            return found is not None and found.truth(node) is True

        return holds

    def _subject(self, subject: str, day: date) -> Subject | None:
        rule, ground = self.watched.rule, self.ground
        if day not in self._views:
            setting = Setting(ground.contract, day, ground.numbers)
            self._views[day] = View(self._world, setting, rule.rule.compartment)
        view = self._views[day]
        row = view[rule.subject.entity].by_id.get(subject)
        return None if row is None else Subject(rule, view, row, self._links)


def _world(ground: Ground, rule: CheckedRule, subjects: Found) -> World:
    """The rows that concern these subjects of the rule."""
    facts, entity = ground.facts, rule.subject.entity
    themselves = frozenset(("id", subject) for subject in subjects)
    rows = load_rows(
        facts.connection, facts.catalog, [{entity: rule.reads[entity]}], {entity: themselves}
    ).facts
    contract = next(row for row in rows["contract"] if row.id == ground.contract)
    nearby = Nearby(rule)
    limits = [nearby.limits(row, contract) for row in rows[entity]]
    common = set.intersection(*(set(one) for one in limits))
    merged: dict[str, Limit] = {
        name: frozenset[tuple[str, str]]().union(*(one[name] for one in limits)) for name in common
    }
    return load_rows(facts.connection, facts.catalog, [rule.reads], merged)


def _halve(rule: CheckedRule, stretch: Stretch, coming: Coming, judge: JudgeDay) -> None:
    """The same by the database, for all subjects of the stretch together."""
    waiting = [(stretch.subjects, stretch.start, stretch.end)]
    while waiting:
        subjects, start, end = waiting.pop()
        if not subjects:
            continue
        if (end - start).days == 1:
            coming.note(subjects, end)
            continue
        middle = start + DAY * ((end - start).days // 2)
        found = judge(middle, [rule])[rule.id] or frozenset()
        waiting += [(subjects & found, start, middle), (subjects - found, middle, end)]
