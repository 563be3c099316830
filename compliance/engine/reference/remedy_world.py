"""Changed worlds: the facts with edits applied, and what the rule then says of its one subject."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from compliance.engine.reference.engine import ReferenceEngine, outcome_of
from compliance.engine.reference.evaluate import Subject
from compliance.engine.reference.world import Fact, Setting, World
from compliance.language.tree import CheckedRule
from compliance.model.remedy import Edit
from compliance.model.rule import Outcome
from compliance.model.schema import entities

Edits = tuple[Edit, ...]
CLEARED = ("compliant", "not_applicable")
DAY = timedelta(days=1)


def changed(world: World, edits: Iterable[Edit]) -> World:
    """The world as it would be with the edits; an added row lacks what the first rows of its kind lack."""
    facts = dict(world.facts)
    for edit in edits:
        values = {change.field: change.after for change in edit.changes}
        rows = facts.get(edit.row.entity, ())
        if edit.added:
            spec = entities()[edit.row.entity]
            whole: dict[str, Any] = {**dict.fromkeys(spec.fields), **values, "id": edit.row.id}
            facts[edit.row.entity] = (*rows, Fact(edit.row.entity, edit.row.id, whole))
        else:
            facts[edit.row.entity] = tuple(
                replace(row, values={**row.values, **values}) if row.id == edit.row.id else row
                for row in rows
            )
    return World(facts, world.catalog)


def possible(world: World, edits: Iterable[Edit]) -> bool:
    """Whether the changed rows could exist: no interval ends before it begins."""
    for edit in edits:
        held: Mapping[str, Any] = {}
        if not edit.added:
            held = next(row.values for row in world.facts[edit.row.entity] if row.id == edit.row.id)
        after = {**held, **{change.field: change.after for change in edit.changes}}
        spec = entities()[edit.row.entity]
        for first, last in spec.orders:
            begin, end = after.get(first), after.get(last)
            if begin is not None and end is not None and end < begin:
                return False
        if any(after.get(name) == code and after.get(due) is None for name, code, due in spec.demands):
            return False
    return True


# What a rule says of the one subject, with edits, as of a day.
JudgeEdits = Callable[[Edits, date], Outcome | None]


@dataclass
class Bench:
    """Judges one subject of one rule in changed worlds, so often and no more.

    `judge` takes the place of the reference where a world is too large for it.
    """

    world: World
    setting: Setting
    rule: CheckedRule
    subject: str
    judge: JudgeEdits | None = None
    most: int = 2000
    tried: int = 0
    _seen: dict[tuple[Edits, date], Outcome | None] = field(default_factory=dict)

    @property
    def as_of(self) -> date:
        return self.setting.as_of

    @property
    def spent(self) -> bool:
        """Whether the bound of the search is reached; from then on nothing is said to clear."""
        return self.tried >= self.most

    def begin(self) -> Subject | None:
        """The subject as it is."""
        return ReferenceEngine(self.world, self.setting).subject(self.rule, self.subject)

    def outcome(self, edits: Edits, day: date) -> Outcome | None:
        """What the rule says in the changed world; None when the subject is not judged there."""
        if (edits, day) in self._seen:
            return self._seen[edits, day]
        if self.spent or not possible(self.world, edits):
            return None
        self.tried += 1
        found = (self.judge or self._judged)(edits, day)
        self._seen[edits, day] = found
        return found

    def _judged(self, edits: Edits, day: date) -> Outcome | None:
        engine = ReferenceEngine(changed(self.world, edits), replace(self.setting, as_of=day))
        subject = engine.subject(self.rule, self.subject)
        return outcome_of(subject) if subject else None

    def clears(self, edits: Edits) -> tuple[date, Outcome] | None:
        """The day as of which the edits clear the finding and what is said then; None when they do not.

        That day is the one judged; the next when a row ends on the day judged, and then only if it would be
        a finding still without the edits.
        """
        found = self.outcome(edits, self.as_of)
        if found in CLEARED:
            return self.as_of, found
        ending = any(
            change.field == "last_day" and change.after == self.as_of
            for edit in edits
            for change in edit.changes
        )
        if ending and self.outcome((), self.as_of + DAY) == "finding":
            found = self.outcome(edits, self.as_of + DAY)
            if found in CLEARED:
                return self.as_of + DAY, found
        return None
