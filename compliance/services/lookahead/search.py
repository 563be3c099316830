"""Finds the first day on which each subject of a rule is found, judging as few days as its course allows.

A search asks for a rule's findings on days at which something steps, and ends with the days it is sure of and
the stretches in which some subjects become findings; who drives several searches judges what they ask for the
same day together.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from compliance.language.tree import CheckedRule
from compliance.services.lookahead.course import Watched

Found = frozenset[str]
# Judges rules as of a day: per rule id the subjects found, None where the rule broke.
JudgeDay = Callable[[date, Sequence[CheckedRule]], Mapping[str, Found | None]]
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Subjects that may become findings after `start` and on `end` at the latest, each once and for good."""

    subjects: Found
    start: date
    end: date


@dataclass(slots=True)
class Coming:
    """Of one rule the first days that are known, and the stretches that are left to look into."""

    first: dict[str, date] = field(default_factory=dict)
    stretches: list[Stretch] = field(default_factory=list)

    def note(self, subjects: Found, day: date) -> None:
        """Those of which no earlier day is known are found on the day."""
        for subject in subjects:
            self.first[subject] = min(day, self.first.get(subject, day))


Search = Generator[tuple[CheckedRule, date], Found, Coming]


def find_coming(watched: Watched, steps: Sequence[date], as_of: date, until: date) -> Search:
    """What comes after `as_of` of subjects that are no finding then.

    `steps`: the days on which anything may happen; between them the findings only move along the course.
    """
    coming, rule, course = Coming(), watched.rule, watched.pace.course
    if course in ("still", "falling") and not steps:
        return coming
    now = yield rule, as_of
    starts, ends = [as_of, *steps], [*(step - DAY for step in steps), until]
    for start, end in zip(starts, ends, strict=True):
        begun = now if start == as_of else (yield rule, start)
        coming.note(begun - now, start)
        if end == start:
            continue
        # What falls gains nothing until the next step; what stands still neither.
        fresh: Found = frozenset()
        if watched.rising is not None and watched.falling is not None:
            fresh = (yield watched.rising, end) & (yield watched.falling, start)
        elif course in ("rising", "either"):
            fresh = yield rule, end
        fresh -= begun | now
        if fresh:
            coming.stretches.append(Stretch(fresh, start, end))
    return coming


def run_searches(searches: Mapping[str, Search], judge: JudgeDay) -> tuple[dict[str, Coming], list[str], int]:
    """What each search ends with, the names of those whose rule broke, and how often a rule was judged."""
    ended: dict[str, Coming] = {}
    broken: list[str] = []
    asked: dict[str, tuple[CheckedRule, date]] = {}
    judged = 0

    def go(name: str, found: Found | None) -> None:
        try:
            search = searches[name]
            asked[name] = next(search) if found is None else search.send(found)
        except StopIteration as stopped:
            ended[name] = stopped.value

    for name in searches:
        go(name, None)
    while asked:
        day = min(wanted for _, wanted in asked.values())
        chosen = {name: rule for name, (rule, wanted) in asked.items() if wanted == day}
        answers = judge(day, list(chosen.values()))
        judged += len(chosen)
        for name, rule in chosen.items():
            found = answers[rule.id]
            del asked[name]
            if found is None:
                broken.append(name)
            else:
                go(name, found)
    return ended, broken, judged
