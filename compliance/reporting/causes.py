"""Groups what could not be assessed by its cause: one missing fact or number, and what it holds up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from compliance.model.finding import Judged, Missing


@dataclass(slots=True)
class Cause:
    """A field, an entity or a number that is missing, with the results it stands in the way of."""

    missing: Missing
    results: int = 0
    rules: set[str] = field(default_factory=set)
    rows: set[str] = field(default_factory=set)

    @property
    def label(self) -> str:
        return str(self.missing)


def group_causes(results: Iterable[Judged]) -> list[Cause]:
    """The causes behind all not-assessable results, the one that holds up most first.

    A result with several causes counts for each of them.
    """
    causes: dict[str, Cause] = {}
    for result in results:
        observation = result.observation
        if observation.outcome != "not_assessable":
            continue
        for name, item in {str(item): item for item in observation.missing}.items():
            cause = causes.setdefault(name, Cause(item))
            cause.results += 1
            cause.rules.add(observation.rule)
        for item in observation.missing:
            if item.id:
                causes[str(item)].rows.add(item.id)
    return sorted(causes.values(), key=lambda cause: (-cause.results, cause.label))
