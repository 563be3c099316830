"""Reads what a case file says beside facts: the day, parameters, exceptions, and what it expects.

Whether parameters and rules exist is for the rule book to say.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from pydantic import ValidationError

from compliance.errors import InputError, Problem, closest
from compliance.model.fields import DAY_PATTERN
from compliance.model.finding import Exemption, RowRef
from compliance.model.intake import CaseSettings
from compliance.model.rule import Expected
from compliance.model.schema import entities
from compliance.sources.shape import shape, shown_name

SETTING_KEYS = ("as_of", "known_at", "parameters", "expect", "exceptions")
CASE_KEYS = (*SETTING_KEYS, "facts")
_EXEMPTION_KEYS = ("rule", "subject", "granted_by", "reason", "first_day", "last_day")


class _Reader:
    """Collects the problems of one file while its settings are read."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.problems: list[Problem] = []

    def flaw(self, place: str, message: str, hint: str = "") -> None:
        self.problems.append(Problem(f"{self.name} {place}".strip(), "case-settings", message, hint))

    def day(self, value: Any, place: str) -> date | None:
        if isinstance(value, str) and re.fullmatch(DAY_PATTERN, value, re.ASCII):
            try:
                return date.fromisoformat(value)
            except ValueError:
                self.flaw(place, "That day does not exist.")
                return None
        self.flaw(place, f"Expected a day as YYYY-MM-DD, found {shape(value)}.")
        return None

    def moment(self, value: Any, place: str) -> datetime | None:
        hint = "Write it like 2027-06-02T00:00:00Z."
        try:
            moment = datetime.fromisoformat(value) if isinstance(value, str) else None
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            self.flaw(place, f"Expected a moment with its time zone, found {shape(value)}.", hint)
            return None
        try:
            return moment.astimezone(UTC)
        except OverflowError:
            self.flaw(place, "That moment lies outside the years 1 to 9999 in UTC.", hint)
            return None

    def keys(self, found: Mapping[str, Any], known: Sequence[str], place: str) -> None:
        for key in found:
            if key not in known:
                hint = closest(str(key), known) or f"Known: {', '.join(known)}."
                self.flaw(place, f"{shown_name(key)} is not known here.", hint)

    def rows(self, value: Any, place: str) -> list[Any]:
        if isinstance(value, list):
            return value
        self.flaw(place, f"Expected a list, found {shape(value)}.")
        return []


def read_settings(data: Mapping[str, Any], name: str, *, facts: bool) -> CaseSettings:
    """The settings in the top level of a case file; with `facts`, that key is allowed and demanded.

    Raises: InputError with a Problem for each flaw.
    """
    reader = _Reader(name)
    reader.keys(data, CASE_KEYS if facts else SETTING_KEYS, "")
    if facts and "facts" not in data:
        reader.flaw("", "A case needs the key facts.", "Write facts: {} when there are none.")
    parameters = data.get("parameters") or {}
    if not isinstance(parameters, Mapping):
        reader.flaw("parameters", f"Expected names with values, found {shape(parameters)}.")
        parameters = {}
    expect = data.get("expect")
    settings = CaseSettings(
        as_of=reader.day(data["as_of"], "as_of") if data.get("as_of") is not None else None,
        known_at=reader.moment(data["known_at"], "known_at") if data.get("known_at") is not None else None,
        parameters=dict(parameters),
        exceptions=_exemptions(reader, data.get("exceptions")),
        expect=None if expect is None else _expected(reader, expect),
    )
    if reader.problems:
        raise InputError(reader.problems)
    return settings


def read_parameters(data: Any, name: str) -> CaseSettings:
    """The settings of a data set's parameters.yaml: names with values, or settings as in a case file.

    Raises: InputError with a Problem for each flaw.
    """
    if data is None:
        return CaseSettings()
    if not isinstance(data, Mapping):
        message = f"Expected names of parameters with their values, found {shape(data)}."
        raise InputError(Problem(name, "case-settings", message))
    if any(key in SETTING_KEYS for key in data):
        return read_settings(data, name, facts=False)
    return CaseSettings(parameters=dict(data))


