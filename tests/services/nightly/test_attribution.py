"""Facts, late facts, time, rules and numbers told apart by the answers of worlds in between."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.services.nightly.answers import NOTHING, OUTCOME, Answer
from compliance.services.nightly.attribution import Path, attribute, excepting, facts_or_time

FOUND = Answer("finding")


@pytest.mark.parametrize(
    ("then", "informed", "aged", "now", "causes"),
    [
        (0, 0, 0, 1, {"fact"}),
        (0, 1, 0, 1, {"late_fact"}),
        (0, 0, 1, 1, {"time"}),
        (0, 1, 1, 1, {"late_fact"}),
        (0, 1, 1, 0, set()),
        (0, 0, 2, 1, {"fact", "time"}),
        (0, 2, 0, 1, {"fact"}),
    ],
)
def test_outcomes_at_the_four_corners(
    then: int, informed: int, aged: int, now: int, causes: set[str]
) -> None:
    """Late facts first, then time; where neither was enough, new facts, and time when it did something."""
    assert facts_or_time(then, informed, aged, now, moves=False) == causes


@pytest.mark.parametrize(
    ("then", "informed", "aged", "now", "causes"),
    [
        (61, 61, 62, 62, {"time"}),
        (61, 71, 62, 72, {"late_fact", "time"}),
        (3, 3, 3, 4, {"fact"}),
        (3, 4, 3, 4, {"late_fact"}),
    ],
)
def test_values_at_the_four_corners(then: int, informed: int, aged: int, now: int, causes: set[str]) -> None:
    """A value that moves with time and was corrected as well has both causes."""
    assert facts_or_time(then, informed, aged, now, moves=True) == causes


def path(**ways: Answer) -> Path:
    """Nothing is found anywhere but where told."""
    names = ("last", "ruled", "numbered", "informed", "aged", "now", "unruled", "unnumbered")
    return Path(**{name: ways.get(name, NOTHING) for name in names})


def test_a_rule_that_was_enough_is_told() -> None:
    """With the new rule alone it was found already."""
    found = path(ruled=FOUND, numbered=FOUND, informed=FOUND, aged=FOUND, now=FOUND, unnumbered=FOUND)
    assert attribute(found, OUTCOME, moved=False) == {"rule"}


def test_what_needs_number_and_fact_has_both_causes() -> None:
    """Neither the number nor the facts alone would have made it so."""
    found = path(informed=FOUND, now=FOUND, unruled=FOUND)
    assert attribute(found, OUTCOME, moved=True) == {"number", "late_fact"}


@given(st.lists(st.sampled_from([NOTHING, FOUND, Answer("not_assessable")]), min_size=4, max_size=4))
def test_a_change_by_facts_or_time_always_has_a_cause(answers: list[Answer]) -> None:
    """Wherever the answer differs, facts or time are told, never neither; where it does not, nothing is."""
    then, informed, aged, now = answers
    causes = facts_or_time(then, informed, aged, now, moves=False)
    assert bool(causes) == (then != now)
    assert not {"fact", "late_fact"} <= causes


def test_exceptions_come_and_go() -> None:
    """A status differs by an exception only when one came into force or is so no longer."""
    assert excepting(False, after=True) == {"exception_granted"}
    assert excepting(True, after=False) == {"exception_lapsed"}
    assert not excepting(True, after=True)
