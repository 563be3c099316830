"""The kinds of field an entity can have: pydantic types that carry their meaning as metadata.

Each alias is both a validator (used row by row where a person must get a message) and a declaration
(`model.schema` turns it into column types, bulk checks, JSON Schema and documentation).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, StringConstraints

FieldKind = Literal["event", "plan", "plain"]

DAY_PATTERN = r"\d{4}-\d{2}-\d{2}"
DECIMAL_DIGITS = 14  # before the point: a hundred thousand billion euro is enough
ID_LENGTH = 200
TEXT_LENGTH = 4000
# Text a terminal, spreadsheet or log could misread: control characters and bidirectional overrides.
_UNSEEN = "\\x7f-\\x9f\\u202a-\\u202e\\u2066-\\u2069\\u2028\\u2029\\ufeff"
UNSAFE_TEXT = f"[\\x00-\\x1f{_UNSEEN}]"
# In lines that a person wrote, tabs and ends of lines (\\n or \\r\\n) are what they look like.
UNSAFE_LINES = f"[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f{_UNSEEN}]|\\r([^\\n]|\\Z)"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a field's emptiness means: E (event), P (plan) or plain; and whether it anchors the row."""

    kind: FieldKind = "plain"
    anchor: bool = False


@dataclass(frozen=True, slots=True)
class Ref:
    """The field names the `id` of a row of one of these entities."""

    targets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scale:
    """Decimal places a field keeps; more than these are refused, never rounded."""

    places: int


@dataclass(frozen=True, slots=True)
class Describes:
    """The field tells about an event: while that event lies in the future, it reads as empty."""

    event: str


@dataclass(frozen=True, slots=True)
class EmptyIs:
    """What an empty field reads as (the one case where emptiness has a value)."""

    value: Any


@dataclass(frozen=True, slots=True)
class Lines:
    """The field is text that a person wrote freely: it may hold tabs and ends of lines."""


@dataclass(frozen=True, slots=True)
class Agreed:
    """The field is a number that parties agree: an empty one is a number nobody agreed, under this name."""

    number: str


def _day(value: object) -> object:
    if isinstance(value, str):
        if not re.fullmatch(DAY_PATTERN, value, re.ASCII):
            raise ValueError("expected a day as YYYY-MM-DD")
        return date.fromisoformat(value)
    if type(value) is date or value is None:
        return value
    raise ValueError("expected a day as YYYY-MM-DD")


def _decimal(places: int) -> BeforeValidator:
    pattern = re.compile(decimal_pattern(places), re.ASCII)

    def read(value: object) -> object:
        if value is None:
            return None
        exact = isinstance(value, int | str | Decimal) and not isinstance(value, bool)
        if not exact:
            raise ValueError("expected a decimal number written as digits, not a binary float")
        text = str(value)  # of 1e3 the exponent stays: the digits count as they were written
        if not pattern.fullmatch(text):
            raise ValueError(f"expected a number with at most {places} decimal places, like 1250.50")
        return Decimal(text)

    return BeforeValidator(read)


def decimal_pattern(places: int) -> str:
    """The regular expression (Python and RE2) that the digits of a decimal must match whole."""
    return rf"-?\d{{1,{DECIMAL_DIGITS}}}(\.\d{{1,{places}}})?"


def _whole(value: object) -> object:
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    if (
        isinstance(value, Decimal)
        and value == value.to_integral_value()
        and str(value).lstrip("-").isdecimal()
    ):
        return int(value)
    if isinstance(value, str) and re.fullmatch(r"-?\d{1,9}", value, re.ASCII):
        return int(value)
    raise ValueError("expected a whole number")


def _flag(value: object) -> object:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str) and value in ("true", "false"):
        return value == "true"
    raise ValueError("expected true or false")


Day = Annotated[date, BeforeValidator(_day)]
Id = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=ID_LENGTH)]
Text = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=TEXT_LENGTH)]
FreeText = Annotated[Text, Lines()]
Digits8 = Annotated[str, StringConstraints(strict=True, pattern=r"^[0-9]{8}$")]
Whole = Annotated[int, BeforeValidator(_whole)]
Flag = Annotated[bool, BeforeValidator(_flag)]
Eur = Annotated[Decimal, _decimal(2), Scale(2)]
Pct = Annotated[Decimal, _decimal(4), Scale(4)]
Hours = Annotated[Decimal, _decimal(4), Scale(4)]
Number = Annotated[Decimal, _decimal(4), Scale(4)]

EventDay = Annotated[Day, Meaning("event")]
EventAnchor = Annotated[Day, Meaning("event", anchor=True)]
PlanDay = Annotated[Day, Meaning("plan")]
FirstDay = Annotated[Day, Meaning("plain", anchor=True)]

ContractRef = Annotated[Id, Ref(("contract",))]
OrganisationRef = Annotated[Id, Ref(("organisation",))]
PersonRef = Annotated[Id, Ref(("person",))]
ClientRef = Annotated[Id, Ref(("client",))]
DistrictRef = Annotated[Id, Ref(("district",))]
ReferralRef = Annotated[Id, Ref(("referral",))]
InquiryRef = Annotated[Id, Ref(("bibob_inquiry",))]
HolderRef = Annotated[Id, Ref(("person", "organisation"))]
