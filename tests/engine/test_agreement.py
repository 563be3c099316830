"""Both engines say the same of every rule and subject, down to values, evidence and what is missing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compliance.engine.reference import ReferenceEngine
from compliance.engine.sql.engine import SqlEngine
from compliance.language.check import check_rule
from compliance.language.tree import CheckedRule
from compliance.model.finding import Evaluation, Observation
from compliance.rulebook.mutants import mutants
from tests.engine.random_worlds import cases
from tests.engine.worlds import database_of, rulebook, setting_of, world_of

RULES = tuple(rulebook().rules.values())


def differences(case: dict[str, Any], rules: Iterable[CheckedRule] = RULES) -> list[str]:
    """What the engines say differently of a case; by rule and subject."""
    rules, world, setting = tuple(rules), world_of(case["facts"]), setting_of(case)
    first = ReferenceEngine(world, setting).evaluate(rules, keep_all=True)
    with database_of(world) as connection:
        engine = SqlEngine(connection, world.catalog, setting.contract_id, setting.as_of, setting.numbers)
        second = engine.evaluate(rules, keep_all=True)
    return [*_between(first, second), *(f"{failure.rule}: {failure.message}" for failure in second.failures)]


def _between(first: Evaluation, second: Evaluation) -> Iterable[str]:
    one, other = _keyed(first), _keyed(second)
    for key in sorted(one.keys() | other.keys()):
        if one.get(key) != other.get(key):
            yield f"reference: {one.get(key)}\n compiled: {other.get(key)}"
    if one.keys() == other.keys():
        for rule in sorted(first.counts.keys() | second.counts.keys()):
            if first.counts.get(rule) != second.counts.get(rule):
                yield f"rule='{rule}': {first.counts.get(rule)} is not {second.counts.get(rule)}"


def _keyed(evaluation: Evaluation) -> dict[tuple[str, str], Observation]:
    return {(one.rule, one.subject.id): one for one in evaluation.observations}


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(cases())
def test_engines_agree_on_random_worlds(case: dict[str, Any]) -> None:
    """No world makes the engines differ, whatever was not delivered."""
    assert not differences(case)


@settings(
    max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(cases(gaps=False))
def test_engines_agree_on_whole_worlds(case: dict[str, Any]) -> None:
    """No world of which everything was delivered makes the engines differ."""
    assert not differences(case)


def mutant_rules() -> list[CheckedRule]:
    """Every mutant of every rule that still reads as one, each under an id of its own."""
    book = rulebook()
    found = [
        checked
        for file in book.files.values()
        for mutant in mutants(file.rule)
        if (checked := check_rule(mutant.rule, book.numbers.specs)[0])
    ]
    return [
        replace(one, rule=one.rule.model_copy(update={"id": f"{one.rule.family}-{number:03}"}))
        for number, one in enumerate(found)
    ]


MUTANTS = mutant_rules()
SLICES = 24


@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(cases(), st.integers(0, SLICES - 1))
def test_engines_agree_on_mutants(case: dict[str, Any], part: int) -> None:
    """Rules that nobody wrote, each a small mistake away from one that somebody did, mean the same too."""
    assert not differences(case, MUTANTS[part::SLICES])
