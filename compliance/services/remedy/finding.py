"""Finds what would clear one finding, proves it over the facts by both engines, and tells what else moves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from compliance.engine.reference.remedy import find_remedies
from compliance.engine.reference.remedy_world import Bench, Edits, JudgeEdits
from compliance.engine.reference.world import Setting, needed
from compliance.language.tree import CheckedRule
from compliance.model.finding import RowRef
from compliance.model.remedy import Edit, Effect, Hopeless, Remedy, RemedyAnswer
from compliance.model.rule import Outcome
from compliance.services.book import load_book
from compliance.services.check import CheckRequest, Ground, lay_ground
from compliance.services.concerning import world_about
from compliance.services.engine import sql_engine
from compliance.services.log import log
from compliance.services.lookup import labels
from compliance.services.remedy.applied import applied
from compliance.services.selection import COMPARTMENTS, find_rule

LARGE = 100_000  # rows beyond which the database judges changed facts,
MOST_IN_DATABASE = 300  # and no more often than this

Found = Mapping[str, frozenset[str] | None]


def find_remedy(request: CheckRequest, rule: str, subject: str) -> RemedyAnswer:
    """What would clear the finding of the rule about the subject (`entity/id`, or the id alone).

    Only what the rule's own compartment may see is read, and only its side effects there are told.

    Raises: UsageError for an unknown rule or subject, InputError for facts that cannot be judged at all.
    """
    wanted = {"contract", find_rule(load_book()[0], rule).rule.compartment}
    compartments = tuple(name for name in COMPARTMENTS if name in wanted)
    ground = lay_ground(replace(request, compartments=compartments, wanted=(), severity=None))
    return remedy_over(ground, rule, subject)


def remedy_over(ground: Ground, rule: str, subject: str) -> RemedyAnswer:
    """What would clear the finding over a ground that is laid; side effects on the ground's rules.

    Raises: UsageError for an unknown rule or subject.
    """
    judged = find_rule(ground.book, rule)
    setting = Setting(ground.contract, ground.as_of, ground.numbers)
    name, world = world_about(ground, judged, subject)
    large = sum(map(len, world.facts.values())) > LARGE
    bench = Bench(world, setting, judged, name)
    if large:
        bench.judge, bench.most = _in_database(ground, judged, name), MOST_IN_DATABASE
    outcome = bench.outcome((), ground.as_of)
    remedies = _Proving(ground, judged, name).proved(find_remedies(bench))
    ref = RowRef(judged.subject.entity, name)
    log.info("remedies", rule=judged.id, found=len(remedies), tried=bench.tried)
    shown = {ref, *(edit.row for one in remedies for edit in one.edits)}
    shown |= {effect.subject for one in remedies for effect in one.effects}
    return RemedyAnswer(
        rule=judged.rule,
        contract=ground.contract,
        as_of=ground.as_of,
        subject=ref,
        outcome=outcome or "not_applicable",
        remedies=remedies,
        hopeless=_hopeless(outcome, remedies),
        tried=bench.tried,
        bounded=bench.spent,
        refused=len(ground.facts.refusals),
        labels=labels(ground.facts, {*shown, RowRef("contract", ground.contract)}),
    )


def _in_database(ground: Ground, rule: CheckedRule, subject: str) -> JudgeEdits:
    """Judges the edits where the facts are: quicker than the reference about a million rows."""

    def judge(edits: Edits, day: date) -> Outcome | None:
        with applied(ground.facts, edits):
            engine = sql_engine(ground.facts, ground.contract, day, ground.numbers)
            observations = engine.evaluate([rule], keep_all=True).observations
        return next((one.outcome for one in observations if one.subject.id == subject), None)

    return judge


def _hopeless(outcome: Outcome | None, remedies: Sequence[Remedy]) -> Hopeless | None:
    if outcome != "finding" or any(one.nature == "act" for one in remedies):
        return None
    return "past" if remedies else "nothing_found"


class _Proving:
    """Judges all facts again with the edits of each remedy."""

    def __init__(self, ground: Ground, rule: CheckedRule, subject: str) -> None:
        self.ground = ground
        self.rule = rule
        self.subject = subject
        self._before: dict[date, dict[str, frozenset[str] | None]] = {}

    def proved(self, remedies: Sequence[Remedy]) -> tuple[Remedy, ...]:
        """Those that the set-based engine finds to clear as well, with what else they change."""
        found = []
        for remedy in remedies:
            others = [rule for rule in self.ground.rules if rule.id != self.rule.id]
            touched = [rule for rule in others if _touched(rule, remedy.edits)]
            before = self._as_is(remedy.clears_on, touched)
            with applied(self.ground.facts, remedy.edits):
                holds = self._holds(remedy.clears_on)
                after = self._flagged(remedy.clears_on, [self.rule, *touched])
            if not holds:  # the reference says otherwise: nobody is sent on an errand that is in doubt
                log.warning("remedy_in_doubt", rule=self.rule.id)
                continue
            before[self.rule.id] = self._as_is(remedy.clears_on, [self.rule])[self.rule.id]
            found.append(replace(remedy, effects=self._effects(before, after)))
        return tuple(found)

    def _holds(self, day: date) -> bool:
        """Whether the whole rule, judged again, neither finds the subject nor leaves it open."""
        engine = sql_engine(self.ground.facts, self.ground.contract, day, self.ground.numbers)
        evaluation = engine.evaluate([self.rule])
        listed = {observation.subject.id for observation in evaluation.observations}
        return not evaluation.failures and self.subject not in listed

    def _as_is(self, day: date, rules: Sequence[CheckedRule]) -> dict[str, frozenset[str] | None]:
        """What the rules find without any edit; each is judged once a day."""
        known = self._before.setdefault(day, {})
        missing = [rule for rule in rules if rule.id not in known]
        if missing:
            known.update(self._flagged(day, missing))
        return {rule.id: known[rule.id] for rule in rules}

    def _flagged(self, day: date, rules: Sequence[CheckedRule]) -> dict[str, frozenset[str] | None]:
        engine = sql_engine(self.ground.facts, self.ground.contract, day, self.ground.numbers)
        return engine.flagged(rules)

    def _effects(self, before: Found, after: Found) -> tuple[Effect, ...]:
        """The findings that come and go, but for the one asked about."""
        entity_of = {rule.id: rule.subject.entity for rule in (self.rule, *self.ground.rules)}
        found = []
        for name in sorted(after):
            one, other = before.get(name), after[name]
            if one is None or other is None:
                continue
            for subject in sorted(one ^ other):
                if (name, subject) != (self.rule.id, self.subject):
                    ref = RowRef(entity_of[name], subject)
                    found.append(Effect(name, ref, added=subject in other))
        return tuple(found)


def _touched(rule: CheckedRule, edits: Sequence[Edit]) -> bool:
    """Whether the rule reads anything that the edits change."""
    reads = needed([rule.reads])
    return any(
        edit.row.entity in reads
        and (edit.added or any(change.field in reads[edit.row.entity] for change in edit.changes))
        for edit in edits
    )
