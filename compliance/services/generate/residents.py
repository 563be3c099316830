"""Residents' referrals, bridging care and visits, made one by one; without overrides nothing is wrong."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from compliance.services.generate import numbers
from compliance.services.generate.world import Cell, World, day_of

SERVICES = ("ambulatory", "household_help", "specialist_day", "open_day", "short_stay")
ALLOWED_GROUNDS = ("not_the_right_support", "exceptionally_complex", "weighty_reason")
OTHER_GROUNDS = ("full", "no_staff", "budget", "waiting_list", "district", "rate")


def past_day(world: World) -> date:
    """A day well inside the contract's term: months after its start, months before the day judged."""
    return world.between(world.start + timedelta(days=60), world.as_of - timedelta(days=200))


def referral(world: World, *, received_on: date, wait: int | None = None, **overrides: Cell) -> str:
    """The id of a referral of a client of its own, started by the contractor after `wait` days, if at all."""
    started_on = None if wait is None else received_on + timedelta(days=wait)
    row: dict[str, Cell] = {
        "client_id": overrides.get("client_id") or world.resident(),
        "service": world.rng.choice(SERVICES),
        "decided_on": received_on - timedelta(days=world.rng.randint(1, 5)),
        "decision_nature": "natura",
        "decision_duration_months": world.rng.choice((12, 24, 36)),
        "objection_clause": True,
        "received_on": received_on,
        "started_on": started_on,
        "provider_id": None if started_on is None else world.contractor_id,
        "end_urgent": False,
    }
    return world.add("referral", **(row | overrides))


def bridge(world: World, referral_id: str, first_day: date, last_day: date | None, **overrides: Cell) -> str:
    """The id of a period of bridging care by the contractor."""
    row: dict[str, Cell] = {
        "referral_id": referral_id, "provider_id": world.contractor_id, "first_day": first_day,
        "last_day": last_day,
    }  # fmt: skip
    return world.add("bridging", **(row | overrides))


def refused(world: World, *, ground: str | None = None, proven: bool = True) -> str:
    """The id of a referral that was refused, and nothing is organised yet.

    Without a `ground` it is an allowed one; unless it is not `proven`, the evidence is on record.
    """
    received_on = past_day(world)
    return referral(
        world,
        received_on=received_on,
        refused_on=received_on + timedelta(days=world.rng.randint(2, 6)),
        refusal_ground=ground or world.rng.choice(ALLOWED_GROUNDS),
        refusal_evidence=f"dossier {world.rng.randint(1000, 9999)}" if proven else None,
    )


def organise(world: World, referral_id: str) -> None:
    """Bridging care began soon after the refusal of the referral."""
    row = next(row for row in world.rows["referral"] if row["id"] == referral_id)
    refused_on = day_of(row, "refused_on")
    first_day = refused_on + timedelta(days=world.rng.randint(1, numbers.ORGANISE_DAYS))
    bridge(world, referral_id, first_day, first_day + timedelta(days=28))


def visit(
    world: World, person_id: str, organisation_id: str, *, client_id: str, day: date, hours: str = "1.50"
) -> str:  # fmt: skip
    """The id of an individual visit."""
    return world.add(
        "delivery", client_id=client_id, provider_id=organisation_id, person_id=person_id, day=day,
        service="ambulatory", hours=Decimal(hours),
    )  # fmt: skip
