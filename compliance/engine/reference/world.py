"""The facts as plain rows, and how they are fetched from a database of facts.

No rule is judged here, and nothing is hidden yet: rows stand as they were delivered.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any, Protocol

from compliance.engine.reference.values import UNKNOWN, Known, State
from compliance.model.catalog import Catalog
from compliance.model.number import Numbers
from compliance.model.schema import STUBBED, EntitySpec, entities

EVERYWHERE = 7
# The rows of an entity that may concern a subject: those with one of these values in that field.
Limit = frozenset[tuple[str, str]]

# What a derived entity is made from: per entity the fields that count.
INPUTS: Mapping[str, Mapping[str, frozenset[str]]] = {
    "chain": {
        "contract": frozenset({"contractor_id"}),
        "participant": frozenset({"contract_id", "organisation_id", "first_day", "last_day"}),
        "subcontract": frozenset(
            {"contract_id", "principal_id", "subcontractor_id", "first_day", "last_day"}
        ),
    },
    "cycle": {
        "subcontract": frozenset({"contract_id", "principal_id", "subcontractor_id", "first_day", "last_day"})
    },
    "tie": {
        "control": frozenset({"holder_id", "organisation_id", "kind", "first_day", "last_day"}),
        "organisation": frozenset(),
    },
    "current_inquiry": {"bibob_inquiry": frozenset({"organisation_id", "concluded_on", "outcome"})},
    "person_day": {"delivery": frozenset({"person_id", "day", "hours", "session_id"})},
}


@dataclass(frozen=True, slots=True)
class Fact:
    """A row: its values by field (None is EMPTY), the fields it was delivered without, and where it stood.

    `scope`: the compartments that may see a stub, as bits. `source` and `place`: the number of the source
    file and the place in it; -1 for a stub and for derived facts.
    """

    entity: str
    id: str
    values: Mapping[str, Known | None]
    lacks: frozenset[str] = frozenset()
    scope: int = EVERYWHERE
    source: int = -1
    place: str = ""

    def __getitem__(self, name: str) -> State:
        """The field's value, EMPTY, or UNKNOWN where the row was delivered without it.

        Raises: KeyError for a field that was not fetched: that is a mistake of the caller, not an unknown.
        """
        return UNKNOWN if name in self.lacks else self.values[name]


@dataclass(frozen=True, slots=True)
class World:
    """All rows by entity, as delivered, and the catalog of what was delivered."""

    facts: Mapping[str, tuple[Fact, ...]]
    catalog: Catalog


@dataclass(frozen=True, slots=True)
class Setting:
    """For which contract, as of which day and with which numbers the facts are judged."""

    contract_id: str
    as_of: date
    numbers: Numbers = field(default_factory=Numbers)


class Connection(Protocol):
    """What is used of a database connection."""

    def execute(self, query: str, parameters: Any = None, /) -> Any: ...


def needed(reads: Iterable[Mapping[str, Collection[str]]]) -> dict[str, frozenset[str]]:
    """Per delivered entity the fields to fetch so that rules with these `reads` can be judged.

    Adds what derived facts are made from, the day that anchors a row and the events that fields describe.
    """
    wanted: dict[str, set[str]] = {"contract": set(entities()["contract"].fields)}
    for read in reads:
        for entity, names in read.items():
            for source, more in INPUTS.get(entity, {entity: frozenset(names)}).items():
                wanted.setdefault(source, set()).update(more)
    return {entity: _closed(entities()[entity], names) for entity, names in wanted.items()}


def _closed(spec: EntitySpec, names: set[str]) -> frozenset[str]:
    closed = {"id", *names, *([spec.anchor] if spec.anchor else [])}
    closed |= {event for name in names if (event := spec.fields[name].describes)}
    if "contract_id" in spec.fields:
        closed.add("contract_id")
    if spec.name == "bridging":
        closed.add("referral_id")  # a bridging is of the contract of its referral
    return frozenset(closed)


def load_rows(
    connection: Connection,
    catalog: Catalog,
    reads: Iterable[Mapping[str, Collection[str]]],
    limits: Mapping[str, Limit] = MappingProxyType({}),
) -> World:
    """The rows of schema `fact` that rules with these `reads` need, with no more columns than they need.

    Of an entity with a limit only the rows that have, or may have, one of its values.
    """
    wanted = needed(reads)
    if "bridging" in wanted:
        wanted["referral"] = wanted.get("referral", frozenset()) | {"id", "contract_id", "received_on"}
    return World(
        {
            entity: tuple(_load(connection, catalog, entity, sorted(names), limits.get(entity)))
            for entity, names in wanted.items()
        },
        catalog,
    )


def _load(
    connection: Connection, catalog: Catalog, entity: str, names: Sequence[str], limit: Limit | None
) -> Iterable[Fact]:
    scope = "_scope" if entity in STUBBED else str(EVERYWHERE)
    columns = ", ".join(f'"{name}"' for name in names)
    query = f"SELECT {columns}, _lacks, {scope}, _source, _place FROM fact.{entity}"
    lacks = catalog[entity].lacks
    parameters: list[list[str]] = []
    if limit is not None:
        condition, parameters = _limited(catalog, entity, limit)
        query += f" WHERE {condition}"
    for *found, group, bits, source, place in connection.execute(query, parameters or None).fetchall():
        values = dict(zip(names, found, strict=True))
        yield Fact(entity, values["id"], values, lacks[group], bits, source, place or "")


def _limited(catalog: Catalog, entity: str, limit: Limit) -> tuple[str, list[list[str]]]:
    """The condition that rows within the limit meet; one whose field was not delivered may be among them."""
    by_name: dict[str, list[str]] = {}
    for name, value in sorted(limit):
        by_name.setdefault(name, []).append(value)
    parts = []
    for number, name in enumerate(by_name, start=1):
        unknown = "".join(f" OR _lacks = {group}" for group in catalog[entity].lacking_groups(name))
        parts.append(f'"{name}" IN (SELECT unnest(${number}::VARCHAR[])){unknown}')
    return " OR ".join(parts), list(by_name.values())
