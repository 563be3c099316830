"""What a run judges with: the day, the contract at hand, the numbers; and what the view holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlglot import exp

from compliance.engine.sql import terms
from compliance.engine.sql.terms import Sql, column
from compliance.model.catalog import Catalog
from compliance.model.entities import Compartment
from compliance.model.finding import Missing
from compliance.model.number import Numbers
from compliance.model.schema import FieldSpec

GROUP = "_lacks"


@dataclass(frozen=True, slots=True)
class Setting:
    """The day judged, the contract at hand (its fields as delivered, with those it lacks) and the numbers."""

    as_of: date
    contract: Mapping[str, Any]
    contract_lacks: frozenset[str]
    numbers: Numbers


@dataclass(frozen=True, slots=True)
class Tables:
    """The view as of a day, as one compartment sees it.

    `catalog` covers derived entities too. `filled` holds (entity, field) pairs in which no NULL occurs.
    `own` names the entities whose table is the compartment's own; `gaps` say why a derived entity may lack
    rows.
    """

    schema: str
    compartment: Compartment
    catalog: Catalog
    filled: frozenset[tuple[str, str]] = frozenset()
    own: frozenset[str] = frozenset()
    gaps: Mapping[str, tuple[Missing, ...]] = field(default_factory=dict)

    def table(self, entity: str, alias: str) -> exp.Expression:
        """The entity's rows under an alias."""
        name = f"{entity}__{self.compartment}" if entity in self.own else entity
        return terms.table(name, self.schema, alias)

    def known(self, entity: str) -> bool:
        """Whether the view holds rows of the entity at all (all of them, or stubs)."""
        return entity in self.catalog

    def complete(self, entity: str) -> bool:
        return self.catalog[entity].complete

    def field(self, spec: FieldSpec, alias: str) -> Sql:
        """A field of a row under an alias, with what its emptiness can mean."""
        delivered = self.catalog[spec.entity]
        groups = delivered.lacking_groups(spec.name)
        if len(groups) == len(delivered.lacks):
            return terms.UNKNOWN
        empty = spec.nullable and (spec.entity, spec.name) not in self.filled
        value: exp.Expression = column(alias, spec.name)
        if not groups:
            return Sql(value, empty, places=spec.places)
        unknown = exp.In(
            this=column(alias, GROUP), expressions=[exp.Literal.number(group) for group in groups]
        )
        if spec.empty_is is not None:  # the view gave what is EMPTY a value, but this is not delivered
            value = terms.when((unknown, terms.NULL), otherwise=value)
        return Sql(value, True, unknown, places=spec.places)
