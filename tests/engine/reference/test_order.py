"""Same facts, same answer: the order of rows does not matter."""

from __future__ import annotations

from random import Random
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compliance.engine.reference import ReferenceEngine, World
from tests.engine.random_worlds import cases
from tests.engine.worlds import rulebook, setting_of, world_of


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(cases(), st.randoms(use_true_random=False))
def test_rows_in_any_order_give_the_same_answer(case: dict[str, Any], random: Random) -> None:
    """Shuffled rows change no outcome, value, evidence or gap."""
    world, setting, rules = world_of(case["facts"]), setting_of(case), tuple(rulebook().rules.values())
    shuffled = {name: tuple(random.sample(rows, len(rows))) for name, rows in world.facts.items()}
    first = ReferenceEngine(world, setting).evaluate(rules, keep_all=True)
    assert ReferenceEngine(World(shuffled, world.catalog), setting).evaluate(rules, keep_all=True) == first
