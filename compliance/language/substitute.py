"""Replacing parts of a typed tree."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeVar

from compliance.language.tree import Node, Rows, Var

N = TypeVar("N", bound=Node)


def substituted(node: N, replacements: Mapping[Node, Node]) -> N:
    """The tree with every node that is a key replaced by its value, from the top down."""
    if node in replacements:
        return replacements[node]  # type: ignore[return-value]  # callers replace like with like
    changes: dict[str, object] = {}
    names: tuple[str, ...] = node.__match_args__
    for name in names:
        value = getattr(node, name)
        if isinstance(value, Node):
            new: object = substituted(value, replacements)
        elif isinstance(value, tuple) and any(isinstance(part, Node) for part in value):
            new = tuple(substituted(part, replacements) for part in value)
        else:
            continue
        if new != value:
            changes[name] = new
    return replace(node, **changes) if changes else node


def renamed(rows: Rows, unique: Callable[[str], str]) -> Rows:
    """The same rows with a variable of their own, so that two uses of one list stay apart."""
    old = rows.var
    new = Var(entity=old.entity, name=unique(old.entity), iterated=True)
    return substituted(rows, {old: new})
