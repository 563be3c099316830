"""The functions of the rule language: each with its name, arguments and meaning, once.

`SCALARS` work on values and are nodes of their own (`tree.Call`). `MACROS` are words for longer
expressions over core nodes, so that engines need not know them. The rule pages and the tests read both.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from compliance.language.tree import (
    And,
    Any,
    Compare,
    Comparison,
    Field,
    IsNone,
    Node,
    Or,
    Row,
    Rows,
    Type,
    Var,
)
from compliance.model.schema import entities


@dataclass(frozen=True, slots=True)
class Function:
    """A function's signature: argument types in order (the last repeats when `variadic`) and result."""

    name: str
    arguments: tuple[Type, ...]
    result: Type
    meaning: str
    variadic: bool = False
    # "strict": UNKNOWN if an argument is UNKNOWN, else EMPTY if one is EMPTY; "first": the first that is not
    # EMPTY, UNKNOWN as soon as one before it is; "some": UNKNOWN if any is, else over those not EMPTY.
    emptiness: Literal["strict", "first", "some"] = "strict"


_SCALARS = (
    Function("days_between", ("day", "day"), "int", "the days from the first day to the second: b − a"),
    Function("year", ("day",), "int", "the calendar year of the day"),
    Function("date", ("int", "int", "int"), "day", "the day of that year, month and day of month"),
    Function("day_of_year", ("day",), "int", "1 for 1 January"),
    Function("days_in_year", ("day",), "int", "365, or 366 in a leap year"),
    Function("first", ("day", "day"), "day", "the first that is not empty", variadic=True, emptiness="first"),
    Function(
        "earliest", ("day", "day"), "day", "the earliest of those not empty", variadic=True, emptiness="some"
    ),
    Function(
        "latest", ("day", "day"), "day", "the latest of those not empty", variadic=True, emptiness="some"
    ),
)
SCALARS = {function.name: function for function in _SCALARS}

MACROS = {
    "in_force": "in_force(x, d): x.first_day <= d and (x.last_day is None or x.last_day >= d)",
    "overlaps": "overlaps(x, a, b): x and the days a to b, both included, share at least one day",
    "own": "own(org, d): org is the contractor, or a participant of the contract in force on d",
    "covers": "covers(org, d): org is own on d, or hired by a subcontract of the contract in force on d",
}
COLLECTORS = {
    "any": "any(x for x in E if c), any(list): whether some row meets the condition",
    "count": "count(x for x in E if c), count(list), count(distinct(…)): how many",
    "sum": "sum(x.f for x in E if c): the total; 0 over no rows",
    "min": "min(x.f for x in E if c): the smallest; unknown over no rows",
    "max": "max(x.f for x in E if c): the largest; unknown over no rows",
    "distinct": "count(distinct(x.f for x in E if c)): how many different values",
    "covered_days": "covered_days(a, b, list): days from a to b, both included, in some interval of the list",
    "uncovered_days": "uncovered_days(a, b, list): days of a to b (included) in no interval of the list",
    "days": "d + days(n): the day n days later",
    "months": "d + months(n): the day n months later, clamped to the month's last day",
}
NAMES = (*SCALARS, *MACROS, *COLLECTORS)

CONTRACT = Var(entity="contract", name="contract", iterated=False)


def field(row: Row, name: str) -> Field:
    """The field of a row whose entity is known to have it."""
    return Field(row, entities()[row.entity].fields[name])


def in_force(row: Row, day: Node) -> Node:
    """The row's interval, both days included, holds the day; an empty `last_day` is open."""
    return And((Compare("<=", field(row, "first_day"), day), _open_or(row, ">=", day)))


def overlaps(row: Row, first: Node, last: Node) -> Node:
    """The row's interval and the window share a day; an empty window shares none."""
    return And(
        (
            Compare("<=", field(row, "first_day"), last),
            _open_or(row, ">=", first),
            Compare("<=", first, last),
        )
    )


def own(organisation: Node, day: Node, unique: str) -> Node:
    """The organisation is the contractor, or a participant of the contract in force that day."""
    return Or(
        (
            Compare("==", organisation, field(CONTRACT, "contractor_id")),
            _hired("participant", "organisation_id", organisation, day, unique),
        )
    )


def covers(organisation: Node, day: Node, unique: str) -> Node:
    """The organisation is own that day, or hired by a subcontract of the contract in force that day."""
    hired = _hired("subcontract", "subcontractor_id", organisation, day, unique)
    return Or((*_operands(own(organisation, day, unique)), hired))


def _hired(entity: str, reference: str, organisation: Node, day: Node, unique: str) -> Node:
    row = Var(entity=entity, name=f"{entity}{unique}", iterated=True)
    linked = Compare("==", field(row, reference), organisation)
    under = Compare("==", field(row, "contract_id"), field(CONTRACT, "id"))
    return Any(Rows(row, And((linked, under, *_operands(in_force(row, day))))))


def _open_or(row: Row, op: Comparison, day: Node) -> Node:
    last = field(row, "last_day")
    return Or((IsNone(last), Compare(op, last, day)))


def _operands(node: Node) -> tuple[Node, ...]:
    return node.operands if isinstance(node, And | Or) else (node,)
