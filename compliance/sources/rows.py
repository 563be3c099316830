"""Checks one row of an entity in Python, with pydantic, and says of every bad value what was expected.

Case files are read through this row by row; of bulk files only the rows that the database found bad.
References to other rows, and equal ids, are checked later, over all rows together.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from pydantic import BaseModel, ValidationError, create_model

from compliance.model.fields import UNSAFE_TEXT
from compliance.model.schema import EntitySpec, FieldSpec, entities
from compliance.sources.bsn import PSEUDONYMISED, passes_bsn_test
from compliance.sources.limits import text_limits
from compliance.sources.protected import ProtectedNames
from compliance.sources.refusal import Flaw
from compliance.sources.shape import OddNumber, expected, known_name, shape, shown_name

_SURROGATE = re.compile("[\ud800-\udfff]")
_MOST_EXPONENT = 30
_MOST_WHOLE = 10**9 - 1
_CODES = {"day": "not_a_day", "decimal": "not_a_decimal", "int": "not_whole", "bool": "not_a_flag"}
_RANGE_ERRORS = frozenset(("greater_than_equal", "less_than_equal"))


@dataclass(frozen=True, slots=True)
class CheckedRow:
    """A row's values by field (empty ones None), or the flaws for which it is refused."""

    values: Mapping[str, Any] = field(default_factory=dict)
    flaws: tuple[Flaw, ...] = ()


def check_row(
    entity: str, raw: Mapping[str, Any], protected: ProtectedNames, lacked: frozenset[str] = frozenset()
) -> CheckedRow:
    """The row with typed values, or its flaws; fields in `lacked` were not delivered and may be missing."""
    spec = entities()[entity]
    flaws = [name_flaw(spec, name, protected) for name in raw if name not in spec.fields]
    values = {name: value for name, value in raw.items() if name in spec.fields and value not in (None, "")}
    for name, value in values.items():
        if _is_unsafe(spec.fields[name], value):
            flaws.append(Flaw(name, "unsafe_text", shape(value), "text without control characters"))
        elif isinstance(value, OddNumber):
            code = _CODES.get(spec.fields[name].type, "wrong_type")
            flaws.append(Flaw(name, code, shape(value), expected(spec.fields[name])))
        elif _is_excessive(value):
            flaws.append(Flaw(name, _CODES.get(spec.fields[name].type, "wrong_type"), "a very large number",
                              expected(spec.fields[name])))  # fmt: skip
    if flaws:
        return CheckedRow(flaws=tuple(flaws))
    try:
        row = _model(entity, lacked).model_validate(values)
    except ValidationError as error:
        found = {(item["loc"][0], item["type"]): item["type"] for item in error.errors(include_url=False)}
        return CheckedRow(flaws=tuple(
            _field_flaw(spec.fields[str(name)], kind, values) for (name, _), kind in found.items()
        ))  # fmt: skip
    typed = {name: getattr(row, name) for name in spec.fields}
    return CheckedRow(typed, tuple(_spanning_flaws(spec, typed, lacked)))


@cache
def _model(entity: str, lacked: frozenset[str]) -> type[BaseModel]:
    """The entity's model, in which the fields that were not delivered may be absent."""
    model = entities()[entity].model
    if not lacked:
        return model
    absent: dict[str, Any] = {name: (Any, None) for name in lacked if name in model.model_fields}
    return create_model(f"{model.__name__}Part", __base__=model, **absent)


def name_flaw(spec: EntitySpec, name: object, protected: ProtectedNames) -> Flaw:
    """Why a column or key of this name is refused: protected, or unknown with the closest known name."""
    attribute = protected.attribute(name) if isinstance(name, str) else None
    if attribute:
        reason = f"no such column: {attribute} is protected and never read"
        return Flaw(shown_name(name), "protected_attribute", expected=reason)
    return Flaw(shown_name(name), "unknown_column", expected=known_name(name, spec.fields))


def _is_unsafe(spec: FieldSpec, value: Any) -> bool:
    return isinstance(value, str) and (
        _SURROGATE.search(value) is not None or re.search(_unsafe(spec), value) is not None
    )


def _unsafe(spec: FieldSpec) -> str:
    limits = text_limits(spec.entity).get(spec.name)
    return limits.unsafe if limits else UNSAFE_TEXT


def _is_excessive(value: Any) -> bool:
    """Whether a number is too large to even write down."""
    if isinstance(value, Decimal):
        return not value.is_finite() or abs(value.adjusted()) > _MOST_EXPONENT
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 10**_MOST_EXPONENT


def _field_flaw(spec: FieldSpec, kind: str, values: Mapping[str, Any]) -> Flaw:
    value = values.get(spec.name)
    if kind == "missing":
        return Flaw(spec.name, "required_empty", "empty", expected(spec))
    if kind in _RANGE_ERRORS:
        return Flaw(spec.name, "out_of_range", shape(value), expected(spec))
    if kind == "literal_error":
        return Flaw(spec.name, "unknown_code", shape(value), known_name(value, spec.codes))
    if kind == "string_too_long":
        return Flaw(spec.name, "too_long", shape(value), expected(spec))
    if kind == "string_pattern_mismatch":
        return Flaw(spec.name, "wrong_pattern", shape(value), expected(spec))
    return Flaw(spec.name, _CODES.get(spec.type, "wrong_type"), shape(value), expected(spec))


def _spanning_flaws(spec: EntitySpec, row: Mapping[str, Any], lacked: frozenset[str]) -> list[Flaw]:
    """Flaws that take more than one field, or the entity, to see."""
    flaws = []
    for name, field_spec in spec.fields.items():
        if field_spec.type == "int" and row[name] is not None and abs(row[name]) > _MOST_WHOLE:
            flaws.append(Flaw(name, "out_of_range", shape(row[name]), "a whole number of at most 9 digits"))
    for first, second in spec.orders:
        if row[first] is not None and row[second] is not None and row[second] < row[first]:
            flaws.append(Flaw(second, "days_reversed", "a day before it", f"{first} or a later day"))
    for name, code, demanded in spec.demands:
        if row[name] == code and row[demanded] is None and demanded not in lacked:
            due = f"{expected(spec.fields[demanded])}, since {name} is {code}"
            flaws.append(Flaw(demanded, "required_empty", "empty", due))
    if spec.name in PSEUDONYMISED and passes_bsn_test(row["id"]):
        flaws.append(Flaw("id", "bsn_like", shape(row["id"]), "a pseudonym, never a BSN"))
    return flaws


def as_text(value: Any) -> str | None:
    """A typed value as the text that the database casts to the field's type; None when empty."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    return format(value, "f") if isinstance(value, Decimal) else str(value)
