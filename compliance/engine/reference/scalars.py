"""The functions and the arithmetic of the rule language on values that are there.

Norm: rules.md, "Expressions". Whether a value is there at all is the caller's business.
"""

from __future__ import annotations

from calendar import isleap
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from fractions import Fraction
from typing import Any, Literal

from compliance.engine.reference.values import UNKNOWN, Known, State, exact
from compliance.language.tree import Comparison
from compliance.model.days import add_months

COMPARISONS: Mapping[Comparison, Callable[[Any, Any], bool]] = {
    "==": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}


def compared(op: Comparison, left: Known, right: Known) -> bool:
    """The comparison of two values of one type: numbers as exact fractions, text by code point."""
    return COMPARISONS[op](exact(left), exact(right))


def calculated(op: Literal["+", "-", "*", "/"], left: Known, right: Known) -> State:
    """The exact sum, difference, product or quotient; UNKNOWN for a divisor of zero or less."""
    one, other = _number(left), _number(right)
    if op == "+":
        return one + other
    if op == "-":
        return one - other
    if op == "*":
        return one * other
    return UNKNOWN if other <= 0 else Fraction(one) / other


def shifted(day: date, amount: int, unit: Literal["days", "months"]) -> date:
    """The day moved by whole days or months; past an end of the calendar, its first or last day."""
    try:
        return day + timedelta(days=amount) if unit == "days" else add_months(day, amount)
    except OverflowError:
        return date.max if amount > 0 else date.min


def called(name: str, args: list[Any]) -> State:
    """The value of a function of the language whose arguments all have a value."""
    return FUNCTIONS[name](*args)


def _date(year: int, month: int, day: int) -> State:
    try:
        return date(year, month, day)
    except ValueError:
        return UNKNOWN


FUNCTIONS: Mapping[str, Callable[..., State]] = {
    "days_between": lambda a, b: (b - a).days,
    "year": lambda day: day.year,
    "date": _date,
    "day_of_year": lambda day: day.timetuple().tm_yday,
    "days_in_year": lambda day: 366 if isleap(day.year) else 365,
    "first": lambda *days: days[0],
    "earliest": lambda *days: min(days),
    "latest": lambda *days: max(days),
}


def _number(value: Known) -> int | Fraction:
    number = exact(value)
    if isinstance(number, int | Fraction):
        return number
    raise TypeError("numbers are due")
