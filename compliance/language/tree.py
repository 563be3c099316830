"""The typed tree of an expression: what the checker makes of text, and what both engines give a value.

A node's value is a value, EMPTY (delivered, nothing there) or UNKNOWN (not delivered, not agreed, or made
from something unknown). Truth is three-valued: true, false, unknown. Each node's docstring is its meaning.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, TypeGuard

from compliance.model.rule import Rule
from compliance.model.schema import FieldSpec, FieldType

Type = Literal["bool", "day", "int", "decimal", "ratio", "text"]
NUMBERS: tuple[Type, ...] = ("int", "decimal", "ratio")
ORDERED: tuple[Type, ...] = ("day", "text", *NUMBERS)
FIELD_TYPES: Mapping[FieldType, Type] = {
    "text": "text",
    "code": "text",
    "ref": "text",
    "day": "day",
    "int": "int",
    "decimal": "decimal",
    "bool": "bool",
}
Comparison = Literal["==", "!=", "<", "<=", ">", ">="]


@dataclass(frozen=True, slots=True)
class Node:
    """Anything that has a value."""

    @property
    def type(self) -> Type:
        raise NotImplementedError

    def children(self) -> Iterator[Node]:
        """The nodes directly below, left to right."""
        names: tuple[str, ...] = self.__match_args__
        for name in names:
            value = getattr(self, name)
            for part in value if isinstance(value, tuple) else (value,):
                if isinstance(part, Node):
                    yield part

    def walk(self) -> Iterator[Node]:
        """This node and all below it."""
        waiting: list[Node] = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(reversed(tuple(node.children())))


@dataclass(frozen=True, slots=True)
class Truth(Node):
    """A node whose value is true, false or unknown."""

    @property
    def type(self) -> Type:
        return "bool"


@dataclass(frozen=True, slots=True)
class Row(Node):
    """A row of an entity: not a value itself, but fields are read from it."""

    entity: str


@dataclass(frozen=True, slots=True)
class Var(Row):
    """The row a name stands for. `name` is unique in the rule; `iterated` is false for the subject
    and for `contract`, the contract at hand.
    """

    name: str
    iterated: bool


@dataclass(frozen=True, slots=True)
class Step(Row):
    """The row that a reference field of `base` names; UNKNOWN throughout where the reference is empty."""

    base: Row
    reference: FieldSpec


@dataclass(frozen=True, slots=True)
class Const(Node):
    """A constant written in the rule."""

    value: bool | int | Decimal | str | date
    kind: Type

    @property
    def type(self) -> Type:
        return self.kind


@dataclass(frozen=True, slots=True)
class AsOf(Node):
    """The day judged (peildatum)."""

    @property
    def type(self) -> Type:
        return "day"


@dataclass(frozen=True, slots=True)
class Param(Node):
    """A number of the rule book on the rule's number day; UNKNOWN while nobody agreed it."""

    name: str
    kind: Type
    key: Node | None = None

    @property
    def type(self) -> Type:
        return self.kind


@dataclass(frozen=True, slots=True)
class Field(Node):
    """A field of a row: its value, EMPTY, or UNKNOWN where the row was delivered without the field."""

    row: Row
    spec: FieldSpec

    @property
    def type(self) -> Type:
        return FIELD_TYPES[self.spec.type]


@dataclass(frozen=True, slots=True)
class Named(Node):
    """The value of a `let` or a condition, by the name it has in the rule."""

    name: str
    node: Node

    @property
    def type(self) -> Type:
        return self.node.type


@dataclass(frozen=True, slots=True)
class IsNone(Truth):
    """Whether a field is EMPTY; unknown where it is UNKNOWN."""

    field: Field


@dataclass(frozen=True, slots=True)
class Not(Truth):
    """Negation; unknown stays unknown."""

    operand: Node


@dataclass(frozen=True, slots=True)
class And(Truth):
    """False if one operand is, else unknown if one is, else true."""

    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or(Truth):
    """True if one operand is, else unknown if one is, else false."""

    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Compare(Truth):
    """A comparison: false ("not linked") when one of its `links` is EMPTY, else unknown when a side is EMPTY
    or UNKNOWN. Ratios are compared as fractions, text by code point.
    """

    op: Comparison
    left: Node
    right: Node

    @property
    def links(self) -> tuple[Field, ...]:
        """The sides that are reference fields of iterated rows, for `==` only."""
        if self.op != "==":
            return ()
        return tuple(side for side in (self.left, self.right) if is_link(side))


