"""Whether what a case expects came true."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from compliance.model.finding import Observation
from compliance.model.rule import Expected
from compliance.model.run import Expectation


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
        name in found and _equal(value, found[name]) for name, value in expected.items()
    )


def _names_hold(expected: Iterable[str] | None, found: Iterable[str]) -> bool:
    return expected is None or set(expected) == set(found)


def _equal(written: Any, found: Any) -> bool:
    """Whether a value as a file writes it is the value found: 12, 12.0 and "12.00" are one."""
    if isinstance(written, bool) or isinstance(found, bool) or found is None:
        return written is found
    if isinstance(found, int | Decimal):
        try:
            return Decimal(str(written)) == found
        except InvalidOperation:
            return False
    return str(written) == (found.isoformat() if isinstance(found, date) else str(found))
