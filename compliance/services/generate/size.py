"""How large the generated Utrecht is: every count follows from clients, deliveries, seed and day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from compliance.errors import Problem, UsageError

Format = Literal["parquet", "csv", "jsonl"]
LEAST_CLIENTS = 100
LEAST_DELIVERIES = 1000
# Enough of the year must have passed for social return to be behind schedule, and the decisions of
# LEG-01 (from 1 July 2026) must lie in the past.
FIRST_AS_OF = date(2027, 2, 10)
LAST_AS_OF = date(2100, 12, 31)
FIRST_DAY_OF_YEAR = 41
CONTRACT_YEARS = 10


@dataclass(frozen=True, slots=True)
class Size:
    """The counts of one data set."""

    clients: int
    deliveries: int
    seed: int
    as_of: date

    @property
    def first_day(self) -> date:
        """The contract's first day: two whole years lie before the year judged."""
        return date(self.as_of.year - 2, 1, 1)

    @property
    def last_day(self) -> date:
        return date(self.first_day.year + CONTRACT_YEARS - 1, 12, 31)

    @property
    def days(self) -> int:
        """Days from the contract's first day to the day judged, both included."""
        return (self.as_of - self.first_day).days + 1

    @property
    def referrals(self) -> int:
        return round(self.clients * 10 / 3)

    @property
    def subcontractors(self) -> int:
        return min(200, 60 + self.clients // 100)

    @property
    def posts(self) -> int:
        """Care posts; with the turnover of staff about a quarter of the number of clients."""
        return max(self.clients // 5, 2 * self.subcontractors)

    @property
    def planted_residents(self) -> int:
        """How many violations of each rule about referrals are planted."""
        return max(2, self.clients // 500)

    @property
    def planted_staff(self) -> int:
        """How many violations of each rule about staff are planted."""
        return max(2, self.clients // 1000)

    @property
    def planted_organisations(self) -> int:
        """How many violations of each rule about organisations are planted."""
        return min(4, 2 + self.clients // 6000)


def checked_size(clients: int, deliveries: int, seed: int, as_of: date) -> Size:
    """A size the generator can make.

    Raises: UsageError, naming every number that is out of range.
    """
    problems = []
    if clients < LEAST_CLIENTS:
        problems.append(_wrong("--clients", f"{clients} is too few", f"Give at least {LEAST_CLIENTS}."))
    if deliveries < LEAST_DELIVERIES:
        problems.append(
            _wrong("--deliveries", f"{deliveries} is too few", f"Give at least {LEAST_DELIVERIES}.")
        )
    if seed < 0:
        problems.append(_wrong("--seed", "a seed is 0 or more", "Give for instance 1."))
    day_of_year = as_of.timetuple().tm_yday
    if not FIRST_AS_OF <= as_of <= LAST_AS_OF or day_of_year < FIRST_DAY_OF_YEAR:
        problems.append(
            _wrong(
                "--as-of",
                f"{as_of} does not fit the planted deviations",
                f"Give a day from {FIRST_AS_OF} to {LAST_AS_OF}, not before 10 February of its year.",
            )
        )
    if problems:
        raise UsageError(problems)
    return Size(clients, deliveries, seed, as_of)


def _wrong(place: str, message: str, hint: str) -> Problem:
    return Problem(place=place, code="size", message=message, hint=hint)
