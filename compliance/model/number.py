"""The contract's numbers: what each means, where it comes from, and its value on a day.

A number nobody agreed has no value; it is an unknown like any other and never a zero. Pure data: the
rule book reads the numbers file, a case may bring its own values (`Numbers.replaced`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Literal

from compliance.errors import Problem, closest
from compliance.model.fields import DAY_PATTERN, decimal_pattern
from compliance.model.rule import USED, Bilingual, Status

NumberType = Literal["int", "decimal", "day", "codes"]
NumberValue = int | Decimal | date | tuple[str, ...]
Unit = Literal["day", "month", "year", "hour", "pct", "eur", "count", "hop", "code", "date"]
Segment = tuple[date | None, Any]

DECIMAL_PLACES = 4
# The most a number can sensibly be, by unit: enough for every contract, and no date leaves the calendar.
MOST: Mapping[Unit, int] = MappingProxyType(
    {"day": 36_500, "month": 1_200, "year": 100, "hour": 1_000, "pct": 1_000, "hop": 10}
)
MOST_OTHERWISE = 1_000_000_000


@dataclass(frozen=True, slots=True)
class NumberSpec:
    """One number of the contract.

    `keyed_by` names the field on whose codes the value depends ("referral.service"), `keys` those codes;
    `choices` are the codes a number of type `codes` may list. `segments` hold, in order of day, the first
    day from which a value counts (None: always) and the value; of a keyed number a mapping by code,
    which need not have every code.
    """

    name: str
    unit: Unit
    type: NumberType
    meaning: Bilingual
    source: str
    status: Status
    segments: tuple[Segment, ...] = ()
    keyed_by: str | None = None
    keys: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    set_by_case: bool = False
    set_keys: tuple[str, ...] = ()  # of a keyed number: the codes that the case set

    @property
    def counts(self) -> bool:
        """Whether its values are used: agreed, or set by the case at hand."""
        return self.set_by_case or self.status in USED

    def is_set(self, key: str | None) -> bool:
        """Whether the case at hand set the value (for `key`), and not the rule book."""
        return self.set_by_case and (self.keyed_by is None or key in self.set_keys)

    def value(self, key: str | None, day: date | None) -> NumberValue | None:
        """The value on `day` (for `key`); None when nobody agreed one.

        An unknown day (None) gives a value only where one and the same holds on every day.
        """
        if not self.counts:
            return None
        found: Any = None
        if day is not None:
            found = next((held for start, held in reversed(self.segments) if not start or start <= day), None)
        elif len(self.segments) == 1 and self.segments[0][0] is None:
            found = self.segments[0][1]
        if self.keyed_by is not None and found is not None:
            found = found.get(key)
        return found  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True)
class Numbers:
    """All numbers by name."""

    specs: Mapping[str, NumberSpec] = field(default_factory=dict)

    def __getitem__(self, name: str) -> NumberSpec:
        return self.specs[name]

    def __contains__(self, name: object) -> bool:
        return name in self.specs

    def __iter__(self) -> Iterator[str]:
        return iter(self.specs)

    def __len__(self) -> int:
        return len(self.specs)

    def value(self, name: str, key: str | None = None, day: date | None = None) -> NumberValue | None:
        """The value of `name` (for `key`) on `day`, or None when it has none.

        Raises: KeyError for a name that is no number.
        """
        return self.specs[name].value(key, day)

    def replaced(self, parameters: Mapping[str, Any]) -> tuple[Numbers, tuple[Problem, ...]]:
        """These numbers with a case's own values, which hold on all days; and what is wrong with those.

        A map replaces only the codes it names. A faulty entry changes nothing.
        """
        specs, problems = dict(self.specs), []
        for name, raw in parameters.items():
            place = f"parameters.{name}"
            if name not in specs:
                hint = closest(name, specs) or "The numbers stand in rules/parameters.yaml."
                problems.append(Problem(place, "number-unknown", "No number has this name.", hint))
                continue
            value, flaws = read_number(specs[name], raw, place)
            problems += flaws
            if not flaws:
                specs[name] = _with_value(specs[name], value)
        return Numbers(MappingProxyType(specs)), tuple(problems)


def _with_value(spec: NumberSpec, value: Any) -> NumberSpec:
    """The number with a value for all days, of a keyed number for the codes in `value` only."""
    segments: tuple[Segment, ...] = ((None, value),)
    if spec.keyed_by is not None and spec.counts:
        kept = [(start, {**held, **value}) for start, held in spec.segments]
        segments = tuple(kept) if kept and kept[0][0] is None else (*segments, *kept)
    keys = () if spec.keyed_by is None else (*spec.set_keys, *value)
    return replace(spec, segments=segments, set_by_case=True, set_keys=keys)


def read_number(spec: NumberSpec, raw: Any, place: str) -> tuple[Any, list[Problem]]:
    """The value that `raw` (plain data of a YAML or JSON file) gives a number, and the flaws in it."""
    if spec.keyed_by is None:
        value, flaw = _read_one(spec, raw)
        return value, [Problem(place, "number-value", *flaw)] if flaw else []
    if not isinstance(raw, Mapping):
        message = f"It depends on {spec.keyed_by} and needs a value per code."
        return {}, [Problem(place, "number-value", message, f"For example: {{{spec.keys[0]}: …}}.")]
    values, problems = {}, []
    for key, item in raw.items():
        if key not in spec.keys:
            hint = closest(str(key), spec.keys) or f"One of: {', '.join(spec.keys)}."
            message = f"{spec.keyed_by} has no code {_shown(key)}."
            problems.append(Problem(f"{place}.{_shown(key)}", "number-code", message, hint))
            continue
        values[key], flaw = _read_one(spec, item)
        if flaw:
            problems.append(Problem(f"{place}.{key}", "number-value", *flaw))
    return values, problems


Flaw = tuple[str, str] | None


def _read_one(spec: NumberSpec, raw: Any) -> tuple[Any, Flaw]:
    if spec.type == "codes":
        return _read_codes(spec, raw)
    if spec.type == "day":
        return _read_day(raw)
    value: Any = None
    if isinstance(raw, int) and not isinstance(raw, bool):
        value = raw if spec.type == "int" else Decimal(raw)
    elif spec.type == "decimal" and isinstance(raw, Decimal | str):
        text = format(raw, "f") if isinstance(raw, Decimal) else raw
        value = Decimal(text) if re.fullmatch(decimal_pattern(DECIMAL_PLACES), text, re.ASCII) else None
    if value is None:
        whole = spec.type == "int"
        expected = "a whole number, like 10," if whole else "a decimal number, like 12.5,"
        return None, (f"{_kind(raw)} where {expected} is due.", "")
    most = MOST.get(spec.unit, MOST_OTHERWISE)
    if not 0 <= value <= most:
        return None, (f"The value must lie between 0 and {most}.", "")
    return value, None


def _read_day(raw: Any) -> tuple[Any, Flaw]:
    if type(raw) is date:
        return raw, None
    try:
        if isinstance(raw, str) and re.fullmatch(DAY_PATTERN, raw, re.ASCII):
            return date.fromisoformat(raw), None
    except ValueError:
        return None, ("That day does not exist.", "")
    return None, (f"{_kind(raw)} where a day is due.", "Write it as YYYY-MM-DD.")


def _read_codes(spec: NumberSpec, raw: Any) -> tuple[Any, Flaw]:
    if not isinstance(raw, list | tuple):
        return None, (f"{_kind(raw)} where a list of codes is due.", "For example: [code, code].")
    for item in raw:
        if not isinstance(item, str) or item not in spec.choices:
            hint = closest(str(item), spec.choices) or f"One of: {', '.join(spec.choices)}."
            return None, (f"There is no code {_shown(item)}.", hint)
    if len(set(raw)) != len(raw):
        return None, ("A code stands in the list twice.", "")
    return tuple(raw), None


def _kind(raw: Any) -> str:
    """What kind of value stands there, without showing it."""
    kinds: tuple[tuple[type, str], ...] = (
        (bool, "A yes/no value"), (float, "A binary float"), (int | Decimal, "A number"),  # type: ignore[assignment]
        (str, "Text"), (Mapping, "A map"), (list, "A list"), (type(None), "Nothing"),
    )  # fmt: skip
    return next((words for kind, words in kinds if isinstance(raw, kind)), "Something else")


def _shown(word: Any) -> str:
    """A code as messages show it: short, and only when it is a word."""
    return word if isinstance(word, str) and re.fullmatch(r"[A-Za-z0-9_-]{1,60}", word) else "(not a code)"
