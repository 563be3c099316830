"""Functions: scalars, words for longer expressions, and what runs over rows."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from datetime import date
from itertools import chain, repeat

from compliance.language import functions
from compliance.language.lists import ListReader, has_days
from compliance.language.names import TYPE_WORDS
from compliance.language.scope import BLANK, UnreadableError, fits, unknown_name
from compliance.language.tree import (
    Aggregate,
    Any,
    Call,
    Const,
    CoveredDays,
    Field,
    Node,
    Row,
    Rows,
    Type,
)

SUMMED: tuple[Type, ...] = ("int", "decimal")
COMPARED: tuple[Type, ...] = (*SUMMED, "day", "text")


class CallReader(ListReader):
    """Reads functions and their arguments."""

    def read_call(self, tree: ast.Call) -> Node:
        """The value that a function gives."""
        name = self.function(tree)
        if tree.keywords:
            raise UnreadableError(f"{name}(…) takes no named arguments.")
        if name in functions.SCALARS:
            return self._scalar(functions.SCALARS[name], tree.args)
        if name in ("own", "covers"):
            return self._in_chain(name, tree.args)
        if name in functions.MACROS:
            return self._interval(name, tree.args)
        if name in ("any", "count", "sum", "min", "max"):
            return self._collect(name, tree.args)
        if name in ("covered_days", "uncovered_days"):
            first, last, listed = _arguments(name, tree.args, 3)
            bounds = self.typed(first, "day"), self.typed(last, "day")
            return CoveredDays(*bounds, self.intervals(listed), uncovered=name == "uncovered_days")
        if name in functions.COLLECTORS:
            raise UnreadableError(f"{name}(…) cannot stand here.", functions.COLLECTORS[name])
        raise unknown_name("the function", name, functions.NAMES)

    def function(self, tree: ast.Call) -> str:
        """The name of the function that is called. Raises: UnreadableError."""
        if not isinstance(tree.func, ast.Name):
            quoted = self.source.quote(tree.func)
            raise UnreadableError(f"{quoted} is not a function of the rule language.")
        return tree.func.id

    def _scalar(self, function: functions.Function, args: Sequence[ast.expr]) -> Node:
        least = len(function.arguments)
        if len(args) < least or (len(args) > least and not function.variadic):
            words = f"at least {least}" if function.variadic else f"{least}"
            raise UnreadableError(f"{function.name}(…) takes {words} argument{'s' if least > 1 else ''}.")
        kinds = chain(function.arguments, repeat(function.arguments[-1]))
        nodes = tuple(self.typed(arg, kind) for arg, kind in zip(args, kinds, strict=False))
        if function.name == "date":
            _check_date(nodes)
        return Call(function.name, nodes, function.result)

    def _in_chain(self, name: str, args: Sequence[ast.expr]) -> Node:
        organisation, day = _arguments(name, args, 2)
        node, on = self.value(organisation), self.typed(day, "day")
        if BLANK in (node, on):
            return BLANK
        if not _names_organisation(node):
            raise UnreadableError(f"{name}(…) asks for the id of an organisation first.")
        make = functions.own if name == "own" else functions.covers
        return make(node, on, self.scope.unique("_"))

    def _interval(self, name: str, args: Sequence[ast.expr]) -> Node:
        first, *days = _arguments(name, args, 2 if name == "in_force" else 3)
        row = self.row(first)
        if not has_days(row):
            raise UnreadableError(f"{name}(…) asks for a row with first_day and last_day first.")
        bounds = [self.typed(day, "day") for day in days]
        if BLANK in bounds:
            return BLANK
        return functions.in_force(row, *bounds) if name == "in_force" else functions.overlaps(row, *bounds)

    def _collect(self, name: str, args: Sequence[ast.expr]) -> Node:
        (tree,) = _arguments(name, args, 1)
        if name == "count" and isinstance(tree, ast.Call) and self.function(tree) == "distinct":
            (inner,) = _arguments("distinct", tree.args, 1)
            rows, element = self.generator(inner)
            return Aggregate("distinct", rows, self._element(element, rows))
        if self.is_rows(tree):
            if name not in ("any", "count"):
                raise UnreadableError(f"{name}(…) needs a value per row.", f"Write {name}(x.f for x in …).")
            return _over_rows(name, self.rows(tree))
        rows, element = self.generator(tree)
        if name in ("any", "count"):
            if element not in (rows.var, BLANK):
                raise UnreadableError(f"{name}(…) runs over rows.", f"Write {name}(x for x in …).")
            return _over_rows(name, rows) if element == rows.var else BLANK
        value = self._element(element, rows)
        if not fits(value, *(SUMMED if name == "sum" else COMPARED)):
            raise UnreadableError(f"{name}(…) cannot run over {TYPE_WORDS[value.type]}.")
        return Aggregate(name, rows, value)  # type: ignore[arg-type]  # one of sum, min, max

    def _element(self, element: Node, rows: Rows) -> Node:
        if isinstance(element, Row):
            raise UnreadableError("a value per row is needed.", f"Name a field of {rows.var.entity}.")
        return element


def _over_rows(name: str, rows: Rows) -> Node:
    return Any(rows) if name == "any" else Aggregate("count", rows, None)


def _names_organisation(node: Node) -> bool:
    if not isinstance(node, Field):
        return False
    return "organisation" in node.spec.targets or (node.row.entity, node.spec.name) == ("organisation", "id")


def _arguments(name: str, args: Sequence[ast.expr], count: int) -> Sequence[ast.expr]:
    if len(args) != count:
        noun = "argument" if count == 1 else "arguments"
        hint = functions.COLLECTORS.get(name, functions.MACROS.get(name, ""))
        raise UnreadableError(f"{name}(…) takes {count} {noun}.", hint)
    return args


def _check_date(nodes: Sequence[Node]) -> None:
    """A day written out in full exists."""
    written = [node.value for node in nodes if isinstance(node, Const) and isinstance(node.value, int)]
    if len(written) < len(nodes):
        return
    try:
        date(*written)
    except (ValueError, OverflowError):
        raise UnreadableError("that day does not exist.", "Write date(year, month, day of month).") from None
