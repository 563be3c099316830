"""Planted violations: a known number of every core rule, each told to the list of what must be found."""

from __future__ import annotations

from compliance.services.generate.planted import (
    acceptance,
    bridging,
    integrity,
    money,
    professionals,
    records,
    subcontracting,
)
from compliance.services.generate.world import World


def plant(world: World) -> None:
    """The violations stand in the world, in organisations, people and residents of their own."""
    for part in (acceptance, bridging, subcontracting, professionals, integrity, money, records):
        part.plant(world)
