"""The care staff behind everyday deliveries: posts at every provider, with people who come and go."""

from __future__ import annotations

from datetime import date, timedelta

from compliance.services.generate.organisations import company
from compliance.services.generate.people import worker
from compliance.services.generate.world import Cell, Post, Provider, World

TURNOVER, TRANSFERRED, FROM_AGENCY = 0.2, 0.1, 0.04
AGENCIES = 3


def employ(world: World) -> None:
    """Every organisation that takes part in the care has posts in proportion to its share, all filled."""
    agencies = [
        company(world, screened=False, agency_admitted_on=date(world.start.year - 1, 11, 1))
        for _ in range(AGENCIES)
    ]
    for provider in world.providers:
        for number in range(max(1, round(provider.weight * world.size.posts))):
            world.posts.append(_post(world, provider, number, agencies))


def _post(world: World, provider: Provider, number: int, agencies: list[str]) -> Post:
    terms: dict[str, Cell] = {}
    if provider.weight == 0:
        terms["form"] = "self_employed"
    elif world.rng.random() < FROM_AGENCY:
        terms |= {"form": "agency", "agency_id": world.rng.choice(agencies)}
    first_day = None
    if world.rng.random() < TRANSFERRED:
        first_day = world.start
        terms["continues_since"] = world.start - timedelta(days=world.rng.randint(100, 3000))
    organisation_id = provider.organisation_id
    if provider.weight == 0 or world.rng.random() >= TURNOVER:
        person_id, _ = worker(world, organisation_id, first_day=first_day, **terms)
        return Post(organisation_id, number, person_id)
    switch_day = world.between(world.start + timedelta(days=30), world.as_of - timedelta(days=5))
    leaving = switch_day - timedelta(days=1)
    person_id, _ = worker(world, organisation_id, first_day=first_day, last_day=leaving, **terms)
    successor_id, _ = worker(world, organisation_id, first_day=switch_day)
    return Post(organisation_id, number, person_id, switch_day, successor_id)
