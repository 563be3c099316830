"""Reads the file of numbers (rules/parameters.yaml) into `model.number.Numbers`, with every flaw in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import pairwise
from types import MappingProxyType
from typing import Any

from pydantic import Field, ValidationError

from compliance.errors import InputError, Problem, closest
from compliance.model.fields import Day
from compliance.model.number import Numbers, NumberSpec, NumberType, Segment, Unit, read_number
from compliance.model.rule import Bilingual, Content, Line, Status
from compliance.model.schema import FieldSpec, entities
from compliance.rulebook.flaws import model_problems, place
from compliance.yaml12 import Document, read_yaml


class _Value(Content):
    first_day: Day | None = Field(alias="from")
    value: Any


class _Entry(Content):
    unit: Unit
    type: NumberType
    status: Status
    source: Line
    meaning: Bilingual
    keyed_by: Line | None = None
    codes_of: Line | None = None
    values: tuple[_Value, ...] = ()


def read_numbers(text: str, name: str) -> tuple[Numbers, list[Problem]]:
    """The numbers in the text of the file called `name`, and all flaws; a faulty number is left out."""
    try:
        document = read_yaml(text, name)
    except InputError as error:
        return Numbers(), list(error.problems)
    if not isinstance(document.data, Mapping):
        return Numbers(), [Problem(f"{name}:1", "numbers", "The file must hold numbers by name.")]
    specs: dict[str, NumberSpec] = {}
    problems: list[Problem] = []
    for number, raw in document.data.items():
        spec, flaws = _read_entry(number, raw, document, name)
        problems += flaws
        if spec is not None:
            specs[number] = spec
    return Numbers(MappingProxyType(specs)), problems


def _read_entry(
    number: str, raw: Any, document: Document, name: str
) -> tuple[NumberSpec | None, list[Problem]]:
    try:
        entry = _Entry.model_validate(raw)
    except ValidationError as error:
        return None, model_problems(error, _Entry, document, name, (number,))
    where = place(name, document, (number,))
    flaws = [Problem(where, "number", f"{number} {words}", hint) for words, hint in _entry_flaws(entry)]
    keyed, listed = _codes(entry.keyed_by), _codes(entry.codes_of)
    spec = NumberSpec(
        name=number, unit=entry.unit, type=entry.type, meaning=entry.meaning, source=entry.source,
        status=entry.status, keyed_by=entry.keyed_by, keys=keyed, choices=listed,
    )  # fmt: skip
    if flaws:
        return None, flaws
    segments: list[Segment] = []
    for index, item in enumerate(entry.values):
        value, found = read_number(spec, item.value, f"{number}.values[{index}]")
        line = document.line((number, "values", index))
        flaws += [
            replace(flaw, place=f"{name}:{line}", message=f"{flaw.place}: {flaw.message}") for flaw in found
        ]
        segments.append((item.first_day, MappingProxyType(value) if isinstance(value, dict) else value))
    return replace(spec, segments=tuple(segments)), flaws


def _entry_flaws(entry: _Entry) -> Iterator[tuple[str, str]]:
    """What is wrong between the keys of one number: the words after its name, and the cure."""
    if entry.status == "to_agree" and entry.values:
        yield "is to be agreed, and has a value.", "Leave out `values`, or give it the status proposed."
    if entry.status != "to_agree" and not entry.values:
        yield "has no value.", "Give `values`, or the status to_agree."
    starts = [item.first_day for item in entry.values]
    if entry.status != "technical" and None in starts:
        yield "needs a first day for each value.", "Write `from: 2027-01-01`."
    days = [day for day in starts if day is not None]
    if None in starts[1:] or any(later <= earlier for earlier, later in pairwise(days)):
        yield "has values that are not in order of day.", "Put the earliest `from` first, each day once."
    for key, label in (("keyed_by", entry.keyed_by), ("codes_of", entry.codes_of)):
        if label is not None and not _codes(label):
            yield f"has a {key} that is no field with codes.", closest(label, _code_fields())
    if (entry.type == "codes") != (entry.codes_of is not None):
        yield (
            "names `codes_of` if and only if its type is codes.",
            "For example: codes_of: subcontract.reason",
        )


def _codes(label: str | None) -> tuple[str, ...]:
    spec = _code_fields().get(label or "")
    return spec.codes if spec else ()


def _code_fields() -> dict[str, FieldSpec]:
    return {
        spec.label: spec
        for entity in entities().values()
        for spec in entity.fields.values()
        if spec.type == "code"
    }
