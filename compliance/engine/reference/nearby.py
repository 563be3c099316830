"""Which rows can matter for one subject of a rule: those that its quantifiers link to the subject itself.

Only references count, by which an iterated row without a value is not linked at all; what a rule reaches in
another way is not limited.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from compliance.engine.reference.evaluate import links_of
from compliance.engine.reference.world import INPUTS, Fact, Limit
from compliance.language import tree
from compliance.language.tree import CheckedRule, Node
from compliance.model.schema import entities

# Of these derived facts a row is made from rows with the same value in that field alone.
_MADE_PER = {("person_day", "person_id"): ("delivery", "person_id")}


class Nearby:
    """What a rule says of which rows can matter for one of its subjects; looked up once for all of them."""

    def __init__(self, rule: CheckedRule) -> None:
        self._rule = rule
        nodes = list(_nodes(rule))
        self._rows = [node for node in nodes if isinstance(node, tree.Rows)]
        steps = {node.entity for node in nodes if isinstance(node, tree.Step)}
        # Bridging is of the contract of its referral, whatever referral that is.
        self._whole = {"contract", *steps, *(["referral"] if rule.subject.entity == "bridging" else [])}

    def limits(self, row: Fact, contract: Fact) -> Mapping[str, Limit]:
        """Per entity that can be limited, the values that its rows must have to concern the subject `row`."""
        names = {self._rule.subject.name: row, "contract": contract}
        found: dict[str, set[tuple[str, str]]] = {self._rule.subject.entity: {("id", row.id)}}
        whole = set(self._whole)
        for node in self._rows:
            entity, limit = _limit(node, names)
            if limit is None:
                whole |= {entity} if not entities()[entity].derived else set(INPUTS[entity])
            else:
                found.setdefault(entity, set()).add(limit)
        return {entity: frozenset(values) for entity, values in found.items() if entity not in whole}


def _limit(rows: tree.Rows, names: Mapping[str, Fact]) -> tuple[str, tuple[str, str] | None]:
    """The entity of the rows (of derived ones, what they are made from) and the value they must have."""
    entity = rows.var.entity
    for name, other in links_of(rows):
        if not (isinstance(other, tree.Field) and isinstance(other.row, tree.Var)) or other.row.iterated:
            continue
        value = names[other.row.name].values.get(other.spec.name)
        if not isinstance(value, str) or entities()[entity].fields[name].type != "ref":
            continue
        if not entities()[entity].derived:
            return entity, (name, value)
        if (entity, name) in _MADE_PER:
            source, field = _MADE_PER[entity, name]
            return source, (field, value)
    return entity, None


def _nodes(rule: CheckedRule) -> Iterator[Node]:
    roots = [
        *rule.lets.values(), *rule.conditions.values(), rule.flag_when, rule.applies_when, rule.number_day,
        rule.deviates_since, rule.about, *(need.node for need in rule.needs),
        *(rows for _, rows in rule.evidence),
    ]  # fmt: skip
    for root in roots:
        yield from root.walk() if root is not None else ()
