"""The contract, its parties, and the chain of subcontractors with their owners, accounts and screening."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from compliance.services.generate import numbers, residents
from compliance.services.generate.world import CONTRACT, Cell, Provider, World, day_of

CONTRACTOR_WEIGHT, PARTICIPANT_WEIGHT, CHAIN_WEIGHT = 0.22, 0.06, 0.54
PARTICIPANTS = 4
HUB_ORGANISATIONS = 40  # more than `hub_limit`: routes of control do not pass through the bank
OWNED_BY_HOLDING = 0.4


def found(world: World) -> None:
    """The contract, its contractor and the participants stand in the world."""
    world.contractor_id = company(world, legal_form="foundation", directors=2)
    world.rows["contract"].append(
        {
            "id": CONTRACT,
            "title": "Wmo ondersteuning in de wijk",
            "municipality": "Utrecht",
            "contractor_id": world.contractor_id,
            "first_day": world.start,
            "last_day": world.size.last_day,
            "funding": "task",
            "sroi_pct": Decimal(numbers.SROI_PCT),
        }
    )
    world.providers.append(Provider(world.contractor_id, CONTRACTOR_WEIGHT, world.start))
    for _ in range(PARTICIPANTS):
        participant = company(world, legal_form="foundation", directors=2)
        world.add("participant", organisation_id=participant, first_day=world.start)
        world.providers.append(Provider(participant, PARTICIPANT_WEIGHT, world.start))


def company(
    world: World,
    *,
    legal_form: str = "bv",
    directors: int = 1,
    screened: bool = True,
    accounts: bool = True,
    **overrides: Cell,
) -> str:
    """The id of a new organisation with its own directors and owners, tied to no other one."""
    number = len(world.rows["organisation"]) + 1
    sole = legal_form == "sole_proprietorship"
    row: dict[str, Cell] = {
        "name": next(world.names),
        "kvk_number": f"{60000000 + 97 * number:08d}",
        "agb_code": f"{98000000 + 13 * number:08d}",
        "legal_form": legal_form,
        "working_persons": 1 if sole else world.rng.randint(4, 400),
        "registered_on": world.between(date(1995, 1, 1), date(2021, 12, 31)),
    }
    organisation_id = world.add("organisation", **(row | overrides))
    for _ in range(directors):
        control(world, world.add("person"), organisation_id, "director")
    if legal_form == "bv":
        _own(world, organisation_id)
    if screened:
        screen(world, organisation_id)
    if accounts and not sole:
        file_accounts(world, organisation_id)
    return organisation_id


def hire(world: World, subcontractor_id: str, **overrides: Cell) -> str:
    """The id of a subcontract: announced, consented, for a specialism, at a rate above cost.

    The principal is the contractor unless `principal_id` says otherwise.
    """
    value = overrides.get("first_day")
    first_day = value if isinstance(value, date) else world.start
    cost = world.euros(45, 70)
    row: dict[str, Cell] = {
        "principal_id": world.contractor_id,
        "subcontractor_id": subcontractor_id,
        "kind": "fixed",
        "services": world.rng.choice(residents.SERVICES),
        "reason": world.rng.choice(("specialism", "specific_offer")),
        "first_day": first_day,
        "notified_on": first_day - timedelta(days=world.rng.randint(0, 40)),
        "consented_on": first_day - timedelta(days=world.rng.randint(0, 30)),
        "hourly_rate_eur": cost + world.euros(0, 12),
        "cost_price_eur": cost,
    }
    return world.add("subcontract", **(row | overrides))


def screen(world: World, organisation_id: str, **overrides: Cell) -> str:
    """The id of a Bibob inquiry from before the contract that saw no danger."""
    opened_on = world.start - timedelta(days=world.rng.randint(100, 200))
    row: dict[str, Cell] = {
        "organisation_id": organisation_id,
        "opened_on": opened_on,
        "questionnaire_due_on": opened_on + timedelta(days=28),
        "questionnaire_received_on": opened_on + timedelta(days=world.rng.randint(5, 28)),
        "concluded_on": opened_on + timedelta(days=world.rng.randint(40, 90)),
        "outcome": "none",
    }
    return world.add("bibob_inquiry", **(row | overrides))


def file_accounts(
    world: World, organisation_id: str, *, result_pct: int | None = None, solvency_pct: int | None = None
) -> None:
    """The accounts of the last book years are filed; given percentages hold for every year."""
    last_year = world.as_of.year - (1 if world.as_of >= date(world.as_of.year, 7, 1) else 2)
    for year in range(last_year - 2, last_year + 1):
        revenue, assets = world.euros(400_000, 9_000_000), world.euros(200_000, 4_000_000)
        lowest = 1 if year == last_year else -3  # a loss now and then, never in the latest year
        margin = world.rng.randint(lowest, 7) if result_pct is None else result_pct
        solvency = world.rng.randint(25, 60) if solvency_pct is None else solvency_pct
        world.add(
            "annual_account",
            organisation_id=organisation_id,
            year=year,
            revenue_eur=revenue,
            result_eur=_part(revenue, margin),
            equity_eur=_part(assets, solvency),
            total_assets_eur=assets,
            dividend_eur=Decimal(0),
            personnel_eur=_part(revenue, 70),
            filed_on=world.between(date(year + 1, 4, 1), date(year + 1, 6, 30)),
        )


def fill_chain(world: World) -> None:
    """The chain has its full number of subcontractors, in up to three steps, and takes part in the care."""
    present = {row["subcontractor_id"] for row in world.rows["subcontract"]}
    missing = world.size.subcontractors - len(present)
    client_bound, second, third = missing // 8, missing // 6, missing // 20
    chain = [_plain(world, rank) for rank in range(missing - client_bound - second - third)]
    below = [_below(world, principal) for principal in chain[:second]]
    for principal in below[:third]:
        _below(world, principal)
    for _ in range(client_bound):
        _client_bound(world)
    _lend(world)
    _share(world)


def _plain(world: World, rank: int) -> str:
    """A fixed subcontractor of the contractor; every fifth came later, every ninth has left."""
    organisation_id = company(world, legal_form=world.rng.choice(("bv", "bv", "foundation", "cooperative")))
    first_day = past_day_or_start(world, later=rank % 5 == 4)
    last_day = world.ago(10, 150) if rank % 9 == 8 else None
    hire(world, organisation_id, first_day=first_day, last_day=last_day)
    world.providers.append(Provider(organisation_id, 1 / (rank + 3), first_day, last_day))
    if last_day is None:
        world.quiet.append(organisation_id)
    if rank % 10 == 7 and last_day is None:
        _succeed(world, organisation_id)
    return organisation_id


def past_day_or_start(world: World, *, later: bool) -> date:
    """The contract's first day or, when `later`, some day well after it."""
    return residents.past_day(world) if later else world.start


