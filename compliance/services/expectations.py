"""Whether what a case expects came true."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from compliance.model.finding import Observation
from compliance.model.rule import Expected
from compliance.model.run import Expectation
from compliance.model.written import same_value


def compare(expected: Iterable[Expected], observations: Iterable[Observation]) -> tuple[Expectation, ...]:
    """Each expectation beside what was observed; all outcomes must be among the observations."""
    found = {(item.rule, str(item.subject)): item for item in observations}
    return tuple(_compared(item, found) for item in expected)


def _compared(item: Expected, found: Mapping[tuple[str, str], Observation]) -> Expectation:
    observation = found.get((item.rule or "", item.subject))
    if observation is None:
        return Expectation(item, holds=False)
    holds = (
        observation.outcome == item.outcome
        and _values_hold(item.values, dict(observation.values))
        and _names_hold(item.missing, map(str, observation.missing))
        and _names_hold(item.evidence, map(str, observation.evidence))
    )
    return Expectation(item, holds=holds, found=observation.outcome)


def _values_hold(expected: Mapping[str, Any] | None, found: Mapping[str, Any]) -> bool:
    return expected is None or all(
        name in found and same_value(value, found[name]) for name, value in expected.items()
    )


def _names_hold(expected: Iterable[str] | None, found: Iterable[str]) -> bool:
    return expected is None or set(expected) == set(found)
