"""Functions and arithmetic on values that are there."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from compliance.engine.reference.scalars import calculated, called, compared, shifted
from compliance.engine.reference.values import UNKNOWN


@pytest.mark.parametrize(
    ("day", "amount", "unit", "expected"),
    [
        (date(2027, 1, 31), 1, "months", date(2027, 2, 28)),
        (date(2028, 1, 31), 1, "months", date(2028, 2, 29)),
        (date(2028, 2, 29), -12, "months", date(2027, 2, 28)),
        (date(2028, 2, 29), 48, "months", date(2032, 2, 29)),
        (date(2027, 12, 31), 1, "days", date(2028, 1, 1)),
        (date.max, 1, "days", date.max),
        (date.max, 1, "months", date.max),
        (date.min, -1, "months", date.min),
    ],
)
def test_days_are_moved_within_the_calendar(day: date, amount: int, unit: Any, expected: date) -> None:
    """Months clamp to the month's end; past an end of the calendar its first or last day stands."""
    assert shifted(day, amount, unit) == expected


@pytest.mark.parametrize(
    ("op", "left", "right", "expected"),
    [
        ("+", 1, 2, 3),
        ("-", Decimal("0.3"), Decimal("0.1"), Fraction(1, 5)),
        (
            "*",
            Decimal("99999999999999.99"),
            Decimal("99999999999999.99"),
            Fraction(9999999999999999**2, 10**4),
        ),
        ("/", 1, 3, Fraction(1, 3)),
        ("/", 1, 0, UNKNOWN),
        ("/", 1, Decimal("-0.01"), UNKNOWN),
    ],
)
def test_arithmetic_is_exact(op: Any, left: Any, right: Any, expected: Any) -> None:
    """No digit is lost; a divisor of zero or less gives no value."""
    assert calculated(op, left, right) == expected


def test_only_numbers_are_calculated_with() -> None:
    """Text in arithmetic is a mistake of the checker, told as such."""
    with pytest.raises(TypeError):
        calculated("+", "a", 1)


@pytest.mark.parametrize(
    ("op", "expected"), [("==", False), ("!=", True), ("<", True), ("<=", True), (">", False), (">=", False)]
)
def test_text_is_compared_by_code_point(op: Any, expected: bool) -> None:
    """Capitals come before small letters, whatever the locale."""
    assert compared(op, "Z", "a") is expected


def test_numbers_of_all_kinds_are_compared_as_fractions() -> None:
    """A third is not 0.3333, and 16 is 16.0000."""
    assert compared(">", Fraction(1, 3), Decimal("0.3333"))
    assert compared("==", 16, Decimal("16.0000"))


@pytest.mark.parametrize(
    ("name", "args", "expected"),
    [
        ("days_between", [date(2027, 3, 1), date(2027, 2, 27)], -2),
        ("year", [date(2027, 3, 1)], 2027),
        ("date", [2027, 12, 31], date(2027, 12, 31)),
        ("date", [2027, 2, 29], UNKNOWN),
        ("day_of_year", [date(2028, 12, 31)], 366),
        ("days_in_year", [date(2028, 1, 1)], 366),
        ("days_in_year", [date(2100, 1, 1)], 365),
        ("first", [date(2027, 1, 2), date(2027, 1, 1)], date(2027, 1, 2)),
        ("earliest", [date(2027, 1, 2), date(2027, 1, 1)], date(2027, 1, 1)),
        ("latest", [date(2027, 1, 2), date(2027, 1, 1)], date(2027, 1, 2)),
    ],
)
def test_functions(name: str, args: list[Any], expected: Any) -> None:
    """Every function of the language gives what its meaning says."""
    assert called(name, args) == expected