def _below(world: World, principal_id: str) -> str:
    """A subcontractor of a subcontractor, with the written consent that this takes."""
    organisation_id = company(world)
    value = next(row for row in world.rows["subcontract"] if row["subcontractor_id"] == principal_id)
    first_day, last_day = day_of(value, "first_day"), value.get("last_day")
    hire(world, organisation_id, principal_id=principal_id, first_day=first_day, last_day=last_day)
    ending = last_day if isinstance(last_day, date) else None
    world.providers.append(Provider(organisation_id, 0.02, first_day, ending))
    return organisation_id


def _client_bound(world: World) -> None:
    """A self-employed carer hired for up to three residents; consent is not asked of one person alone."""
    organisation_id = company(world, legal_form="sole_proprietorship")
    for _ in range(world.rng.randint(1, 3)):
        received_on = residents.past_day(world)
        referral_id = residents.referral(
            world, received_on=received_on, wait=world.rng.randint(2, 7), provider_id=organisation_id
        )
        first_day = received_on + timedelta(days=1)
        client_id = world.latest("referral")["client_id"]
        hire(
            world, organisation_id, kind="client_bound", client_id=client_id, first_day=first_day,
            consented_on=None,
        )  # fmt: skip
        world.cared_for.append(referral_id)
    world.providers.append(Provider(organisation_id, 0, world.start))


def control(world: World, holder_id: str, organisation_id: str, kind: str, **overrides: Cell) -> str:
    """The id of a say of the holder in the organisation, since before the contract."""
    first_day = world.between(date(2010, 1, 1), world.start - timedelta(days=1))
    row: dict[str, Cell] = {
        "holder_id": holder_id, "organisation_id": organisation_id, "kind": kind, "first_day": first_day,
    }  # fmt: skip
    return world.add("control", **(row | overrides))


def _own(world: World, organisation_id: str) -> None:
    """Someone owns the organisation: a person or, often, a holding that a person owns."""
    owner = world.add("person")
    owned = organisation_id
    if world.rng.random() < OWNED_BY_HOLDING:
        holding = world.add(
            "organisation",
            name=f"{next(world.names)} Holding",
            legal_form="bv",
            kvk_number=f"{50000000 + 89 * len(world.rows['organisation']):08d}",
        )
        control(world, holding, organisation_id, "shareholder", share_pct=Decimal(100))
        owned = holding
    control(world, owner, owned, "shareholder", share_pct=Decimal(100))
    control(world, owner, owned, "ubo", share_pct=Decimal(100))


def _succeed(world: World, organisation_id: str) -> None:
    """A director was succeeded during the contract, and that was reported in time."""
    day = world.between(world.start + timedelta(days=30), world.as_of - timedelta(days=30))
    leaving = next(row for row in world.rows["control"] if row["organisation_id"] == organisation_id)
    leaving["last_day"] = day - timedelta(days=1)
    control(world, world.add("person"), organisation_id, "director", first_day=day)
    world.add(
        "change_report",
        organisation_id=organisation_id,
        kind="control",
        occurred_on=day,
        reported_on=day + timedelta(days=world.rng.randint(-30, numbers.CONTROL_REPORT_DAYS)),
    )


def _lend(world: World) -> None:
    """One bank finances many: a hub of the network that says nothing about who belongs together."""
    bank = world.add("organisation", name="Zorgkrediet Midden", legal_form="nv", kvk_number="50000001")
    borrowers = {str(row["subcontractor_id"]) for row in world.rows["subcontract"]}
    for organisation_id in [world.contractor_id, *sorted(borrowers)[:HUB_ORGANISATIONS]]:
        control(world, bank, organisation_id, "financier")


def _share(world: World) -> None:
    """The chain's part of the care is divided over its members by their weights."""
    own = 1 + PARTICIPANTS
    total = sum(provider.weight for provider in world.providers[own:])
    world.providers[own:] = [
        Provider(each.organisation_id, each.weight / total * CHAIN_WEIGHT, each.first_day, each.last_day)
        for each in world.providers[own:]
    ]


def _part(amount: Decimal, pct: int) -> Decimal:
    return (amount * pct / 100).quantize(Decimal("0.01"))
