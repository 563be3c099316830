"""The three states: logic by Kleene, exact numbers, and what a finding shows."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import product
from typing import Any

import pytest

from compliance.engine.reference.values import (
    EMPTY,
    UNKNOWN,
    Truth,
    both,
    either,
    exact,
    known,
    negation,
    shown,
    truth,
)

TRUTHS: tuple[Truth, ...] = (True, False, UNKNOWN)


@pytest.mark.parametrize("pair", list(product(TRUTHS, TRUTHS)))
def test_and_or_not_are_what_holds_whatever_the_unknown_turns_out_to_be(pair: tuple[Truth, Truth]) -> None:
    """A connective is true or false exactly when it is so for every value that unknowns may have."""
    worlds = list(product(*((True, False) if state is UNKNOWN else (state,) for state in pair)))
    for connective, whole in ((both, all), (either, any)):
        possible = {whole(world) for world in worlds}
        assert connective(pair) is (UNKNOWN if len(possible) == 2 else possible.pop())
    assert negation(pair[0]) is (UNKNOWN if pair[0] is UNKNOWN else not pair[0])


def test_only_values_are_known() -> None:
    """EMPTY and UNKNOWN are no values; zero, false and the empty text are."""
    assert not known(EMPTY)
    assert not known(UNKNOWN)
    assert all(known(value) for value in (0, False, "", Decimal(0)))
    assert repr(UNKNOWN) == "UNKNOWN"


def test_an_empty_yes_or_no_is_unknown() -> None:
    """A yes-or-no field that is empty is neither true nor false."""
    assert truth(EMPTY) is UNKNOWN
    assert truth(UNKNOWN) is UNKNOWN
    assert truth(False) is False


def test_decimals_become_fractions() -> None:
    """Decimals are exact however many digits a product has; other values stay as they are."""
    assert exact(Decimal("0.1")) == Fraction(1, 10)
    assert exact("a") == "a"


@pytest.mark.parametrize(
    ("state", "kind", "expected"),
    [
        (Fraction(1, 3), "ratio", Decimal("0.33")),
        (Fraction(1005, 1000), "decimal", Decimal("1.01")),
        (Fraction(-1005, 1000), "decimal", Decimal("-1.01")),
        (7, "decimal", Decimal("7.00")),
        (Fraction(7), "int", 7),
        (7, "int", 7),
        (date(2027, 1, 1), "day", date(2027, 1, 1)),
        (EMPTY, "text", None),
        (UNKNOWN, "ratio", None),
    ],
)
def test_values_are_shown_half_up_to_two_places(state: Any, kind: Any, expected: Any) -> None:
    """Decimals and quotients have two places, half a cent goes away from zero; no value shows as None."""
    found = shown(state, kind)
    assert (found, type(found)) == (expected, type(expected))
