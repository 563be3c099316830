"""The entities as data: what every importer, compiler and page needs to know about a field.

Derived from `model.entities` once; nothing here is written twice.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType, NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Le

from compliance.model.entities import DELIVERED, DERIVED, Compartment, Entity
from compliance.model.fields import Agreed, Describes, EmptyIs, FieldKind, Lines, Meaning, Ref, Scale

FieldType = Literal["text", "code", "ref", "day", "int", "decimal", "bool"]


@dataclass(frozen=True, slots=True, eq=False)  # one object per field: identity is equality, and quick
class FieldSpec:
    """One field of an entity: its type and everything its emptiness can mean."""

    entity: str
    name: str
    type: FieldType
    required: bool
    kind: FieldKind = "plain"
    anchor: bool = False
    codes: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    places: int = 0
    describes: str | None = None
    empty_is: Any = None
    agreed: str | None = None
    least: int | None = None
    most: int | None = None
    lines: bool = False

    @property
    def nullable(self) -> bool:
        """Whether the field can be empty in the view as of a day, where it was delivered."""
        hidden = self.kind == "event" and not self.anchor
        return self.empty_is is None and (not self.required or hidden or self.describes is not None)

    @property
    def label(self) -> str:
        return f"{self.entity}.{self.name}"


@dataclass(frozen=True, slots=True)
class EntitySpec:
    """One entity: its fields in declared order and the checks that span fields."""

    name: str
    model: type[Entity]
    compartment: Compartment
    derived: bool
    fields: Mapping[str, FieldSpec]

    @property
    def anchor(self) -> str | None:
        return next((field.name for field in self.fields.values() if field.anchor), None)

    @property
    def orders(self) -> tuple[tuple[str, str], ...]:
        return self.model.orders

    @property
    def demands(self) -> tuple[tuple[str, str, str], ...]:
        return self.model.demands

    @property
    def description(self) -> str:
        return (self.model.__doc__ or "").strip().splitlines()[0]


# Which compartments' facts refer to a row of these entities: bits of its `_scope`; a delivered row has all.
SCOPE_BITS: Mapping[Compartment, int] = {"contract": 1, "supervision": 2, "bibob": 4}
STUBBED = ("organisation", "person", "client")  # a reference to an unknown one makes a stub
ABSENT_MEANS_NONE = ("participant",)  # not delivered means: there are none
# What each derived entity is made from: the fields that must have been delivered to make it whole.
MADE_FROM: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "chain": {
        "subcontract": ("contract_id", "principal_id", "subcontractor_id", "first_day", "last_day"),
        "participant": ("contract_id", "organisation_id", "first_day", "last_day"),
    },
    "cycle": {"subcontract": ("principal_id", "subcontractor_id", "first_day", "last_day")},
    "tie": {"control": ("holder_id", "organisation_id", "kind", "first_day", "last_day")},
    "current_inquiry": {"bibob_inquiry": ("organisation_id", "concluded_on")},
    "person_day": {"delivery": ("person_id", "day", "hours", "session_id")},
}


def entity_name(model: type[Entity]) -> str:
    """The name by which files, rules and exports know the entity: snake case of the class."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", model.__name__).lower()


@cache
def entities() -> Mapping[str, EntitySpec]:
    """All entities by name, delivered ones first."""
    specs = {
        entity_name(model): EntitySpec(
            name=entity_name(model),
            model=model,
            compartment=model.compartment,
            derived=model in DERIVED,
            fields=MappingProxyType(_fields(model)),
        )
        for model in (*DELIVERED, *DERIVED)
    }
    return MappingProxyType(specs)


def delivered_entities() -> tuple[str, ...]:
    """The names of entities that outsiders may deliver, in declared order."""
    return tuple(name for name, spec in entities().items() if not spec.derived)


def _fields(model: type[Entity]) -> dict[str, FieldSpec]:
    specs = {}
    for name, info in model.model_fields.items():
        core, metadata = _unwrap(info.annotation)
        specs[name] = _spec(entity_name(model), name, core, (*info.metadata, *metadata), info.is_required())
    return specs


def _unwrap(annotation: Any) -> tuple[Any, tuple[Any, ...]]:
    """The plain type below unions with None and annotations, and all metadata met on the way."""
    metadata: tuple[Any, ...] = ()
    while True:
        origin = get_origin(annotation)
        if origin is Annotated:
            annotation, *found = get_args(annotation)
            metadata += tuple(found)
        elif origin in (Union, UnionType):
            (annotation,) = [part for part in get_args(annotation) if part is not NoneType]
        else:
            return annotation, metadata


def _spec(entity: str, name: str, core: Any, metadata: tuple[Any, ...], required: bool) -> FieldSpec:
    flat = _flatten(metadata)
    found = {type(item): item for item in flat}
    meaning = found.get(Meaning, Meaning())
    ref = found.get(Ref)
    scale = found.get(Scale)
    describes = found.get(Describes)
    empty = found.get(EmptyIs)
    agreed = found.get(Agreed)
    return FieldSpec(
        entity=entity,
        name=name,
        type="ref" if ref else _type(core),
        required=required,
        kind=meaning.kind,
        anchor=meaning.anchor,
        codes=get_args(core) if get_origin(core) is Literal else (),
        targets=ref.targets if ref else (),
        places=scale.places if scale else 0,
        describes=describes.event if describes else None,
        empty_is=empty.value if empty else None,
        agreed=agreed.number if agreed else None,
        least=found[Ge].ge if Ge in found else None,
        most=found[Le].le if Le in found else None,
        lines=Lines in found,
    )


def _flatten(metadata: tuple[Any, ...]) -> list[Any]:
    flat: list[Any] = []
    for item in metadata:
        flat.extend(getattr(item, "metadata", None) or [item])
    return flat


def _type(core: Any) -> FieldType:
    if get_origin(core) is Literal:
        return "code"
    names: dict[str, FieldType] = {
        "str": "text", "date": "day", "int": "int", "Decimal": "decimal", "bool": "bool",
    }  # fmt: skip
    return names[core.__name__]
