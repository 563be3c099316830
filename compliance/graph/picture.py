"""What a picture around one organisation shows: its way in the chain, its neighbours, owners and ties."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, NamedTuple

from compliance.graph.rows import Subcontract


class Holding(NamedTuple):
    """A control row in force, with its kind and, when known, the share as it should be read ("40 %")."""

    holder_id: str
    organisation_id: str
    kind: str
    share: str | None = None


@dataclass(frozen=True, slots=True, order=True)
class Edge:
    """A line from principal to subcontractor, or from holder to organisation, with all that it stands for."""

    one: str
    other: str
    kind: Literal["subcontract", "control"]
    labels: tuple[tuple[str, str], ...]
    proof: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """An organisation and what is around it; `names` gives every organisation drawn, all others are persons.

    `walk` holds the ids from the contractor to the subject along the chain, None outside the chain.
    """

    subject: str
    walk: tuple[str, ...] | None
    edges: tuple[Edge, ...]
    ties: tuple[tuple[str, ...], ...]
    names: Mapping[str, str]

    @property
    def nodes(self) -> tuple[str, ...]:
        """Every id drawn, in order."""
        return tuple(sorted({self.subject, *(end for edge in self.edges for end in (edge.one, edge.other))}))


def neighbourhood(
    subject: str,
    *,
    walk: Sequence[str] | None,
    subcontracts: Iterable[Subcontract],
    holdings: Iterable[Holding],
    ties: Iterable[tuple[str, ...]],
    names: Mapping[str, str],
) -> Picture:
    """The picture around an organisation, from rows in force on the day asked for.

    Drawn are the subcontracts on its way from the contractor (`walk`, see `chain_walks`), those it is party
    to, the holdings in it and by it, and the routes of its ties (see `tie_routes`); nothing else.
    """
    tie_list = tuple(sorted({tuple(route) for route in ties}))
    steps = {frozenset(pair) for route in tie_list for pair in pairwise(route)}
    lines: defaultdict[tuple[str, str, Literal["subcontract", "control"]], set[tuple[str, str]]]
    lines = defaultdict(set)
    on_walk = set(walk or ())
    by_id = {}
    for row in subcontracts:
        by_id[row.id] = row
        if subject in (row.principal_id, row.subcontractor_id) or row.id in on_walk:
            lines[row.principal_id, row.subcontractor_id, "subcontract"].add(("subcontract", row.id))
    organisations = set(names) | {subject}
    for holding in holdings:
        ends = (holding.holder_id, holding.organisation_id)
        if subject in ends or frozenset(ends) in steps:
            lines[*ends, "control"].add((holding.kind, holding.share or ""))
            organisations.add(holding.organisation_id)
    organisations |= {end for line in lines if line[2] == "subcontract" for end in line[:2]}
    edges = []
    for (one, other, kind), labels in sorted(lines.items()):
        walked = any(identifier in on_walk for _, identifier in labels)
        proof = frozenset((one, other)) in steps if kind == "control" else walked
        edges.append(Edge(one, other, kind, tuple(sorted(labels)), proof=proof))
    drawn = {subject, *(end for edge in edges for end in (edge.one, edge.other))}
    return Picture(
        subject,
        None if walk is None else _walked(subject, walk, by_id),
        tuple(edges),
        tie_list,
        {end: names.get(end, "") for end in sorted(drawn & organisations)},
    )


def _walked(subject: str, walk: Sequence[str], by_id: Mapping[str, Subcontract]) -> tuple[str, ...]:
    """The organisations along the subcontracts walked, the subject last."""
    return (*(by_id[identifier].principal_id for identifier in walk), subject)
