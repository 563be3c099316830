"""Why something is unknown: the facts nobody delivered and the numbers nobody agreed, down to the row.

From an unknown node to its unknown parts: of `and` and `or` the unknown operands, of a comparison or a
function the operands without a value, of a quantifier the rows about which it is not known whether they
count, and the entity when rows of it may be lacking. EMPTY counts as missing where a value is needed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any as Anything

from compliance.engine.reference.evaluate import Names, Subject
from compliance.engine.reference.tables import lacked, lacking
from compliance.engine.reference.values import UNKNOWN, known
from compliance.language import tree
from compliance.model.finding import Missing
from compliance.model.schema import entities

Blames = Iterator[Missing]


def blame(subject: Subject, node: tree.Node, names: Names | None = None) -> Blames:
    """What is missing for the node to have a value; nothing when it has one. May repeat itself."""
    inside = subject.names if names is None else names
    if not known(subject.value(node, inside)):
        yield from _CAUSES.get(type(node), _parts)(subject, node, inside)


def column_missing(subject: Subject, need: tree.Need) -> Blames:
    """The column that a rule needs, where the entity or some of its rows came without it."""
    if need.column is None:
        return
    table = subject.view[need.column.entity]
    yield from table.gaps
    if not subject.view.delivers(need.column):
        yield Missing("missing_fact", field=need.column.label, entity=need.column.entity)


def _parts(subject: Subject, node: tree.Node, names: Names) -> Blames:
    for part in node.children():
        yield from blame(subject, part, names)


def _named(subject: Subject, node: tree.Named, _: Names) -> Blames:
    yield from blame(subject, node.node)


def _param(subject: Subject, node: tree.Param | tree.InParam, names: Names) -> Blames:
    key = None if node.key is None else subject.value(node.key, names)
    if node.key is not None and not known(key):
        yield from blame(subject, node.key, names)
    elif subject.number(node, names) is None:
        if subject.number_day is None:
            yield from blame(subject, subject.rule.number_day)
        code = "" if key is None else f"[{key}]"
        yield Missing("parameter_not_agreed", parameter=f"{node.name}{code}")


def _listed(subject: Subject, node: tree.InParam, names: Names) -> Blames:
    yield from blame(subject, node.item, names)
    yield from _param(subject, node, names)


def _field(subject: Subject, node: tree.Field, names: Names) -> Blames:
    """The field of its row; where steps lead to no row, the reference at which they end."""
    row, name = node.row, node.spec.name
    fact = subject.row_of(row, names)
    while fact is None and isinstance(row, tree.Step):
        base = subject.row_of(row.base, names)
        target = base[row.reference.name] if base else UNKNOWN
        if known(target):
            yield lacked(row.entity, name, str(target))
            return
        name, fact, row = row.reference.name, base, row.base
    yield from [lacking(fact, name)] if fact else []


def _is_none(subject: Subject, node: tree.IsNone, names: Names) -> Blames:
    yield from _field(subject, node.field, names)


def _quotient(subject: Subject, node: tree.Arith, names: Names) -> Blames:
    """The operands without a value; a divisor of zero or less is to blame itself."""
    yield from _parts(subject, node, names)
    if node.op == "/" and known(subject.value(node.left, names)) and known(subject.value(node.right, names)):
        yield from _leaves(subject, node.right, names)


def _leaves(subject: Subject, node: tree.Node, names: Names) -> Blames:
    if isinstance(node, tree.Named):
        yield from _leaves(subject, node.node, subject.names)
    elif isinstance(node, tree.Field):
        yield from _field(subject, node, names)
    elif isinstance(node, tree.Aggregate):
        for _, inner, _state in subject.judged(node.rows, names):
            yield from _leaves(subject, node.value, inner) if node.value else ()
    else:
        for part in node.children():
            if not isinstance(part, tree.Rows):
                yield from _leaves(subject, part, names)


def _any(subject: Subject, node: tree.Any, names: Names) -> Blames:
    yield from subject.table(node.rows).gaps
    yield from _undecided(subject, node.rows, names)


def _aggregate(subject: Subject, node: tree.Aggregate, names: Names) -> Blames:
    table = subject.table(node.rows)
    yield from table.gaps
    yield from _undecided(subject, node.rows, names)
    found = list(subject.judged(node.rows, names))
    if node.value is not None:
        for _, inner, state in found:
            if state is True:
                yield from blame(subject, node.value, inner)
    if not found and table.complete:  # the smallest or largest of nothing
        yield Missing("missing_fact", field=node.rows.var.entity, entity=node.rows.var.entity)


def _covered(subject: Subject, node: tree.CoveredDays, names: Names) -> Blames:
    yield from blame(subject, node.first, names)
    yield from blame(subject, node.last, names)
    yield from subject.table(node.rows).gaps
    yield from _undecided(subject, node.rows, names)
    for row, _, state in subject.judged(node.rows, names):
        if state is True and row["last_day"] is UNKNOWN:
            yield lacking(row, "last_day")


def _undecided(subject: Subject, rows: tree.Rows, names: Names) -> Blames:
    """Why it is not known of some rows whether they count."""
    for row, inner, state in subject.judged(rows, names):
        if state is UNKNOWN:
            yield from blame(subject, rows.condition, inner) if rows.condition else ()
            yield from [lacking(row, str(entities()[row.entity].anchor))] if subject.undated(row) else ()


_CAUSES: Mapping[type[tree.Node], Callable[[Subject, Anything, Names], Blames]] = {
    tree.Named: _named,
    tree.Param: _param,
    tree.InParam: _listed,
    tree.Field: _field,
    tree.IsNone: _is_none,
    tree.Arith: _quotient,
    tree.Any: _any,
    tree.Aggregate: _aggregate,
    tree.CoveredDays: _covered,
}