def _exemptions(reader: _Reader, value: Any) -> tuple[Exemption, ...]:
    if value is None:
        return ()
    found = []
    for number, item in enumerate(reader.rows(value, "exceptions")):
        place = f"exceptions[{number}]"
        if not isinstance(item, Mapping):
            reader.flaw(place, f"Expected {', '.join(_EXEMPTION_KEYS)}, found {shape(item)}.")
            continue
        before = len(reader.problems)
        reader.keys(item, _EXEMPTION_KEYS, place)
        texts = {key: _text(reader, item.get(key), f"{place}.{key}") for key in _EXEMPTION_KEYS[:4]}
        first = reader.day(item.get("first_day"), f"{place}.first_day")
        last = reader.day(item.get("last_day"), f"{place}.last_day")
        subject = _subject(reader, texts["subject"], f"{place}.subject")
        if first and last and last < first:
            reader.flaw(place, "Its last_day lies before its first_day.")
        if first and last and subject and len(reader.problems) == before:
            rule, _, granted_by, reason = texts.values()
            found.append(Exemption(rule, subject, granted_by, reason, first, last))
    return tuple(found)


def _text(reader: _Reader, value: Any, place: str) -> str:
    if isinstance(value, str) and value.strip():
        return value
    reader.flaw(place, f"Expected text, found {shape(value)}.")
    return ""


def _subject(reader: _Reader, value: str, place: str) -> RowRef | None:
    entity, separator, row = value.partition("/")
    if separator and row and entity in entities():
        return RowRef(entity, row)
    if value:
        hint = closest(entity, entities()) or "For example: organisation/o2."
        reader.flaw(place, "Expected a known entity, a slash and an id.", hint)
    return None


def _expected(reader: _Reader, value: Any) -> tuple[Expected, ...]:
    found = []
    for number, item in enumerate(reader.rows(value, "expect")):
        place = f"expect[{number}]"
        try:
            expected = Expected.model_validate(item)
        except ValidationError as error:
            for flaw in error.errors(include_url=False):
                where = ".".join((place, *map(str, flaw["loc"])))
                reader.flaw(where, f"{flaw['msg']}.", "Expected rule, subject and outcome.")
            continue
        if expected.rule is None:
            reader.flaw(place, "It does not say which rule.", "Add rule: followed by the rule's id.")
        _subject(reader, expected.subject, f"{place}.subject")
        found.append(expected)
    return tuple(found)


def merge_settings(parts: Sequence[tuple[str, CaseSettings]]) -> CaseSettings:
    """The settings of several files together.

    Raises: InputError when two files say different things.
    """
    merged, problems = CaseSettings(), []
    for name, part in parts:
        for key in ("as_of", "known_at"):
            mine, other = getattr(merged, key), getattr(part, key)
            if mine is not None and other is not None and mine != other:
                problems.append(_conflict(name, key))
        problems += [
            _conflict(name, f"parameters.{key}")
            for key, value in part.parameters.items()
            if key in merged.parameters and merged.parameters[key] != value
        ]
        expect = None if merged.expect is part.expect is None else (merged.expect or ()) + (part.expect or ())
        merged = replace(
            merged,
            as_of=merged.as_of or part.as_of,
            known_at=merged.known_at or part.known_at,
            parameters={**merged.parameters, **part.parameters},
            parameter_files={**dict.fromkeys(part.parameters, name), **merged.parameter_files},
            exceptions=merged.exceptions + part.exceptions,
            expect=expect,
        )
    if problems:
        raise InputError(problems)
    return merged


def _conflict(name: str, key: str) -> Problem:
    hint = "Keep it in one of them."
    return Problem(name, "case-conflict", f"Another file gives another {key}.", hint)
