"""The values that a lever may be given: the days and amounts on which an outcome can turn.

Days come from the rule's own expressions; between one that clears and one that does not, the boundary is
found by halving. Amounts are looked for in ever larger steps on their lattice (cents), then halved likewise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

from compliance.engine.reference.remedy_policy import fits
from compliance.model.finding import Value
from compliance.model.schema import FieldSpec

DAY = timedelta(days=1)
LARGEST = 10**13  # steps on the lattice, of which no more are taken
Clears = Callable[[Value], bool]
Bound = Literal["exactly", "at_least", "at_most"]


def nearest_day(days: Iterable[date], origin: date, clears: Clears) -> date | None:
    """The day nearest to the origin that clears, looked for at these days and then inwards."""
    wanted = sorted(set(days), key=lambda day: (abs((day - origin).days), day))
    found = next((day for day in wanted if clears(day)), None)
    if found is None or found == origin:
        return found
    # The days between were tried and do not clear; nor did the origin, or it would have been found.
    side = [day for day in wanted if (day < origin) == (found < origin)]
    failing = side[side.index(found) - 1] if side.index(found) else origin
    return _last_clearing(found, failing, clears)


def _last_clearing(clearing: date, failing: date, clears: Clears) -> date:
    """Between a day that clears and one that does not, the clearing day nearest to the other."""
    while abs((failing - clearing).days) > 1:
        middle = clearing + DAY * int((failing - clearing).days / 2)
        if clears(middle):
            clearing = middle
        else:
            failing = middle
    return clearing


def nearest_amount(
    spec: FieldSpec, origin: Decimal | int, clears: Clears, within: int = LARGEST
) -> Decimal | int | None:
    """The amount nearest to the origin that clears, on the field's lattice; of two as near the higher.

    `within`: at most so many steps of the lattice away; when that is less than all, nothing further is tried.
    """
    unit = unit_of(spec)
    found = []
    for sign in (1, -1):

        def enough(steps: int, step: Decimal | int = unit * sign) -> bool:
            return clears(origin + step * steps)

        most = min(within, _bound_steps(spec, origin, sign))
        steps = _fewest_steps(most, enough, certain=most == within < LARGEST)
        found += [] if steps is None else [sign * steps]
    best = min(found, key=lambda steps: (abs(steps), -steps), default=None)
    return None if best is None else origin + unit * best


def unit_of(spec: FieldSpec) -> Decimal | int:
    """The smallest step of the field: a cent for euros."""
    return Decimal(1).scaleb(-spec.places) if spec.type == "decimal" else 1


def _bound_steps(spec: FieldSpec, origin: Decimal | int, sign: int) -> int:
    """How many steps the field's bounds allow in that direction."""
    bound = spec.most if sign > 0 else spec.least
    if bound is None:
        return LARGEST
    return max(0, int((Decimal(bound) - Decimal(origin)) * sign / Decimal(unit_of(spec))))


def _fewest_steps(most: int, clears: Callable[[int], bool], *, certain: bool) -> int | None:
    """The fewest steps that clear, at most so many: looked for by tens, then halved; None when none do.

    `certain`: the most is known to be where it would clear, if it does anywhere before.
    """
    if most < 1 or (certain and not clears(most)):
        return None
    last, steps = 0, 1
    while not clears(steps):
        if steps == most:
            return None
        last, steps = steps, min(steps * 10, most)
    while steps - last > 1:
        middle = (last + steps) // 2
        if clears(middle):
            steps = middle
        else:
            last = middle
    return steps


def plain_values(spec: FieldSpec, before: Value) -> list[Value]:
    """The other values of a field that is neither a day nor a number."""
    if spec.type == "bool":
        return [value for value in (True, False) if value is not before]
    return [code for code in spec.codes if code != before]


def beyond_clears(spec: FieldSpec, origin: Value, value: Value, clears: Clears) -> Bound:
    """Which side of the value clears as well, as far as one more step tells."""
    if isinstance(value, date) and isinstance(origin, date) and value != origin:
        further: Value = value + DAY if value > origin else value - DAY
        later = value > origin
    elif isinstance(value, Decimal | int) and isinstance(origin, Decimal | int):
        later = value > origin
        further = value + unit_of(spec) if later else value - unit_of(spec)
    else:
        return "exactly"
    if not fits(spec, further) or not clears(further):
        return "exactly"
    return "at_least" if later else "at_most"
