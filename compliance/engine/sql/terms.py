"""Small builders of SQL trees, and the compiled form of a value.

Everything a rule or a fact brings enters SQL through these trees: identifiers quoted, constants as
literals that the generator escapes. No SQL is put together from text.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlglot import exp

WIDTH = 38  # digits of the widest decimal; a product that does not fit is an error, never a rounding


@dataclass(frozen=True, slots=True)
class Sql:
    """A compiled value.

    `nullable`: whether NULL can occur. `unknown`: a two-valued expression that holds where the value is
    UNKNOWN rather than EMPTY (None: nowhere). `over` makes it a quotient `value / over`, for rows where
    all of `guards` hold. `places`: decimal places of a number.
    """

    value: exp.Expression
    nullable: bool = False
    unknown: exp.Expression | None = None
    over: exp.Expression | None = None
    over_places: int = 0
    guards: tuple[exp.Expression, ...] = ()
    places: int = 0


TRUE = exp.true()
FALSE = exp.false()
NULL = exp.null()
UNKNOWN = Sql(NULL, nullable=True, unknown=TRUE)


def identifier(name: str) -> exp.Identifier:
    """A quoted name."""
    return exp.Identifier(this=name, quoted=True)


def column(relation: str, name: str) -> exp.Column:
    """A column of a relation."""
    return exp.Column(this=identifier(name), table=identifier(relation))


def table(name: str, schema: str | None = None, alias: str | None = None) -> exp.Expression:
    """A relation under its own name or an alias."""
    found = exp.Table(this=identifier(name), db=identifier(schema) if schema else None)
    if alias is not None:
        found.set("alias", exp.TableAlias(this=identifier(alias)))
    return found


def named(value: exp.Expression, name: str) -> exp.Alias:
    """A value under a column name."""
    return exp.Alias(this=value, alias=identifier(name))


def literal(value: bool | int | Decimal | str | date) -> exp.Expression:
    """A constant of the language as a typed SQL constant."""
    if isinstance(value, bool):
        return exp.Boolean(this=value)
    if isinstance(value, int):
        number = exp.Literal.number(abs(value))
        return exp.Neg(this=number) if value < 0 else number
    if isinstance(value, Decimal):
        return cast(exp.Literal.string(format(value, "f")), f"DECIMAL({WIDTH},{places(value)})")
    if isinstance(value, date):
        return cast(exp.Literal.string(value.isoformat()), "DATE")
    return exp.Literal.string(value)


def places(value: Decimal) -> int:
    """The decimal places a constant is written with."""
    exponent = value.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def selecting(outputs: Sequence[exp.Expression], source: exp.Expression) -> exp.Select:
    """A select of outputs from one relation."""
    select = exp.Select(expressions=list(outputs))
    select.set("from_", exp.From(this=source))
    return select


def cast(value: exp.Expression, kind: str) -> exp.Expression:
    """The value as that type."""
    return exp.Cast(this=value, to=exp.DataType.build(kind, dialect="duckdb"))


def both(parts: Iterable[exp.Expression]) -> exp.Expression:
    """All hold."""
    found = [part for part in parts if part != TRUE]
    if not found:
        return TRUE
    result = found[0]
    for part in found[1:]:
        result = exp.And(this=_wrapped(result), expression=_wrapped(part))
    return result


def either(parts: Iterable[exp.Expression]) -> exp.Expression:
    """At least one holds."""
    found = [part for part in parts if part != FALSE]
    if not found:
        return FALSE
    if TRUE in found:
        return TRUE
    result = found[0]
    for part in found[1:]:
        result = exp.Or(this=_wrapped(result), expression=_wrapped(part))
    return result


def negated(part: exp.Expression) -> exp.Expression:
    """The condition does not hold; unknown stays unknown."""
    if part == TRUE:
        return FALSE
    if part == FALSE:
        return TRUE
    return exp.Not(this=exp.Paren(this=part))


def is_null(value: exp.Expression) -> exp.Expression:
    """There is no value."""
    return exp.Is(this=exp.Paren(this=value), expression=exp.null())


def is_true(value: exp.Expression) -> exp.Expression:
    """The condition holds for certain."""
    return exp.Coalesce(this=value, expressions=[exp.false()])


def not_false(value: exp.Expression) -> exp.Expression:
    """The condition holds or is unknown."""
    return exp.Coalesce(this=value, expressions=[exp.true()])


def when(*branches: tuple[exp.Expression, exp.Expression], otherwise: exp.Expression) -> exp.Expression:
    """The value of the first branch whose condition holds."""
    found = [(condition, value) for condition, value in branches if condition != FALSE]
    if not found:
        return otherwise
    ifs = [exp.If(this=condition, true=value) for condition, value in found]
    return exp.Case(ifs=ifs, default=otherwise)


def same(left: exp.Expression, right: exp.Expression, *, nullable: bool) -> exp.Expression:
    """Equality that finds NULL equal to NULL where that can occur."""
    if nullable:
        return exp.NullSafeEQ(this=paren(left), expression=paren(right))
    return exp.EQ(this=paren(left), expression=paren(right))


def paren(value: exp.Expression) -> exp.Expression:
    """The value in parentheses where it needs them."""
    return value if isinstance(value, exp.Column | exp.Literal | exp.Paren) else exp.Paren(this=value)


def missing(held: Sql) -> exp.Expression:
    """Whether there is no value; of a quotient also for a divisor that does not count."""
    parts = [is_null(held.value)]
    if held.over is not None:
        parts.append(is_null(held.over))
    parts += [exp.Not(this=is_true(guard)) for guard in held.guards]
    return either(parts)


def call(name: str, *args: exp.Expression) -> exp.Expression:
    """A function of the database."""
    return exp.Anonymous(this=name, expressions=list(args))


def _wrapped(part: exp.Expression) -> exp.Expression:
    simple = exp.Column | exp.Boolean | exp.Paren | exp.Coalesce | exp.And
    return part if isinstance(part, simple) and not isinstance(part, exp.Or) else exp.Paren(this=part)
