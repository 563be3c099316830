"""The registers of an ordinary contract: teams, documents, complaints, signals, followed-up inquiries."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from compliance.services.generate import numbers, social_return
from compliance.services.generate.organisations import control
from compliance.services.generate.planted.integrity import adverse, measure
from compliance.services.generate.world import World

DISTRICTS = {
    "west": "West", "noordwest": "Noordwest", "overvecht": "Overvecht", "noordoost": "Noordoost",
    "oost": "Oost", "binnenstad": "Binnenstad", "zuid": "Zuid", "zuidwest": "Zuidwest",
    "leidsche-rijn": "Leidsche Rijn", "vleuten-de-meern": "Vleuten-De Meern",
}  # fmt: skip
WITHOUT_TEAM = "binnenstad"
YEARLY_DOCUMENTS = {
    "kaderbrief": (1, 15), "year_plan": (2, 1), "budget": (2, 1), "complaints_report": (5, 1),
    "evaluation": (6, 1), "sroi_plan": (1, 31), "sustainability_report": (6, 1),
}  # fmt: skip
FOLLOWED_UP = 2


def record(world: World) -> None:
    """The registers are kept, with everything in order but one district without a team."""
    _districts(world)
    _documents(world)
    _indicators(world)
    _complaints(world)
    _integrity(world)
    social_return.record(world)


def _own(world: World) -> list[str]:
    return [world.contractor_id, *(str(row["organisation_id"]) for row in world.rows["participant"])]


def _districts(world: World) -> None:
    own = _own(world)
    for number, (district, name) in enumerate(DISTRICTS.items()):
        world.add("district", id=district, name=name)
        left = world.ago(5, 60) if district == WITHOUT_TEAM else None
        world.add(
            "team", district_id=district, organisation_id=own[number % len(own)], first_day=world.start,
            last_day=left, fte=Decimal(world.rng.randint(8, 40)), accessible=True,
        )  # fmt: skip
        for year in range(world.start.year, world.as_of.year + 1):
            for task in ("basic", "development"):
                planned = Decimal(world.rng.randint(4, 30))
                world.add(
                    "formation", year=year, district_id=district, task=task, planned_fte=planned,
                    realised_fte=planned - Decimal("0.5"),
                )  # fmt: skip
    world.expect("district", WITHOUT_TEAM, "COV-01")


def _documents(world: World) -> None:
    """Everything with a due day was delivered in time; what is not due yet may still be open."""
    letter = world.start - timedelta(days=world.rng.randint(5, 40))
    world.add("document", kind="order_letter", delivered_on=letter)
    for year in range(world.start.year, world.as_of.year + 1):
        for kind, (month, day) in YEARLY_DOCUMENTS.items():
            due_on = date(year, month, day)
            delivered_on = due_on - timedelta(days=world.rng.randint(0, 25))
            world.add(
                "document", kind=kind, year=year, due_on=due_on,
                delivered_on=delivered_on if due_on < world.as_of else None,
            )  # fmt: skip


def _indicators(world: World) -> None:
    for year in range(world.start.year, world.as_of.year):
        for name in ("clienttevredenheid", "doelrealisatie", "uitval"):
            value = Decimal(world.rng.randint(700, 890)) / 100
            world.add("indicator", name=name, period=str(year), value=value, target=Decimal("7.5"))
        world.add(
            "attestation", obligation="T1-01", period=str(year), answered_on=date(year, 12, 1), answer="met",
            by_role="contractmanager",
        )  # fmt: skip


def _complaints(world: World) -> None:
    for _ in range(max(4, world.size.clients // 100)):
        received_on = world.between(world.start, world.as_of)
        handled_on = received_on + timedelta(days=world.rng.randint(2, numbers.COMPLAINT_DAYS))
        world.add(
            "complaint", organisation_id=world.rng.choice(_own(world)), received_on=received_on,
            handled_on=handled_on if handled_on <= world.as_of else None,
        )  # fmt: skip


def _integrity(world: World) -> None:
    """What an attentive municipality does: signals assessed, danger met with measures or a decision."""
    quiet = iter(world.quiet)
    for _ in range(FOLLOWED_UP):
        inquiry_id, concluded_on = adverse(world, next(quiet), "lesser")
        done = concluded_on + timedelta(days=30)
        measure(world, inquiry_id, concluded_on, due_on=done, evidenced_on=done)
        coming = world.as_of + timedelta(days=60)
        measure(world, inquiry_id, concluded_on, due_on=coming, evidenced_on=None)
    _continued(world, next(quiet))
    sisters = next(quiet), next(quiet)
    owner = world.add("person")
    for organisation_id in sisters:
        control(world, owner, organisation_id, "shareholder", share_pct=Decimal(25))
    for organisation_id in [*quiet][: max(2, world.size.clients // 400)]:
        _signal(world, organisation_id)
        _incident(world, organisation_id)


def _continued(world: World, organisation_id: str) -> None:
    """Serious danger, and a reasoned decision to continue that is in force."""
    _, concluded_on = adverse(world, organisation_id, "serious")
    world.add(
        "decision", organisation_id=organisation_id, kind="continue", decided_on=concluded_on,
        valid_until=world.as_of + timedelta(days=180), motivation="Bestuur vervangen, toezicht verscherpt",
    )  # fmt: skip


def _signal(world: World, organisation_id: str) -> None:
    """A signal that was assessed in time and, being unfounded, closed at once."""
    received_on = world.between(world.start, world.as_of - timedelta(days=20))
    assessed_on = received_on + timedelta(days=world.rng.randint(0, numbers.SIGNAL_ASSESS_DAYS))
    world.add(
        "signal", organisation_id=organisation_id, source="client", kind="bejegening",
        received_on=received_on, assessed_on=assessed_on, closed_on=assessed_on,
    )  # fmt: skip


def _incident(world: World, organisation_id: str) -> None:
    kind = world.rng.choice(sorted(numbers.REPORT_DAYS))
    discovered_on = world.between(world.start, world.as_of - timedelta(days=20))
    reported_on = discovered_on + timedelta(days=world.rng.randint(0, numbers.REPORT_DAYS[kind]))
    world.add(
        "incident", organisation_id=organisation_id, kind=kind, discovered_on=discovered_on,
        reported_on=reported_on,
    )  # fmt: skip
