"""The use case `explain`: the proof of one rule about one subject, by the reference engine."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from compliance.engine.reference.engine import ReferenceEngine
from compliance.engine.reference.proof import prove
from compliance.engine.reference.world import Setting
from compliance.errors import Problem, UsageError
from compliance.language.tree import CheckedRule
from compliance.model.explanation import Explanation, Proof
from compliance.model.finding import RowRef
from compliance.services.book import load_book
from compliance.services.check import CheckRequest, Ground, is_vault, lay_ground
from compliance.services.concerning import world_about
from compliance.services.lookup import labels
from compliance.services.selection import find_rule


def explain(request: CheckRequest, rule: str, subject: str, run: int | None = None) -> Explanation:
    """The proof of what the rule says of the subject (`entity/id`, or the id alone).

    Only what the rule's own compartment may see is read. With `run`, or over a store without a day or moment
    asked for, the proof is that of a kept run (else the newest), with its rules, numbers and facts.

    Raises: UsageError for an unknown rule, subject or run, or a run with another day or moment beside it;
    InputError for facts that cannot be judged at all; StoreError for what is not kept any more.
    """
    number = _newest_run(request) if run is None else _asked_run(request, run)
    ground = _ground(request, rule) if number is None else _ground_of_run(request, rule, number)
    judged = ground.rules[0]
    name, world = world_about(ground, judged, subject)
    engine = ReferenceEngine(world, Setting(ground.contract, ground.as_of, ground.numbers))
    found = engine.subject(judged, name)
    if found is None:  # world_about told already whom the rule judges
        raise KeyError(name)
    return _told(prove(found), judged, ground)


def _ground(request: CheckRequest, rule: str) -> Ground:
    found = find_rule(load_book()[0], rule)
    return lay_ground(replace(request, compartments=(found.rule.compartment,), wanted=(found.id,)))


def _asked_run(request: CheckRequest, run: int) -> int:
    """The run, when nothing else says what is judged as of when."""
    if request.as_of is not None or request.known_at is not None:
        message = "A run has a day and a moment of its own."
        raise UsageError(Problem("--run", "run-and-day", message, "Leave --as-of and --known-at out."))
    return run


def _newest_run(request: CheckRequest) -> int | None:
    """The newest run of the store that is asked about; None for other facts, or where a day is asked for."""
    if request.as_of or request.known_at or len(request.paths) != 1 or not is_vault(request.paths[0]):
        return None
    from compliance.services.store import open_store  # noqa: PLC0415 - only a store needs it

    with open_store(Path(request.paths[0]), request.database) as store:
        contracts = store.records.contracts() if request.contract is None else [request.contract]
        last = store.records.last_run(contracts[0]) if len(contracts) == 1 else None
        return last.number if last else None


def _ground_of_run(request: CheckRequest, rule: str, number: int) -> Ground:
    """The ground of a kept run, with the one rule as it was then."""
    # Only who explains a kept run loads what reads it.
    from compliance.services.nightly.books import kept_book  # noqa: PLC0415
    from compliance.services.nightly.replay import ground_of_run  # noqa: PLC0415
    from compliance.services.store import open_store  # noqa: PLC0415

    (path,) = request.paths
    with open_store(Path(path), request.database) as store:
        receipt = store.records.run(number)
        if receipt is None:
            message = f"There is no run {number} in this store."
            raise UsageError(Problem("--run", "run-unknown", message, "See: compliance findings list."))
        found = find_rule(kept_book(store, receipt).rulebook, rule)
        return ground_of_run(store, receipt, (found.rule.compartment,), (found.id,))


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
