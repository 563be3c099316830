"""Exact numbers as people read them."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction


def half_up(number: Fraction) -> Decimal:
    """The number with two decimal places; exactly half a cent goes away from zero."""
    cents, rest = divmod(abs(number.numerator) * 100, number.denominator)
    if 2 * rest >= number.denominator:
        cents += 1
    return Decimal(cents if number >= 0 else -cents).scaleb(-2)
