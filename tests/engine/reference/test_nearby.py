"""A subject judged over only the rows that concern it gets the same outcome, and lacks the same."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings

from compliance.engine.reference.engine import ReferenceEngine, observed
from compliance.engine.reference.nearby import Nearby
from compliance.engine.reference.world import load_rows
from tests.engine.random_worlds import cases
from tests.engine.worlds import case_of, database_of, rulebook, setting_of, world_of

RULES = tuple(rulebook().rules.values())


@settings(
    max_examples=3, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(cases())
def test_other_rows_do_not_matter(case: dict[str, Any]) -> None:
    """For the first subjects of every rule of a random world, whatever was not delivered."""
    world, setting = world_of(case["facts"]), setting_of(case)
    whole = ReferenceEngine(world, setting)
    contract = next(row for row in world.facts["contract"] if row.id == setting.contract_id)
    with database_of(world) as connection:
        for rule in RULES:
            for subject in list(whole.subjects(rule))[:2]:
                row = next(row for row in world.facts[subject.row.entity] if row.id == subject.row.id)
                near = load_rows(connection, world.catalog, [rule.reads], Nearby(rule).limits(row, contract))
                found = ReferenceEngine(near, setting).subject(rule, row.id)
                assert found is not None
                assert observed(found) == observed(subject), rule.id


def test_of_many_deliveries_only_its_own_are_loaded() -> None:
    """A person's rule reads that person's deliveries."""
    deliveries = [
        {"id": f"d{number}", "contract_id": "c1", "client_id": "k1", "provider_id": "o1",
         "person_id": f"p{number % 2}", "service": "ambulatory", "day": "2027-02-01", "hours": "1"}
        for number in range(6)
    ]  # fmt: skip
    case = case_of(delivery=deliveries, credential=[], person=[{"id": "p0"}, {"id": "p1"}])
    world, setting = world_of(case["facts"]), setting_of(case)
    rule = rulebook().rules["PRO-01"]
    person = next(row for row in world.facts["person"] if row.id == "p1")
    contract = next(row for row in world.facts["contract"] if row.id == setting.contract_id)
    limits = Nearby(rule).limits(person, contract)
    with database_of(world) as connection:
        near = load_rows(connection, world.catalog, [rule.reads], limits)
    assert [row.id for row in near.facts["delivery"]] == ["d1", "d3", "d5"]
