"""Option values that are written strictly: days and moments."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import click


def day(text: str) -> date:
    """The calendar day that YYYY-MM-DD names.

    Raises: click.BadParameter for anything else.
    """
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
        raise click.BadParameter(f"{text!r} is not a day; write it as YYYY-MM-DD.")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"The day {text} does not exist.") from None


def moment(text: str) -> datetime:
    """The moment that ISO 8601 with a time zone names.

    Raises: click.BadParameter for anything else.
    """
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"{text!r} is not a moment; write it like 2027-06-02T00:00:00Z.") from None
    if found.tzinfo is None:
        raise click.BadParameter(f"{text!r} has no time zone; write it like 2027-06-02T00:00:00Z.")
    try:
        return found.astimezone(UTC)
    except OverflowError:
        raise click.BadParameter(f"{text!r} lies outside the years 1 to 9999 in UTC.") from None
