"""Exact numbers in SQL: decimals that keep their digits, and quotients that are never divided.

A quotient is kept as two decimals, value and divisor, and compared by multiplying crosswise; it is
UNKNOWN for a divisor of zero or less.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from compliance.engine.sql.terms import NULL, WIDTH, Sql, both, cast, either, paren, when
from compliance.language.tree import Comparison

_OPERATORS: dict[str, Callable[..., exp.Expression]] = {
    "==": exp.EQ,
    "!=": exp.NEQ,
    "<": exp.LT,
    "<=": exp.LTE,
    ">": exp.GT,
    ">=": exp.GTE,
}


def compared(op: Comparison, left: Sql, right: Sql) -> Sql:
    """The comparison of two values of like type; NULL where one is NULL or a divisor does not count."""
    operator = _OPERATORS[op]
    guards = (*left.guards, *right.guards)
    if left.over is not None or right.over is not None:
        first = _times(_above(left), _below(right)) if right.over is not None else _above(left)
        second = _times(_above(right), _below(left)) if left.over is not None else _above(right)
        found: exp.Expression = operator(this=first.value, expression=second.value)
    else:
        found = operator(this=paren(left.value), expression=paren(right.value))
    if guards:
        return Sql(when((both(guards), found), otherwise=NULL), nullable=True)
    return Sql(found, left.nullable or right.nullable)


def arithmetic(op: str, left: Sql, right: Sql) -> Sql:
    """Sum, difference, product or quotient, exactly."""
    nullable = left.nullable or right.nullable
    found = [part.unknown for part in (left, right) if part.unknown is not None]
    unknown = either(found) if found else None
    guards = (*left.guards, *right.guards)
    if op == "/":
        above = _times(_above(left), _below(right)) if right.over is not None else _above(left)
        below = _times(_below(left), _above(right)) if left.over is not None else _above(right)
        if not _positive(right):
            guards += (exp.GT(this=paren(right.value), expression=exp.Literal.number(0)),)
        nullable = nullable or bool(guards)
        return Sql(above.value, nullable, unknown, below.value, below.places, guards, above.places)
    if op == "*":
        above = _times(_above(left), _above(right))
        if left.over is None and right.over is None:
            return Sql(above.value, nullable, unknown, places=above.places)
        below = _product_below(left, right)
        return Sql(above.value, nullable, unknown, below.value, below.places, guards, above.places)
    kind = exp.Add if op == "+" else exp.Sub
    if left.over is None and right.over is None:
        value = kind(this=paren(left.value), expression=paren(right.value))
        return Sql(value, nullable, unknown, places=max(left.places, right.places))
    first = _times(_above(left), _below(right)) if right.over is not None else _above(left)
    second = _times(_above(right), _below(left)) if left.over is not None else _above(right)
    above = Sql(
        kind(this=paren(first.value), expression=paren(second.value)),
        places=max(first.places, second.places),
    )
    below = _product_below(left, right)
    return Sql(above.value, nullable, unknown, below.value, below.places, guards, above.places)


def _above(number: Sql) -> Sql:
    return Sql(number.value, places=number.places)


def _below(number: Sql) -> Sql:
    return Sql(number.over or exp.Literal.number(1), places=number.over_places)


def _product_below(left: Sql, right: Sql) -> Sql:
    divisors = [_below(side) for side in (left, right) if side.over is not None]
    return divisors[0] if len(divisors) == 1 else _times(*divisors)


def _times(left: Sql, right: Sql) -> Sql:
    """The product at full width: the database reports an overflow, it never rounds."""
    value = exp.Mul(this=_wide(left), expression=_wide(right))
    return Sql(value, places=left.places + right.places)


def _wide(number: Sql) -> exp.Expression:
    return cast(number.value, f"DECIMAL({WIDTH},{number.places})")


def _positive(number: Sql) -> bool:
    value = number.value
    return isinstance(value, exp.Literal) and not value.is_string and value.name != "0"
