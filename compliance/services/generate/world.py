"""The world while it is being made: rows by entity, what must be found, and who delivers care."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from compliance.model.finding import RowRef
from compliance.model.schema import entities
from compliance.services.generate.names import organisation_names
from compliance.services.generate.size import Size

Cell = str | int | bool | Decimal | date | None
CONTRACT = "utrecht-wmo"
PREFIXES = {
    "organisation": "o", "person": "p", "control": "k", "change_report": "cr", "subcontract": "sc",
    "employment": "e", "credential": "cv", "client": "c", "referral": "r", "bridging": "b",
    "delivery": "d", "bibob_inquiry": "bi", "bibob_measure": "bm", "signal": "si", "decision": "de",
    "incident": "in", "sroi_entry": "sr", "annual_account": "aa", "team": "t", "document": "do",
    "complaint": "co", "formation": "f", "indicator": "ik", "attestation": "at", "participant": "pa",
    "contract_year": "cy",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Provider:
    """An organisation that takes part in everyday care, with its share of new clients."""

    organisation_id: str
    weight: float
    first_day: date
    last_day: date | None = None


@dataclass(frozen=True, slots=True)
class Post:
    """A place in an organisation's care staff: one person, and from `switch_day` on another."""

    organisation_id: str
    number: int
    person_id: str
    switch_day: date | None = None
    successor_id: str | None = None


@dataclass
class World:
    """Rows that were made one by one; the bulk is added to them in the database."""

    size: Size
    rng: random.Random
    rows: dict[str, list[dict[str, Cell]]] = field(default_factory=lambda: defaultdict(list))
    expected: set[tuple[str, RowRef]] = field(default_factory=set)
    providers: list[Provider] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)
    # Referrals made one by one that get everyday deliveries like those of the bulk.
    cared_for: list[str] = field(default_factory=list)
    contractor_id: str = ""
    # Subcontractors about which nothing was planted.
    quiet: list[str] = field(default_factory=list)
    names: Iterator[str] = field(default_factory=organisation_names)
    _counts: Counter[str] = field(default_factory=Counter)

    def add(self, entity: str, **fields: Cell) -> str:
        """The id of the row that now stands in the world; an `id` of its own is kept."""
        given = fields.pop("id", None)
        row: dict[str, Cell] = {"id": given if isinstance(given, str) else self.new_id(entity)}
        if "contract_id" in entities()[entity].fields:
            row["contract_id"] = CONTRACT
        self.rows[entity].append(row | fields)
        return str(row["id"])

    def new_id(self, entity: str) -> str:
        """An id that no other row of the entity has."""
        self._counts[entity] += 1
        return f"{PREFIXES[entity]}{self._counts[entity]:07d}"

    def expect(self, entity: str, row_id: str, *rules: str) -> None:
        """Each of the rules must have this row as a finding."""
        self.expected.update((rule, RowRef(entity, row_id)) for rule in rules)

    @property
    def as_of(self) -> date:
        return self.size.as_of

    @property
    def start(self) -> date:
        """The contract's first day."""
        return self.size.first_day

    def between(self, first: date, last: date) -> date:
        """A day drawn from `first` to `last`, both included."""
        return first + timedelta(days=self.rng.randint(0, max(0, (last - first).days)))

    def ago(self, least: int, most: int) -> date:
        """A day drawn from `most` to `least` days before the day judged."""
        return self.as_of - timedelta(days=self.rng.randint(least, most))

    def euros(self, least: int, most: int) -> Decimal:
        """An amount drawn between whole euros, with cents."""
        return Decimal(self.rng.randint(least * 100, most * 100)) / 100

    def resident(self) -> str:
        """A client of whom nothing else is known; used by no other row unless said so."""
        return self.add("client")

    def latest(self, entity: str) -> Mapping[str, Cell]:
        """The row of the entity that was made last."""
        return self.rows[entity][-1]


def day_of(row: Mapping[str, Cell], field_name: str) -> date:
    """The day in a field that this row must have."""
    value = row[field_name]
    if not isinstance(value, date):
        raise TypeError(field_name)
    return value


def amount_of(row: Mapping[str, Cell], field_name: str) -> Decimal:
    """The amount in a field that this row must have."""
    value = row[field_name]
    if not isinstance(value, Decimal):
        raise TypeError(field_name)
    return value
