"""Subcontractors to whom something happens, otherwise in order."""

from __future__ import annotations

from datetime import date

from compliance.services.generate.organisations import company, hire
from compliance.services.generate.world import Cell, Provider, World

WEIGHT = 0.06


def subcontractor(
    world: World, *, form: str = "bv", cares: bool = True, screened: bool = True, accounts: bool = True,
    dissolved_on: date | None = None, **subcontract: Cell,
) -> tuple[str, str]:  # fmt: skip
    """The ids of a new fixed subcontractor of the contractor and of its subcontract.

    One that `cares` takes its part of the everyday deliveries; its subcontract must run from the contract's
    first day on.
    """
    organisation_id = company(
        world, legal_form=form, screened=screened, accounts=accounts, dissolved_on=dissolved_on
    )
    subcontract_id = hire(world, organisation_id, **subcontract)
    if cares:
        world.providers.append(Provider(organisation_id, WEIGHT, world.start))
    return organisation_id, subcontract_id


def outsider(world: World) -> str:
    """The id of an organisation that has no part in the contract."""
    return company(world, screened=False, accounts=False)
