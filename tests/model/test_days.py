"""Calendar arithmetic agrees with counting days one by one."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.model.days import add_months, covered_days, window_days

DAYS = st.dates(date(2024, 1, 1), date(2024, 3, 31))
INTERVALS = st.lists(st.tuples(DAYS, st.none() | DAYS), max_size=6)
ANY_DAY = st.dates(date(1900, 1, 1), date(2200, 12, 31))


def each_day(first: date, last: date) -> list[date]:
    """All days from first to last, both included."""
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


@given(DAYS, DAYS, INTERVALS)
def test_covered_days_by_counting(first: date, last: date, intervals: list[tuple[date, date | None]]) -> None:
    """Covered are the days of the window that lie in some interval, each counted once, in any order."""
    counted = sum(
        any(start <= day and (end is None or day <= end) for start, end in intervals)
        for day in each_day(first, last)
    )
    assert covered_days(first, last, intervals) == counted
    assert covered_days(first, last, reversed(intervals)) == counted
    assert window_days(first, last) == len(each_day(first, last))


def test_covered_days_at_the_ends_of_the_calendar() -> None:
    """The first and the last day there are count like any other."""
    whole = [(date.min, date.min), (date.min, None)]
    assert covered_days(date.min, date.min, whole) == 1
    assert covered_days(date.max, date.max, whole) == 1
    assert covered_days(date.min, date.max, whole) == window_days(date.min, date.max)


@given(ANY_DAY, st.integers(-1200, 1200))
def test_add_months_by_counting(day: date, months: int) -> None:
    """The month is `months` further on; the day is the same, or the last of a shorter month."""
    found = add_months(day, months)
    assert (found.year * 12 + found.month) - (day.year * 12 + day.month) == months
    assert found.day == day.day or (found.day < day.day and (found + timedelta(days=1)).day == 1)


@pytest.mark.parametrize(("day", "months", "expected"), [
    ("2027-01-31", 1, "2027-02-28"), ("2028-01-31", 1, "2028-02-29"), ("2028-02-29", 12, "2029-02-28"),
    ("2027-03-31", -1, "2027-02-28"), ("2027-12-01", 1, "2028-01-01"), ("2027-01-15", -1, "2026-12-15"),
    ("2027-05-31", 0, "2027-05-31"),
])  # fmt: skip
def test_months_are_clamped(day: str, months: int, expected: str) -> None:
    """A month too short for the day gives its last day."""
    assert add_months(date.fromisoformat(day), months) == date.fromisoformat(expected)


@pytest.mark.parametrize(("day", "months"), [(date.max, 1), (date.min, -1)])
def test_months_beyond_the_calendar(day: date, months: int) -> None:
    """No month lies before the year 1 or after 9999."""
    with pytest.raises(OverflowError):
        add_months(day, months)
