"""The chain of subcontracts and its cycles, against a search that tries every walk."""

from __future__ import annotations

from itertools import pairwise, product
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.graph.chain import chain_rows, chain_walks, cycle_ids
from compliance.graph.rows import ChainRow, Subcontract

IDS = ["a", "b", "c", "d", 'e "–" 😀']
LINKS = st.lists(st.tuples(st.sampled_from(IDS), st.sampled_from(IDS)), max_size=9)
SHUFFLE = st.randoms(use_true_random=False)


def numbered(links: list[tuple[str, str]], contract: str = "c1") -> list[Subcontract]:
    """The links as subcontracts of one contract."""
    return [Subcontract(f"s{n}", contract, one, other) for n, (one, other) in enumerate(links)]


def walks_by_trying(own: set[str], subcontracts: list[Subcontract]) -> dict[str, tuple[str, ...]]:
    """The best walk to each end, found by trying every walk of at most three steps."""
    found: dict[str, tuple[str, ...]] = dict.fromkeys(own, ())
    for length in range(1, len(IDS) + 1):
        level: dict[str, tuple[str, ...]] = {}
        for walk in product(subcontracts, repeat=length) if length <= 3 else ():
            joined = all(a.subcontractor_id == b.principal_id for a, b in pairwise(walk))
            if walk[0].principal_id in own and joined:
                ids = tuple(step.id for step in walk)
                end = walk[-1].subcontractor_id
                level[end] = min(ids, level.get(end, ids))
        for end, ids in level.items():
            found.setdefault(end, ids)
    return found


def on_cycle_by_trying(links: list[tuple[str, str]]) -> list[str]:
    """The ids that reach themselves, found by closing the relation."""
    reach = set(links)
    for middle, one, other in product(IDS, IDS, IDS):
        if (one, middle) in reach and (middle, other) in reach:
            reach.add((one, other))
    return sorted(node for node in IDS if (node, node) in reach)


@given(LINKS.filter(lambda links: len(links) <= 6), st.sets(st.sampled_from(IDS), max_size=2))
def test_walks_are_the_shortest_and_smallest(links: list[tuple[str, str]], participants: set[str]) -> None:
    """The way to an organisation is the shortest, and of those the smallest sequence of subcontracts."""
    subcontracts = numbered(links)
    walks = chain_walks("c1", "a", [("c1", member) for member in participants], subcontracts)
    expected = walks_by_trying({"a", *participants}, subcontracts)
    assert {end: walk for end, walk in walks.items() if len(walk) <= 3} == expected


@settings(deadline=None)  # the first cycle imports networkx
@given(LINKS, SHUFFLE)
def test_order_of_rows_does_not_matter(links: list[tuple[str, str]], random: Random) -> None:
    """The same rows in another order give the same chain and the same cycles."""
    subcontracts = numbered(links)
    shuffled = list(subcontracts)
    random.shuffle(shuffled)
    assert chain_rows("c1", "a", [], shuffled) == chain_rows("c1", "a", [], subcontracts)
    assert cycle_ids(shuffled) == cycle_ids(subcontracts)


def test_chain_of_another_contract_is_left_out() -> None:
    """Only the contract's own subcontracts and participants make its chain."""
    subcontracts = [*numbered([("a", "b")]), Subcontract("x", "c2", "b", "c")]
    assert chain_rows("c1", "a", [("c2", "d")], subcontracts) == [
        ChainRow("a", 0, None),
        ChainRow("b", 1, "s0"),
    ]


def test_participant_that_is_also_hired_stands_at_depth_0() -> None:
    """A member of the partnership counts as the contractor itself, even when hired by it."""
    rows = chain_rows("c1", "a", [("c1", "b")], numbered([("a", "b"), ("b", "c")]))
    assert rows == [ChainRow("a", 0, None), ChainRow("b", 0, None), ChainRow("c", 1, "s1")]


def test_via_names_every_subcontract_walked() -> None:
    """The way to an organisation at depth 2 names both subcontracts, in order."""
    assert chain_rows("c1", "a", [], numbered([("a", "b"), ("b", "c")]))[2] == ChainRow("c", 2, "s0 – s1")


@settings(deadline=None)
@given(LINKS)
def test_cycles_are_those_of_every_walk(links: list[tuple[str, str]]) -> None:
    """An organisation is on a cycle exactly when some walk of hires leads from it back to itself."""
    assert cycle_ids(numbered(links)) == on_cycle_by_trying(links)


def test_cycle_counts_self_and_not_the_way_to_it() -> None:
    """Who hires itself is on a cycle; who leads to a cycle or lies between two is not."""
    links = [("a", "a"), ("a", "b"), ("b", "c"), ("c", "d"), ("d", "c")]
    assert cycle_ids(numbered(links)) == ["a", "c", "d"]


def test_long_chain_is_followed_to_its_end() -> None:
    """A chain of a thousand links is no problem of recursion."""
    links = [(f"o{n}", f"o{n + 1}") for n in range(1000)]
    walks = chain_walks("c1", "o0", [], numbered(links))
    assert len(walks["o1000"]) == 1000
    assert cycle_ids(numbered([*links, ("o1000", "o0")])) == sorted(f"o{n}" for n in range(1001))
