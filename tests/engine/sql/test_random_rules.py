"""Whatever can be said in the rule language, both engines understand the same by it."""

from __future__ import annotations

from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.engine.sql.random_rules import checked, write_rule
from tests.engine.sql.small_worlds import differing, small_case

RULES_A_WORLD = 5


def told(seed: int, depth: int, *, gaps: bool) -> str:
    """What the engines say differently of the world and the rules of that seed; nothing when they agree."""
    random = Random(seed)  # noqa: S311 - rules and worlds, not secrets
    case = small_case(random, gaps=gaps)
    parts = [write_rule(random.choice, depth=depth) for _ in range(RULES_A_WORLD)]
    rules = [checked(part, number) for number, part in enumerate(parts, 1)]
    found = differing(case, rules)
    return "\n".join([*found[:3], *map(str, parts), str(case)]) if found else ""


@settings(max_examples=45, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 2**32), st.integers(1, 4))
def test_engines_agree_on_any_rule_over_worlds_with_gaps(seed: int, depth: int) -> None:
    """No rule makes the engines differ, whatever was not delivered or agreed."""
    assert not told(seed, depth, gaps=True)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 2**32), st.integers(1, 4))
def test_engines_agree_on_any_rule_over_whole_worlds(seed: int, depth: int) -> None:
    """No rule makes the engines differ where everything was delivered: there joins replace questions."""
    assert not told(seed, depth, gaps=False)
