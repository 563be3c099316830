"""Rows are fetched from a database of facts, with no more columns than rules need."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from compliance.engine.reference import Fact, ReferenceEngine, load_rows
from compliance.engine.reference.world import needed
from tests.engine.random_worlds import cases
from tests.engine.worlds import case_of, database_of, rulebook, setting_of, world_of


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(cases())
def test_rows_from_a_database_are_judged_as_the_rows_themselves(case: dict[str, Any]) -> None:
    """What is fetched for the rules is enough to judge them, and nothing changes on the way."""
    world, setting, rules = world_of(case["facts"]), setting_of(case), tuple(rulebook().rules.values())
    with database_of(world) as connection:
        fetched = load_rows(connection, world.catalog, [rule.reads for rule in rules])
    expected = ReferenceEngine(world, setting).evaluate(rules, keep_all=True)
    assert ReferenceEngine(fetched, setting).evaluate(rules, keep_all=True) == expected


def test_only_what_rules_read_is_fetched() -> None:
    """With a field come the row's id, its anchor and the event that the field describes; nothing else."""
    found = needed([{"referral": frozenset({"refusal_ground"}), "chain": frozenset({"depth"})}])
    assert found["referral"] == {"id", "contract_id", "received_on", "refused_on", "refusal_ground"}
    assert found["participant"] >= {"organisation_id", "first_day", "last_day"}
    assert "delivery" not in found
    assert "contractor_id" in found["contract"]


def test_bridging_comes_with_its_referrals() -> None:
    """Whose bridging it is, its referral tells."""
    bridging = [{"id": "b1", "referral_id": "r1", "first_day": "2027-01-01"}]
    world = world_of(case_of(bridging=bridging, referral=[])["facts"])
    with database_of(world) as connection:
        found = load_rows(connection, world.catalog, [{"bridging": frozenset({"first_day"})}])
    (row,) = found.facts["bridging"]
    assert row["referral_id"] == "r1"
    assert row.place == "facts.bridging[0]"
    assert "referral" in found.facts


def test_an_entity_that_no_rule_reads_is_not_fetched() -> None:
    """Referrals stay where they are when a rule is about teams."""
    world = world_of(case_of(team=[], referral=[])["facts"])
    with database_of(world) as connection:
        found = load_rows(connection, world.catalog, [{"team": frozenset({"first_day"})}])
    assert set(found.facts) == {"contract", "team"}


def test_a_field_that_was_not_fetched_is_a_mistake() -> None:
    """It must never pass for an empty one."""
    with pytest.raises(KeyError):
        Fact("team", "t1", {"id": "t1"})["fte"]
