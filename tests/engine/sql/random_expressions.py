"""Expressions made at random from every part of the rule language, well typed, over a few entities.

Whoever chooses (hypothesis, or a seeded generator) is asked for one of a sequence, the simplest first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from compliance.model.schema import FieldSpec, entities
from tests.engine.sql.odd_numbers import CHOSEN, CODES, INTS, KEYED, SERVICES

Choose = Callable[[Sequence[Any]], Any]

POOL = (
    "referral", "bridging", "delivery", "subcontract", "organisation", "participant", "employment",
    "client", "person", "team",
)  # fmt: skip
WORLD = ("contract", *POOL)
TARGETS = {"text": "text", "code": "text", "ref": "text"}
COMPARISONS = ("==", "<", "<=", "!=", ">", ">=")
TEXTS = ("'ambulatory'", "'x'", "'fixed'", "'full'", "' '")


@dataclass(frozen=True)
class Names:
    """What an expression may use: rows by path, lists by name, and named values by type."""

    rows: tuple[tuple[str, str], ...]
    lists: tuple[tuple[str, str], ...] = ()
    values: tuple[tuple[str, str], ...] = ()

    def with_row(self, name: str, entity: str) -> Names:
        return replace(self, rows=((name, entity), *self.rows))


@dataclass
class Writer:
    """Writes expressions of a type over the names it is given."""

    choose: Choose
    count: int = 0
    pool: tuple[str, ...] = POOL
    quantified: int = field(default=0)

    def fresh(self) -> str:
        self.count += 1
        return f"x{self.count}"

    def chance(self, one_in: int) -> bool:
        """Seldom true; false is the simpler."""
        return bool(self.choose(range(one_in)) == one_in - 1)

    # -- fields

    def fields(self, kind: str, names: Names, test: Callable[[FieldSpec], bool] | None = None) -> list[str]:
        """Paths to fields of the type, from the innermost row outward, and now and then a step away."""
        found: list[str] = []
        for path, entity in names.rows:
            found += self._paths(path, entity, kind, test)
            for spec in entities()[entity].fields.values() if self.chance(4) else ():
                if spec.type == "ref" and len(spec.targets) == 1 and spec.targets[0] in WORLD:
                    step = f"{path}.{spec.name.removesuffix('_id')}"
                    found += self._paths(step, spec.targets[0], kind, test)
                    for next_spec in entities()[spec.targets[0]].fields.values():
                        if next_spec.type == "ref" and next_spec.targets == ("organisation",):
                            further = f"{step}.{next_spec.name.removesuffix('_id')}"
                            found += self._paths(further, "organisation", kind, test)
        return found

    @staticmethod
    def _paths(path: str, entity: str, kind: str, test: Callable[[FieldSpec], bool] | None) -> list[str]:
        specs = entities()[entity].fields.values()
        return [
            f"{path}.{spec.name}"
            for spec in specs
            if TARGETS.get(spec.type, spec.type) == kind and (test is None or test(spec))
        ]

    def leaf(self, kind: str, names: Names, otherwise: Sequence[str]) -> str:
        """A field, a named value or something else of the type."""
        named = [name for name, held in names.values if held == kind]
        found = [*self.fields(kind, names), *named, *named]
        if not found or self.chance(4):
            found = list(otherwise)
        return str(self.choose(found))

    # -- values

    def day(self, names: Names, depth: int) -> str:
        if depth <= 0 or not self.chance(2):
            return self.leaf("day", names, ("as_of", "contract.first_day", "contract.last_day", "param.start",
                                            "param.later", "date(2027, 6, 1)"))  # fmt: skip
        make = self.choose(("shift", "first", "some", "date", "min"))
        if make == "shift":
            unit, sign = self.choose(("days", "months")), self.choose("+-")
            amount = self.choose(("1", "param.fixed", "param.dated", self.whole(names, depth - 2)))
            if "*" in amount or "sum(" in amount or "year" in amount or "date" in amount:
                amount = "2"  # no date leaves the calendar
            return f"({self.day(names, depth - 1)} {sign} {unit}({amount}))"
        if make == "min":
            return self.aggregate(("min", "max"), "day", names, depth - 1)
        if make == "date":
            month, day = self.choose((1, 2, 12, 13)), self.choose((1, 29, 31))
            return f"date(year({self.day(names, depth - 1)}), {month}, {day})"
        count = self.choose((2, 3))
        parts = ", ".join(self.day(names, depth - 1) for _ in range(count))
        return f"{'first' if make == 'first' else self.choose(('earliest', 'latest'))}({parts})"

    def text(self, names: Names, depth: int) -> str:
        if depth > 1 and self.chance(8):
            return self.aggregate(("min", "max"), "text", names, depth - 1)
        return self.leaf("text", names, TEXTS)

    def service(self, names: Names) -> str:
        """A code that numbers may depend on."""
        found = self.fields("text", names, lambda spec: spec.codes == SERVICES["keys"])
        return str(self.choose([*found, "'ambulatory'", "'open_day'"]))

    def whole(self, names: Names, depth: int) -> str:
        if depth <= 0 or not self.chance(2):
            numbers = [f"param.{name}" for name in INTS]
            numbers += [f"param.{name}[{self.service(names)}]" for name in KEYED]
            return self.leaf("int", names, ("0", "1", "-1", "2", *numbers))
        make = self.choose(("between", "count", "covered", "distinct", "part", "arith", "sum"))
        if make == "between":
            return f"days_between({self.day(names, depth - 1)}, {self.day(names, depth - 1)})"
        if make == "part":
            part = self.choose(("year", "day_of_year", "days_in_year"))
            return f"{part}({self.day(names, depth - 1)})"
        if make == "arith":
            sign = self.choose("+-*")
            return f"({self.whole(names, depth - 1)} {sign} {self.whole(names, depth - 1)})"
        if make == "count":
            return f"count({self.rows(names, depth - 1)})"
        if make == "distinct":
            kind = self.choose(("text", "day", "int", "decimal"))
            return f"count({self.aggregate(('distinct',), kind, names, depth - 1)})"
        if make == "sum":
            return self.aggregate(("sum", "min", "max"), "int", names, depth - 1)
        which = self.choose(("covered_days", "uncovered_days"))
        bounds = f"{self.day(names, depth - 1)}, {self.day(names, depth - 1)}"
        return f"{which}({bounds}, {self.rows(names, depth - 1, intervals=True)})"

    def decimal(self, names: Names, depth: int) -> str:
        if depth <= 0 or not self.chance(2):
            key = self.service(names)
            return self.leaf("decimal", names, ("0.5", "param.share", f"param.rate[{key}]", "-1.25",
                                                "param.min_own_share_pct", "contract.sroi_pct"))  # fmt: skip
        if self.chance(2):
            sign = self.choose("+-*")
            sides = [
                self.decimal(names, depth - 1),
                self.choose((self.decimal, self.whole))(names, depth - 1),
            ]
            return f"({sides[0]} {sign} {sides[1]})"
        return self.aggregate(("sum", "min", "max"), "decimal", names, depth - 1)

    def ratio(self, names: Names, depth: int) -> str:
        make = self.choose(("quotient", "quotient", "arith"))
        if make == "quotient" or depth <= 1:
            above, below = self.choose((self.whole, self.decimal)), self.choose((self.decimal, self.whole))
            return f"({above(names, depth - 1)} / {below(names, depth - 1)})"
        other = self.choose((self.whole, self.decimal, self.ratio))(names, depth - 2)
        sides = [self.ratio(names, depth - 1), other]
        if self.chance(2):
            sides.reverse()
        return f"({sides[0]} {self.choose('+-*/')} {sides[1]})"

    def value(self, kind: str, names: Names, depth: int) -> str:
        made = {
            "day": self.day, "text": self.text, "int": self.whole,
            "decimal": self.decimal, "ratio": self.ratio, "bool": self.truth,
        }  # fmt: skip
        return made[kind](names, depth)

    # -- truth

    def truth(self, names: Names, depth: int) -> str:
        simple = (self._days, self._none, self._texts, self._numbers, self._member, self._flag)
        if depth <= 0 or not self.chance(2):
            return str(self.choose(simple)(names, min(depth, 1)))
        rich = (self._any, self._logic, self._not, self._macro, self._deep, self._any)
        return str(self.choose(rich)(names, depth - 1))

    def _days(self, names: Names, depth: int) -> str:
        sign, more = self.choose(COMPARISONS), self.choose(COMPARISONS)
        text = f"{self.day(names, depth)} {sign} {self.day(names, depth)}"
        return f"({text} {more} {self.day(names, depth)})" if self.chance(6) else f"({text})"

    def _none(self, names: Names, _: int) -> str:
        kind = self.choose(("day", "text", "int", "decimal", "bool"))
        found = self.fields(kind, names, lambda spec: spec.nullable) or self.fields("text", names)
        return f"{self.choose(found)} is {self.choose(('None', 'not None'))}"

    def _texts(self, names: Names, depth: int) -> str:
        coded = self.fields("text", names, lambda spec: bool(spec.codes))
        if coded and self.chance(2):
            found = self.choose(coded)
            return f"{found} {self.choose(('==', '!='))} '{self.choose(self._codes(found, names))}'"
        if self.chance(2):
            return self._identity(names)
        plain = self.fields("text", names, _plain) or ["contract.title", "contract.municipality"]
        return f"({self.choose(plain)} {self.choose(COMPARISONS)} {self.text(names, depth)})"

    def _identity(self, names: Names) -> str:
        """Two fields that name rows of the same entity."""
        found = self.fields("text", names, lambda spec: spec.targets == ("organisation",))
        found += [f"{path}.id" for path, entity in names.rows if entity == "organisation"]
        found += ["contract.contractor_id"]
        return f"({self.choose(found)} {self.choose(COMPARISONS)} {self.choose(found)})"

    @staticmethod
    def _codes(path: str, names: Names) -> Sequence[str]:
        first, *steps, last = path.split(".")
        entity = dict(names.rows)[first]
        for step in steps:
            entity = entities()[entity].fields[f"{step}_id"].targets[0]
        return entities()[entity].fields[last].codes

    def _numbers(self, names: Names, depth: int) -> str:
        makers = (self.whole, self.decimal, self.ratio)
        left, right = self.choose(makers), self.choose(makers)
        return f"({left(names, depth)} {self.choose(COMPARISONS)} {right(names, depth)})"

    def _member(self, names: Names, depth: int) -> str:
        word = self.choose(("in", "not in"))
        if self.chance(2):
            by_code = f"param.by_code[{self.service(names)}]"
            codes = self.choose((*(f"param.{name}" for name in CODES), by_code))
            found = self.fields("text", names, lambda spec: not CHOSEN.isdisjoint(spec.codes))
            found += ["'full'", "'budget'"]
            return f"({self.choose(found)} {word} {codes})"
        coded = self.fields("text", names, lambda spec: bool(spec.codes))
        if coded and self.chance(2):
            code = self.choose(coded)
            listed = ", ".join(f"'{one}'" for one in self._codes(code, names)[:2])
            return f"({code} {word} ({listed},))"
        return f"({self.whole(names, depth)} {word} (0, 1, 2))"

    def _flag(self, names: Names, _: int) -> str:
        named = [name for name, kind in names.values if kind == "bool"]
        found = [*self.fields("bool", names), *named] or ["True"]
        if self.chance(4):
            return f"({self.choose(found)} {self.choose(('==', '!='))} {self.choose(found)})"
        return str(self.choose(found))

    def _logic(self, names: Names, depth: int) -> str:
        parts = [self.truth(names, depth) for _ in range(self.choose((2, 3)))]
        return f"({self.choose((' and ', ' or ')).join(parts)})"

    def _not(self, names: Names, depth: int) -> str:
        return f"(not {self.truth(names, depth)})"

    def _any(self, names: Names, depth: int) -> str:
        return f"any({self.rows(names, depth)})"

    def _deep(self, names: Names, depth: int) -> str:
        return str(self.choose((self._numbers, self._days, self._texts, self._member))(names, depth))

    def _macro(self, names: Names, depth: int) -> str:
        dated = [path for path, entity in names.rows if "last_day" in entities()[entity].fields]
        make = self.choose(("in_force", "overlaps", "own", "covers") if dated else ("own", "covers"))
        if make == "in_force":
            return f"in_force({self.choose(dated)}, {self.day(names, depth)})"
        if make == "overlaps":
            return f"overlaps({self.choose(dated)}, {self.day(names, depth)}, {self.day(names, depth)})"
        found = self.fields("text", names, lambda spec: spec.targets == ("organisation",))
        found += [f"{path}.id" for path, entity in names.rows if entity == "organisation"]
        if not found:
            return self._any(names, depth)
        return f"{make}({self.choose(found)}, {self.day(names, depth - 1)})"

    # -- rows

    def rows(self, names: Names, depth: int, *, intervals: bool = False) -> str:
        """A list: the name of one, or a comprehension."""
        fits = [name for name, entity in names.lists if not intervals or _dated(entity)]
        if fits and self.chance(3):
            return str(self.choose(fits))
        element, source = self.source(names, depth, intervals=intervals)
        return f"[{element} {source}]"

    def aggregate(self, among: Sequence[str], kind: str, names: Names, depth: int) -> str:
        """A number over rows, of values of the type."""
        name = self.choose(among)
        element, source = self.source(names, depth)
        entity = self.made[element]
        inner = names.with_row(element, entity)
        only = Names(inner.rows[:1])
        found = self.fields(kind, only) or [self.value(kind, inner, max(depth, 0))]
        value = self.choose(found) if not self.chance(4) else self.value(kind, inner, depth - 1)
        return f"{name}({value} {source})"

    made: dict[str, str] = field(default_factory=dict)

    def source(self, names: Names, depth: int, *, intervals: bool = False) -> tuple[str, str]:
        """A new variable and the rows that it runs over."""
        found = [(name, entity) for name, entity in names.lists if self.chance(2)]
        found = [*((entity, entity) for entity in self.pool), *found]
        origin, entity = self.choose([pair for pair in found if not intervals or _dated(pair[1])])
        name = self.fresh()
        self.made[name] = entity
        inner = names.with_row(name, entity)
        clauses = [self.link(name, entity, names) for _ in range(self.choose((1, 0, 2)))]
        clauses += [self.truth(inner, depth) for _ in range(self.choose((0, 1, 1, 2)))]
        if self.chance(3):
            clauses.reverse()
        held = " and ".join(clauses)
        return name, f"for {name} in {origin}" + (f" if {held}" if held else "")

    def link(self, name: str, entity: str, names: Names) -> str:
        """The row has the same value as one outside it, by a reference if there is one."""
        own = {spec.name: _target(spec) for spec in entities()[entity].fields.values()}
        pairs = [
            (f"{name}.{mine}", f"{path}.{spec.name}")
            for path, other in names.rows
            for spec in entities()[other].fields.values()
            for mine, target in own.items()
            if target is not None and target == _target(spec)
        ]
        if not pairs:
            return f"{name}.id == {self.choose(TEXTS)}"
        one, two = self.choose(pairs)
        if self.chance(4):
            return f"{two} == {one}"
        return f"{one} == {two}"


def _dated(entity: str) -> bool:
    return {"first_day", "last_day"} <= entities()[entity].fields.keys()


def _plain(spec: FieldSpec) -> bool:
    return spec.type == "text" and not spec.codes and spec.name != "id"


def _target(spec: FieldSpec) -> str | None:
    """What the field identifies: a row of an entity, or a code of its own kind."""
    if spec.name == "id":
        return spec.entity
    if spec.type == "ref":
        return spec.targets[0]
    return spec.name if spec.name in ("service", "day", "first_day", "kind") else None
