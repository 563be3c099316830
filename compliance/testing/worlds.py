"""Builds the world of an example as a delivery would, and hands it to both engines."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from compliance.engine.reference.engine import ReferenceEngine
from compliance.engine.reference.world import Setting, load_rows, needed
from compliance.engine.sql.engine import SqlEngine
from compliance.errors import InputError
from compliance.language.tree import CheckedRule
from compliance.model.catalog import Catalog, Delivered
from compliance.model.finding import Observation
from compliance.model.number import Numbers
from compliance.model.rule import Example
from compliance.model.schema import entities
from compliance.sources.facts import Facts, facts_of_case
from compliance.testing.running import REFERENCE, BrokenError, Judge

COMPILED = "compiled"

# What a rule that reached the engine in spite of the checker could break on.
_BREAKS = (ArithmeticError, LookupError, TypeError, ValueError)


def prepare_reference(rule: CheckedRule, example: Example, numbers: Numbers) -> Mapping[str, Judge]:
    """The example's world, judged by the reference engine.

    Raises: BrokenError when a row of the example is refused.
    """
    facts, setting = example_world(rule, example, numbers)
    return {REFERENCE: _reference(rule, facts, setting)}


def prepare_both(rule: CheckedRule, example: Example, numbers: Numbers) -> Mapping[str, Judge]:
    """The example's world, judged by the reference engine and by the compiled one.

    Raises: BrokenError when a row of the example is refused.
    """
    facts, setting = example_world(rule, example, numbers)
    return {REFERENCE: _reference(rule, facts, setting), COMPILED: _compiled(facts, setting)}


def example_world(rule: CheckedRule, example: Example, numbers: Numbers) -> tuple[Facts, Setting]:
    """The example's facts as a delivery would bring them, and what they are judged with.

    Raises: BrokenError when a row of the example is refused.
    """
    case = {"as_of": example.as_of.isoformat(), "facts": example.facts}
    wanted = {*needed([rule.reads]), *(name for name in example.facts if _deliverable(name))}
    try:
        facts = facts_of_case(case, entities=wanted, name=example.name)
    except InputError as error:
        raise BrokenError(str(error)) from None
    if facts.refusals:
        raise BrokenError("; ".join(
            f"{item.place} {item.column}: {item.code} {item.shape}, expected {item.expected}"
            for item in facts.refusals
        ))  # fmt: skip
    contracts = example.facts.get("contract") or ()
    if not contracts:
        raise BrokenError("it has no contract")
    if example.lacks:
        facts.catalog = _without(facts, example.lacks)
    return facts, Setting(contracts[0]["id"], example.as_of, numbers)


def _deliverable(name: str) -> bool:
    return name in entities() and not entities()[name].derived


def _without(facts: Facts, lacks: Mapping[str, Collection[str]]) -> Catalog:
    """The catalog after the columns were taken away from all rows that were delivered."""
    catalog: dict[str, Delivered] = dict(facts.catalog.entities)
    for entity, names in lacks.items():
        before = catalog[entity]
        catalog[entity] = Delivered(before.complete, tuple(lacked | set(names) for lacked in before.lacks))
        gone = ", ".join(f'"{name}" = NULL' for name in names)
        facts.connection.execute(f'UPDATE fact."{entity}" SET {gone} WHERE _source >= 0')
    return Catalog(catalog)


def _reference(rule: CheckedRule, facts: Facts, setting: Setting) -> Judge:
    world = load_rows(facts.connection, facts.catalog, [rule.reads])
    engine = ReferenceEngine(world, setting)

    def judge(judged: CheckedRule) -> Sequence[Observation]:
        try:
            return tuple(engine.judge(judged))
        except _BREAKS as error:
            raise BrokenError(f"the reference broke: {type(error).__name__}: {error}") from error

    return judge


def _compiled(facts: Facts, setting: Setting) -> Judge:
    engine = SqlEngine(facts.connection, facts.catalog, setting.contract_id, setting.as_of, setting.numbers)

    def judge(judged: CheckedRule) -> Sequence[Observation]:
        try:
            evaluation = engine.evaluate([judged], keep_all=True)
        except _BREAKS as error:
            raise BrokenError(f"the compiled engine broke: {type(error).__name__}: {error}") from error
        if evaluation.failures:
            raise BrokenError(f"the compiled engine failed: {evaluation.failures[0].message}")
        return evaluation.observations

    return judge
