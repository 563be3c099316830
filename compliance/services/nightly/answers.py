"""What a world says of one rule about one subject, in parts that can be compared with another world's.

A kept result and a fresh observation give equal parts when they say the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from compliance.model.finding import Observation
from compliance.reporting.messages import plain_value

Class = Literal["finding", "not_assessable", "none"]
OUTCOME, SEVERITY, STATUS = "outcome", "severity", "status"
WEIGHED = (SEVERITY, STATUS)  # parts that the judgement gives, the others are the rule's


@dataclass(frozen=True, slots=True)
class Answer:
    """The outcome and, of a finding, what the rule shows: its values, evidence and day of deviation."""

    outcome: Class
    parts: Mapping[str, Any] = field(default_factory=dict)

    def part(self, name: str, *, found_only: bool = False) -> Any:
        """One part, for comparison only; with `found_only` the outcome is merely whether it was found."""
        if name == OUTCOME:
            return self.outcome == "finding" if found_only else self.outcome
        return self.parts.get(name)


NOTHING = Answer("none")


def of_observation(observation: Observation | None) -> Answer:
    """What an engine just said; None stands for every outcome that asks for nothing."""
    if observation is None or observation.outcome in ("compliant", "not_applicable"):
        return NOTHING
    if observation.outcome == "not_assessable":
        return Answer("not_assessable")
    since = observation.deviates_since
    return Answer(
        "finding",
        {
            "deviates_since": since.isoformat() if since else None,
            "evidence": (
                observation.evidence_count,
                tuple((fact.entity, fact.id) for fact in observation.evidence),
            ),
            **{f"values.{name}": plain_value(value) for name, value in observation.values},
        },
    )


def of_record(record: Mapping[str, Any]) -> Answer:
    """What a kept result says, with what the judgement made of it."""
    if record["outcome"] != "finding":
        return Answer("not_assessable") if record["outcome"] == "not_assessable" else NOTHING
    return Answer(
        "finding",
        {
            "deviates_since": record["deviates_since"],
            "evidence": (
                record["evidence_count"],
                tuple((fact["entity"], fact["id"]) for fact in record["evidence"]),
            ),
            **{f"values.{name}": value for name, value in record["values"].items()},
            SEVERITY: record["severity"],
            STATUS: (record["status"], record["follows_from"]),
        },
    )


def differing(before: Answer, after: Answer) -> frozenset[str]:
    """The names of the parts in which two answers differ."""
    if before.outcome != after.outcome:
        return frozenset((OUTCOME,))
    names = before.parts.keys() | after.parts.keys()
    return frozenset(name for name in names if before.part(name) != after.part(name))
