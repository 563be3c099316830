"""Ties between organisations, against a search that tries every route."""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from compliance.graph.rows import TieRow
from compliance.graph.ties import tie_routes, tie_rows

ORGANISATIONS = ["o1", "o2", "o3", "o4", "x"]
HOLDERS = [*ORGANISATIONS, "p1", "p2", "p – 3"]
CONTROLS = st.lists(st.tuples(st.sampled_from(HOLDERS), st.sampled_from(ORGANISATIONS)), max_size=10)


def routes_by_trying(
    controls: list[tuple[str, str]], start: str, hub_limit: int, max_hops: int
) -> dict[str, tuple[str, ...]]:
    """The best route from each organisation to the start, found by trying every route."""
    hops = {pair for one, other in controls for pair in ((one, other), (other, one))}
    hubs = {
        holder
        for holder in HOLDERS
        if len({organisation for one, organisation in controls if one == holder}) > hub_limit
    }
    best: dict[str, tuple[str, ...]] = {}

    def walk(route: tuple[str, ...]) -> None:
        end = route[0]
        if len(route) > 1 and end != start:
            key = (len(route), route)
            best[end] = min(key, (len(best[end]), best[end]) if end in best else key)[1]
        if len(route) > max_hops or (len(route) > 1 and end in hubs):
            return
        for one, other in hops:
            if other == end and one not in route:
                walk((one, *route))

    walk((start,))
    return {end: route for end, route in best.items() if end in ORGANISATIONS}


@given(CONTROLS, st.sampled_from(ORGANISATIONS), st.integers(1, 3), st.integers(0, 4))
def test_routes_are_the_shortest_and_smallest(
    controls: list[tuple[str, str]], start: str, hub_limit: int, max_hops: int
) -> None:
    """Every organisation within reach is tied by its shortest route, of those the smallest ids."""
    found = {route[0]: route for route in tie_routes(controls, [start], ORGANISATIONS, hub_limit, max_hops)}
    assert found == routes_by_trying(controls, start, hub_limit, max_hops)


@given(CONTROLS, st.randoms(use_true_random=False))
def test_order_and_repetition_of_rows_do_not_matter(controls: list[tuple[str, str]], random: Random) -> None:
    """The same holdings in another order, or twice (a director who also owns), give the same ties."""
    shuffled = [*controls, *controls]
    random.shuffle(shuffled)
    one = tie_rows(controls, ["o1", "x"], ORGANISATIONS, 2, 3)
    assert one == tie_rows(shuffled, ["x", "o1", "x"], list(reversed(ORGANISATIONS)), 2, 3)


def test_person_between_two_organisations_is_two_hops() -> None:
    """Over a person it is two hops from organisation to organisation, without one a single hop."""
    rows = tie_rows([("p1", "o1"), ("p1", "o2"), ("o1", "o3")], ["o1"], ["o1", "o2", "o3"], 25, 2)
    assert rows == [TieRow("o2", "o1", 2, "o2 – p1 – o1"), TieRow("o3", "o1", 1, "o3 – o1")]


def test_hub_is_an_end_but_not_a_way() -> None:
    """A holder of more than the limit ends routes and begins them, and is never passed through."""
    controls = [("h", "o1"), ("h", "o2"), ("h", "o3")]
    known = ["h", "o1", "o2", "o3"]
    assert tie_rows(controls, ["o1"], known, 2, 3) == [TieRow("h", "o1", 1, "h – o1")]
    assert [row.organisation_id for row in tie_rows(controls, ["h"], known, 2, 3)] == ["o1", "o2", "o3"]
    assert [row.organisation_id for row in tie_rows(controls, ["o1"], known, 3, 3)] == ["h", "o2", "o3"]


def test_hub_counts_organisations_not_rows() -> None:
    """A person who directs, owns and benefits from two organisations holds two, not six."""
    controls = [("p1", "o1")] * 3 + [("p1", "o2")] * 3
    assert tie_rows(controls, ["o1"], ["o1", "o2"], 2, 2) == [TieRow("o2", "o1", 2, "o2 – p1 – o1")]


def test_persons_are_no_ends() -> None:
    """Neither a tie's start nor its organisation can be a person."""
    assert tie_rows([("p1", "o1")], ["p1"], ["o1"], 25, 3) == []
    assert tie_rows([("p1", "o1")], ["o1"], ["o1"], 25, 3) == []


def test_organisation_that_holds_itself_is_not_tied_to_itself() -> None:
    """A tie is between two different organisations."""
    assert tie_rows([("o1", "o1"), ("p1", "o1")], ["o1"], ["o1"], 25, 3) == []
