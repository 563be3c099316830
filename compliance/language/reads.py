"""What a rule reads: the entities and fields that it needs, and no others."""

from __future__ import annotations

from compliance.language.tree import CheckedRule, CoveredDays, Field, Node, Row, Step
from compliance.model.schema import entities


def fields_read(checked: CheckedRule) -> dict[str, frozenset[str]]:
    """Per entity the fields that the rule uses; an entity that is only counted has its `id`."""
    found: dict[str, set[str]] = {checked.subject.entity: {"id"}}
    if "contract_id" in entities()[checked.subject.entity].fields:
        found[checked.subject.entity].add("contract_id")
    roots: list[Node | None] = [
        *checked.lets.values(),
        *checked.conditions.values(),
        checked.flag_when,
        checked.applies_when,
        checked.number_day,
        checked.deviates_since,
        checked.about,
        *(need.node for need in checked.needs),
        *(rows for _, rows in checked.evidence),
    ]
    for need in checked.needs:
        if need.column is not None:
            found.setdefault(need.column.entity, set()).update({"id", need.column.name})
    for root in roots:
        for node in root.walk() if root is not None else ():
            if isinstance(node, Field):
                found.setdefault(node.row.entity, {"id"}).add(node.spec.name)
            elif isinstance(node, Step):
                found.setdefault(node.base.entity, {"id"}).add(node.reference.name)
                found.setdefault(node.entity, {"id"})
            elif isinstance(node, Row):
                found.setdefault(node.entity, {"id"})
            elif isinstance(node, CoveredDays):
                found.setdefault(node.rows.var.entity, {"id"}).update({"first_day", "last_day"})
    return {entity: frozenset(names) for entity, names in found.items()}
