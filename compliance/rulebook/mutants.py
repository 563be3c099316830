"""The mutants of a rule: real rules that differ from it by one small mistake somebody could make.

Every comparison flipped and moved over its boundary, every number one up and one down, every clause
dropped, `and` and `or` swapped, every `not` dropped, every need dropped. Some example of the rule must
notice each of them; those nothing can notice are listed in the rule with the reason.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from compliance.model.rule import Rule

FLIPS: Mapping[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
SIGNS: Mapping[type[ast.AST], str] = {
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=", ast.Is: "is",
    ast.IsNot: "is not", ast.In: "in", ast.NotIn: "not in", ast.And: "and", ast.Or: "or",
}  # fmt: skip
FRAGMENT_LENGTH = 80


@dataclass(frozen=True, slots=True)
class Mutant:
    """A rule with one change, and a name for the change that stays the same while the rule does."""

    name: str
    rule: Rule


@dataclass(frozen=True, slots=True)
class _Edit:
    """A node replaced by another: what is done, and where in the expression."""

    what: str
    where: ast.AST
    old: ast.AST
    new: ast.AST


@dataclass(frozen=True, slots=True)
class _Change:
    """One changed value of a rule: its place, what is done, where exactly, and the fields to replace."""

    place: str
    what: str
    where: str
    update: Mapping[str, Any]


def mutants(rule: Rule) -> tuple[Mutant, ...]:
    """All mutants of the rule, in the order of its keys; empty for expressions that cannot be read."""
    changes = list(_changes(rule))
    names = _names(changes)
    return tuple(
        Mutant(name, rule.model_copy(update=dict(change.update)))
        for name, change in zip(names, changes, strict=True)
    )


def _changes(rule: Rule) -> Iterator[_Change]:
    groups: tuple[tuple[str, Mapping[str, str]], ...] = (("let", rule.let), ("conditions", rule.conditions))
    for key, group in groups:
        for name, text in group.items():
            for edit, changed in _edits(text):
                update = {key: {**group, name: changed}}
                yield _Change(f"{key}.{name}", edit.what, _fragment(edit.where), update)
    if rule.applies_when is not None:
        for edit, changed in _edits(rule.applies_when):
            yield _Change("applies_when", edit.what, _fragment(edit.where), {"applies_when": changed})
        yield _Change("applies_when", "dropped", "", {"applies_when": None})
    for edit, changed in _edits(rule.flag_when):
        yield _Change("flag_when", edit.what, _fragment(edit.where), {"flag_when": changed})
    for index, need in enumerate(rule.needs):
        rest = (*rule.needs[:index], *rule.needs[index + 1 :])
        yield _Change("needs", f"drop {need}", "", {"needs": rest})


def _names(changes: list[_Change]) -> list[str]:
    """A name per change: place and deed; where that is not enough, the fragment; at last a number."""
    short = [f"{change.place}: {change.what}" for change in changes]
    often = Counter(short)
    longer = [
        f"{name} in {change.where}" if often[name] > 1 and change.where else name
        for name, change in zip(short, changes, strict=True)
    ]
    seen: Counter[str] = Counter()
    names = []
    for name in longer:
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name} #{seen[name]}")
    return names


def _edits(text: str) -> Iterator[tuple[_Edit, str]]:
    """Each edit of the expression, with the text it makes."""
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in _walk(tree):
        for edit in _edits_of(node):
            yield edit, ast.unparse(_replaced(tree, edit.old, edit.new))


def _walk(node: ast.AST) -> Iterator[ast.AST]:
    yield node
    for child in ast.iter_child_nodes(node):
        yield from _walk(child)


def _edits_of(node: ast.AST) -> Iterator[_Edit]:
    match node:
        case ast.Compare():
            yield from _compare_edits(node)
        case ast.BoolOp():
            yield from _logic_edits(node)
        case ast.UnaryOp(op=ast.Not()):
            inner = _fragment(node.operand)
            yield _Edit(f"not {inner} → {inner}", node, node, node.operand)
        case ast.comprehension():
            yield from _filter_edits(node)
        case ast.Constant():
            yield from _number_edits(node)


def _compare_edits(node: ast.Compare) -> Iterator[_Edit]:
    for index, operator in enumerate(node.ops):
        for other in FLIPS[type(operator)]:
            ops = [*node.ops[:index], other(), *node.ops[index + 1 :]]
            new = ast.Compare(node.left, ops, node.comparators)
            yield _Edit(f"{SIGNS[type(operator)]} → {SIGNS[other]}", node, node, new)
    if len(node.ops) > 1:
        sides = [node.left, *node.comparators]
        first = ast.Compare(sides[0], node.ops[:1], sides[1:2])
        last = ast.Compare(sides[-2], node.ops[-1:], sides[-1:])
        yield _Edit(f"drop {_fragment(first)}", node, node, ast.Compare(sides[1], node.ops[1:], sides[2:]))
        yield _Edit(f"drop {_fragment(last)}", node, node, ast.Compare(sides[0], node.ops[:-1], sides[1:-1]))


def _logic_edits(node: ast.BoolOp) -> Iterator[_Edit]:
    other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
    signs = f"{SIGNS[type(node.op)]} → {SIGNS[type(other)]}"
    yield _Edit(signs, node, node, ast.BoolOp(other, node.values))
    for index, clause in enumerate(node.values):
        rest = [*node.values[:index], *node.values[index + 1 :]]
        new = rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)
        yield _Edit(f"drop {_fragment(clause)}", node, node, new)


def _filter_edits(node: ast.comprehension) -> Iterator[_Edit]:
    for index, clause in enumerate(node.ifs):
        if isinstance(clause, ast.BoolOp) and isinstance(clause.op, ast.And):
            continue  # its clauses are dropped one by one already
        rest = [*node.ifs[:index], *node.ifs[index + 1 :]]
        new = ast.comprehension(node.target, node.iter, rest, node.is_async)
        yield _Edit(f"drop {_fragment(clause)}", node.iter, node, new)


def _number_edits(node: ast.Constant) -> Iterator[_Edit]:
    if isinstance(node.value, bool) or not isinstance(node.value, int | float):
        return
    written = Decimal(ast.unparse(node))
    for moved in (written + 1, written - 1):
        value = int(moved) if isinstance(node.value, int) else float(moved)
        yield _Edit(f"{written} → {moved}", node, node, ast.Constant(value))


def _replaced(node: Any, old: ast.AST, new: ast.AST) -> Any:
    """The tree with `old` (that very node) replaced; the tree itself stays as it is."""
    if node is old:
        return new
    if isinstance(node, list):
        return [_replaced(item, old, new) for item in node]
    if not isinstance(node, ast.AST):
        return node
    return type(node)(**{name: _replaced(value, old, new) for name, value in ast.iter_fields(node)})


def _fragment(node: ast.AST) -> str:
    text = ast.unparse(node)
    return text if len(text) <= FRAGMENT_LENGTH else text[: FRAGMENT_LENGTH - 1] + "…"
