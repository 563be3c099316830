"""Calendar days: month arithmetic and intervals of which both ends count ("tot en met").

Pure functions on `datetime.date`; the SQL compiler states the same meaning in SQL.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from datetime import date, timedelta


def add_months(day: date, months: int) -> date:
    """The same day of the month `months` later, clamped to that month's last day.

    Example: 31 January and one month is 28 February, or 29 in a leap year.

    Raises: OverflowError beyond the years 1 to 9999.
    """
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    if not date.min.year <= year <= date.max.year:
        raise OverflowError("date value out of range")
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def covered_days(first: date, last: date, intervals: Iterable[tuple[date, date | None]]) -> int:
    """How many days from `first` to `last`, both included, lie in at least one interval.

    Intervals include both ends; an end of None is open. A `last` before `first` is an empty window.
    """
    covered, reached = 0, first - timedelta(days=1) if first > date.min else None
    for start, end in sorted(intervals, key=lambda interval: interval[0]):
        begin = max(start, first)
        if reached is not None and begin <= reached:
            begin = reached + timedelta(days=1)
        stop = last if end is None else min(end, last)
        if stop >= begin:
            covered += (stop - begin).days + 1
            reached = stop
    return covered


def window_days(first: date, last: date) -> int:
    """The number of days from `first` to `last`, both included; 0 when `last` lies before `first`."""
    return max(0, (last - first).days + 1)
