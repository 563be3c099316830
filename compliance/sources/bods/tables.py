"""The code tables of ownership declarations, from a content file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from compliance.errors import Problem, UsageError
from compliance.model.schema import entities
from compliance.sources.content import national_table

FILE = "mappings/national/bods.yaml"


@dataclass(frozen=True, slots=True)
class Tables:
    """Kinds of control by type of interest, in order of weight, and those whose share is one of ownership;
    legal forms by type of entity.
    """

    interests: Mapping[str, str]
    share_types: frozenset[str]
    entity_types: Mapping[str, str]
    kvk_schemes: frozenset[str]


@cache
def shipped_tables() -> Tables:
    """The tables that came with the product.

    Raises: UsageError for a table with a code that the model does not have.
    """
    data = national_table("bods")
    tables = Tables(
        interests={str(key): str(kind) for key, kind in data["interests"].items()},
        share_types=frozenset(map(str, data["share_types"])),
        entity_types={str(key): str(form) for key, form in data["entity_types"].items()},
        kvk_schemes=frozenset(map(str, data["kvk_schemes"])),
    )
    unknown = set(tables.interests.values()) - set(entities()["control"].fields["kind"].codes)
    unknown |= set(tables.entity_types.values()) - {
        "",
        *entities()["organisation"].fields["legal_form"].codes,
    }
    if unknown:
        message = f"The model has no code {', '.join(sorted(unknown))}."
        raise UsageError(Problem(FILE, "mapping-code", message))
    return tables
