"""Loads mappings and checks them against the model: every flaw of every file, before anything is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from compliance.errors import Problem, UsageError, closest
from compliance.model.schema import FieldSpec, delivered_entities, entities
from compliance.sources.content import mappings_folder, read_content
from compliance.sources.protected import ProtectedNames, shipped_names
from compliance.sources.sheets.columns import all_columns
from compliance.sources.sheets.mapping import Party, Record, SheetMapping, Source
from compliance.yaml12 import Document

Flaws = Iterator[tuple[tuple[str | int, ...], str]]


@cache
def shipped_mappings() -> tuple[SheetMapping, ...]:
    """The mappings that came with the product, by name.

    Raises: UsageError listing every flaw.
    """
    return load_mappings(mappings_folder())


def chosen_mappings(name: str | None) -> tuple[SheetMapping, ...]:
    """The one mapping asked for, by name or by its file; else all.

    Raises: UsageError for a name that is none.
    """
    if name is None:
        return shipped_mappings()
    if name.endswith((".yaml", ".yml")):
        return (load_mapping(Path(name)),)
    found = tuple(each for each in shipped_mappings() if each.mapping == name)
    if not found:
        names = [each.mapping for each in shipped_mappings()]
        message = f"There is no mapping {name}."
        hint = closest(name, names) or f"Known: {', '.join(names)}."
        raise UsageError(Problem("--mapping", "mapping-unknown", message, hint))
    return found


def load_mappings(folder: Path) -> tuple[SheetMapping, ...]:
    """All mappings of a folder, by name.

    Raises: UsageError listing every flaw of every file.
    """
    found: dict[str, SheetMapping] = {}
    problems: list[Problem] = []
    for path in sorted(folder.glob("*.yaml")):
        try:
            mapping = load_mapping(path)
        except UsageError as error:
            problems += error.problems
            continue
        if mapping.mapping in found or mapping.mapping != path.stem:
            message = f"The mapping {mapping.mapping} must stand in a file of that name."
            problems.append(Problem(path.name, "mapping-name", message))
        found[mapping.mapping] = mapping
    if problems:
        raise UsageError(problems)
    return tuple(found.values())


def load_mapping(path: Path) -> SheetMapping:
    """The mapping in a file.

    Raises: UsageError listing every flaw, with its line.
    """
    document = read_content(path)
    try:
        mapping = SheetMapping.model_validate(document.data)
    except ValidationError as error:
        raise UsageError(_model_problems(error, document, path.name)) from None
    flaws = [*_flaws(mapping, shipped_names())]
    if flaws:
        raise UsageError(
            Problem(f"{path.name}:{document.line(where)}", "mapping", message) for where, message in flaws
        )
    return mapping


def _model_problems(error: ValidationError, document: Document, name: str) -> Iterator[Problem]:
    for item in error.errors(include_url=False, include_input=False):
        where = tuple(part for part in item["loc"] if not str(part).startswith("function-"))
        shown = ".".join(map(str, where))
        line = document.line(where)
        yield Problem(
            f"{name}:{line}", "mapping-shape", f"{shown}: {item['msg']}.", "See mappings/README.md."
        )


def _flaws(mapping: SheetMapping, protected: ProtectedNames) -> Flaws:
    for column in sorted(all_columns(mapping)):
        for name in (column, *mapping.aliases.get(column, ())):
            if protected.attribute(name):
                yield ("records",), f"The column {name} is protected and may not be read."
    for column in mapping.aliases:
        if column not in all_columns(mapping):
            yield ("aliases", column), f"No record reads the column {column}."
    for at, record in enumerate(mapping.records):
        yield from _record_flaws(record, ("records", at))


def _record_flaws(record: Record, where: tuple[str | int, ...]) -> Flaws:
    if record.entity not in delivered_entities():
        hint = closest(record.entity, delivered_entities())
        yield (*where, "entity"), f"There is no entity {record.entity}. {hint}".strip()
        return
    specs = entities()[record.entity].fields
    if isinstance(record.id, Party) and record.entity != "organisation":
        yield (*where, "id"), "Only an organisation is known by its numbers."
    for name, spec in specs.items():
        if spec.required and name != "id" and name not in record.fields:
            yield where, f"{record.entity}.{name} must be filled: give it a source."
    for name, source in record.fields.items():
        place = (*where, "fields", name)
        if name not in specs or name == "id":
            yield place, f"{record.entity} has no field {name}. {closest(name, specs)}".strip()
        else:
            yield from ((place, message) for message in _source_flaws(specs[name], source))


def _source_flaws(spec: FieldSpec, source: Source) -> Iterator[str]:
    codes = [*(source.codes or {}).values()]
    if spec.type == "code":
        codes += [source.constant] if source.constant is not None else []
        yield from (
            f"{spec.label} has no code {code}. {closest(code, spec.codes)}".strip()
            for code in codes
            if code not in spec.codes
        )
    if source.contract and "contract" not in spec.targets:
        yield f"{spec.label} is no reference to a contract."
    if source.organisation and "organisation" not in spec.targets:
        yield f"{spec.label} is no reference to an organisation."
    if spec.type == "ref" and "organisation" in spec.targets and source.column:
        yield f"{spec.label} is an organisation: say by which numbers it is known (organisation: ...)."


def as_data(mapping: SheetMapping) -> Mapping[str, Any]:
    """The mapping as plain data."""
    return mapping.model_dump(mode="json", exclude_defaults=True)
