"""Who owes which fact or number before rules can judge, from the not-assessable results of a run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from typing import Any

from compliance.model.finding import Missing, RowRef
from compliance.model.night import KeptResult, Owed


def who_owes(
    results: Iterable[KeptResult], rules: Collection[str], owed_by: Callable[[str], str]
) -> tuple[Owed, ...]:
    """What is missing for those rules, with its owner and the number of judgements that wait for it.

    `owed_by` names the party for a fact ("entity.field"); a number is owed by both sides. A judgement that
    misses several things counts for each of them.
    """
    waiting: defaultdict[Missing, set[tuple[str, RowRef]]] = defaultdict(set)
    for result in results:
        if result.outcome == "not_assessable" and result.rule in rules:
            for item in result.record.get("missing", ()):
                waiting[_without_row(item)].add((result.rule, result.subject))
    found = [
        Owed(
            missing=missing,
            owner="both" if missing.kind == "parameter_not_agreed" else owed_by(missing.field),
            rules=tuple(sorted({rule for rule, _ in waits})),
            subjects=len(waits),
        )
        for missing, waits in waiting.items()
    ]
    return tuple(sorted(found, key=lambda one: (one.owner, -one.subjects, str(one.missing))))


def _without_row(item: dict[str, Any]) -> Missing:
    """The missing thing without the row that lacks it, so that rows count together."""
    if item["kind"] == "parameter_not_agreed":
        return Missing("parameter_not_agreed", parameter=item["parameter"])
    return Missing("missing_fact", field=item["field"], entity=item["entity"])
