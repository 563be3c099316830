"""Violations of the rules about Bibob, signals, control and incidents (BIB)."""

from __future__ import annotations

from datetime import date, timedelta

from compliance.services.generate import numbers
from compliance.services.generate.organisations import control
from compliance.services.generate.planted.parties import outsider, subcontractor
from compliance.services.generate.residents import past_day, referral
from compliance.services.generate.world import World


def plant(world: World) -> None:
    """Each rule of the family has its findings."""
    for turn in range(world.size.planted_organisations):
        _serious(world, turn)
        _inquiries(world)
        _unscreened(world)
        _tied(world, turn)
        _new_clients(world, turn)
        _unassessed(world)
        _unreported_control(world, turn)
        _late_incident(world, turn)


def adverse(world: World, organisation_id: str, outcome: str) -> tuple[str, date]:
    """The id and day of an inquiry that was concluded in the past year with this outcome."""
    concluded_on = world.ago(60, 300)
    opened_on = concluded_on - timedelta(days=world.rng.randint(60, 120))
    inquiry_id = world.add(
        "bibob_inquiry", organisation_id=organisation_id, opened_on=opened_on,
        questionnaire_due_on=opened_on + timedelta(days=28),
        questionnaire_received_on=opened_on + timedelta(days=20),
        advice_requested_on=opened_on + timedelta(days=25), concluded_on=concluded_on, outcome=outcome,
    )  # fmt: skip
    return inquiry_id, concluded_on


def measure(
    world: World, inquiry_id: str, agreed_on: date, *, due_on: date, evidenced_on: date | None
) -> str:
    """The id of a measure that was agreed after the inquiry."""
    return world.add(
        "bibob_measure", inquiry_id=inquiry_id, description="Halfjaarlijks inzicht in de financiering",
        agreed_on=agreed_on, due_on=due_on, evidenced_on=evidenced_on,
    )  # fmt: skip


def _serious(world: World, turn: int) -> None:
    """No decision to continue, or one that has lapsed."""
    organisation_id, _ = subcontractor(world)
    _, concluded_on = adverse(world, organisation_id, "serious")
    lapsed = turn % 2 == 1
    world.add(
        "decision", organisation_id=organisation_id, kind="continue" if lapsed else "pause",
        decided_on=concluded_on + timedelta(days=10), valid_until=world.ago(1, 20) if lapsed else None,
        motivation="Zorg eerst overdragen",
    )  # fmt: skip
    world.expect("organisation", organisation_id, "BIB-01")


def _inquiries(world: World) -> None:
    """Danger without a measure; a measure overdue; a questionnaire overdue."""
    organisation_id, _ = subcontractor(world)
    unmeasured, _ = adverse(world, organisation_id, "lesser")
    world.expect("bibob_inquiry", unmeasured, "BIB-02")
    organisation_id, _ = subcontractor(world)
    inquiry_id, concluded_on = adverse(world, organisation_id, "lesser")
    overdue = measure(world, inquiry_id, concluded_on, due_on=world.ago(1, 40), evidenced_on=None)
    world.expect("bibob_measure", overdue, "BIB-03")
    organisation_id, _ = subcontractor(world)
    unanswered = world.add(
        "bibob_inquiry", organisation_id=organisation_id, opened_on=world.ago(60, 90),
        questionnaire_due_on=world.ago(1, 30),
    )  # fmt: skip
    world.expect("bibob_inquiry", unanswered, "BIB-04")


def _unscreened(world: World) -> None:
    organisation_id, _ = subcontractor(world, screened=False)
    world.expect("organisation", organisation_id, "BIB-05")


def _tied(world: World, turn: int) -> None:
    """A sister under the same owner, or the organisation's own shareholder, was found to be a danger."""
    organisation_id, _ = subcontractor(world)
    other = outsider(world)
    inquiry_id, concluded_on = adverse(world, other, "serious" if turn % 2 else "lesser")
    evidenced_on = concluded_on + timedelta(days=30)
    measure(world, inquiry_id, concluded_on, due_on=evidenced_on, evidenced_on=evidenced_on)
    if turn % 2:
        control(world, other, organisation_id, "shareholder")
    else:
        owner = world.add("person")
        control(world, owner, organisation_id, "shareholder")
        control(world, owner, other, "director")
    world.expect("organisation", organisation_id, "BIB-06")


def _new_clients(world: World, turn: int) -> None:
    """Started a referral while a signal was assessed as real and not closed, or closed only later."""
    organisation_id, _ = subcontractor(world)
    received_on = past_day(world)
    referral(world, received_on=received_on, wait=5, provider_id=organisation_id)
    world.add(
        "signal", organisation_id=organisation_id, source="hotline", kind="declaratiegedrag",
        received_on=received_on - timedelta(days=40), assessed_on=received_on - timedelta(days=30),
        closed_on=received_on + timedelta(days=60) if turn % 2 else None,
    )  # fmt: skip
    world.expect("organisation", organisation_id, "BIB-07")


def _unassessed(world: World) -> None:
    row = world.add(
        "signal", organisation_id=world.contractor_id, source="client", kind="bejegening",
        received_on=world.ago(numbers.SIGNAL_ASSESS_DAYS + 1, 120),
    )  # fmt: skip
    world.expect("signal", row, "BIB-08")


def _unreported_control(world: World, turn: int) -> None:
    organisation_id, _ = subcontractor(world)
    day = past_day(world)
    row = control(world, world.add("person"), organisation_id, "director", first_day=day)
    if turn % 2:
        late = day + timedelta(days=numbers.CONTROL_REPORT_DAYS + world.rng.randint(1, 60))
        world.add(
            "change_report",
            organisation_id=organisation_id,
            kind="control",
            occurred_on=day,
            reported_on=late,
        )
    world.expect("control", row, "BIB-09")


def _late_incident(world: World, turn: int) -> None:
    kind = sorted(numbers.REPORT_DAYS)[turn % len(numbers.REPORT_DAYS)]
    discovered_on = world.ago(40, 300)
    delay = numbers.REPORT_DAYS[kind] + world.rng.randint(1, 20)
    row = world.add(
        "incident", organisation_id=world.contractor_id, kind=kind, discovered_on=discovered_on,
        reported_on=discovered_on + timedelta(days=delay) if turn % 2 else None,
    )  # fmt: skip
    world.expect("incident", row, "BIB-10")
