"""Exceptions (tenzij) as a reader sees them on a day: in what state each is, and which soon lapse."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

from compliance.model.days import add_months
from compliance.model.night import Granted
from compliance.model.run import Note

WARNED_DAYS = 30  # so long before its last day is told that an exception lapses
MOST_MONTHS = 12
ExceptionState = Literal["asked", "to_come", "in_force", "lapses_soon", "lapsed", "revoked"]


@dataclass(frozen=True, slots=True)
class ExceptionsShown:
    """Exceptions on a day, by number, and what is to be noted about them."""

    as_of: date
    exceptions: tuple[Granted, ...] = ()
    notes: tuple[Note, ...] = field(default=())


def state_of(granted: Granted, as_of: date) -> ExceptionState:
    """The exception's state on the day. Only one in force (also one that lapses soon) excepts a finding."""
    if granted.revoked_at is not None:
        return "revoked"
    if granted.last_day < as_of:
        return "lapsed"
    if not granted.approved_by:
        return "asked"
    if as_of < granted.first_day:
        return "to_come"
    return "lapses_soon" if granted.last_day - as_of < timedelta(days=WARNED_DAYS) else "in_force"


def in_force(granted: Granted, as_of: date) -> bool:
    """Whether the exception excepts its finding on the day."""
    return state_of(granted, as_of) in ("in_force", "lapses_soon")


def lapsing(granted: Iterable[Granted], as_of: date, days: int = WARNED_DAYS) -> tuple[Granted, ...]:
    """Those in force on the day that end within so many days and that no other follows; soonest first."""
    held = tuple(granted)
    ending = [
        one
        for one in held
        if in_force(one, as_of) and one.last_day - as_of < timedelta(days=days) and not _followed(one, held)
    ]
    return tuple(sorted(ending, key=lambda one: (one.last_day, one.number)))


def _followed(one: Granted, held: Iterable[Granted]) -> bool:
    after = one.last_day + timedelta(days=1)
    return any(
        (other.contract, other.rule, other.subject) == (one.contract, one.rule, one.subject)
        and other.approved_by
        and other.revoked_at is None
        and other.first_day <= after <= other.last_day
        for other in held
    )


def too_long(first_day: date, last_day: date) -> bool:
    """Whether the days make more than a year; a year from 1 March ends on the last day of February."""
    return last_day >= add_months(first_day, MOST_MONTHS)


def same_person(one: str, other: str) -> bool:
    """Whether two names name one person: case, spaces and forms of the same letters do not matter."""
    return _plain(one) == _plain(other)


def _plain(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())
