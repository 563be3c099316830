"""A night's judgement: all rules of all compartments at once, and dossiers for each reading.

Severity and status of a finding are the same in every reading, since nothing of a compartment has a say in
those of another; only dossiers differ by what a reader may see.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field

from compliance.engine.judge import Judgement, RuleProcess, judge
from compliance.engine.sql.engine import SqlEngine
from compliance.model.entities import Compartment
from compliance.model.finding import Counts, Dossier, Evaluation, Failure, Judged, fingerprint
from compliance.model.night import KeptResult
from compliance.model.rule import Outcome
from compliance.model.run import CheckAnswer, Note, Receipt
from compliance.reporting.records import result_record
from compliance.services.check import Ground
from compliance.services.content import report_words
from compliance.services.engine import sql_engine
from compliance.services.selection import COMPARTMENTS

Reading = tuple[Compartment, ...]
READINGS: tuple[Reading, ...] = (
    ("contract",),
    ("contract", "supervision"),
    ("contract", "bibob"),
    COMPARTMENTS,
)


@dataclass(frozen=True, slots=True)
class NightJudgement:
    """What the rules and the judgement gave: results as they are kept, counts, dossiers per reading."""

    results: tuple[KeptResult, ...]
    counts: Mapping[str, Counts]
    dossiers: Mapping[Reading, tuple[Dossier, ...]] = field(default_factory=dict)
    failures: tuple[Failure, ...] = ()
    notes: tuple[Note, ...] = ()

    @property
    def failed_rules(self) -> frozenset[str]:
        return frozenset(failure.rule for failure in self.failures)


def engine_of(ground: Ground) -> SqlEngine:
    """The set-based engine over this ground."""
    return sql_engine(ground.facts, ground.contract, ground.as_of, ground.numbers)


def judge_night(ground: Ground) -> NightJudgement:
    """Everything judged once."""
    evaluation = engine_of(ground).evaluate(ground.rules)
    judgements = _judgements(ground, evaluation)
    whole = judgements[COMPARTMENTS]
    failures = dict.fromkeys(failure for one in judgements.values() for failure in one.failures)
    notes = dict.fromkeys(note for one in judgements.values() for note in one.notes)
    return NightJudgement(
        results=kept_results(whole.judged, ground),
        counts=evaluation.counts,
        dossiers={reading: one.dossiers for reading, one in judgements.items()},
        failures=(*evaluation.failures, *failures),
        notes=tuple(notes),
    )


def _judgements(ground: Ground, evaluation: Evaluation) -> Mapping[Reading, Judgement]:
    """What the declarations make of what each reader may see; one engine process answers for all."""
    rules = {rule.id: rule.rule for rule in ground.rules}
    found: dict[Reading, Judgement] = {}
    with RuleProcess() as process:
        for reading in READINGS:
            seen = [one for one in evaluation.observations if rules[one.rule].compartment in reading]
            found[reading] = judge(
                seen,
                rules,
                ground.declarations,
                ground.facts.settings.exceptions,
                ground.as_of,
                contract=ground.contract,
                history=ground.history,
                engine=lambda: nullcontext(process),
            )
    return found


def kept_results(judged: Iterable[Judged], ground: Ground) -> tuple[KeptResult, ...]:
    """Findings and not-assessable subjects, each as `check -f json` shows it."""
    rules = {rule.id: rule.rule for rule in ground.rules}
    receipt = Receipt(ground.contract, ground.as_of, None, COMPARTMENTS, "", len(rules))
    answer, words = CheckAnswer(receipt, rules), report_words()
    return tuple(
        KeptResult(
            fingerprint=fingerprint(one.observation.rule, ground.contract, one.observation.subject),
            rule=one.observation.rule,
            subject=one.observation.subject,
            compartment=rules[one.observation.rule].compartment,
            outcome=one.observation.outcome,
            record=result_record(one, answer, words, provenance=False),
        )
        for one in judged
    )


def outcomes_of(ground: Ground, wanted: Mapping[str, Sequence[str]]) -> Mapping[str, Outcome]:
    """Per fingerprint what rules say of these subjects (ids per rule), whatever it is."""
    rules = [rule for rule in ground.rules if rule.id in wanted]
    if not rules:
        return {}
    observed = engine_of(ground).evaluate(rules, keep_all=True, only=wanted).observations
    return {fingerprint(one.rule, ground.contract, one.subject): one.outcome for one in observed}
