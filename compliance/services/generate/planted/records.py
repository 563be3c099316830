"""Violations of the rules about documents (PLN) and complaints (CMP)."""

from __future__ import annotations

from datetime import timedelta

from compliance.services.generate import numbers
from compliance.services.generate.world import World


def plant(world: World) -> None:
    """Each rule has its findings."""
    for turn in range(world.size.planted_organisations):
        due_on = world.ago(20, 200)
        late = due_on + timedelta(days=world.rng.randint(1, 19)) if turn % 2 else None
        row = world.add(
            "document", kind=world.rng.choice(("year_plan", "budget", "evaluation")), year=due_on.year,
            due_on=due_on, delivered_on=late,
        )  # fmt: skip
        world.expect("document", row, "PLN-01")
    for turn in range(world.size.planted_residents):
        received_on = world.ago(numbers.COMPLAINT_DAYS + 30, 300)
        handled_on = received_on + timedelta(days=numbers.COMPLAINT_DAYS + world.rng.randint(1, 30))
        row = world.add(
            "complaint", organisation_id=world.contractor_id, received_on=received_on,
            handled_on=handled_on if turn % 2 else None,
        )  # fmt: skip
        world.expect("complaint", row, "CMP-01")
