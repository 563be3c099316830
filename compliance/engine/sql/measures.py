"""What is measured over groups of inner rows: existence, totals, and days covered by intervals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlglot import exp

from compliance.engine.sql import terms
from compliance.engine.sql.meeting import Inner
from compliance.engine.sql.terms import NULL, Sql
from compliance.language.tree import Aggregate, CoveredDays, Field, Node
from compliance.model.schema import entities

if TYPE_CHECKING:
    from compliance.engine.sql.compile import Compiler


class Measures:
    """What is measured over inner rows; `u`, whether anything was unknown, always comes last."""

    def of(self, compiler: Compiler, part: Inner) -> list[tuple[str, exp.Expression]]:
        raise NotImplementedError


class Exists(Measures):
    """Whether a row meets the condition."""

    def of(self, _: Compiler, part: Inner) -> list[tuple[str, exp.Expression]]:
        if not part.doubts:
            return [("t", exp.GT(this=_rows(), expression=exp.Literal.number(0))), ("u", terms.FALSE)]
        certain = part.certain()
        return [("t", _some(certain)), ("u", _some(terms.negated(certain)))]


@dataclass
class Total(Measures):
    """A count, sum, least or greatest value over the rows that count."""

    node: Aggregate
    places: int = 0

    def of(self, compiler: Compiler, part: Inner) -> list[tuple[str, exp.Expression]]:
        frame = part.frame
        if self.node.value is not None:
            compiler.prepare(frame, self.node.value)
        doubts = [] if not part.doubts else [terms.negated(part.certain())]
        if self.node.value is None:
            value: exp.Expression = _rows()
        else:
            held = compiler.scalars.value(self.node.value, frame.columns)
            self.places = held.places
            if held.nullable:
                doubts.append(terms.is_null(held.value))
            value = _AGGREGATES[self.node.name](held.value)
        return [("v", value), ("u", _some(terms.either(doubts)) if doubts else terms.FALSE)]


@dataclass
class Covered(Measures):
    """Days in the union of intervals: each interval adds what lies beyond the furthest end before it."""

    node: CoveredDays

    def of(self, compiler: Compiler, part: Inner) -> list[tuple[str, exp.Expression]]:
        frame, node = part.frame, self.node
        specs = entities()[node.rows.var.entity].fields
        first = compiler.scalars.value(node.first, frame.columns).value
        last = compiler.scalars.value(node.last, frame.columns).value
        start = frame.columns[Field(node.rows.var, specs["first_day"])]
        end = frame.columns[Field(node.rows.var, specs["last_day"])]
        doubts = [] if not part.doubts else [terms.negated(part.certain())]
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
        after = exp.Add(this=furthest, expression=exp.Literal.number(1))
        fresh = length(terms.call("greatest", begin, after), stop)
        days = terms.when((terms.is_null(stop), exp.Literal.number(0)), otherwise=fresh)
        unknown = frame.columns[doubted].value
        return [("v", exp.Sum(this=days)), ("u", terms.FALSE if unknown == terms.FALSE else _some(unknown))]


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
    days = exp.Add(
        this=exp.Sub(this=terms.paren(last), expression=terms.paren(first)), expression=exp.Literal.number(1)
    )
    return terms.call("greatest", exp.Literal.number(0), days)


def _rows() -> exp.Expression:
    return exp.Count(this=exp.Star())


def _some(condition: exp.Expression) -> exp.Expression:
    return exp.Coalesce(this=exp.LogicalOr(this=condition), expressions=[exp.false()])


_AGGREGATES: dict[str, Callable[[exp.Expression], exp.Expression]] = {
    "sum": lambda value: exp.Sum(this=value),
    "min": lambda value: exp.Min(this=value),
    "max": lambda value: exp.Max(this=value),
    "distinct": lambda value: exp.Count(this=exp.Distinct(expressions=[value])),
}
