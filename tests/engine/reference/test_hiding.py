"""Hiding what is known may leave a subject unjudged; it never turns an answer into another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compliance.engine.reference import Fact, ReferenceEngine, Setting, World
from compliance.engine.reference.world import INPUTS
from compliance.language.tree import CheckedRule, Field, IsNone, Node
from compliance.model.catalog import Catalog, Delivered
from compliance.model.finding import RowRef
from compliance.model.schema import FieldSpec, entities
from tests.engine.random_worlds import cases
from tests.engine.worlds import rulebook, setting_of, world_of

Outcomes = Mapping[tuple[str, RowRef], str]


def outcomes(world: World, setting: Setting, rules: Iterable[CheckedRule]) -> Outcomes:
    """Every outcome by rule and subject."""
    found = ReferenceEngine(world, setting).evaluate(rules, keep_all=True)
    return {(one.rule, one.subject): one.outcome for one in found.observations}


def changed(before: Outcomes, after: Outcomes) -> list[tuple[str, RowRef, str, str]]:
    """Subjects of both of which the second answer is another than the first, and not "not assessable"."""
    return [
        (*key, before[key], after[key])
        for key in before.keys() & after.keys()
        if after[key] not in (before[key], "not_assessable")
    ]


def rules_reading(entity: str) -> list[CheckedRule]:
    """The rules that an entity can matter to, derived facts included; all read the contract."""
    made = {name for name, inputs in INPUTS.items() if entity in inputs}
    return [
        rule
        for rule in rulebook().rules.values()
        if entity == "contract" or (made | {entity}) & rule.reads.keys()
    ]


def with_rows(world: World, entity: str, rows: Iterable[Fact]) -> World:
    """The world with other rows of one entity."""
    found = tuple(rows)
    groups = tuple(dict.fromkeys([frozenset(), *(row.lacks for row in found)]))
    delivered = {**world.catalog.entities, entity: Delivered(world.catalog[entity].complete, groups)}
    return World({**world.facts, entity: found}, Catalog(delivered))


def without(row: Fact, name: str) -> Fact:
    """The row as if it was delivered without the field."""
    return replace(row, values={**row.values, name: None}, lacks=row.lacks | {name})


def hideable(rows: Iterable[Fact]) -> Iterator[tuple[Fact, FieldSpec]]:
    """Fields that hold a value."""
    for row in rows:
        for spec in entities()[row.entity].fields.values():
            if spec.name != "id" and row.values[spec.name] is not None:
                yield row, spec


FAST = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@FAST
@given(cases(), st.data())
def test_hiding_one_fact_never_changes_an_answer(case: dict[str, Any], data: st.DataObject) -> None:
    """A field of a row that was not delivered leaves every outcome as it was, or not assessable."""
    world, setting = world_of(case["facts"]), setting_of(case)
    choices = [found for rows in world.facts.values() for found in hideable(rows)]
    for row, spec in data.draw(st.lists(st.sampled_from(choices), min_size=1, max_size=6, unique_by=id)):
        rules = rules_reading(row.entity)
        rest = (without(other, spec.name) if other is row else other for other in world.facts[row.entity])
        after = with_rows(world, row.entity, rest)
        assert not changed(outcomes(world, setting, rules), outcomes(after, setting, rules)), (
            row.entity,
            spec.name,
        )


@FAST
@given(cases(), st.data())
def test_hiding_a_column_never_changes_an_answer(case: dict[str, Any], data: st.DataObject) -> None:
    """A column that did not come leaves every outcome as it was, or not assessable."""
    world, setting = world_of(case["facts"]), setting_of(case)
    specs = [
        spec
        for entity in sorted(name for name, rows in world.facts.items() if rows)
        for spec in entities()[entity].fields.values()
        if spec.name != "id"
    ]
    spec = data.draw(st.sampled_from(specs))
    entity = spec.entity
    after = with_rows(world, entity, (without(row, spec.name) for row in world.facts[entity]))
    rules = rules_reading(entity)
    assert not changed(outcomes(world, setting, rules), outcomes(after, setting, rules)), spec.label


@FAST
@given(cases(), st.data())
def test_hiding_an_entity_never_changes_an_answer(case: dict[str, Any], data: st.DataObject) -> None:
    """An entity that was not delivered leaves every outcome as it was, or not assessable."""
    world, setting = world_of(case["facts"]), setting_of(case)
    known_to_be_none = {"contract", "participant", "district"}
    entity = data.draw(st.sampled_from(sorted(case["facts"].keys() - known_to_be_none)))
    after = world_of({name: rows for name, rows in case["facts"].items() if name != entity})
    rules = rules_reading(entity)
    assert not changed(outcomes(world, setting, rules), outcomes(after, setting, rules)), entity


@FAST
@given(cases(), st.data())
def test_an_empty_field_never_changes_an_answer(case: dict[str, Any], data: st.DataObject) -> None:
    """Where empty means "not known", emptying a field leaves every outcome as it was, or not assessable.

    Not so for events and plan days, for links, for what a rule asks `is None` of, and for the two fields
    whose emptiness says something: `end_urgent` (not urgent) and `session_id` (an individual visit).
    """
    world, setting = world_of(case["facts"]), setting_of(case)
    speaking = asked_outright() | {"referral.end_urgent", "delivery.session_id"}
    choices = [
        (row, spec)
        for rows in world.facts.values()
        for row, spec in hideable(rows)
        if spec.kind == "plain" and spec.type != "ref" and not spec.required and spec.label not in speaking
    ]
    for row, spec in (
        data.draw(st.lists(st.sampled_from(choices), max_size=6, unique_by=id)) if choices else ()
    ):
        rules = rules_reading(row.entity)
        rest = (
            replace(other, values={**other.values, spec.name: None}) if other is row else other
            for other in world.facts[row.entity]
        )
        after = with_rows(world, row.entity, rest)
        assert not changed(outcomes(world, setting, rules), outcomes(after, setting, rules)), spec.label


def asked_outright() -> set[str]:
    """The fields of which some rule asks whether they are empty."""
    return {node.field.spec.label for node in nodes() if isinstance(node, IsNone)}


def nodes() -> Iterator[Node]:
    """Every node of every rule."""
    for rule in rulebook().rules.values():
        roots = [*rule.lets.values(), *rule.conditions.values(), rule.flag_when, rule.applies_when]
        for root in (*roots, *(rows for _, rows in rule.evidence)):
            yield from root.walk() if root is not None else ()


def test_the_rules_ask_of_fields() -> None:
    """The rules are there, and read fields: otherwise nothing above was tested."""
    assert len(rulebook().rules) > 40
    assert any(isinstance(node, Field) for node in nodes())
