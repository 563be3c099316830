"""A count that was left out cannot be computed from what is shown."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from compliance.reporting.night.suppress import LEAST, shown_count, suppressed

counts = st.dictionaries(st.integers(0, 20), st.integers(0, 40), max_size=8)


@given(counts)
@example({0: 3, 1: 50})
@example({0: 0, 1: 0, 2: 50})
@example({0: 9, 1: 9, 2: 9})
def test_what_is_left_out_could_be_anything_small(found: dict[int, int]) -> None:
    """No small count is shown; those left out are two or more and add up to ten or more, or none is shown.

    So with the total known, each of them could be anything from 0 to 9 and more.
    """
    shown = suppressed(found)
    hidden = [found[key] for key, count in shown.items() if count is None]
    assert all(count is None or count >= LEAST for count in shown.values())
    assert all(shown[key] in (None, count) for key, count in found.items())
    if hidden and len(hidden) < len(found):
        assert len(hidden) >= 2
        assert sum(hidden) >= LEAST


def test_large_counts_stay() -> None:
    """Where no count is small nothing is left out."""
    assert suppressed({"a": 10, "b": 200}) == {"a": 10, "b": 200}


def test_the_smallest_goes_with_a_small_one() -> None:
    """One small count takes the smallest other with it, or the total would tell it."""
    assert suppressed({"a": 4, "b": 200, "c": 12}) == {"a": None, "b": 200, "c": None}


def test_zero_is_small_too() -> None:
    """That there are none is told no more than that there are three."""
    assert (shown_count(0), shown_count(9), shown_count(10)) == (None, None, 10)
