"""Violations of the rules about subcontractors (SUB)."""

from __future__ import annotations

from datetime import date, timedelta

from compliance.services.generate.organisations import company, control, hire
from compliance.services.generate.people import worker
from compliance.services.generate.planted.parties import outsider, subcontractor
from compliance.services.generate.residents import visit
from compliance.services.generate.world import CONTRACT, World

CLIENT_BOUND = 4


def plant(world: World) -> None:
    """Each rule of the family has its findings; the share of own care is made too low by the numbers."""
    world.expect("contract", CONTRACT, "SUB-07")
    count = world.size.planted_organisations
    for turn in range(max(3, count)):
        _undeclared(world, turn)
    for turn in range(count):
        _announcement(world, turn)
        _depth(world, turn)
        _cycle(world)
        _client_bound(world)
        _terms(world)
        _agency(world, turn)
        _strangers(world)
        _tie(world, turn)


def _undeclared(world: World, turn: int) -> None:
    """Care by an outsider, for another client than the one hired for, or after the subcontract ended."""
    if turn % 3 == 0:
        organisation_id = outsider(world)
    elif turn % 3 == 1:
        organisation_id = company(world, legal_form="sole_proprietorship")
        hire(world, organisation_id, kind="client_bound", client_id=world.resident())
    else:
        ended = world.ago(150, 200)
        organisation_id, _ = subcontractor(world, cares=False, last_day=ended)
    person_id, _ = worker(world, organisation_id)
    client_id = world.resident()
    for _ in range(world.rng.randint(2, 6)):
        visit(world, person_id, organisation_id, client_id=client_id, day=world.ago(20, 140))
    world.expect("organisation", organisation_id, "SUB-01")


def _announcement(world: World, turn: int) -> None:
    """Without notice, without consent, and once without either."""
    late = world.start + timedelta(days=world.rng.randint(1, 50))
    _, unannounced = subcontractor(world, notified_on=late if turn % 2 else None)
    world.expect("subcontract", unannounced, "SUB-02")
    _, unconsented = subcontractor(world, consented_on=None if turn % 2 else late)
    world.expect("subcontract", unconsented, "SUB-03")
    if turn == 0:
        _, neither = subcontractor(world, notified_on=None, consented_on=None)
        world.expect("subcontract", neither, "SUB-02", "SUB-03")


def _depth(world: World, turn: int) -> None:
    """A second step in the chain without consent; from a firm with staff that lacks two consents in one."""
    principal, _ = subcontractor(world)
    alone = turn % 2 == 0
    organisation_id = company(world, legal_form="sole_proprietorship" if alone else "bv")
    row = hire(world, organisation_id, principal_id=principal, consented_on=None)
    world.expect("subcontract", row, "SUB-04", *(() if alone else ("SUB-03",)))


def _cycle(world: World) -> None:
    """Two organisations that hire each other."""
    first, _ = subcontractor(world)
    second = company(world)
    hire(world, second, principal_id=first)
    hire(world, first, principal_id=second)
    world.expect("organisation", first, "SUB-05")
    world.expect("organisation", second, "SUB-05")


def _client_bound(world: World) -> None:
    organisation_id = company(world, legal_form="sole_proprietorship")
    for _ in range(CLIENT_BOUND):
        hire(world, organisation_id, kind="client_bound", client_id=world.resident())
    world.expect("organisation", organisation_id, "SUB-06")


def _terms(world: World) -> None:
    """Below cost; out of the trade register; for want of staff."""
    cost = world.euros(55, 70)
    _, cheap = subcontractor(world, cost_price_eur=cost, hourly_rate_eur=cost - world.euros(1, 9))
    world.expect("subcontract", cheap, "SUB-08")
    _, gone = subcontractor(world, cares=False, dissolved_on=world.ago(5, 300))
    world.expect("subcontract", gone, "SUB-09")
    _, scarce = subcontractor(world, reason=world.rng.choice(("scarcity", "other")))
    world.expect("subcontract", scarce, "SUB-10")


def _agency(world: World, turn: int) -> None:
    """An agency that is not admitted, or not yet."""
    soon = world.as_of + timedelta(days=world.rng.randint(10, 90))
    agency_id = company(world, screened=False, agency_admitted_on=soon if turn % 2 else None)
    _, row = worker(world, world.contractor_id, form="agency", agency_id=agency_id)
    world.expect("employment", row, "SUB-11")


def _strangers(world: World) -> None:
    """Visits by someone whom another organisation employs."""
    organisation_id, _ = subcontractor(world)
    person_id, _ = worker(world, world.contractor_id)
    client_id = world.resident()
    for _ in range(world.rng.randint(1, 4)):
        visit(world, person_id, organisation_id, client_id=client_id, day=world.ago(5, 300))
    world.expect("organisation", organisation_id, "SUB-12")


def _tie(world: World, turn: int) -> None:
    """The contractor's director has a say in a subcontractor, directly or through a holding."""
    organisation_id, _ = subcontractor(world)
    holder = next(
        str(row["holder_id"])
        for row in world.rows["control"]
        if row["organisation_id"] == world.contractor_id and row["kind"] == "director"
    )
    since = date(world.start.year - 1, 3, 1)
    if turn % 2:
        holding = outsider(world)
        control(world, holder, holding, "ubo", first_day=since)
        holder = holding
    control(world, holder, organisation_id, "shareholder", first_day=since)
    world.expect("organisation", organisation_id, "SUB-13")
