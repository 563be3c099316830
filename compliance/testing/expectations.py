"""Whether what an engine observed is what an example expects; every difference in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from compliance.model.finding import Observation
from compliance.model.rule import Example, Expected
from compliance.model.written import same_value


def mismatches(rule: str, example: Example, observations: Iterable[Observation]) -> Iterator[str]:
    """Each way in which the observations differ from the example's expectations.

    A finding on a subject that the example does not mention is a difference too.
    """
    found = {str(observation.subject): observation for observation in observations}
    expected = [item for item in example.expect if item.rule in (None, rule)]
    for item in expected:
        observation = found.get(item.subject)
        if observation is None:
            yield f"{item.subject}: expected {item.outcome}, and it is no subject"
        else:
            yield from (f"{item.subject}: {words}" for words in _differences(item, observation))
    mentioned = {item.subject for item in expected}
    for subject, observation in found.items():
        if observation.outcome == "finding" and subject not in mentioned:
            yield f"{subject}: a finding that the example does not expect"


def _differences(expected: Expected, found: Observation) -> Iterator[str]:
    if expected.outcome != found.outcome:
        missing = f" (missing: {', '.join(map(str, found.missing))})" if found.missing else ""
        yield f"expected {expected.outcome}, got {found.outcome}{missing}"
        return
    if expected.values is not None:
        yield from _value_differences(expected.values, dict(found.values))
    if expected.missing is not None:
        yield from _set_difference("missing", expected.missing, map(str, found.missing))
    if expected.evidence is not None:
        yield from _set_difference("evidence", expected.evidence, map(str, found.evidence))


def _value_differences(expected: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[str]:
    for name, value in expected.items():
        if name not in found:
            yield f"expected a value {name}, and the message names no such let"
        elif not same_value(value, found[name]):
            yield f"expected {name} {value}, got {found[name]}"


def _set_difference(what: str, expected: Iterable[str], found: Iterable[str]) -> Iterator[str]:
    due, got = sorted(set(expected)), sorted(set(found))
    if due != got:
        yield f"expected {what} {', '.join(due) or 'none'}, got {', '.join(got) or 'none'}"
