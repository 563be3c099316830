"""Option values that are written strictly: days, moments and sizes."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import click

_UNITS = {"MB": 10**6, "GB": 10**9, "TB": 10**12, "MIB": 1 << 20, "GIB": 1 << 30, "TIB": 1 << 40}


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


def size(text: str) -> int:
    """The number of bytes that a whole number with MB, GB, TB, MiB, GiB or TiB names.

    Raises: click.BadParameter for anything else.
    """
    found = re.fullmatch(r"(\d{1,9}) ?([KMGT]i?B)", text.strip(), re.ASCII | re.IGNORECASE)
    if found is None or found[2].upper() not in _UNITS:
        raise click.BadParameter(f"{text!r} is not a size; write it like 4GiB or 500MB.")
    return int(found[1]) * _UNITS[found[2].upper()]
