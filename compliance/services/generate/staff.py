"""The care staff behind everyday deliveries: posts at every provider, with people who come and go."""

from __future__ import annotations

from datetime import date, timedelta

from compliance.services.generate.organisations import company
from compliance.services.generate.people import worker
from compliance.services.generate.world import Post, Provider, World

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
    form, agency_id = "self_employed" if provider.weight == 0 else "employee", None
    if provider.weight and world.rng.random() < FROM_AGENCY:
        form, agency_id = "agency", world.rng.choice(agencies)
    first_day = continues_since = switch_day = None
    if world.rng.random() < TRANSFERRED:
        first_day = world.start
        continues_since = world.start - timedelta(days=world.rng.randint(100, 3000))
    if provider.weight and world.rng.random() < TURNOVER:
        switch_day = world.between(world.start + timedelta(days=30), world.as_of - timedelta(days=5))
    organisation_id = provider.organisation_id
    person_id, _ = worker(
        world, organisation_id, first_day=first_day, form=form, agency_id=agency_id,
        continues_since=continues_since, last_day=switch_day and switch_day - timedelta(days=1),
    )  # fmt: skip
    if switch_day is None:
        return Post(organisation_id, number, person_id)
    successor_id, _ = worker(world, organisation_id, first_day=switch_day)
    return Post(organisation_id, number, person_id, switch_day, successor_id)
