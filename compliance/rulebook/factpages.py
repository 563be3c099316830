"""The reference page of the facts, and the JSON Schema of a case file, made from the model."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from compliance.model.schema import STUBBED, EntitySpec, FieldSpec, delivered_entities, entities
from compliance.rulebook.pages import row, table_head

INTRODUCTION = """\
<!-- Made from the model by `compliance rules docs`; change that instead. -->

# Facts

What the checker can know. Every row has an `id`, unique within its entity. `first_day` and `last_day` are
both included; an empty `last_day` is open-ended. Days are written YYYY-MM-DD; decimals as digits, as a number
or as text.

Under *Empty* stands what an empty field means:

- **E**, an event: it has not happened, as far as is known; one that lies after the day judged reads as empty;
- **P**, a plan: no day was agreed; read as it is, also in the future;
- **?**, anything else: not known;
- nothing: the field is never empty.

A field in bold is the row's anchor: while that day lies in the future, the row is not there yet. An entity or
a column that was not delivered is unknown, not empty. The JSON Schema of a case file stands in
`facts.schema.json`.
"""
TYPES = {"text": "text", "code": "code", "ref": "reference", "day": "day", "int": "whole number",
         "decimal": "decimal", "bool": "true or false"}  # fmt: skip
JSON_TYPES: dict[str, dict[str, Any]] = {
    "day": {"type": "string", "format": "date", "pattern": r"^\d{4}-\d{2}-\d{2}$"},
    "int": {"type": "integer"},
    "decimal": {"type": ["number", "string"]},
    "bool": {"type": "boolean"},
}


def facts_page() -> str:
    """The Markdown page with every entity and field, delivered ones first."""
    lines = [INTRODUCTION]
    derived = False
    for spec in entities().values():
        if spec.derived and not derived:
            derived = True
            lines += [
                "## Derived",
                "",
                "Made before rules run, never delivered; rules use them like any other.",
                "",
            ]
        lines += _entity(spec)
    return "\n".join(lines).rstrip() + "\n"


def _entity(spec: EntitySpec) -> Iterator[str]:
    yield from (f"### {spec.name}", "", spec.description, "")
    yield from (f"Compartment: {spec.compartment}.", "")
    yield from table_head(("Field", "Type", "Empty", "Remarks"))
    for field in spec.fields.values():
        name = f"**{field.name}**" if field.anchor else field.name
        yield row((name, _type(field), _empty(field), "; ".join(_remarks(spec, field))))
    yield ""


def _type(field: FieldSpec) -> str:
    if field.codes:
        return "one of " + ", ".join(f"`{item}`" for item in field.codes)
    if field.targets:
        return "→ " + " or ".join(field.targets)
    return f"decimal, {field.places} places" if field.type == "decimal" else TYPES[field.type]


def _empty(field: FieldSpec) -> str:
    if field.required:
        return ""
    return {"event": "E", "plan": "P", "plain": "?"}[field.kind]


def _remarks(spec: EntitySpec, field: FieldSpec) -> Iterator[str]:
    if field.describes:
        yield f"empty while {field.describes} lies in the future"
    if field.empty_is is not None:
        yield f"empty reads as {str(field.empty_is).lower()}"
    if field.agreed:
        yield "empty: a number nobody agreed yet"
    if field.least is not None or field.most is not None:
        yield f"from {field.least} to {field.most}" if field.most is not None else f"at least {field.least}"
    for first, second in spec.orders:
        if second == field.name:
            yield f"not before {first}"
    for name, value, required in spec.demands:
        if required == field.name:
            yield f"required when {name} is {value}"
    if any(target in STUBBED for target in field.targets):
        yield "makes a stub when there is no such row"


def case_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a case file."""
    day = JSON_TYPES["day"]
    expected = {
        "type": "object",
        "required": ["rule", "subject", "outcome"],
        "properties": {"rule": {"type": "string"}, "subject": {"type": "string"},
                       "outcome": {"enum": ["finding", "compliant", "not_assessable", "not_applicable"]}},
    }  # fmt: skip
    exception = {
        "type": "object",
        "required": ["rule", "subject", "granted_by", "reason", "first_day", "last_day"],
        "properties": {**{name: {"type": "string"} for name in ("rule", "subject", "granted_by", "reason")},
                       "first_day": day, "last_day": day},
    }  # fmt: skip
    rows = {name: {"type": "array", "items": {"$ref": f"#/$defs/{name}"}} for name in delivered_entities()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Case file",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "as_of": day,
            "known_at": {"type": "string", "format": "date-time"},
            "parameters": {"type": "object"},
            "exceptions": {"type": "array", "items": exception},
            "facts": {"type": "object", "additionalProperties": False, "properties": rows},
            "expect": {"type": "array", "items": expected},
        },
        "required": ["facts"],
        "$defs": {name: _entity_schema(entities()[name]) for name in delivered_entities()},
    }


def _entity_schema(spec: EntitySpec) -> dict[str, Any]:
    return {
        "type": "object",
        "description": spec.description,
        "additionalProperties": False,
        "required": [field.name for field in spec.fields.values() if field.required],
        "properties": {field.name: _field_schema(field) for field in spec.fields.values()},
    }


def _field_schema(field: FieldSpec) -> dict[str, Any]:
    schema: dict[str, Any] = dict(JSON_TYPES.get(field.type, {"type": "string"}))
    if field.codes:
        schema = {"enum": list(field.codes)}
    if field.least is not None:
        schema["minimum"] = field.least
    if field.most is not None:
        schema["maximum"] = field.most
    if field.targets:
        schema["description"] = f"The id of: {' or '.join(field.targets)}"
    return schema if field.required else {"anyOf": [schema, {"type": "null"}]}
