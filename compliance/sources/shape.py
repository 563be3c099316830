"""Describes values without showing them, and what a field expects, for messages that may be passed on.

A value can be personal; its shape is not.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from compliance.model.fields import DAY_PATTERN
from compliance.model.schema import FieldSpec
from compliance.sources.limits import text_limits

_NAME = re.compile(r"[^\W\d][\w .-]{0,59}")


@dataclass(frozen=True, slots=True)
class OddNumber:
    """A number that a case file writes otherwise than in plain digits, such as .5, +1, 0x10 or 010."""

    written: str


def shape(value: Any) -> str:
    """The kind and size of a value: "7 digits", "text of 12 characters", "empty"."""
    if value is None or value == "":
        return "empty"
    if isinstance(value, OddNumber | bool):
        return (
            "true or false, not text" if isinstance(value, bool) else "a number in another form than digits"
        )
    if isinstance(value, int):
        return f"a whole number of {len(str(abs(value))) if abs(value) < 10**40 else 'many'} digits"
    if isinstance(value, Decimal):
        exponent = value.as_tuple().exponent
        if isinstance(exponent, int) and "E" in str(value):
            return "a number with an exponent"
        return f"a number with {max(0, -exponent)} decimals" if isinstance(exponent, int) else "no number"
    if isinstance(value, str):
        return _text_shape(value)
    if isinstance(value, Mapping):
        return f"a group of {len(value)} fields"
    return f"a list of {len(value)}" if isinstance(value, list | tuple) else "something else"


def _text_shape(text: str) -> str:
    if re.fullmatch(r"\d+", text, re.ASCII):
        return f"{len(text)} digits"
    if re.fullmatch(DAY_PATTERN, text, re.ASCII):
        return "four, two and two digits"
    found = re.fullmatch(r"-?\d+([.,])(\d+)", text, re.ASCII)
    if found:
        return f"a number with {len(found[2])} decimals after a {'point' if found[1] == '.' else 'comma'}"
    return f"text of {len(text)} characters"


def shown_name(name: object) -> str:
    """A column or key as messages show it: itself when it looks like a name, else only its shape."""
    return name if isinstance(name, str) and _NAME.fullmatch(name) else f"({shape(name)})"


def known_name(name: object, known: Collection[str]) -> str:
    """What was due where a name is unknown: the closest known one, or all of them when none is near."""
    near = get_close_matches(name, sorted(known), n=1, cutoff=0.6) if isinstance(name, str) else []
    return f"{near[0]}, the closest known name" if near else f"one of: {', '.join(known)}"


def expected(spec: FieldSpec) -> str:
    """What a value of the field must be, in words."""
    if spec.type == "code":
        return f"one of: {', '.join(spec.codes)}"
    if spec.type == "day":
        return "an existing day, as YYYY-MM-DD"
    if spec.type == "bool":
        return "true or false"
    if spec.type == "int":
        return f"a whole number{_bounds(spec)}"
    if spec.type == "decimal":
        return f"a number with a point and at most {spec.places} decimals{_bounds(spec)}"
    limits = text_limits(spec.entity)[spec.name]
    if limits.pattern:
        return f"text that matches {limits.pattern}"
    return f"text of 1 to {limits.longest} characters, in quotes where it looks like a number"


def _bounds(spec: FieldSpec) -> str:
    if spec.least is not None and spec.most is not None:
        return f" from {spec.least} to {spec.most}"
    return f" of at least {spec.least}" if spec.least is not None else ""
