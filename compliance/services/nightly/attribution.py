"""Which input made an answer differ, from the answers of worlds in which one input changed at a time.

From the last night's world to this one's: first the rule, then the numbers, then facts and time; and back,
the rule or the numbers alone. Facts and time are told apart at the four corners of old and new facts on the
old and the new day.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from compliance.model.night import Cause
from compliance.services.nightly.answers import OUTCOME, Answer
from compliance.services.nightly.compare import Causes


@dataclass(frozen=True, slots=True)
class Path:
    """The answers about one finding on the way from the last night to this one, and back.

    `last`: as it was answered. `ruled`: with the rule of now. `numbered`: with the numbers of now too.
    `informed`: and with the facts of now, on the last day. `aged`: with the facts of then, on this day.
    `now`: as it is answered. `unruled`: as now, but for the rule of then. `unnumbered`: as now, but for the
    numbers of then.
    """

    last: Answer
    ruled: Answer
    numbered: Answer
    informed: Answer
    aged: Answer
    now: Answer
    unruled: Answer
    unnumbered: Answer


def attribute(path: Path, part: str, *, moved: bool, found_only: bool = False) -> Causes:
    """What made this part differ; nothing when the inputs do not explain it.

    A rule or a number is a cause when its change alone made a difference, or when without it there would be
    none. `moved`: facts that count here, or the day, differ. `found_only` takes of the outcome only whether
    it was found: for what did not stand before.
    """

    def of(answer: Answer) -> Any:
        return answer.part(part, found_only=found_only)

    causes: set[Cause] = set()
    if of(path.last) != of(path.ruled) or of(path.unruled) != of(path.now):
        causes.add("rule")
    if of(path.ruled) != of(path.numbered) or of(path.unnumbered) != of(path.now):
        causes.add("number")
    if not moved:
        return frozenset(causes)
    corners = of(path.numbered), of(path.informed), of(path.aged), of(path.now)
    return frozenset(causes) | facts_or_time(*corners, moves=part != OUTCOME)


def facts_or_time(then: Any, informed: Any, aged: Any, now: Any, *, moves: bool) -> Causes:
    """Facts, late facts, time, or several of them.

    Facts that would have given this answer on the last day already were learned late, and nothing else is
    asked. Otherwise it is time, when that was enough without them. Where neither was, new facts count, and
    time when it moved something by itself. Of a part that `moves` along with time, facts were late when they
    changed it on the last day too, to whatever it was then.
    """
    if then == now:
        return frozenset()
    if informed == now:
        return frozenset(("late_fact",))
    if aged == now:
        return frozenset(("time",))
    late = moves and informed != then
    causes: set[Cause] = {"late_fact" if late else "fact"}
    if aged != then:
        causes.add("time")
    return frozenset(causes)


def excepting(before: bool, *, after: bool) -> Causes:
    """What an exception that came into force, or is so no longer, makes of a status."""
    if before == after:
        return frozenset()
    return frozenset(("exception_granted",)) if after else frozenset(("exception_lapsed",))


def together(found: Iterable[Causes]) -> Causes:
    """All causes of several parts."""
    return frozenset(cause for causes in found for cause in causes)
