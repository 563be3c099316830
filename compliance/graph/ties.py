"""Ties: the shortest routes of control between organisations, searched outward from a few of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping

from compliance.graph.rows import Control, TieRow, route_text

Routes = dict[str, tuple[str, ...]]


def tie_rows(
    controls: Iterable[Control | tuple[str, str]],
    starts: Iterable[str],
    organisations: Collection[str],
    hub_limit: int,
    max_hops: int,
) -> list[TieRow]:
    """The tie of every organisation to every start within `max_hops`, in order of both ids.

    The start is the `other_id`. The caller gives control rows in force on the day judged, of every kind but
    proxy, and in `organisations` all ids known as an organisation.
    """
    return [
        TieRow(route[0], route[-1], len(route) - 1, route_text(route))
        for route in tie_routes(controls, starts, organisations, hub_limit, max_hops)
    ]


def tie_routes(
    controls: Iterable[Control | tuple[str, str]],
    starts: Iterable[str],
    organisations: Collection[str],
    hub_limit: int,
    max_hops: int,
) -> list[tuple[str, ...]]:
    """The ids on the route of every tie, from the organisation to the start; see `tie_rows`.

    A holder id that is known as an organisation is that organisation, any other a person: so no id stands
    for two nodes. Each row is one hop, either way. Of equally short routes the smallest sequence of ids,
    read from the organisation, counts. No route passes through a holder of more than `hub_limit`
    different organisations; it may begin or end there.
    """
    held: defaultdict[str, set[str]] = defaultdict(set)
    neighbours: defaultdict[str, set[str]] = defaultdict(set)
    known = set(organisations)
    for holder, organisation in controls:
        known.add(organisation)
        held[holder].add(organisation)
        neighbours[holder].add(organisation)
        neighbours[organisation].add(holder)
    hubs = {holder for holder, organisations_held in held.items() if len(organisations_held) > hub_limit}
    routes = [
        route
        for start in sorted(set(starts) & known)
        for route in _routes_to(start, neighbours, hubs, max_hops)
        if route[0] in known
    ]
    return sorted(routes, key=lambda route: (route[0], route[-1]))


def _routes_to(
    start: str, neighbours: Mapping[str, set[str]], hubs: Collection[str], max_hops: int
) -> Iterator[tuple[str, ...]]:
    """The best route from every other node within reach to the start, level by level.

    The best route of a node is the node before the best route among its neighbours one level nearer, since
    all those are equally long.
    """
    seen = {start}
    level: Routes = {start: (start,)}
    for _ in range(max_hops):
        farther: Routes = {}
        for node, route in level.items():
            if node in hubs and node != start:
                continue
            for neighbour in neighbours.get(node, ()):
                longer = (neighbour, *route)
                if neighbour not in seen:
                    farther[neighbour] = min(longer, farther.get(neighbour, longer))
        seen.update(farther)
        yield from farther.values()
        level = farther
