"""The use case `explain`: the proof of one rule about one subject, by the reference engine."""

from __future__ import annotations

from dataclasses import replace

from compliance.engine.reference.engine import ReferenceEngine
from compliance.engine.reference.evaluate import Subject
from compliance.engine.reference.proof import prove
from compliance.errors import Problem, UsageError, closest
from compliance.language.tree import CheckedRule
from compliance.model.explanation import Explanation, Proof
from compliance.model.finding import RowRef
from compliance.services.book import load_book
from compliance.services.check import CheckRequest, Ground, lay_ground
from compliance.services.engine import reference_engine
from compliance.services.lookup import labels
from compliance.services.selection import find_rule

LISTED = 10


def explain(request: CheckRequest, rule: str, subject: str) -> Explanation:
    """The proof of what the rule says of the subject (`entity/id`, or the id alone).

    Only what the rule's own compartment may see is read.

    Raises: UsageError for an unknown rule or subject, InputError for facts that cannot be judged at all.
    """
    book, _ = load_book()
    found = find_rule(book, rule)
    compartments = (found.rule.compartment,)
    ground = lay_ground(replace(request, compartments=compartments, wanted=(found.id,)))
    judged = ground.rules[0]
    engine = reference_engine(ground.facts, [judged], ground.contract, ground.as_of, ground.numbers)
    return _told(prove(_subject(engine, judged, subject)), judged, ground)


def _subject(engine: ReferenceEngine, rule: CheckedRule, asked: str) -> Subject:
    entity = rule.subject.entity
    name = asked.removeprefix(f"{entity}/")
    names = []
    for subject in engine.subjects(rule):
        if subject.row.id == name:
            return subject
        names.append(subject.row.id)
    listed = ", ".join(sorted(names)[:LISTED])
    hint = closest(name, names) or (f"Known: {listed}." if names else f"No {entity} was delivered.")
    message = f"{rule.id} judges each {entity}, and there is none with the id {name}."
    raise UsageError(Problem("SUBJECT", "subject-unknown", message, hint))


def _told(proof: Proof, rule: CheckedRule, ground: Ground) -> Explanation:
    shown = {proof.subject, *(fact.fact for step in proof.steps for fact in step.facts)}
    return Explanation(
        rule=rule.rule,
        contract=ground.contract,
        as_of=ground.as_of,
        proof=proof,
        because=_because(proof),
        refused=len(ground.facts.refusals),
        paths={file.number: file.path for file in ground.facts.files},
        labels=labels(ground.facts, {*shown, RowRef("contract", ground.contract)}),
    )


def _because(proof: Proof) -> tuple[str, ...]:
    """The last step that decided the outcome: what the rule applies to, or what it flags."""
    named = {step.name: step for step in proof.steps}
    applies = named.get("applies_when")
    if applies is not None and applies.value is not True:
        return ("applies_when",)
    absent = tuple(step.name for step in proof.steps if step.role == "need" and step.state != "value")
    if proof.outcome == "not_assessable" and named["flag_when"].state == "value":
        return absent
    return ("flag_when",)
