"""Expression text to typed tree, by Python's own parser; nothing in an expression can call Python."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any

from compliance.language.operators import OperatorReader
from compliance.language.scope import BLANK, MOST_LEVELS, MOST_NODES, Scope, UnreadableError, too_large
from compliance.language.syntax import parse
from compliance.language.tree import Node

# What was read, BLANK where it cannot be; and everything that was refused.
Reading = tuple[Node, list[UnreadableError]]


def read_value(text: str, scope: Scope) -> Reading:
    """The typed tree of an expression that has a single value."""
    return _read(text, scope, lambda reader, tree: reader.read(tree))


def read_let(text: str, scope: Scope) -> Reading:
    """The typed tree of a `let`: a value, or the rows of a list."""
    return _read(
        text, scope, lambda reader, tree: reader.rows(tree) if reader.is_rows(tree) else reader.read(tree)
    )


def read_rows(text: str, scope: Scope) -> Reading:
    """The rows that a list expression or a list's name gives."""
    return _read(text, scope, lambda reader, tree: reader.rows(tree))


class _Reader(OperatorReader):
    """Reads any expression."""

    def read(self, tree: ast.expr) -> Node:
        read = FORMS.get(type(tree))
        if isinstance(tree, ast.ListComp):
            raise UnreadableError(f"{self.source.quote(tree)} is a list.", "Write any([…]) or count([…]).")
        if read is None:
            raise UnreadableError(f"{self.source.quote(tree)} is not part of the rule language.")
        return read(self, tree)


# Everything the language knows of Python's grammar; what is not here is refused.
FORMS: Mapping[type[ast.expr], Callable[[_Reader, Any], Node]] = {
    ast.Attribute: _Reader.read_attribute,
    ast.BinOp: _Reader.read_arithmetic,
    ast.BoolOp: _Reader.read_logic,
    ast.Call: _Reader.read_call,
    ast.Compare: _Reader.read_compare,
    ast.Constant: _Reader.read_constant,
    ast.Name: _Reader.read_name,
    ast.Subscript: _Reader.read_param,
    ast.UnaryOp: _Reader.read_unary,
}


def _read(text: str, scope: Scope, read: Callable[[_Reader, ast.expr], Node]) -> Reading:
    try:
        source = parse(text)
    except UnreadableError as refusal:
        return BLANK, [refusal]
    reader = _Reader(source, scope)
    node = reader.attempt(lambda: read(reader, source.tree))
    extent = scope.extent(node)
    if extent.nodes > MOST_NODES or extent.levels > MOST_LEVELS:
        return BLANK, [*reader.refusals, too_large()]
    return node, reader.refusals
