"""Why findings changed since the last night: judged again, one input changed at a time.

Only rules with changes are judged again, only about the subjects that changed, and only where that input
differs. What the worlds are made of is not known here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from compliance.model.finding import Observation, RowRef
from compliance.services.nightly.answers import (
    NOTHING,
    OUTCOME,
    SEVERITY,
    STATUS,
    WEIGHED,
    Answer,
    of_observation,
)
from compliance.services.nightly.attribution import Path, attribute, excepting, together
from compliance.services.nightly.compare import Causes, Explain, Shift

Era = Literal["then", "now"]
Wanted = Mapping[str, Sequence[str]]  # per rule the ids of its subjects
Seen = Mapping[tuple[str, RowRef], Observation]


@dataclass(frozen=True, slots=True)
class World:
    """Of which night each of its inputs is."""

    rules: Era
    numbers: Era
    facts: Era
    day: Era


class Worlds(Protocol):
    """The last night's inputs and this one's, and what rules say when they are mixed."""

    def observe(self, world: World, wanted: Wanted) -> Seen:
        """Findings and gaps of these rules about these subjects; of a rule that was not there, nothing."""

    def weigh(self, rules: Era, facts: Era, day: Era, shifts: Sequence[Shift]) -> Mapping[str, str]:
        """Per fingerprint the severity of a finding, by declarations and history of those nights."""


@dataclass(frozen=True, slots=True)
class Differences:
    """Which inputs differ between two nights: of rules, the ids of those that it concerns.

    `rules` read otherwise, `numbers` use a number that differs, `facts` read an entity that does.
    `exempted_*` hold the rules with subjects of exceptions in force.
    """

    rules: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()
    facts: frozenset[str] = frozenset()
    history: bool = False
    declarations: bool = False
    time: bool = False
    exempted_then: frozenset[tuple[str, RowRef]] = frozenset()
    exempted_now: frozenset[tuple[str, RowRef]] = frozenset()


def explainer(differences: Differences, worlds: Worlds) -> Explain:
    """The function that tells, per fingerprint and part, what made it differ."""

    def explain(shifts: Sequence[Shift]) -> Mapping[str, Mapping[str, Causes]]:
        return _Explaining(differences, worlds, shifts).causes()

    return explain


class _Explaining:
    """One night's shifts being explained."""

    def __init__(self, differences: Differences, worlds: Worlds, shifts: Sequence[Shift]) -> None:
        self.differences = differences
        self.worlds = worlds
        self.shifts = {shift.fingerprint: shift for shift in shifts}

    def causes(self) -> Mapping[str, Mapping[str, Causes]]:
        found: dict[str, dict[str, Causes]] = {mark: {} for mark in self.shifts}
        for mark, path in self._paths().items():
            shift = self.shifts[mark]
            bare = shift.before is None or not shift.before.stands
            moved = self.differences.time or shift.rule in self.differences.facts
            for part in shift.parts.difference(WEIGHED):
                found[mark][part] = attribute(path, part, moved=moved, found_only=bare)
        moved = self.differences.time or self.differences.history
        for mark, path in self._weights().items():
            found[mark][SEVERITY] = attribute(path, SEVERITY, moved=moved)
        for mark, shift in self.shifts.items():
            if OUTCOME in shift.parts and shift.answers.part(STATUS, found_only=True) == ("excepted", None):
                granted = excepting(self._exempted_then(shift), after=True)
                found[mark][OUTCOME] = found[mark].get(OUTCOME, frozenset()) | granted
        for mark, shift in self.shifts.items():
            if STATUS in shift.parts:
                found[mark][STATUS] = self._status(shift, found)
        return found

    # -- what rules say

    def _paths(self) -> dict[str, Path]:
        """The answers on the way, for every shift in something that its rule says."""
        mine = [shift for shift in self.shifts.values() if shift.parts.difference(WEIGHED)]
        differ = self.differences
        last = {shift.fingerprint: shift.answered for shift in mine}
        now = {shift.fingerprint: shift.answers for shift in mine}
        ruled = self._look(World("now", "then", "then", "then"), mine, differ.rules, last)
        numbered = self._look(World("now", "now", "then", "then"), mine, differ.numbers, ruled)
        # Where only the day differs, or only the facts, the corners are known already.
        day_only = {mark: now[mark] if self._informed(mark) else numbered[mark] for mark in now}
        facts_only = {mark: numbered[mark] if self._informed(mark) else now[mark] for mark in now}
        informed: Mapping[str, Answer] = day_only
        aged: Mapping[str, Answer] = numbered
        if differ.time:
            informed = self._look(World("now", "now", "now", "then"), mine, differ.facts, numbered)
            # The facts of then are loaded only for what those of now do not explain on the last day.
            unclear = [shift for shift in mine if _unclear(shift, informed[shift.fingerprint])]
            aged = self._look(World("now", "now", "then", "now"), unclear, differ.facts, facts_only)
        unruled = self._look(World("then", "now", "now", "now"), mine, differ.rules, now)
        unnumbered = self._look(World("now", "then", "now", "now"), mine, differ.numbers, now)
        ways = (last, ruled, numbered, informed, aged, now, unruled, unnumbered)
        return {mark: Path(*(way[mark] for way in ways)) for mark in now}

    def _informed(self, mark: str) -> bool:
        return self.shifts[mark].rule in self.differences.facts

    def _look(
        self, world: World, shifts: Sequence[Shift], rules: frozenset[str], otherwise: Mapping[str, Answer]
    ) -> Mapping[str, Answer]:
        """What these rules say in a world; of the others what was known already."""
        mine = [shift for shift in shifts if shift.rule in rules]
        if not mine:
            return otherwise
        wanted: defaultdict[str, list[str]] = defaultdict(list)
        for shift in mine:
            wanted[shift.rule].append(shift.subject.id)
        seen = self.worlds.observe(world, wanted)
        fresh = {shift.fingerprint: of_observation(seen.get((shift.rule, shift.subject))) for shift in mine}
        return {**otherwise, **fresh}

    # -- what the judgement makes of it

    def _weights(self) -> dict[str, Path]:
        """The severities on the way, for findings of which it differs."""
        mine = [shift for shift in self.shifts.values() if SEVERITY in shift.parts]
        if not mine:
            return {}
        ruled = self._weighed("now", "then", "then", mine)
        informed = self._weighed("now", "now", "then", mine)
        aged = self._weighed("now", "then", "now", mine)
        unruled = self._weighed("then", "now", "now", mine)
        return {
            shift.fingerprint: Path(
                last=_weight(shift.answered),
                ruled=ruled[shift.fingerprint],
                numbered=ruled[shift.fingerprint],
                informed=informed[shift.fingerprint],
                aged=aged[shift.fingerprint],
                now=_weight(shift.answers),
                unruled=unruled[shift.fingerprint],
                unnumbered=_weight(shift.answers),
            )
            for shift in mine
        }

    def _weighed(self, rules: Era, facts: Era, day: Era, shifts: Sequence[Shift]) -> dict[str, Answer]:
        severities = self.worlds.weigh(rules, facts, day, shifts)
        marks = (shift.fingerprint for shift in shifts)
        return {mark: Answer("finding", {SEVERITY: severities.get(mark)}) for mark in marks}

    def _exempted_then(self, shift: Shift) -> bool:
        return (shift.rule, shift.subject) in self.differences.exempted_then

    def _status(
        self, shift: Shift, found: Mapping[str, Mapping[str, Causes]], seen: frozenset[str] = frozenset()
    ) -> Causes:
        """An exception's coming and going; of a consequence, what made its cause come or go."""
        after = (shift.rule, shift.subject) in self.differences.exempted_now
        excepted = excepting(self._exempted_then(shift), after=after)
        if excepted or shift.fingerprint in seen:
            return excepted
        others = {answer.part(STATUS)[1] for answer in (shift.answered, shift.answers) if answer.part(STATUS)}
        causes = []
        for mark in sorted(other for other in others if other in self.shifts):
            causes.append(found[mark].get(OUTCOME, frozenset()))
            if STATUS in self.shifts[mark].parts:
                causes.append(self._status(self.shifts[mark], found, seen | {shift.fingerprint}))
        return together(causes)


def _unclear(shift: Shift, informed: Answer) -> bool:
    """Whether some part would not have been what it is on the last day already."""
    return any(informed.part(part) != shift.answers.part(part) for part in shift.parts.difference(WEIGHED))


def _weight(answer: Answer) -> Answer:
    return (
        replace(answer, parts={SEVERITY: answer.part(SEVERITY)}) if answer.outcome == "finding" else NOTHING
    )
