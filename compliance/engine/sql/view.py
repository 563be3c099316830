"""The view as of a day in SQL: what had happened by then, as one compartment may see it.

Norm: facts.md, "The view as of a day" and "Derived facts".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlglot import exp

from compliance.engine.sql import terms
from compliance.engine.sql.database import FACTS, VIEW, Database
from compliance.engine.sql.derive import derive
from compliance.engine.sql.setting import GROUP, Setting, Tables
from compliance.engine.sql.terms import NULL, column, literal, named
from compliance.language.tree import CheckedRule
from compliance.model.catalog import Catalog, Delivered
from compliance.model.entities import Compartment
from compliance.model.schema import (
    ABSENT_MEANS_NONE,
    MADE_FROM,
    SCOPE_BITS,
    STUBBED,
    EntitySpec,
    FieldSpec,
    entities,
)


def needed_fields(rules: Iterable[CheckedRule]) -> dict[str, set[str]]:
    """Per delivered entity the fields that some rule reads, directly or through a derived entity."""
    found: dict[str, set[str]] = {"bridging": {"referral_id"}, "referral": {"contract_id"}}
    for rule in rules:
        for entity, names in rule.reads.items():
            if entities()[entity].derived:
                for source, fields in MADE_FROM[entity].items():
                    found.setdefault(source, {"id"}).update(fields)
                if entity == "current_inquiry":
                    found["bibob_inquiry"].add("outcome")
            else:
                found.setdefault(entity, {"id"}).update(names)
    return found


def build_view(
    database: Database, catalog: Catalog, setting: Setting, rules: Sequence[CheckedRule]
) -> dict[Compartment, Tables]:
    """The view's tables exist; per compartment of the rules, what a compiler must know of them."""
    database.open_view()
    none = {name: Delivered(complete=True) for name in ABSENT_MEANS_NONE if name not in catalog}
    catalog = Catalog({**catalog.entities, **none})
    needed = needed_fields(rules)
    present = {entity: names for entity, names in sorted(needed.items()) if entity in catalog}
    for entity, names in present.items():
        _create(database, entities()[entity], names, setting, catalog[entity])
    filled = _filled(database, present)
    compartments: list[Compartment] = sorted({rule.rule.compartment for rule in rules})
    own = {compartment: _scoped(database, catalog, needed, compartment) for compartment in compartments}
    derived = derive(database, catalog, setting, rules)
    whole = Catalog({**catalog.entities, **derived.delivered})
    return {
        compartment: Tables(VIEW, compartment, whole, frozenset(filled), own[compartment], derived.gaps)
        for compartment in compartments
    }


def _create(
    database: Database, spec: EntitySpec, names: Iterable[str], setting: Setting, delivered: Delivered
) -> None:
    """The rows that had come about by the day, with what lay in the future empty."""
    day = terms.literal(setting.as_of)
    wanted = {*names, "id"}
    outputs = [
        named(_masked(field, day, delivered), field.name)
        for field in spec.fields.values()
        if field.name in wanted
    ]
    outputs.append(named(column("f", GROUP), GROUP))
    if spec.name in STUBBED:
        outputs.append(named(column("f", "_scope"), "_scope"))
    select = terms.selecting(outputs, terms.table(spec.name, FACTS, "f"))
    if spec.anchor:
        past: exp.Expression = exp.LTE(this=column("f", spec.anchor), expression=day)
        if delivered.lacking_groups(spec.anchor):  # a row of which the day is unknown may be there
            past = terms.not_false(past)
        select.set("where", exp.Where(this=past))
    database.define(spec.name, select)


def _masked(field: FieldSpec, day: exp.Expression, delivered: Delivered) -> exp.Expression:
    value: exp.Expression = column("f", field.name)
    if field.kind == "event" and not field.anchor:
        return terms.when((exp.LTE(this=value, expression=day), value), otherwise=NULL)
    if field.describes is not None:
        event = column("f", field.describes)
        ahead = exp.GT(this=event, expression=day)
        value = terms.when((terms.is_true(ahead), NULL), otherwise=value)
    if field.empty_is is not None:
        came: exp.Expression = terms.is_null(value)
        for group in delivered.lacking_groups(field.name):
            came = terms.both((came, exp.NEQ(this=column("f", GROUP), expression=exp.Literal.number(group))))
        value = terms.when((came, literal(field.empty_is)), otherwise=value)
    return value


def _filled(database: Database, needed: Mapping[str, set[str]]) -> set[tuple[str, str]]:
    """The fields that may be empty and are not, in any row: their comparisons have two truth values.

    All entities are counted by one statement: on a cluster every statement has its price.
    """
    asked = {
        entity: [name for name in sorted(names) if entities()[entity].fields[name].nullable]
        for entity, names in needed.items()
    }
    selects: list[exp.Expression] = [
        terms.selecting(
            [
                named(literal(entity), "entity"),
                named(exp.Count(this=exp.Star()), "rows"),
                named(exp.Array(expressions=[exp.Count(this=column("v", name)) for name in names]), "filled"),
            ],
            terms.table(entity, VIEW, "v"),
        )
        for entity, names in asked.items()
        if names
    ]
    if not selects:
        return set()
    union = selects[0]
    for select in selects[1:]:
        union = exp.Union(this=union, expression=select, distinct=False)
    return {
        (entity, name)
        for entity, total, counts in database.run(union).rows
        for name, count in zip(asked[entity], counts, strict=True)
        if count == total
    }


def _scoped(
    database: Database, catalog: Catalog, needed: Mapping[str, set[str]], compartment: Compartment
) -> frozenset[str]:
    """The entities of which a compartment sees stubs of its own: tables made without the others' stubs."""
    bits = SCOPE_BITS["contract"] | SCOPE_BITS[compartment]
    for entity in STUBBED:
        if entity in catalog and entity in needed:
            table = f"{entity}__{compartment}"
            seen = exp.GT(
                this=exp.BitwiseAnd(this=column("v", "_scope"), expression=exp.Literal.number(bits)),
                expression=exp.Literal.number(0),
            )
            select = terms.selecting([exp.Star()], terms.table(entity, VIEW, "v"))
            select.set("where", exp.Where(this=exp.Paren(this=seen)))
            database.define(table, select)
    return frozenset(entity for entity in STUBBED if entity in catalog and entity in needed)
