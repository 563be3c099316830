"""Social return (SROI) over the contract's years: one good year, one short year, and one behind schedule."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from compliance.services.generate import numbers
from compliance.services.generate.world import World, amount_of, day_of

YEAR_VALUE_PER_CLIENT = 3500
ENTRIES_A_YEAR = 24
KINDS = ("placement", "learning_job", "internship", "purchase", "activity")
WITH_CANDIDATE = KINDS[:3]
# The product's own tolerance (`sroi_tolerance_pct`): being behind must hold with it.
TOLERANCE = Decimal("0.10")


def record(world: World) -> None:
    """Each contract year has entries: too much membership in the first, too little in the other two."""
    value = Decimal(YEAR_VALUE_PER_CLIENT * world.size.clients)
    owed = value * numbers.SROI_PCT / 100
    first = world.start.year
    passed = Decimal(world.as_of.timetuple().tm_yday) / (366 if _leap(first + 2) else 365)
    plan = (
        (first, Decimal("1.05"), Decimal("0.20"), "SRO-06"),
        (first + 1, Decimal("0.80"), Decimal("0.04"), "SRO-01"),
        (first + 2, (passed - TOLERANCE) / 2, Decimal("0.04"), "SRO-02"),
    )
    for year, part, membership, rule in plan:
        row = world.add("contract_year", year=year, value_eur=value)
        world.expect("contract_year", row, rule)
        present = sum(
            (
                amount_of(entry, "value_eur")
                for entry in world.rows["sroi_entry"]
                if day_of(entry, "first_day").year == year
            ),
            Decimal(0),
        )
        _enter(world, year, owed * part * membership, ("membership",))
        _enter(world, year, owed * part * (1 - membership) - present, KINDS)


def _enter(world: World, year: int, total: Decimal, kinds: tuple[str, ...]) -> None:
    """Approved entries by own organisations, together worth the total, rounded per entry."""
    count = 1 if len(kinds) == 1 else ENTRIES_A_YEAR
    value = (total / count).quantize(Decimal("0.01"), ROUND_HALF_UP)
    own = [world.contractor_id, *(str(row["organisation_id"]) for row in world.rows["participant"])]
    latest = min(date(year, 12, 1), world.as_of)
    for number in range(count):
        first_day = world.between(date(year, 1, 1), latest)
        kind = kinds[number % len(kinds)]
        world.add(
            "sroi_entry",
            organisation_id=world.rng.choice(own),
            candidate_id=f"kandidaat-{year}-{number}" if kind in WITH_CANDIDATE else None,
            kind=kind,
            value_eur=value,
            first_day=first_day,
            last_day=first_day + timedelta(days=world.rng.randint(0, 180)),
            approved_on=min(first_day + timedelta(days=world.rng.randint(0, 20)), world.as_of),
        )


def _leap(year: int) -> bool:
    return (date(year + 1, 1, 1) - date(year, 1, 1)).days == 366
