"""Turns a relationship into rows of control: one for each kind of say that began on a day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from compliance.sources.bods.statements import Record
from compliance.sources.bods.tables import Tables
from compliance.sources.messages import MessageRefusal, MessageRow
from compliance.sources.refusal import Flaw
from compliance.sources.shape import shape

CONTROL = "control"


@dataclass(frozen=True, slots=True)
class Say:
    """One interest, as far as it becomes control."""

    kind: str
    weight: int
    first_day: Any
    last_day: Any
    share: Any
    place: str


@dataclass(frozen=True, slots=True)
class Bond:
    """Who has a say in which organisation, by their ids here."""

    holder: str
    organisation: str


def control_rows(
    record: Record, bond: Bond, path: str, tables: Tables
) -> Iterator[MessageRow | MessageRefusal]:
    """The rows of control of a relationship, and the interests that are refused."""
    says: dict[tuple[str, str], list[Say]] = {}
    interests = record.details.get("interests")
    for at, interest in enumerate(interests if isinstance(interests, list) else []):
        place = f"{record.place}.recordDetails.interests[{at}]"
        found = _say(interest, place, tables)
        if isinstance(found, Flaw):
            yield MessageRefusal(path, found, place, CONTROL)
        else:
            says.setdefault((found.kind, str(found.first_day)), []).append(found)
    for (kind, first), group in sorted(says.items()):
        say = min(group, key=lambda each: (each.weight, each.place))
        last = say.last_day or record.closed_on
        identity = f"bods-{record.id}-{kind}-{first}"
        values = {
            "id": identity,
            "holder_id": bond.holder,
            "organisation_id": bond.organisation,
            "kind": kind,
            "share_pct": say.share,
            "first_day": say.first_day,
            "last_day": max(last, first) if isinstance(last, str) and not say.last_day else last,
        }
        yield MessageRow(CONTROL, values, path, say.place)


def in_bands(record: Record, tables: Tables) -> int:
    """How many interests say of a share of ownership only between which bounds it lies."""
    interests = record.details.get("interests")
    shares = [
        each.get("share")
        for each in (interests if isinstance(interests, list) else ())
        if isinstance(each, Mapping) and str(each.get("type")) in tables.share_types
    ]
    return sum(isinstance(share, Mapping) and _exact(share) is None for share in shares)


def _say(interest: Any, place: str, tables: Tables) -> Say | Flaw:
    if not isinstance(interest, Mapping):
        return Flaw("interests", "not_an_object", shape(interest), "fields with their values")
    name = interest.get("type")
    if name is None:
        return Flaw("type", "required_empty", "empty", "a type of interest of BODS 0.4")
    kind = tables.interests.get(name) if isinstance(name, str) else None
    if kind is None:
        return Flaw("type", "unknown_code", shape(name), "a type of interest of BODS 0.4")
    if kind == "shareholder" and _is_indirect_owner(interest):
        kind = "ubo"
    first = interest.get("startDate")
    if first is None:
        return Flaw("startDate", "required_empty", "empty", "an existing day, as YYYY-MM-DD")
    share = interest.get("share")
    return Say(
        kind=kind,
        weight=[*tables.interests].index(name),
        first_day=_day(first),
        last_day=_day(interest.get("endDate")),
        share=_exact(share) if isinstance(share, Mapping) and name in tables.share_types else None,
        place=place,
    )


def _is_indirect_owner(interest: Mapping[str, Any]) -> bool:
    return interest.get("directOrIndirect") == "indirect" and (
        interest.get("beneficialOwnershipOrControl") is True
    )


def _day(value: Any) -> Any:
    """The day; of a moment its day."""
    return value[:10] if isinstance(value, str) and value[10:11] == "T" else value


def _exact(share: Mapping[str, Any]) -> int | Decimal | str | None:
    """The share that is declared; None when it is given only between bounds."""
    if share.get("exact") is not None:
        found: int | Decimal | str = share["exact"]
        return found
    low, high = share.get("minimum"), share.get("maximum")
    return low if low is not None and low == high else None
