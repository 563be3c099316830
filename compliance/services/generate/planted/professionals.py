"""Violations of the rules about staff (PRO)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from compliance.services.generate.people import worker
from compliance.services.generate.residents import visit
from compliance.services.generate.world import World


def plant(world: World) -> None:
    """Each rule of the family has its findings."""
    for turn in range(world.size.planted_staff):
        _without_vog(world, turn)
        _stale_vog(world)
        _unverified(world, turn)
        _long_day(world, turn)


def _without_vog(world: World, turn: int) -> None:
    """No VOG at all, one that is too old, or one that came after the visit."""
    too_old = world.start - timedelta(days=world.rng.randint(1200, 1800))
    too_late = world.as_of - timedelta(days=3)
    person_id, _ = worker(world, world.contractor_id, vogs=((), (too_old,), (too_late,))[turn % 3])
    client_id = world.resident()
    for _ in range(world.rng.randint(1, 5)):
        visit(world, person_id, world.contractor_id, client_id=client_id, day=world.ago(10, 200))
    world.expect("person", person_id, "PRO-01")


def _stale_vog(world: World) -> None:
    first_day = world.between(world.start, world.as_of - timedelta(days=30))
    issued_on = first_day - timedelta(days=world.rng.randint(95, 300))
    _, row = worker(world, world.contractor_id, first_day=first_day, vogs=(issued_on,))
    world.expect("employment", row, "PRO-02")


def _unverified(world: World, turn: int) -> None:
    person_id, row = worker(world, world.contractor_id, diploma=False, function_level="4")
    if turn % 2:
        world.add("credential", person_id=person_id, kind="diploma", issued_on=world.ago(1500, 5000))
    world.expect("employment", row, "PRO-03")


def _long_day(world: World, turn: int) -> None:
    """Three long visits, or one beside a group session that several residents attended."""
    person_id, _ = worker(world, world.contractor_id)
    day = world.ago(10, 400)
    if turn % 2 == 0:
        for _ in range(3):
            visit(world, person_id, world.contractor_id, client_id=world.resident(), day=day, hours="6.00")
    else:
        visit(world, person_id, world.contractor_id, client_id=world.resident(), day=day, hours="9.50")
        for _ in range(3):
            world.add(
                "delivery", client_id=world.resident(), provider_id=world.contractor_id, person_id=person_id,
                service="open_day", day=day, hours=Decimal("7.00"), session_id=f"{person_id}-{day}",
            )  # fmt: skip
    world.expect("person", person_id, "PRO-04")
