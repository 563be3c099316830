"""Staff made one by one: person, employment and credentials; without overrides nothing is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from compliance.services.generate.world import Cell, World

# A VOG is renewed before it is 36 months (1,095 days) old.
VOG_RENEWAL_DAYS = 1035
LEVELS = ("2", "3", "4", "5", None)


def worker(
    world: World,
    organisation_id: str,
    *,
    first_day: date | None = None,
    vogs: Sequence[date] | None = None,
    diploma: bool = True,
    **overrides: Cell,
) -> tuple[str, str]:
    """The ids of a new person and of its employment with the organisation.

    Without a first day the employment began before the contract did. `vogs` replaces the days on which
    a VOG was issued; without `diploma` none is on record.
    """
    person_id = world.add("person")
    begun = first_day or world.start - timedelta(days=world.rng.randint(31, 2500))
    row: dict[str, Cell] = {
        "person_id": person_id, "organisation_id": organisation_id, "form": "employee",
        "client_contact": True, "function_level": world.rng.choice(LEVELS), "first_day": begun,
    }  # fmt: skip
    row |= overrides
    employment_id = world.add("employment", **row)
    for issued_on in _vogs(world, begun, row.get("continues_since")) if vogs is None else vogs:
        world.add("credential", person_id=person_id, kind="vog", issued_on=issued_on)
    if diploma and row["function_level"] is not None:
        _diploma(world, person_id, begun)
    return person_id, employment_id


def _vogs(world: World, begun: date, continues_since: Cell) -> list[date]:
    """A VOG fresh at the start or, with an older employment, one that still counts; renewed in time."""
    if begun < world.start or continues_since is not None:
        issued_on = world.start - timedelta(days=world.rng.randint(1, 900))
    else:
        issued_on = begun - timedelta(days=world.rng.randint(1, 80))
    days = []
    while issued_on <= world.as_of:
        days.append(issued_on)
        issued_on += timedelta(days=VOG_RENEWAL_DAYS)
    return days


def _diploma(world: World, person_id: str, begun: date) -> None:
    issued_on = begun - timedelta(days=world.rng.randint(100, 6000))
    verified_on = min(begun + timedelta(days=world.rng.randint(0, 20)), world.as_of)
    world.add(
        "credential", person_id=person_id, kind="diploma", issued_on=issued_on, verified_on=verified_on,
        verified_with="DUO",
    )  # fmt: skip
