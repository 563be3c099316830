"""The facts of a store at a moment: all of them, or for judging again just those that rules need."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from compliance.services.selection import COMPARTMENTS, readable_entities
from compliance.services.store import Store
from compliance.services.vaulted import kept_facts
from compliance.sources.facts import Facts


class Views:
    """Loads views of one store's vault, each once."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._loaded: dict[tuple[datetime, frozenset[str]], Facts] = {}

    def whole(self, known_at: datetime) -> Facts:
        """Everything known at the moment.

        Raises: StoreError when a file of the vault cannot be read.
        """
        return self.part(known_at, readable_entities(COMPARTMENTS))

    def part(self, known_at: datetime, entities: Collection[str]) -> Facts:
        """At least these entities, and what they refer to.

        Raises: StoreError when a file of the vault cannot be read.
        """
        wanted = frozenset(entities)
        for (moment, names), facts in self._loaded.items():
            if moment == known_at and wanted <= names:
                return facts
        loaded = kept_facts(self._store.vault, entities=wanted, known_at=known_at)
        self._loaded[known_at, wanted] = loaded
        return loaded
