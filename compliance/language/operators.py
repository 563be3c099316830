"""Operators: logic, comparison, membership, arithmetic and the shifting of days; and constants."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Literal

from compliance.language.calls import CallReader
from compliance.language.codes import check_code, check_pair
from compliance.language.names import TYPE_WORDS
from compliance.language.scope import BLANK, UnreadableError
from compliance.language.tree import (
    NUMBERS,
    ORDERED,
    And,
    Arith,
    Compare,
    Comparison,
    Const,
    Field,
    In,
    InParam,
    IsNone,
    Node,
    Not,
    Or,
    Shift,
)

COMPARISONS: Mapping[type[ast.cmpop], Comparison] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}
ARITHMETIC: Mapping[type[ast.operator], Literal["+", "-", "*", "/"]] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
}
LENGTHS: Mapping[str, Literal["days", "months"]] = {"days": "days", "months": "months"}


class OperatorReader(CallReader):
    """Reads constants and what joins values."""

    def read_constant(self, tree: ast.Constant) -> Node:
        """A constant, exactly as it is written."""
        if isinstance(tree.value, bool):
            return Const(tree.value, "bool")
        if isinstance(tree.value, int | float):
            number = self.source.number(tree)
            return Const(number, "decimal" if isinstance(number, Decimal) else "int")
        if isinstance(tree.value, str) and tree.value.isprintable() and tree.value:
            return Const(tree.value, "text")
        raise UnreadableError(
            f"{self.source.quote(tree)} is not a value.", "Ask for emptiness with `is None`."
        )

    def read_unary(self, tree: ast.UnaryOp) -> Node:
        """A negation, or a negative number."""
        if isinstance(tree.op, ast.Not):
            return Not(self.typed(tree.operand, "bool"))
        if isinstance(tree.op, ast.USub) and isinstance(tree.operand, ast.Constant):
            operand = self.value(tree.operand)
            if isinstance(operand, Const) and operand.kind in NUMBERS:
                return replace(operand, value=-operand.value)  # type: ignore[operator]  # a number
            if operand == BLANK:
                return BLANK
        raise self._unknown_form(tree)

    def read_logic(self, tree: ast.BoolOp) -> Node:
        """Clauses joined by `and` or by `or`."""
        operands = tuple(self.typed(operand, "bool") for operand in tree.values)
        return And(operands) if isinstance(tree.op, ast.And) else Or(operands)

    def read_compare(self, tree: ast.Compare) -> Node:
        """A comparison; `a <= b <= c` is `a <= b and b <= c`."""
        lefts = [tree.left, *tree.comparators]
        pairs = tuple(
            self.attempt(partial(self._pair, left, operator, right))
            for left, operator, right in zip(lefts, tree.ops, tree.comparators, strict=False)
        )
        return pairs[0] if len(pairs) == 1 else And(pairs)

    def _pair(self, left: ast.expr, operator: ast.cmpop, right: ast.expr) -> Node:
        if isinstance(operator, ast.Is | ast.IsNot):
            asked = self._is_none(left, right)
            return Not(asked) if isinstance(operator, ast.IsNot) else asked
        if isinstance(operator, ast.In | ast.NotIn):
            found = self._in(left, right)
            return Not(found) if isinstance(operator, ast.NotIn) else found
        return _comparison(COMPARISONS[type(operator)], self.value(left), self.value(right))

    def _is_none(self, left: ast.expr, right: ast.expr) -> Node:
        if not (isinstance(right, ast.Constant) and right.value is None):
            raise UnreadableError("`is` only asks `is None` or `is not None`.", "Compare values with ==.")
        node = self.value(left)
        if node == BLANK:
            return BLANK
        if not isinstance(node, Field):
            raise UnreadableError(f"`is None` asks about a field, and {self.source.quote(left)} is none.")
        return IsNone(node)

    def _in(self, left: ast.expr, right: ast.expr) -> Node:
        item = self.value(left)
        if isinstance(right, ast.Tuple | ast.List):
            if not right.elts:
                raise UnreadableError("nothing is in an empty list.", "Name the values: x in ('a', 'b').")
            choices = [self.attempt(partial(self._choice, item, choice)) for choice in right.elts]
            found = tuple(choice for choice in choices if isinstance(choice, Const))
            return In(item, found) if len(found) == len(choices) else BLANK
        name, key = self.param(right)
        number = self.scope.numbers[name]
        if number.type != "codes":
            raise UnreadableError(f"param.{name} is one value, not a list.", "Compare with ==.")
        check_code(item, number.choices, f"param.{name}")
        return InParam(item, name, key)

    def _choice(self, item: Node, tree: ast.expr) -> Node:
        choice = self.value(tree)
        if choice != BLANK and not isinstance(choice, Const):
            raise UnreadableError(f"{self.source.quote(tree)} is not a constant.")
        _comparison("==", item, choice)
        return choice

    def read_arithmetic(self, tree: ast.BinOp) -> Node:
        """A sum, difference, product or quotient; or a day shifted by `days(n)` or `months(n)`."""
        op = ARITHMETIC.get(type(tree.op))
        if op is None:
            raise UnreadableError(f"{self.source.quote(tree)}: only + - * / are known.")
        right = tree.right
        if isinstance(right, ast.Call) and self.function(right) in LENGTHS:
            return self._shift(tree, right)
        sides = self.value(tree.left), self.value(right)
        if BLANK in sides:
            return BLANK
        if not all(side.type in NUMBERS for side in sides):
            words = [TYPE_WORDS[side.type] for side in sides]
            hint = "Use days_between(a, b)." if "day" in (sides[0].type, sides[1].type) else ""
            raise UnreadableError(f"{words[0]} {op} {words[1]} has no meaning.", hint)
        return Arith(op, *sides)

    def _shift(self, tree: ast.BinOp, length: ast.Call) -> Node:
        sign: Literal[1, -1] = 1 if isinstance(tree.op, ast.Add) else -1
        if not isinstance(tree.op, ast.Add | ast.Sub) or len(length.args) != 1 or length.keywords:
            raise UnreadableError(f"{self.source.quote(tree)}: write `day + days(n)` or `day - months(n)`.")
        day, amount = self.typed(tree.left, "day"), self.typed(length.args[0], "int")
        return Shift(day, amount, LENGTHS[self.function(length)], sign)

    def _unknown_form(self, tree: ast.expr) -> UnreadableError:
        return UnreadableError(f"{self.source.quote(tree)} is not part of the rule language.")


def _comparison(op: Comparison, left: Node, right: Node) -> Node:
    if BLANK in (left, right):
        return BLANK
    if left.type != right.type and not (left.type in NUMBERS and right.type in NUMBERS):
        words = TYPE_WORDS[left.type], TYPE_WORDS[right.type]
        raise UnreadableError(f"{words[0]} cannot be compared with {words[1]}.")
    if op not in ("==", "!=") and left.type not in ORDERED:
        raise UnreadableError(f"{TYPE_WORDS[left.type]} has no order.", "Use == or !=.")
    check_pair(left, right)
    return Compare(op, left, right)
