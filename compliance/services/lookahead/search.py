"""Finds the first day on which each subject of a rule is found, judging as few days as its course allows.

A search asks for days and is told the findings of each; who drives several searches judges the rules that ask
for the same day together.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from datetime import date, timedelta

from compliance.language.tree import CheckedRule
from compliance.services.lookahead.course import Course

Found = frozenset[str]
# A search yields the day it needs, is sent the subjects found then, and ends with their first days.
Search = Generator[date, Found, dict[str, date]]
# Judges rules as of a day: per rule id the subjects found, None where the rule broke.
JudgeDay = Callable[[date, Sequence[CheckedRule]], Mapping[str, Found | None]]
DAY = timedelta(days=1)


def first_days(course: Course, steps: Sequence[date], as_of: date, until: date) -> Search:
    """Per subject that is no finding on `as_of` the first day after it, up to `until`, on which it is one.

    `steps`: the days on which anything may happen; between them the findings only move along the course.
    """
    now = yield as_of
    first: dict[str, date] = {}
    starts = [as_of, *steps]
    ends = [*(step - DAY for step in steps), until]
    for start, end in zip(starts, ends, strict=True):
        begun = now if start == as_of else (yield start)
        _note(first, begun - now, start)
        # What falls gains nothing until the next step; what stands still neither.
        if course in ("rising", "either") and end > start:
            ended = yield end
            yield from _between(first, now, (start, begun), (end, ended))
    return first


def _between(
    first: dict[str, date], now: Found, low: tuple[date, Found], high: tuple[date, Found]
) -> Generator[date, Found, None]:
    """Notes the first days of all that comes after the low day, up to the high one."""
    waiting = [(low, high)]
    while waiting:
        (start, before), (end, after) = waiting.pop()
        if not after - before - now:
            continue
        if (end - start).days == 1:
            _note(first, after - before - now, end)
            continue
        middle = start + DAY * ((end - start).days // 2)
        between = (middle, (yield middle))
        waiting += [((start, before), between), (between, (end, after))]


def _note(first: dict[str, date], subjects: Found, day: date) -> None:
    for subject in subjects:
        first[subject] = min(day, first.get(subject, day))


def run_searches(
    searches: Mapping[str, tuple[CheckedRule, Search]], judge: JudgeDay
) -> tuple[dict[str, dict[str, date]], list[str], int]:
    """What each search by rule id ends with, the rules that broke, and how often a rule was judged."""
    ended: dict[str, dict[str, date]] = {}
    broken: list[str] = []
    asked: dict[str, date] = {}
    judged = 0
    for name, (_, search) in searches.items():
        asked[name] = next(search)
    while asked:
        day = min(asked.values())
        names = [name for name, wanted in asked.items() if wanted == day]
        answers = judge(day, [searches[name][0] for name in names])
        judged += len(names)
        for name in names:
            found = answers[name]
            del asked[name]
            if found is None:
                broken.append(name)
                continue
            try:
                asked[name] = searches[name][1].send(found)
            except StopIteration as stopped:
                ended[name] = stopped.value
    return ended, broken, judged
