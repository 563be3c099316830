"""The row that a condition asks for and that is not there: filled in as far as the condition says.

What the condition leaves open is copied from a row like it, or taken as plainly as the field allows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from compliance.engine.reference.evaluate import Names, Subject
from compliance.engine.reference.values import known
from compliance.language import tree
from compliance.model.finding import Value
from compliance.model.schema import FieldSpec, entities

DAY = timedelta(days=1)
ANY_TEXT = "…"  # stands for a text that a person is to write


@dataclass(frozen=True, slots=True)
class NewRow:
    """A row to add. `day`: the field whose day is still to be chosen; `amount`: that of an amount to find.

    `free` are fields that the condition says nothing of.
    """

    entity: str
    values: tuple[tuple[str, Value], ...]
    day: str
    amount: str | None
    free: frozenset[str]


@dataclass(frozen=True, slots=True)
class Asked:
    """A new row with the days on which its own day may have to lie."""

    row: NewRow
    days: frozenset[date]


def new_row(subject: Subject, rows: tree.Rows, names: Names, value: tree.Node | None) -> Asked | None:
    """The row that would meet the condition; None for an entity whose rows begin on no day."""
    spec = entities()[rows.var.entity]
    reading = _Reading(subject, rows.var, names)
    for clause in _clauses(rows.condition):
        reading.read(clause)
    amount = _amount(value, rows.var)
    day = spec.anchor
    if day is None:
        return None
    values: dict[str, Any] = dict(reading.values)
    free = set()
    for field in spec.fields.values():
        if field.name in ("id", day, amount) or field.name in values:
            continue
        if field.required:
            values[field.name] = _filled(subject, field)
            free.add(field.name)
    row = NewRow(spec.name, tuple(sorted(values.items())), day, amount, frozenset(free))
    return Asked(row, frozenset(reading.days))


def _clauses(node: tree.Node | None) -> Iterator[tree.Node]:
    if isinstance(node, tree.And):
        for operand in node.operands:
            yield from _clauses(operand)
    elif isinstance(node, tree.Or):
        yield from _clauses(node.operands[0])  # the first way will do
    elif isinstance(node, tree.Named):
        yield from _clauses(node.node)
    elif node is not None:
        yield node


def _amount(value: tree.Node | None, var: tree.Var) -> str | None:
    if isinstance(value, tree.Field) and value.row == var and value.spec.type == "decimal":
        return value.spec.name
    return None


class _Reading:
    """Reads clauses about the new row into values and days."""

    def __init__(self, subject: Subject, var: tree.Var, names: Names) -> None:
        self.subject = subject
        self.var = var
        self.names = names
        self.values: dict[str, Any] = {}
        self.days: set[date] = set()

    def read(self, clause: tree.Node) -> None:
        if isinstance(clause, tree.Compare):
            self._compare(clause)
        elif isinstance(clause, tree.In) and self._own(clause.item):
            self.values[clause.item.spec.name] = clause.choices[0].value  # type: ignore[attr-defined]
        elif isinstance(clause, tree.Not) and isinstance(clause.operand, tree.IsNone):
            field = clause.operand.field
            if self._own(field) and field.spec.type == "day" and not field.spec.anchor:
                self.values.setdefault(field.spec.name, self.subject.view.setting.as_of)

    def _own(self, node: tree.Node) -> bool:
        return isinstance(node, tree.Field) and node.row == self.var

    def _compare(self, clause: tree.Compare) -> None:
        for side, other in ((clause.left, clause.right), (clause.right, clause.left)):
            if self.var in other.walk():
                continue
            value = self.subject.value(other, self.names)
            if not known(value):
                continue
            if isinstance(value, date):
                self.days |= {value, value - DAY, value + DAY}
            if clause.op == "==" and isinstance(side, tree.Field) and side.row == self.var:
                self.values[side.spec.name] = value
            elif clause.op == "==" and isinstance(side, tree.Call) and side.name == "year":
                self.days |= {date(int(str(value)), 1, 1), date(int(str(value)), 12, 31)}


def _filled(subject: Subject, field: FieldSpec) -> Any:
    """A plain value for a field that the row must have; None where a person has to choose one."""
    if field.name == "contract_id":
        return subject.view.contract.id
    if "organisation" in field.targets:
        return subject.view.contract.values["contractor_id"]
    plain: dict[str, Any] = {
        "text": ANY_TEXT, "int": 0, "decimal": Decimal(0), "bool": True,
        "code": field.codes[0] if field.codes else None,
    }  # fmt: skip
    return plain.get(field.type)
