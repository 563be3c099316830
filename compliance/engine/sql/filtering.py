"""Conditions on the rows of a frame: a filter where there are two truth values, a doubt where three."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlglot import exp

from compliance.engine.sql import terms
from compliance.engine.sql.dependence import RELATIONAL, conjuncts, guarded
from compliance.engine.sql.frame import Frame
from compliance.engine.sql.terms import NULL, both
from compliance.language.functions import CONTRACT
from compliance.language.tree import Any, Field, InParam, Node, Not, Param

if TYPE_CHECKING:
    from compliance.engine.sql.compile import Compiler


def keep_possible(compiler: Compiler, frame: Frame, clauses: Sequence[Node]) -> tuple[Node, ...]:
    """The frame holds only rows for which no clause is false; the clauses that may still be unknown.

    Plain filters come first, then semi and anti joins, then what needs a column of its own.
    """
    doubts: list[Node] = []
    later: list[Node] = []
    for clause in sorted(clauses, key=lambda clause: guarded(clause) is None):
        if ready(compiler, frame, clause):
            _apply(compiler, frame, clause, doubts)
        elif not _semi_joined(compiler, frame, clause):
            later.append(clause)
    for clause in later:
        compiler.prepare(frame, clause)
        _apply(compiler, frame, clause, doubts)
    return tuple(doubts)


def ready(compiler: Compiler, frame: Frame, node: Node) -> bool:
    """Whether the node can be read from the frame's columns alone."""
    if node in frame.columns:
        return True
    if isinstance(node, RELATIONAL):
        return False
    if isinstance(node, Field):
        return node.row == CONTRACT
    if isinstance(node, Param | InParam) and not ready(compiler, frame, compiler.scalars.number_day):
        return False
    return all(ready(compiler, frame, child) for child in node.children())


def _apply(compiler: Compiler, frame: Frame, clause: Node, doubts: list[Node]) -> None:
    held = compiler.scalars.value(clause, frame.columns)
    if not held.nullable:
        frame.keep(_bare(held.value))
        field = guarded(clause)
        if field in frame.columns:
            frame.columns[field] = replace(frame.columns[field], nullable=False)
        return
    if held.value != NULL:
        frame.keep(terms.not_false(held.value))
    frame.columns[clause] = held
    doubts.append(clause)


def _semi_joined(compiler: Compiler, frame: Frame, clause: Node) -> bool:
    """Whether the clause could be applied as a plain semi or anti join: two truth values, nothing nested."""
    found = clause.operand if isinstance(clause, Not) else clause
    if not isinstance(found, Any) or not compiler.tables.complete(found.rows.var.entity):
        return False
    rows = compiler.rows_of(found.rows.var, (found.rows.condition,))
    met = Frame(frame.query, frame.source, {**frame.columns, **rows.columns})
    parts = conjuncts(found.rows.condition)
    if not all(ready(compiler, met, part) for part in parts):
        return False
    held = [compiler.scalars.value(part, met.columns) for part in parts]
    if any(part.nullable for part in held):
        return False
    kind = "ANTI" if isinstance(clause, Not) else "SEMI"
    frame.join(rows.source, both(_bare(part.value) for part in held), kind)
    return True


def _bare(value: exp.Expression) -> exp.Expression:
    """A condition that filters, without the guard that turns NULL into false."""
    if isinstance(value, exp.Coalesce) and value.expressions == [terms.FALSE]:
        guarded_value: exp.Expression = value.this
        return guarded_value
    return value
