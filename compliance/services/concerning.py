"""The facts that concern one subject of one rule, as plain rows: little even of a million deliveries."""

from __future__ import annotations

from compliance.engine.reference.engine import ReferenceEngine
from compliance.engine.reference.nearby import Nearby
from compliance.engine.reference.world import Setting, World, load_rows
from compliance.errors import Problem, UsageError, closest
from compliance.language.tree import CheckedRule
from compliance.services.check import Ground

LISTED = 10


def world_about(ground: Ground, rule: CheckedRule, asked: str) -> tuple[str, World]:
    """The subject's id, and the rows that rule needs to judge it (`entity/id`, or the id alone).

    Raises: UsageError when the rule judges no such subject.
    """
    facts, entity = ground.facts, rule.subject.entity
    name = asked.removeprefix(f"{entity}/")
    subjects = load_rows(facts.connection, facts.catalog, [{entity: rule.reads[entity]}])
    setting = Setting(ground.contract, ground.as_of, ground.numbers)
    view = ReferenceEngine(subjects, setting).view(rule.rule.compartment)
    known = [row.id for row in view.subjects(entity)]
    if name not in set(known):
        raise _unknown(rule, name, known)
    # As they were delivered: a limit must not depend on the day judged.
    row = next(row for row in subjects.facts[entity] if row.id == name)
    contract = next(row for row in subjects.facts["contract"] if row.id == ground.contract)
    limits = Nearby(rule).limits(row, contract)
    return name, load_rows(facts.connection, facts.catalog, [rule.reads], limits)


def _unknown(rule: CheckedRule, name: str, known: list[str]) -> UsageError:
    entity = rule.subject.entity
    listed = ", ".join(sorted(known)[:LISTED])
    hint = closest(name, known) or (f"Known: {listed}." if known else f"No {entity} was delivered.")
    message = f"{rule.id} judges each {entity}, and there is none with the id {name}."
    return UsageError(Problem("SUBJECT", "subject-unknown", message, hint))
