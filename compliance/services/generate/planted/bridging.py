"""Violations of the duty to bridge a wait (BRG)."""

from __future__ import annotations

from datetime import timedelta

from compliance.services.generate import numbers
from compliance.services.generate.planted.parties import outsider
from compliance.services.generate.residents import bridge, past_day, referral
from compliance.services.generate.world import World

WAIT = 26  # within every norm for waiting, long enough to need bridging


def plant(world: World) -> None:
    """Each rule of the family has its findings."""
    elsewhere = outsider(world)
    for _ in range(world.size.planted_residents):
        unbridged = referral(world, received_on=past_day(world), wait=world.rng.randint(10, WAIT))
        world.expect("referral", unbridged, "BRG-01")
        _gap(world)
        _dragging(world)
        _by_outsider(world, elsewhere)
        _beside_care(world)


def _gap(world: World) -> None:
    """Two periods with one to five days between them."""
    received_on = past_day(world)
    row = referral(world, received_on=received_on, wait=WAIT)
    pause = received_on + timedelta(days=world.rng.randint(10, 14))
    resumed = pause + timedelta(days=world.rng.randint(2, 6))
    bridge(world, row, received_on + timedelta(days=world.rng.randint(1, 7)), pause)
    bridge(world, row, resumed, received_on + timedelta(days=WAIT - 1))
    world.expect("referral", row, "BRG-02")


def _dragging(world: World) -> None:
    """Still waiting after months of bridging care, hence beyond the norm for waiting too."""
    received_on = world.ago(numbers.MAX_BRIDGING_DAYS + 10, numbers.MAX_BRIDGING_DAYS + 80)
    row = referral(world, received_on=received_on)
    bridge(world, row, received_on + timedelta(days=world.rng.randint(1, 7)), None)
    world.expect("referral", row, "ACC-03", "BRG-03")


def _by_outsider(world: World, elsewhere: str) -> None:
    received_on = past_day(world)
    row = referral(world, received_on=received_on, wait=WAIT)
    last_day = received_on + timedelta(days=WAIT - 1)
    first_day = received_on + timedelta(days=world.rng.randint(1, 7))
    world.expect("bridging", bridge(world, row, first_day, last_day, provider_id=elsewhere), "BRG-04")


def _beside_care(world: World) -> None:
    received_on = past_day(world)
    row = referral(world, received_on=received_on, wait=WAIT)
    last_day = received_on + timedelta(days=WAIT + world.rng.randint(20, 60))
    bridge(world, row, received_on + timedelta(days=world.rng.randint(1, 7)), last_day)
    world.expect("referral", row, "BRG-05")
