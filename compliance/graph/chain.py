"""The chain of subcontracts under a contract, and the cycles in it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from compliance.graph.rows import ChainRow, Member, Subcontract, route_text


def chain_rows(
    contract_id: str,
    contractor_id: str,
    participants: Iterable[Member | tuple[str, str]],
    subcontracts: Iterable[Subcontract | tuple[str, str, str, str]],
) -> list[ChainRow]:
    """Every organisation in the contract's chain, in order of id, with its shortest depth and the way to it.

    The contractor and the participants stand at depth 0. Of equally short ways the one with the smallest
    sequence of subcontract ids counts. Rows of other contracts are left out; the caller gives only rows in
    force on the day judged.
    """
    walks = chain_walks(contract_id, contractor_id, participants, subcontracts)
    return [
        ChainRow(organisation, len(walk), route_text(walk) if walk else None)
        for organisation, walk in sorted(walks.items())
    ]


def chain_walks(
    contract_id: str,
    contractor_id: str,
    participants: Iterable[Member | tuple[str, str]],
    subcontracts: Iterable[Subcontract | tuple[str, str, str, str]],
) -> dict[str, tuple[str, ...]]:
    """Per organisation in the chain the subcontracts on the shortest way to it, none at depth 0."""
    hires: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for identifier, contract, principal, subcontractor in subcontracts:
        if contract == contract_id:
            hires[principal].append((identifier, subcontractor))
    walks: dict[str, tuple[str, ...]] = {contractor_id: ()}
    walks.update({organisation: () for contract, organisation in participants if contract == contract_id})
    level = dict(walks)
    while level:
        reached: dict[str, tuple[str, ...]] = {}
        for organisation, walk in level.items():
            for identifier, subcontractor in hires[organisation]:
                longer = (*walk, identifier)
                if subcontractor not in walks:
                    reached[subcontractor] = min(longer, reached.get(subcontractor, longer))
        walks.update(reached)
        level = reached
    return walks


def cycle_ids(subcontracts: Iterable[Subcontract | tuple[str, str, str, str]]) -> list[str]:
    """The organisations on a directed cycle from principal to subcontractor, in order of id.

    One that hires itself is on a cycle. One between two cycles, or leading to one, is not.
    """
    hires = {(principal, subcontractor) for _, _, principal, subcontractor in subcontracts}
    remaining = _peel(hires)
    if not remaining:
        return []
    import networkx as nx  # noqa: PLC0415 - costs more than all other graph work of a small check

    graph: nx.DiGraph[str] = nx.DiGraph(sorted(remaining))
    return sorted(
        node
        for component in nx.strongly_connected_components(graph)
        for node in component
        if len(component) > 1 or graph.has_edge(node, node)
    )


def _peel(hires: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """The hires left after taking away, again and again, those of a principal that nobody hires.

    Nothing is left exactly when there is no cycle, which is the rule.
    """
    hired_by: defaultdict[str, list[str]] = defaultdict(list)
    times_hired: Counter[str] = Counter()
    for principal, subcontractor in hires:
        hired_by[principal].append(subcontractor)
        times_hired[subcontractor] += 1
    free: Sequence[str] = [principal for principal in hired_by if not times_hired[principal]]
    while free:
        freed = []
        for principal in free:
            for subcontractor in hired_by.pop(principal, ()):
                times_hired[subcontractor] -= 1
                if not times_hired[subcontractor]:
                    freed.append(subcontractor)
        free = freed
    return {(principal, subcontractor) for principal, hired in hired_by.items() for subcontractor in hired}
