"""Nodes that need no other relation, as SQL over a frame's columns.

NULL stands for EMPTY and for UNKNOWN; `Sql.unknown` tells them apart where that matters (`is None`,
`first`, `earliest`, `latest`, links). SQL's own three-valued logic then is Kleene's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from sqlglot import exp

from compliance.engine.sql import terms
from compliance.engine.sql.dependence import guarded
from compliance.engine.sql.quotient import arithmetic, compared
from compliance.engine.sql.setting import Setting
from compliance.engine.sql.terms import NULL, TRUE, UNKNOWN, Sql, both, call, cast, either, paren
from compliance.language.functions import CONTRACT, SCALARS
from compliance.language.tree import (
    And,
    Arith,
    AsOf,
    Call,
    Compare,
    Const,
    Field,
    In,
    InParam,
    IsNone,
    Named,
    Node,
    Not,
    Or,
    Param,
    Shift,
)

Columns = Mapping[Node, Sql]


class Scalars:
    """Compiles values for one rule: its numbers are read on its number day."""

    def __init__(self, setting: Setting, number_day: Node) -> None:
        self.setting = setting
        self.number_day = number_day

    def value(self, node: Node, columns: Columns) -> Sql:
        """The node over columns that hold everything relational in it."""
        held = columns.get(node)
        if held is not None:
            return held
        return self._BY_TYPE[type(node)](self, node, columns)

    def _const(self, node: Const, _: Columns) -> Sql:
        digits = terms.places(node.value) if isinstance(node.value, Decimal) else 0
        return Sql(terms.literal(node.value), places=digits)

    def _as_of(self, _node: AsOf, _: Columns) -> Sql:
        return Sql(terms.literal(self.setting.as_of))

    def _field(self, node: Field, _: Columns) -> Sql:
        if node.row != CONTRACT:
            raise LookupError(f"no column for {node.spec.label}")  # a flaw of the compiler, not of a rule
        value = self.setting.contract.get(node.spec.name)
        if value is not None:
            return Sql(terms.literal(value), places=node.spec.places)
        lacks = node.spec.name in self.setting.contract_lacks
        return UNKNOWN if lacks else Sql(NULL, nullable=True)

    def _named(self, node: Named, columns: Columns) -> Sql:
        return self.value(node.node, columns)

    # -- truth

    def _is_none(self, node: IsNone, columns: Columns) -> Sql:
        held = self.value(node.field, columns)
        if held.unknown == TRUE:
            return UNKNOWN
        if not held.nullable:
            return Sql(terms.FALSE)
        if held.value == NULL:
            return Sql(TRUE)
        empty = terms.is_null(held.value)
        if held.unknown is None:
            return Sql(empty)
        return Sql(terms.when((held.unknown, NULL), otherwise=empty), nullable=True)

    def _not(self, node: Not, columns: Columns) -> Sql:
        held = self.value(node.operand, columns)
        return UNKNOWN if held.value == NULL else Sql(terms.negated(held.value), held.nullable)

    def _and(self, node: And, columns: Columns) -> Sql:
        fields = [guarded(operand) for operand in node.operands]
        parts = self._given(node.operands, fields, columns)
        if any(part.value == terms.FALSE for part in parts):
            return Sql(terms.FALSE)
        return Sql(both(part.value for part in parts), any(part.nullable for part in parts))

    def _or(self, node: Or, columns: Columns) -> Sql:
        fields = [operand.field if isinstance(operand, IsNone) else None for operand in node.operands]
        parts = self._given(node.operands, fields, columns)
        if any(part.value == TRUE for part in parts):
            return Sql(TRUE)
        return Sql(either(part.value for part in parts), any(part.nullable for part in parts))

    def _given(self, operands: Sequence[Node], fields: Sequence[Field | None], columns: Columns) -> list[Sql]:
        """The operands; where one asks whether a field is there, the others only matter when it is."""
        present = dict(columns)
        for field in fields:
            held = None if field is None else columns.get(field)
            if field is not None and held is not None and held.unknown is None:
                present[field] = replace(held, nullable=False)
        return [
            self.value(operand, columns if field is not None else present)
            for operand, field in zip(operands, fields, strict=True)
        ]

    def _compare(self, node: Compare, columns: Columns) -> Sql:
        left, right = self.value(node.left, columns), self.value(node.right, columns)
        links = [self.value(link, columns) for link in node.links]
        # An EMPTY link makes the equality false; an UNKNOWN one leaves it unknown.
        loose = [link for link in links if link.nullable and link.unknown != TRUE]
        absent = NULL in (left.value, right.value)
        result = UNKNOWN if absent else compared(node.op, left, right)
        if not loose:
            return result
        others = [side for side in (left, right) if side.nullable and side not in loose]
        if not others and all(link.unknown is None for link in loose):
            return Sql(terms.is_true(result.value))
        empty = [_empty(link) for link in loose]
        return Sql(terms.when((either(empty), terms.FALSE), otherwise=result.value), nullable=True)

    def _in(self, node: In, columns: Columns) -> Sql:
        item = self.value(node.item, columns)
        return _member(item, [choice.value for choice in node.choices])

    def _in_param(self, node: InParam, columns: Columns) -> Sql:
        item = self.value(node.item, columns)
        return self._dated(
            node.name, node.key, columns, lambda codes: UNKNOWN if codes is None else _member(item, codes)
        )

    # -- numbers and days

    def _param(self, node: Param, columns: Columns) -> Sql:
        return self._dated(node.name, node.key, columns, _agreed)

    def _dated(self, name: str, key: Node | None, columns: Columns, make: Callable[[Any], Sql]) -> Sql:
        """What `make` makes of a number's value on the number day, for the row's code."""
        spec = self.setting.numbers[name]
        day = self.value(self.number_day, columns)
        keyed = None if key is None else self.value(key, columns)

        def on(moment: date | None) -> Sql:
            if keyed is None:
                return make(spec.value(None, moment))
            found = [(code, make(spec.value(code, moment))) for code in spec.keys]
            agreed = [(code, sql) for code, sql in found if sql.value != NULL]
            if not agreed:
                return UNKNOWN
            values, digits = _alike([sql for _, sql in agreed])
            codes = [exp.EQ(this=keyed.value, expression=terms.literal(code)) for code, _ in agreed]
            chosen = terms.when(*zip(codes, values, strict=True), otherwise=NULL)
            return _uncertain(Sql(chosen, True, places=digits))

        starts = [start for start, _ in spec.segments if start is not None]
        fixed = self.number_day if isinstance(self.number_day, AsOf) else None
        if fixed is not None or not starts:
            return on(self.setting.as_of)
        starts.sort(reverse=True)
        parts = [*(on(start) for start in starts), on(date.min)]
        if all(sql.value == NULL for sql in parts):
            return UNKNOWN
        (*values, before), digits = _alike(parts)
        since = [exp.GTE(this=day.value, expression=terms.literal(start)) for start in starts]
        chosen = terms.when(
            (terms.is_null(day.value), NULL), *zip(since, values, strict=True), otherwise=before
        )
        return _uncertain(Sql(chosen, True, places=digits))

    def _arith(self, node: Arith, columns: Columns) -> Sql:
        left, right = self.value(node.left, columns), self.value(node.right, columns)
        if NULL in (left.value, right.value):
            return _null_of(left, right)
        return arithmetic(node.op, left, right)

    def _shift(self, node: Shift, columns: Columns) -> Sql:
        day, amount = self.value(node.day, columns), self.value(node.amount, columns)
        if NULL in (day.value, amount.value):
            return _null_of(day, amount)
        length = cast(amount.value, "INTEGER")
        if node.sign < 0:
            length = exp.Neg(this=length)
        moved = call("days_later" if node.unit == "days" else "months_later", day.value, length)
        return Sql(moved, day.nullable or amount.nullable, _unknown(day, amount))

    def _call(self, node: Call, columns: Columns) -> Sql:
        args = [self.value(arg, columns) for arg in node.args]
        emptiness = SCALARS[node.name].emptiness
        if emptiness == "first":
            return _first(args)
        if emptiness == "some":
            return _some(node.name, args)
        if any(arg.value == NULL for arg in args):
            return _null_of(*args)
        made = _STRICT[node.name](*(arg.value for arg in args))
        unknown = _unknown(*args)
        if node.name == "date":  # a day that does not exist is unknown
            there = [exp.Not(this=terms.is_null(arg.value)) for arg in args if arg.nullable]
            never = both((terms.is_null(made), *there))
            return Sql(made, True, never if unknown is None else either((unknown, never)))
        return Sql(made, any(arg.nullable for arg in args), unknown)

    _BY_TYPE: ClassVar[dict[type[Node], Callable[[Scalars, Any, Columns], Sql]]] = {
        Const: _const,
        AsOf: _as_of,
        Field: _field,
        Named: _named,
        IsNone: _is_none,
        Not: _not,
        And: _and,
        Or: _or,
        Compare: _compare,
        In: _in,
        InParam: _in_param,
        Param: _param,
        Arith: _arith,
        Shift: _shift,
        Call: _call,
    }


def _empty(link: Sql) -> exp.Expression:
    """The link is EMPTY: nothing there, though it was delivered."""
    null = terms.is_null(link.value)
    return null if link.unknown is None else both((null, terms.negated(link.unknown)))


def _agreed(value: Any) -> Sql:
    if value is None:
        return UNKNOWN
    return Sql(terms.literal(value), places=terms.places(value) if isinstance(value, Decimal) else 0)


def _alike(parts: Sequence[Sql]) -> tuple[list[exp.Expression], int]:
    """The values with as many places as the one with most: branches of unlike places would be rounded."""
    digits = max(part.places for part in parts)
    kind = f"DECIMAL({terms.WIDTH},{digits})"
    unlike = [part.value != NULL and part.places != digits for part in parts]
    return [
        cast(sql.value, kind) if other else sql.value for sql, other in zip(parts, unlike, strict=True)
    ], digits


def _uncertain(sql: Sql) -> Sql:
    """A value whose NULL always means UNKNOWN."""
    return Sql(sql.value, True, terms.is_null(sql.value), places=sql.places)


def _member(item: Sql, codes: Any) -> Sql:
    if item.value == NULL:
        return UNKNOWN
    if not codes:
        return Sql(terms.when((terms.is_null(item.value), NULL), otherwise=terms.FALSE), item.nullable)
    found = exp.In(this=paren(item.value), expressions=[terms.literal(code) for code in codes])
    return Sql(found, item.nullable)


def _unknown(*parts: Sql) -> exp.Expression | None:
    found = [part.unknown for part in parts if part.unknown is not None]
    return either(found) if found else None


def _null_of(*parts: Sql) -> Sql:
    """NULL from parts of which one always is: UNKNOWN where a part is, else EMPTY."""
    return Sql(NULL, True, _unknown(*parts))


def _first(args: list[Sql]) -> Sql:
    """The first that is not EMPTY; UNKNOWN as soon as one before it is."""
    result = args[-1]
    for arg in reversed(args[:-1]):
        if arg.unknown == TRUE:
            result = UNKNOWN
        elif arg.value == NULL:
            result = Sql(result.value, True, _unknown(arg, result))
        elif arg.nullable:
            branches = [] if arg.unknown is None else [(arg.unknown, NULL)]
            present = exp.Not(this=terms.is_null(arg.value))
            value = terms.when(*branches, (present, arg.value), otherwise=result.value)
            later = None if result.unknown is None else both((terms.is_null(arg.value), result.unknown))
            found = [part for part in (arg.unknown, later) if part is not None]
            nullable = result.nullable or arg.unknown is not None
            result = Sql(value, nullable, either(found) if found else None)
        else:
            result = arg
    return result


def _some(name: str, args: list[Sql]) -> Sql:
    """The earliest or latest of those not EMPTY; UNKNOWN if one is."""
    unknown = _unknown(*args)
    if unknown == TRUE:
        return UNKNOWN
    values = [arg.value for arg in args if arg.value != NULL]
    if not values:
        return Sql(NULL, True, unknown)
    chosen = values[0] if len(values) == 1 else call("greatest" if name == "latest" else "least", *values)
    if unknown is not None:
        chosen = terms.when((unknown, NULL), otherwise=chosen)
    return Sql(chosen, unknown is not None or all(arg.nullable for arg in args), unknown)


_STRICT: dict[str, Callable[..., exp.Expression]] = {
    "days_between": lambda first, second: call("days_between", first, second),
    "year": lambda day: call("year_of", day),
    "date": lambda year, month, day: call("day_of", year, month, day),
    "day_of_year": lambda day: call("day_of_year", day),
    "days_in_year": lambda day: call("days_in_year", day),
}
