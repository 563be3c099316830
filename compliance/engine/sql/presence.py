"""Rows that came without the day that anchors them: whether they are there yet is unknown.

A quantifier over such an entity asks so outright, since a row of the future must not count.
Norm: facts.md, "The view as of a day".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any, TypeVar

from compliance.language.tree import And, AsOf, CheckedRule, Compare, Field, Node, Rows
from compliance.model.catalog import Catalog
from compliance.model.schema import FieldSpec, entities

N = TypeVar("N", bound=Node)


def asking_presence(rule: CheckedRule, catalog: Catalog) -> CheckedRule:
    """The rule, in which rows of an unknown day count only as far as they may be there."""
    anchors = {
        name: spec.fields[spec.anchor]
        for name in rule.reads
        if (spec := entities()[name]).anchor
        and not spec.derived
        and catalog[name].lacking_groups(spec.anchor)
    }
    if not anchors:
        return rule
    parts: dict[str, Any] = {item.name: _part(getattr(rule, item.name), anchors) for item in fields(rule)}
    reads = {name: rule.reads[name] | {spec.name} for name, spec in anchors.items()}
    return replace(rule, **{**parts, "reads": {**rule.reads, **reads}})


def _part(value: object, anchors: Mapping[str, FieldSpec]) -> object:
    """A part of a rule, in which every node asks for presence."""
    if isinstance(value, Node):
        return _node(value, anchors)
    if isinstance(value, tuple):
        return tuple(_part(item, anchors) for item in value)
    if isinstance(value, Mapping):
        return {name: _part(item, anchors) for name, item in value.items()}
    return value


def _node(node: N, anchors: Mapping[str, FieldSpec]) -> N:
    found = {item.name: getattr(node, item.name) for item in fields(node)}
    changes = {name: new for name, value in found.items() if (new := _part(value, anchors)) != value}
    changed = replace(node, **changes) if changes else node
    if isinstance(changed, Rows) and changed.var.entity in anchors:
        there = Compare("<=", Field(changed.var, anchors[changed.var.entity]), AsOf())
        held = changed.condition
        clauses = held.operands if isinstance(held, And) else () if held is None else (held,)
        return replace(changed, condition=And((*clauses, there)))
    return changed
