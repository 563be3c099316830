"""Joins the vault and the source that reads it: facts as known at a moment, and what is known now."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from pathlib import Path

from compliance.errors import StoreError
from compliance.sources.database import UNBOUNDED, Room
from compliance.sources.kept import KeptFacts, facts_of_vault
from compliance.sources.known import Known, KnownOrganisation
from compliance.store.vault import Vault


def kept_facts(
    vault: Vault,
    *,
    entities: Collection[str],
    known_at: datetime | None = None,
    room: Room = UNBOUNDED,
) -> KeptFacts:
    """The facts of these entities as known at the moment; all that is known when none is given.

    Raises: StoreError when the vault cannot be read.
    """
    view = vault.view(known_at)
    try:
        return facts_of_vault(view, entities=entities, room=room)
    except StoreError:
        # A compaction or removal since may have taken the files away; the vault as it is now says the same.
        again = vault.view(known_at)
        here = {Path(one.path) for segments in view.segments.values() for one in segments}
        there = {Path(one.path) for segments in again.segments.values() for one in segments}
        if here == there:
            raise
        return facts_of_vault(again, entities=entities, room=room)


def known_of_vault(vault: Vault) -> Known:
    """The contracts, clients and organisations that earlier deliveries brought.

    Raises: StoreError when the vault cannot be read.
    """
    found = vault.current_values("organisation", ("id", "name", "kvk_number", "agb_code", "_supplier"))
    return Known(
        contracts=tuple(row for (row,) in vault.current_values("contract", ("id",))),
        clients=frozenset(row for (row,) in vault.current_values("client", ("id",))),
        organisations=tuple(KnownOrganisation(*(value or "" for value in row)) for row in found),
    )
