"""The three states of a value: a value, EMPTY (delivered, nothing there) and UNKNOWN.

UNKNOWN is what was not delivered, not agreed, or made from something unknown. Numbers are whole numbers or
exact fractions, never floats, and rounded only where they are shown.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import Final, TypeGuard

from compliance.language.tree import Type
from compliance.model.amounts import half_up
from compliance.model.finding import Value as Shown


class Unknown(Enum):
    """The type of UNKNOWN, which is not a value and not empty."""

    UNKNOWN = "unknown"

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = Unknown.UNKNOWN
EMPTY: Final = None

Known = str | int | bool | Decimal | date | Fraction
State = Known | None | Unknown
Truth = bool | Unknown


def known(state: State) -> TypeGuard[Known]:
    """Whether there is a value: neither EMPTY nor UNKNOWN."""
    return state is not EMPTY and state is not UNKNOWN


def truth(state: State) -> Truth:
    """True, false or UNKNOWN; an EMPTY yes-or-no field is UNKNOWN."""
    return state if isinstance(state, bool) else UNKNOWN


def both(states: Iterable[Truth]) -> Truth:
    """Kleene's and: false if one is false, else UNKNOWN if one is, else true."""
    result: Truth = True
    for state in states:
        if state is False:
            return False
        if state is UNKNOWN:
            result = UNKNOWN
    return result


def either(states: Iterable[Truth]) -> Truth:
    """Kleene's or: true if one is true, else UNKNOWN if one is, else false."""
    result: Truth = False
    for state in states:
        if state is True:
            return True
        if state is UNKNOWN:
            result = UNKNOWN
    return result


def negation(state: Truth) -> Truth:
    """Kleene's not: UNKNOWN stays UNKNOWN."""
    return UNKNOWN if state is UNKNOWN else not state


def exact(value: Known) -> Known:
    """The value, a decimal as an exact fraction: decimals of Python round, fractions never do."""
    return Fraction(value) if isinstance(value, Decimal) else value


def shown(state: State, kind: Type) -> Shown:
    """The state as a finding reports it: None without a value; decimals and quotients to two places."""
    if not known(state):
        return None
    if kind in ("decimal", "ratio") and isinstance(state, int | Fraction | Decimal):
        return half_up(Fraction(state))
    return int(state) if isinstance(state, Fraction) else state
