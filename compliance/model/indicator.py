"""What the talk with the contractor is about: the four system indicators, each measured or not known.

Only data: a measure's name and definition stand in the report texts under its code.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

SystemIndicator = Literal["reach", "availability", "quality", "budget"]
SYSTEM_INDICATORS: tuple[SystemIndicator, ...] = ("reach", "availability", "quality", "budget")
Unit = Literal["count", "days", "eur", "pct", "fte", "plain"]


@dataclass(frozen=True, slots=True)
class Measure:
    """One measured value; `value` is None when the facts do not tell, and `lacks` names what they lack.

    `code` names its words (`measure.*`); for a row that the contractor reported, `name` is its own name and
    `code` is "reported". `first_day` is None for a state on `last_day`; else both days are included. `part`
    is the service or district it is about, as a code of the facts; empty for the whole contract.
    """

    indicator: SystemIndicator
    code: str
    unit: Unit
    last_day: date
    value: Decimal | None = None
    first_day: date | None = None
    target: Decimal | None = None
    part: str = ""
    name: str = ""
    period: str = ""
    lacks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Series:
    """A measure over time: its value on each day, None where the facts do not tell."""

    indicator: SystemIndicator
    code: str
    unit: Unit
    points: tuple[tuple[date, Decimal | None], ...]