@dataclass(frozen=True, slots=True)
class In(Truth):
    """Whether the item is one of some constants; unknown when the item is EMPTY or UNKNOWN."""

    item: Node
    choices: tuple[Const, ...]


@dataclass(frozen=True, slots=True)
class InParam(Truth):
    """Whether the item is one of the codes of a number that is a list; unknown while it is not agreed."""

    item: Node
    name: str
    key: Node | None = None


@dataclass(frozen=True, slots=True)
class Arith(Node):
    """Sum, difference, product or quotient of numbers: UNKNOWN if a side is, else EMPTY if a side is.

    A quotient is an exact fraction, UNKNOWN for a divisor of zero or less.
    """

    op: Literal["+", "-", "*", "/"]
    left: Node
    right: Node

    @property
    def type(self) -> Type:
        kinds = (self.left.type, self.right.type)
        if self.op == "/" or "ratio" in kinds:
            return "ratio"
        return "decimal" if "decimal" in kinds else "int"


@dataclass(frozen=True, slots=True)
class Shift(Node):
    """A day moved by whole days or months (`sign` 1 forward, -1 back; months clamp to the month's end)."""

    day: Node
    amount: Node
    unit: Literal["days", "months"]
    sign: Literal[1, -1]

    @property
    def type(self) -> Type:
        return "day"


@dataclass(frozen=True, slots=True)
class Call(Node):
    """One of the functions of `language.functions.SCALARS`."""

    name: str
    args: tuple[Node, ...]
    kind: Type

    @property
    def type(self) -> Type:
        return self.kind


@dataclass(frozen=True, slots=True)
class Rows(Node):
    """The rows of an entity for which the condition holds; `None` means all of them."""

    var: Var
    condition: Node | None


@dataclass(frozen=True, slots=True)
class Any(Truth):
    """True if the condition holds for some row; else unknown if it is unknown for some row, or if the
    entity is incomplete; else false.
    """

    rows: Rows


@dataclass(frozen=True, slots=True)
class Aggregate(Node):
    """A number over rows: UNKNOWN if the entity is incomplete, if the condition is unknown for some row or
    the value of some row that counts is EMPTY or UNKNOWN. `count` takes no value; `distinct` is the count of
    different values. `min` and `max` over no rows are UNKNOWN; `sum` is 0.
    """

    name: Literal["count", "sum", "min", "max", "distinct"]
    rows: Rows
    value: Node | None

    @property
    def type(self) -> Type:
        if self.name in ("count", "distinct") or self.value is None:
            return "int"
        return self.value.type


@dataclass(frozen=True, slots=True)
class CoveredDays(Node):
    """How many days from `first` to `last`, both included, lie in at least one of the rows' intervals
    (`uncovered`: in none). UNKNOWN if a bound is EMPTY or UNKNOWN, if the entity is incomplete, if the
    condition is unknown for some row, or if a day of a row that counts is UNKNOWN. An empty `last_day`
    is open.
    """

    first: Node
    last: Node
    rows: Rows
    uncovered: bool

    @property
    def type(self) -> Type:
        return "int"


@dataclass(frozen=True, slots=True)
class Need:
    """Something whose absence makes a rule not assessable: a named `let`, a field of the subject or one
    step away from it, or a column (`field`) that must have been delivered for the entity.
    """

    label: str
    node: Node | None = None
    column: FieldSpec | None = None


@dataclass(frozen=True, slots=True)
class CheckedRule:
    """A rule whose expressions are typed; ready for either engine.

    `reads` names, per entity, the fields that the rule uses (derived entities included as such).
    `shown` are the scalar lets that a finding reports as its values.
    """

    rule: Rule
    subject: Var
    lets: Mapping[str, Node]
    conditions: Mapping[str, Node]
    applies_when: Node | None
    flag_when: Node
    needs: tuple[Need, ...]
    number_day: Node
    deviates_since: Node | None
    about: Node | None
    evidence: tuple[tuple[str, Rows], ...]
    shown: tuple[str, ...]
    reads: Mapping[str, frozenset[str]]

    @property
    def id(self) -> str:
        return self.rule.id


def is_link(node: Node) -> TypeGuard[Field]:
    """Whether the node is a reference field of an iterated row."""
    return (
        isinstance(node, Field)
        and isinstance(node.row, Var)
        and node.row.iterated
        and node.spec.type == "ref"
    )
