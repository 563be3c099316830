"""Violations of the rules about annual accounts (FIN) and single entries of social return (SRO)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from compliance.services.generate.organisations import file_accounts
from compliance.services.generate.planted.parties import outsider, subcontractor
from compliance.services.generate.world import Cell, World

VALUE = Decimal("50.00")  # small beside what is owed, so that it decides no year


def plant(world: World) -> None:
    """Each rule has its findings; the rules about whole years are served by `social_return`."""
    elsewhere = outsider(world)
    for turn in range(world.size.planted_organisations):
        _accounts(world)
        _counted_twice(world, turn)
        _outside_term(world, turn)
        stray = _entry(world, organisation_id=elsewhere)
        world.expect("sroi_entry", stray, "SRO-05")


def _accounts(world: World) -> None:
    """Three years of losses; a thin reserve; an uncommonly high margin."""
    losing, _ = subcontractor(world, accounts=False)
    file_accounts(world, losing, result_pct=-4)
    world.expect("organisation", losing, "FIN-01")
    thin, _ = subcontractor(world, accounts=False)
    file_accounts(world, thin, solvency_pct=8)
    world.expect("organisation", thin, "FIN-02")
    rich, _ = subcontractor(world, accounts=False)
    file_accounts(world, rich, result_pct=24)
    world.expect("organisation", rich, "FIN-03")


def _entry(world: World, **overrides: Cell) -> str:
    first_day = world.start + timedelta(days=world.rng.randint(30, 200))
    row: dict[str, Cell] = {
        "organisation_id": world.contractor_id, "kind": "purchase", "value_eur": VALUE,
        "first_day": first_day, "last_day": first_day + timedelta(days=90),
        "approved_on": first_day + timedelta(days=14),
    }  # fmt: skip
    return world.add("sroi_entry", **(row | overrides))


def _counted_twice(world: World, turn: int) -> None:
    """Two placements of one candidate that share a day, or one that never ended."""
    first_day = world.start + timedelta(days=40)
    again = first_day + timedelta(days=90)
    candidate = f"kandidaat-dubbel-{turn}"
    for day, last_day in ((first_day, None if turn % 2 else again), (again, again + timedelta(days=60))):
        row = _entry(world, kind="placement", candidate_id=candidate, first_day=day, last_day=last_day)
        world.expect("sroi_entry", row, "SRO-03")


def _outside_term(world: World, turn: int) -> None:
    if turn % 2:
        row = _entry(world, last_day=world.size.last_day + timedelta(days=1))
    else:
        row = _entry(world, first_day=world.start - timedelta(days=world.rng.randint(1, 60)))
    world.expect("sroi_entry", row, "SRO-04")
