"""What is measured over groups of inner rows: existence, totals, and days covered by intervals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from sqlglot import exp

from compliance.engine.sql import terms
from compliance.engine.sql.meeting import Inner
from compliance.engine.sql.terms import NULL, Sql
from compliance.language.tree import Aggregate, Any, CoveredDays, Field, Node, Rows
from compliance.model.schema import entities

if TYPE_CHECKING:
    from compliance.engine.sql.compile import Compiler


@dataclass(frozen=True, slots=True)
class Listed(Node):
    """The rows that certainly count: how many, and the first `most` of them by id."""

    rows: Rows
    most: int


@dataclass
class Measure:
    """One thing measured over inner rows. `doubtful` and `places` are known once it was compiled."""

    node: Any | Aggregate | CoveredDays | Listed
    doubtful: bool = False
    places: int = 0

    def of(self, compiler: Compiler, part: Inner) -> tuple[exp.Expression, list[exp.Expression]]:
        """The measured value over a group, and the conditions on a row that make it unknown."""
        raise NotImplementedError

    def reads(self) -> list[Node]:
        """The values per row that are measured, beyond the condition."""
        return []

    def columns(self, compiler: Compiler, part: Inner) -> tuple[exp.Expression, exp.Expression]:
        """The measured value, and whether anything in the group makes it unknown."""
        value, doubts = self.of(compiler, part)
        self.doubtful = self.doubtful or bool(doubts)
        return value, some(terms.either(doubts)) if doubts else terms.FALSE


class Exists(Measure):
    """Whether a row meets the condition."""

    def of(self, _: Compiler, part: Inner) -> tuple[exp.Expression, list[exp.Expression]]:
        """Norm: rules.md, "any is true if some row is"."""
        if not part.doubts:
            return exp.GT(this=_rows(), expression=exp.Literal.number(0)), []
        certain = part.certain()
        return some(certain), [terms.negated(certain)]


class Members(Measure):
    """A pair of the number of rows that certainly count and the first ids among them."""

    def of(self, _: Compiler, part: Inner) -> tuple[exp.Expression, list[exp.Expression]]:
        """What is not certain is no evidence."""
        node = cast(Listed, self.node)
        var = node.rows.var
        identifier = part.frame.columns[Field(var, entities()[var.entity].fields["id"])].value
        certain = terms.when((part.certain(), identifier), otherwise=NULL) if part.doubts else identifier
        most = exp.Literal.number(node.most)
        return terms.call("first_ids", certain, most), []


class Total(Measure):
    """A count, sum, least or greatest value over the rows that count."""

    def reads(self) -> list[Node]:
        """The value, where there is one."""
        value = cast(Aggregate, self.node).value
        return [] if value is None else [value]

    def of(self, compiler: Compiler, part: Inner) -> tuple[exp.Expression, list[exp.Expression]]:
        """Norm: rules.md, "count, sum, min, max, distinct are unknown if a condition or a used value is"."""
        node = cast(Aggregate, self.node)
        if node.value is not None:
            compiler.prepare(part.frame, node.value)
        doubts = part.uncertain()
        if node.value is None:
            return _rows(), doubts
        held = compiler.scalars.value(node.value, part.frame.columns)
        self.places = held.places
        if held.nullable:
            doubts.append(terms.is_null(held.value))
        return _AGGREGATES[node.name](held.value), doubts


class Covered(Measure):
    """Days in the union of intervals: each interval adds what lies beyond the furthest end before it."""

    def reads(self) -> list[Node]:
        """The interval's days."""
        var = self.node.rows.var
        return [Field(var, entities()[var.entity].fields[name]) for name in ("first_day", "last_day")]

    def of(self, compiler: Compiler, part: Inner) -> tuple[exp.Expression, list[exp.Expression]]:
        """Norm: rules.md, "covered_days"; both days of an interval count."""
        frame, node = part.frame, cast(CoveredDays, self.node)
        specs = entities()[node.rows.var.entity].fields
        first = compiler.scalars.value(node.first, frame.columns).value
        last = compiler.scalars.value(node.last, frame.columns).value
        start = frame.columns[Field(node.rows.var, specs["first_day"])]
        end = frame.columns[Field(node.rows.var, specs["last_day"])]
        doubts = part.uncertain()
        doubts += [day.unknown for day in (start, end) if day.unknown is not None]
        begin = terms.call("greatest", start.value, first)
        open_end = exp.Coalesce(this=end.value, expressions=[last]) if end.nullable else end.value
        stop = terms.call("least", open_end, last)
        touches = exp.LTE(this=begin, expression=stop)
        partition = [frame.columns[atom].value for atom in part.atoms]
        columns: dict[Node, Sql] = {atom: frame.columns[atom] for atom in part.atoms}
        begins, stops, doubted = _Slot("begins"), _Slot("stops"), _Slot("doubted")
        reached = _Slot("reached")
        columns[begins] = Sql(begin)
        columns[stops] = Sql(terms.when((touches, stop), otherwise=NULL), nullable=True)
        columns[doubted] = Sql(terms.either(doubts) if doubts else terms.FALSE)
        columns[reached] = Sql(_reached(columns[stops].value, begin, partition), nullable=True)
        frame.columns = columns
        frame.seal()
        begin, stop = frame.columns[begins].value, frame.columns[stops].value
        furthest = frame.columns[reached].value
        after = terms.call("days_later", furthest, exp.Literal.number(1))
        fresh = length(terms.call("greatest", begin, after), stop)
        days = terms.when((terms.is_null(stop), exp.Literal.number(0)), otherwise=fresh)
        unknown = frame.columns[doubted].value
        return exp.Sum(this=days), [] if unknown == terms.FALSE else [unknown]


@dataclass(frozen=True, slots=True)
class _Slot(Node):
    """A column that no node of the rule stands for."""

    name: str


def _reached(
    stop: exp.Expression, begin: exp.Expression, partition: Sequence[exp.Expression]
) -> exp.Expression:
    """The furthest end among the intervals before this one."""
    return exp.Window(
        this=exp.Max(this=stop),
        partition_by=list(partition),
        order=exp.Order(expressions=[exp.Ordered(this=begin), exp.Ordered(this=stop)]),
        spec=exp.WindowSpec(
            kind="ROWS",
            start="UNBOUNDED",
            start_side="PRECEDING",
            end=exp.Literal.number(1),
            end_side="PRECEDING",
        ),
    )


def length(first: exp.Expression, last: exp.Expression) -> exp.Expression:
    """The number of days from first to last, both included; 0 when last lies before first."""
    days = exp.Add(this=terms.call("days_between", first, last), expression=exp.Literal.number(1))
    return terms.call("greatest", exp.Literal.number(0), days)


def _rows() -> exp.Expression:
    return exp.Count(this=exp.Star())


def some(condition: exp.Expression) -> exp.Expression:
    """Whether the condition holds for some row of the group."""
    return exp.Coalesce(this=exp.LogicalOr(this=condition), expressions=[exp.false()])


_AGGREGATES: dict[str, Callable[[exp.Expression], exp.Expression]] = {
    "sum": lambda value: exp.Sum(this=value),
    "min": lambda value: exp.Min(this=value),
    "max": lambda value: exp.Max(this=value),
    "distinct": lambda value: exp.Count(this=exp.Distinct(expressions=[value])),
}
