"""Every finding of the rules' own examples: what is proposed clears it, whichever engine judges."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from compliance.engine.reference.engine import ReferenceEngine, outcome_of
from compliance.engine.reference.remedy import find_remedies
from compliance.engine.reference.remedy_world import Bench, changed
from compliance.engine.reference.world import Setting, load_rows
from compliance.engine.sql.engine import SqlEngine
from compliance.model.finding import Value
from compliance.model.remedy import Remedy
from compliance.model.rule import Example
from compliance.services.remedy.applied import applied
from compliance.sources.digest import facts_digest
from compliance.sources.facts import Facts
from compliance.testing.worlds import example_world
from tests.engine.worlds import rulebook

BOOK = rulebook()
CLEARED = ("compliant", "not_applicable")
# Findings that nothing clears: no VOG helps while its longest age is not agreed, and of a contribution whose
# last day was not delivered nobody can say that it lies within the contract.
WITHOUT = {
    ("PRO-01", "Without any VOG it is a finding, whatever the longest age"),
    ("SRO-04", "Without the column for the last day only an early start can be judged"),
}


def findings(rule_id: str) -> Iterator[tuple[Example, str]]:
    """Each example of the rule with the id of a subject that it says is a finding."""
    for example in BOOK.files[rule_id].read_examples()[0]:
        for expected in example.expect:
            if expected.outcome == "finding" and expected.rule in (None, rule_id):
                yield example, expected.subject.partition("/")[2]


def told_apart(facts: Facts, setting: Setting, rule_id: str, subject: str, remedy: Remedy) -> list[str]:
    """What each engine says of the subject over the facts with the remedy applied."""
    rule, day = BOOK.rules[rule_id], remedy.clears_on
    with applied(facts, remedy.edits):
        engine = SqlEngine(facts.connection, facts.catalog, setting.contract_id, day, setting.numbers)
        compiled = {
            one.subject.id: one.outcome for one in engine.evaluate([rule], keep_all=True).observations
        }
        world = load_rows(facts.connection, facts.catalog, [rule.reads])
    found = ReferenceEngine(world, replace(setting, as_of=day)).subject(rule, subject)
    assert found is not None
    return [compiled[subject], outcome_of(found)]


@pytest.mark.parametrize("rule_id", sorted(BOOK.rules))
def test_what_is_proposed_clears_the_finding_in_both_engines(rule_id: str) -> None:
    """The first act and the first correction, applied, clear it; the facts are left as they were."""
    rule, helped = BOOK.rules[rule_id], 0
    for example, subject in findings(rule_id):
        facts, setting = example_world(rule, example, BOOK.numbers.replaced(example.parameters)[0])
        world = load_rows(facts.connection, facts.catalog, [rule.reads])
        remedies = find_remedies(Bench(world, setting, rule, subject))
        assert bool(remedies) != ((rule_id, example.name) in WITHOUT), example.name
        helped += bool(remedies)
        before = facts_digest(facts.connection, facts.catalog, facts.read)
        for remedy in {one.nature: one for one in reversed(remedies)}.values():
            said = told_apart(facts, setting, rule_id, subject, remedy)
            assert said == [remedy.outcome] * 2, f"{example.name}: {remedy}"
            assert remedy.outcome in CLEARED
        assert facts_digest(facts.connection, facts.catalog, facts.read) == before
    assert helped


@pytest.mark.parametrize("rule_id", ["SRO-01", "SUB-08", "CMP-01", "BRG-02", "PRO-02"])
def test_nothing_smaller_clears_it(rule_id: str) -> None:
    """One cent or one day less than a boundary that is proposed does not clear the finding."""
    rule = BOOK.rules[rule_id]
    for example, subject in findings(rule_id):
        facts, setting = example_world(rule, example, BOOK.numbers.replaced(example.parameters)[0])
        world = load_rows(facts.connection, facts.catalog, [rule.reads])
        bench = Bench(world, setting, rule, subject)
        for remedy in find_remedies(bench):
            (edit, *more) = remedy.edits
            bounded = [change for change in edit.changes if change.bound != "exactly"]
            if more or len(bounded) != 1 or edit.added:
                continue
            short = replace(bounded[0], after=_short_of(bounded[0].after, bounded[0].bound))
            others = [change for change in edit.changes if change != bounded[0]]
            assert bench.clears((replace(edit, changes=(*others, short)),)) is None, remedy


def _short_of(after: Value, bound: str) -> Value:
    """The value a step nearer to what stood there."""
    sign = -1 if bound == "at_least" else 1
    if isinstance(after, date):
        return after + timedelta(days=sign)
    assert isinstance(after, Decimal)
    return after + sign * Decimal("0.01")


def test_a_changed_world_leaves_the_first_one_as_it_was() -> None:
    """Edits make a new world; what was there is not touched."""
    rule = BOOK.rules["SUB-02"]
    example, subject = next(findings("SUB-02"))
    facts, setting = example_world(rule, example, BOOK.numbers)
    world = load_rows(facts.connection, facts.catalog, [rule.reads])
    remedy = find_remedies(Bench(world, setting, rule, subject))[0]
    other = changed(world, remedy.edits)
    assert other.facts["subcontract"] != world.facts["subcontract"]
    assert Bench(world, setting, rule, subject).outcome((), setting.as_of) == "finding"
