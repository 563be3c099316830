"""Numbers of every type, with and without a code, that hold always, from a day on, or never."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from compliance.model.number import Numbers, NumberSpec
from compliance.model.rule import Bilingual
from tests.engine.worlds import rulebook

WORDS = Bilingual(nl="x", en="x")


def _number(name: str, kind: Any, *segments: tuple[date | None, Any], **parts: Any) -> NumberSpec:
    return NumberSpec(name, "count", kind, WORDS, "x", "agreed", tuple(segments), **parts)


SERVICES: dict[str, Any] = {
    "keyed_by": "referral.service",
    "keys": ("ambulatory", "specialist_day", "open_day", "short_stay", "household_help"),
}
GROUNDS: dict[str, Any] = {"choices": ("full", "budget", "fixed", "ambulatory")}
CHOSEN = frozenset(GROUNDS["choices"])
_JUNE, _YEAR = date(2027, 6, 1), date(2028, 1, 1)
NUMBERS = Numbers({
    **rulebook().numbers.specs,
    **{spec.name: spec for spec in (
        _number("dated", "int", (_JUNE, 10), (_YEAR, 20)),
        _number("fixed", "int", (None, 3)),
        _number("never", "int"),
        _number("below", "int", (None, -2), (_JUNE, 0)),
        _number("share", "decimal", (None, Decimal("2.5")), (_YEAR, Decimal("33.3333"))),
        _number("rate", "decimal", (None, {"ambulatory": Decimal("0.1")}), (_JUNE, {"open_day": Decimal(1)}),
                **SERVICES),
        _number("wait", "int", (_JUNE, {"ambulatory": 5, "open_day": 0}), **SERVICES),
        _number("start", "day", (None, _JUNE)),
        _number("later", "day", (_JUNE, _JUNE), (_YEAR, _YEAR)),
        _number("none_allowed", "codes", (None, ()), **GROUNDS),
        _number("allowed", "codes", (None, ("full", "ambulatory")), (_YEAR, ("budget",)), **GROUNDS),
        _number("never_allowed", "codes", **GROUNDS),
        _number("by_code", "codes", (None, {"ambulatory": ("full",), "open_day": ()}),
                **GROUNDS, **SERVICES),
    )},
})  # fmt: skip
INTS = ("fixed", "dated", "never", "below", "uptake_days")
KEYED = ("wait", "max_wait_days")
CODES = ("allowed", "none_allowed", "never_allowed")
