"""What was delivered: per entity whether it came at all, and which fields which rows lack.

Not delivered is not "none": quantifiers over an entity that did not come, and `is None` on a field
that a row's source lacks, are unknown. A stub (a row known only by its id) lacks every other field.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Delivered:
    """How one entity came.

    `complete`: its rows are all there are, so absence can be concluded.
    `lacks`: by group number, the fields that rows of that group were delivered without. Group 0 exists
    always. Rows carry their group in the column `_lacks`. A group may have no rows.
    """

    complete: bool
    lacks: tuple[frozenset[str], ...] = (frozenset(),)

    def lacking_groups(self, name: str) -> tuple[int, ...]:
        """The groups of rows for which the field was not delivered."""
        return tuple(number for number, lacked in enumerate(self.lacks) if name in lacked)

    def delivers(self, name: str) -> bool:
        """Whether at least one group of rows has the field."""
        return len(self.lacking_groups(name)) < len(self.lacks)


@dataclass(frozen=True, slots=True)
class Catalog:
    """What was delivered, by entity name; an entity that is not listed did not come."""

    entities: Mapping[str, Delivered] = field(default_factory=dict)

    def __getitem__(self, entity: str) -> Delivered:
        return self.entities.get(entity, NOT_DELIVERED)

    def __contains__(self, entity: str) -> bool:
        return entity in self.entities


NOT_DELIVERED = Delivered(complete=False)
