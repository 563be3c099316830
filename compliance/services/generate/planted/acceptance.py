"""Violations of the acceptance duty (ACC) and of the decision's form (LEG)."""

from __future__ import annotations

from datetime import date, timedelta

from compliance.services.generate import numbers
from compliance.services.generate.planted.parties import outsider
from compliance.services.generate.residents import (
    OTHER_GROUNDS,
    bridge,
    organise,
    past_day,
    referral,
    refused,
)
from compliance.services.generate.world import Cell, World

LEGAL_SINCE = date(2026, 7, 1)


def plant(world: World) -> None:
    """Each rule of the family has its findings."""
    elsewhere = outsider(world)
    for turn in range(world.size.planted_residents):
        _refusals(world)
        _wait(world, ongoing=turn % 2 == 1)
        _ending(world, announced=turn % 2 == 1)
        started = referral(world, received_on=past_day(world), wait=3, provider_id=elsewhere)
        world.expect("referral", started, "ACC-06")
        _not_taken_up(world)
        _decision(world, turn)
    for _ in range(world.size.planted_organisations):
        late = world.start + timedelta(days=world.rng.randint(0, 60))
        world.expect("document", world.add("document", kind="order_letter", delivered_on=late), "ACC-07")


def _refusals(world: World) -> None:
    ground = refused(world, ground=world.rng.choice(OTHER_GROUNDS))
    organise(world, ground)
    world.expect("referral", ground, "ACC-01")
    unproven = refused(world, proven=False)
    organise(world, unproven)
    world.expect("referral", unproven, "ACC-02")
    world.expect("referral", refused(world), "ACC-04")


def _wait(world: World, *, ongoing: bool) -> None:
    """Bridged without a gap, and still too long."""
    wait = numbers.LONGEST_MAX_WAIT + world.rng.randint(1, 40)
    received_on = world.as_of - timedelta(days=wait) if ongoing else past_day(world)
    row = referral(world, received_on=received_on, wait=None if ongoing else wait)
    until = None if ongoing else received_on + timedelta(days=wait - 1)
    bridge(world, row, received_on + timedelta(days=world.rng.randint(1, 7)), until)
    world.expect("referral", row, "ACC-03")


def _ending(world: World, *, announced: bool) -> None:
    """Ended by the provider: with a notice that came too late, or with none."""
    received_on = past_day(world)
    ended_on = received_on + timedelta(days=world.rng.randint(60, 150))
    notice = ended_on - timedelta(days=world.rng.randint(3, 27)) if announced else None
    row = referral(
        world, received_on=received_on, wait=world.rng.randint(1, 7), ended_on=ended_on,
        end_reason="provider", end_notice_on=notice,
    )  # fmt: skip
    world.expect("referral", row, "ACC-05")


def _not_taken_up(world: World) -> None:
    """Within the norm for waiting, yet nobody did anything: that is missing bridging care as well."""
    received_on = world.ago(numbers.UPTAKE_DAYS + 1, numbers.SHORTEST_MAX_WAIT - 1)
    world.expect("referral", referral(world, received_on=received_on), "ACC-08", "BRG-01")


def _decision(world: World, turn: int) -> None:
    wrong: tuple[dict[str, Cell], ...] = (
        {"decision_nature": None},
        {"decision_duration_months": None},
        {"objection_clause": False},
    )
    first = max(LEGAL_SINCE, world.start) + timedelta(days=6)
    received_on = world.between(first, world.as_of - timedelta(days=20))
    row = referral(world, received_on=received_on, wait=world.rng.randint(1, 7), **wrong[turn % len(wrong)])
    world.expect("referral", row, "LEG-01")
