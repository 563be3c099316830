"""The days on which something in the facts or the numbers steps, so that findings may come or go at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from compliance.engine.reference.scalars import shifted
from compliance.engine.reference.world import INPUTS, needed
from compliance.language import tree
from compliance.language.tree import CheckedRule
from compliance.model.number import Numbers
from compliance.model.schema import entities
from compliance.services.lookahead.course import Pace
from compliance.sources.facts import Facts

DAY = timedelta(days=1)
# Numbers of the day judged with which derived facts are made.
_MADE_WITH = {"tie": ("hub_limit", "related_hops", "bibob_hops"), "current_inquiry": ("bibob_years",)}


class Steps:
    """The steps from the day after `as_of` to `until`, both included; asked once per field."""

    def __init__(self, facts: Facts, numbers: Numbers, as_of: date, until: date) -> None:
        self._facts = facts
        self._numbers = numbers
        self._as_of = as_of
        self._until = until
        self._days: dict[tuple[str, str], tuple[date, ...]] = {}

    def of(self, rule: CheckedRule, pace: Pace) -> tuple[date, ...]:
        """All days on which the rule may step, in order; every day for a rule without a direction."""
        if pace.course == "mixed":
            return tuple(
                self._as_of + DAY * number for number in range(1, (self._until - self._as_of).days + 1)
            )
        found = {*self._happenings(rule), *self._derived(rule), *self._changed_numbers(rule, pace)}
        for entity, name in pace.stepping:
            for day in self._held(entity, name):
                found |= {day, day + DAY}
        if pace.yearly:
            years = range(self._as_of.year + 1, self._until.year + 1)
            found |= {date(year, 1, 1) for year in years}
        return tuple(sorted(day for day in found if self._as_of < day <= self._until))

    def _happenings(self, rule: CheckedRule) -> Iterator[date]:
        """Days on which a row begins to be there, or an event happens."""
        for entity, names in needed([rule.reads]).items():
            spec = entities()[entity]
            for name in sorted(names):
                if spec.fields[name].anchor or spec.fields[name].kind == "event":
                    yield from self._held(entity, name)

    def _derived(self, rule: CheckedRule) -> Iterator[date]:
        """Days on which what derived facts are made from is in force for the first day, or no longer."""
        for entity in rule.reads:
            if not entities()[entity].derived:
                continue
            for source, names in INPUTS[entity].items():
                for name in {"first_day", "last_day"} & names:
                    for day in self._held(source, name):
                        yield from (day, day + DAY)
            if entity == "current_inquiry":
                yield from self._forgotten()

    def _forgotten(self) -> Iterator[date]:
        """The first days on which the outcome of an inquiry counts no longer."""
        if "bibob_years" not in self._numbers:
            return
        query = "SELECT DISTINCT concluded_on FROM fact.bibob_inquiry WHERE concluded_on IS NOT NULL"
        concluded = [row[0] for row in self._rows(query)]
        for start in {self._as_of, *self._starts("bibob_years")}:
            years = self._numbers.value("bibob_years", None, start)
            if isinstance(years, int):
                yield from (shifted(shifted(day, 12 * years, "months"), 1, "days") for day in concluded)

    def _changed_numbers(self, rule: CheckedRule, pace: Pace) -> Iterator[date]:
        roots = [*rule.lets.values(), *rule.conditions.values(), rule.flag_when, rule.applies_when]
        if pace.numbered:
            for root in roots:
                for node in root.walk() if root is not None else ():
                    if isinstance(node, tree.Param | tree.InParam):
                        yield from self._starts(node.name)
        for entity in rule.reads:
            for name in _MADE_WITH.get(entity, ()):
                yield from self._starts(name)

    def _starts(self, name: str) -> Iterator[date]:
        if name in self._numbers:
            yield from (start for start, _ in self._numbers[name].segments if start is not None)

    def _held(self, entity: str, name: str) -> tuple[date, ...]:
        """The days around those looked at that stand in the field of some row."""
        if (entity, name) not in self._days:
            query = f'SELECT DISTINCT "{name}" FROM fact."{entity}" WHERE "{name}" BETWEEN $1 AND $2'
            found = self._rows(query, [self._as_of, self._until])
            self._days[entity, name] = tuple(row[0] for row in found)
        return self._days[entity, name]

    def _rows(self, query: str, parameters: list[Any] | None = None) -> list[tuple[Any, ...]]:
        rows: list[tuple[Any, ...]] = self._facts.connection.execute(query, parameters).fetchall()
        return rows
