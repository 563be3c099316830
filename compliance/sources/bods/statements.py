"""Takes the statements of a declaration apart: of each record the latest counts, and what it consists of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from compliance.sources.refusal import Flaw
from compliance.sources.shape import shape

KINDS = ("entity", "person", "relationship")
STATUSES = ("new", "updated", "closed")


@dataclass(frozen=True, slots=True)
class Record:
    """The latest statement about a record: its details, and the day it was closed, if it was."""

    id: str
    kind: str
    place: str
    details: Mapping[str, Any]
    closed_on: str | None = None
    component: bool = False


@dataclass(frozen=True, slots=True)
class BadStatement:
    """A statement that cannot be used."""

    place: str
    flaw: Flaw


def latest_records(
    statements: Sequence[Any], prefix: str = "$"
) -> tuple[dict[str, Record], list[BadStatement]]:
    """Of every record its latest statement, by record id, and the statements that cannot be used."""
    bad: list[BadStatement] = []
    found: dict[str, tuple[str, int, Record]] = {}
    for at, statement in enumerate(statements):
        place = f"{prefix}[{at}]"
        flaw = _flaw(statement)
        if flaw is not None:
            bad.append(BadStatement(place, flaw))
            continue
        record = _record(statement, place)
        earlier = found.get(record.id)
        if earlier is not None and earlier[2].kind != record.kind:
            due = "a record of one type"
            bad.append(BadStatement(place, Flaw("recordId", "equal_ids", "", due)))
        elif earlier is None or (_date(statement), at) >= earlier[:2]:
            found[record.id] = (_date(statement), at, record)
    return {key: record for key, (_, _, record) in found.items()}, bad


def _flaw(statement: Any) -> Flaw | None:
    """Why nothing can be done with a statement."""
    if not isinstance(statement, Mapping):
        return Flaw("", "not_an_object", shape(statement), "one statement of a declaration")
    identity, kind = statement.get("recordId"), statement.get("recordType")
    status = statement.get("recordStatus")
    if not isinstance(identity, str) or not identity:
        return Flaw("recordId", "required_empty", shape(identity), "the id of a record, as text")
    if kind not in KINDS:
        return Flaw("recordType", "unknown_code", shape(kind), f"one of: {', '.join(KINDS)}")
    if status not in STATUSES:
        return Flaw("recordStatus", "unknown_code", shape(status), f"one of: {', '.join(STATUSES)}")
    details = statement.get("recordDetails")
    if not isinstance(details, Mapping):
        return Flaw("recordDetails", "not_an_object", shape(details), "fields with their values")
    return None


def _record(statement: Mapping[str, Any], place: str) -> Record:
    details = statement["recordDetails"]
    closed = statement["recordStatus"] == "closed"
    return Record(
        id=statement["recordId"],
        kind=statement["recordType"],
        place=place,
        details=details,
        closed_on=_date(statement)[:10] if closed else None,
        component=details.get("isComponent") is True,
    )


def _date(statement: Mapping[str, Any]) -> str:
    """When the statement was made, as text that sorts; else when it was published."""
    for value in (statement.get("statementDate"), _published(statement)):
        if isinstance(value, str) and value:
            return value
    return ""


def _published(statement: Mapping[str, Any]) -> Any:
    details = statement.get("publicationDetails")
    return details.get("publicationDate") if isinstance(details, Mapping) else None


def component_ids(records: Iterable[Record]) -> frozenset[str]:
    """The records that another is made up of: to count them too would count a share twice."""
    listed = (record.details.get("componentRecords") for record in records if record.kind == "relationship")
    named = {item for items in listed if isinstance(items, list) for item in items if isinstance(item, str)}
    return frozenset(named)
