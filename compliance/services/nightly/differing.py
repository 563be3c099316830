"""Which entities differ between two moments of a vault: more rather than fewer, since causes look there."""

from __future__ import annotations

from datetime import datetime

from compliance.model.schema import STUBBED, entities
from compliance.model.vault import VaultView
from compliance.store.vault import Vault


def changed_entities(vault: Vault, then: datetime, now: datetime) -> frozenset[str]:
    """The entities of which rows were recorded in between, or came or waited otherwise."""
    found = {*vault.changed(then, now)}
    before, after = vault.view(then), vault.view(now)
    found |= {name for name in entities() if _came(before, name) != _came(after, name)}
    if before.removed != after.removed:
        found |= {removal.entity for removal in (*before.removed, *after.removed)}
    return frozenset(_with_waiting(found))


def _came(view: VaultView, entity: str) -> tuple[object, ...]:
    return view.came.get(entity), view.pending.get(entity, 0)


def _with_waiting(found: set[str]) -> set[str]:
    """With those whose rows may have waited for a row that came: they refer to it, directly or not."""
    while True:
        more = {
            name
            for name, spec in entities().items()
            if not spec.derived
            and any(({*field.targets} - {*STUBBED}) & found for field in spec.fields.values())
        }
        if more <= found:
            return found
        found = found | more
