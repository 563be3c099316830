"""Works out which refused rows were not brought right yet: what keeps an entity incomplete.

A refused row is brought right by the same id, accepted later from the same supplier; one of which the id
could not be read by a later delivery of that supplier and entity without refusals.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from compliance.model.vault import Arrival

Pending = Mapping[tuple[str, str], set[str | None]]


def pending_rows(arrivals: Iterable[Arrival]) -> Pending:
    """By supplier and entity the ids of refused rows that still are not right; None: an id unknown."""
    found: defaultdict[tuple[str, str], set[str | None]] = defaultdict(set)
    for arrival in arrivals:
        refused = {entity for entity, _ in arrival.lost}
        for entity in arrival.came:
            if entity not in refused:
                found[arrival.supplier, entity].discard(None)
        for entity, row in arrival.settled:
            found[arrival.supplier, entity].discard(row)
        for entity, lost in arrival.lost:
            found[arrival.supplier, entity].add(lost)
    return {key: rows for key, rows in found.items() if rows}


def pending_by_entity(arrivals: Iterable[Arrival]) -> dict[str, int]:
    """How many refused rows of each entity still are not right, over all suppliers."""
    counted: defaultdict[str, int] = defaultdict(int)
    for (_, entity), rows in pending_rows(arrivals).items():
        counted[entity] += len(rows)
    return dict(counted)
