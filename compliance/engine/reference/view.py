"""The view as of a day, for a reader of one compartment; tables are made when asked for.

A stub (an organisation, person or client known only by its id) is there for readers of the compartment whose
facts refer to it, and for everyone when contract facts do.
"""

from __future__ import annotations

from functools import cached_property

from compliance.engine.reference.derived import derive
from compliance.engine.reference.tables import Table, not_delivered, seen
from compliance.engine.reference.values import UNKNOWN, State
from compliance.engine.reference.world import Fact, Setting, World
from compliance.model.entities import Compartment
from compliance.model.schema import ABSENT_MEANS_NONE, SCOPE_BITS, EntitySpec, FieldSpec, entities


class View:
    """The world as a reader of the compartment may see it on the day judged.

    `contract` is the contract at hand, whose terms are known also before its first day.

    Raises: KeyError when the facts do not hold the contract.
    """

    def __init__(self, world: World, setting: Setting, compartment: Compartment) -> None:
        self.setting = setting
        self.contract = _contract(world, setting.contract_id)
        self._world = world
        self._bits = SCOPE_BITS["contract"] | SCOPE_BITS[compartment]
        self._tables: dict[str, Table] = {}

    def __getitem__(self, entity: str) -> Table:
        """The entity's rows in the view; delivered or derived."""
        if entity not in self._tables:
            spec = entities()[entity]
            self._tables[entity] = derive(self, entity) if spec.derived else self._delivered(spec)
        return self._tables[entity]

    def subjects(self, entity: str) -> tuple[Fact, ...]:
        """The rows that may be judged: not those that are known to belong to another contract."""
        return tuple(
            row for row in self[entity].rows if self._contract_of(row) in (self.contract.id, UNKNOWN)
        )

    def delivers(self, column: FieldSpec) -> bool:
        """Whether the column came with some rows at least."""
        return self._world.catalog[column.entity].delivers(column.name)

    def _contract_of(self, row: Fact) -> State:
        if row.entity == "contract":
            return row.id
        if row.entity == "bridging":
            referral = self._referrals.get(row["referral_id"])
            return self.contract.id if referral is None else referral["contract_id"]
        return row["contract_id"] if "contract_id" in entities()[row.entity].fields else self.contract.id

    @cached_property
    def _referrals(self) -> dict[State, Fact]:
        """All referrals, also those that are not received yet: bridging is judged whatever became of them."""
        return {row.id: row for row in self._world.facts.get("referral", ())}

    def _delivered(self, spec: EntitySpec) -> Table:
        rows = (row for row in self._world.facts.get(spec.name, ()) if row.scope & self._bits)
        there = (seen(row, spec, self.setting.as_of) for row in rows)
        catalog = self._world.catalog
        none = spec.name in ABSENT_MEANS_NONE and spec.name not in catalog
        complete = none or catalog[spec.name].complete
        return Table((row for row in there if row), () if complete else [not_delivered(spec.name)])


def _contract(world: World, contract_id: str) -> Fact:
    for row in world.facts.get("contract", ()):
        if row.id == contract_id:
            return row
    raise KeyError(contract_id)
