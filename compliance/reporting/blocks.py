"""Results as blocks for a page: by severity and rule, each subject with its message and proof."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from compliance.model.finding import EVIDENCE_SHOWN, Judged, RowRef, fingerprint
from compliance.model.rule import SEVERITIES, Rule, Severity
from compliance.model.run import CheckAnswer
from compliance.reporting.messages import result_message
from compliance.reporting.page import RuleBlock, SeverityBlock, Subject
from compliance.reporting.words import Lang, Words

_STATUS_ORDER = {"open": 0, "excepted": 1, "follows_from": 2}


@dataclass(frozen=True, slots=True)
class Wording:
    """In which language, with which words, and whether facts are shown with their place."""

    words: Words
    lang: Lang
    provenance: bool = False

    def __call__(self, name: str, **values: object) -> str:
        return self.words.get(name, self.lang, **values)

    def name(self, group: str, code: str) -> str:
        return self.words.name(group, code, self.lang)

    def told(self, text: str) -> str:
        return self.words.told(text, self.lang)

    def count(self, name: str, number: int, **values: object) -> str:
        return self.words.count(name, self.lang, number, **values)


def severity_blocks(answer: CheckAnswer, say: Wording) -> tuple[SeverityBlock, ...]:
    """The findings, the gravest first; within a severity by rule, open ones first."""
    found: dict[Severity, list[Judged]] = {severity: [] for severity in reversed(SEVERITIES)}
    for result in answer.results:
        if result.observation.outcome == "finding":
            found[result.severity].append(result)
    causes = _causes_by_fingerprint(answer)
    return tuple(
        SeverityBlock(
            severity=severity,
            word=say.name("severity", severity),
            sign=say.name("sign", severity),
            rules=rule_blocks(results, answer, say, causes),
        )
        for severity, results in found.items()
        if results
    )


def rule_blocks(
    results: Iterable[Judged], answer: CheckAnswer, say: Wording, causes: dict[str, str]
) -> tuple[RuleBlock, ...]:
    """Results that come ordered by rule, one block per rule."""
    grouped = groupby(results, key=lambda result: result.observation.rule)
    return tuple(_rule_block(rule, list(group), answer, say, causes) for rule, group in grouped)


def _rule_block(
    rule_id: str, results: Sequence[Judged], answer: CheckAnswer, say: Wording, causes: dict[str, str]
) -> RuleBlock:
    ordered = sorted(results, key=lambda result: _STATUS_ORDER[result.status])
    subjects = (_subject(result, answer, say, causes) for result in ordered)
    return rule_block(answer.rules[rule_id], subjects, say)


def rule_block(rule: Rule, subjects: Iterable[Subject], say: Wording) -> RuleBlock:
    """What a reader needs to know of a rule, with the subjects it says something of."""
    return RuleBlock(
        rule=rule.id,
        title=rule.title.within(say.lang),
        why=rule.why.within(say.lang),
        clears=rule.clears.within(say.lang),
        norms=tuple(norm.citation() for norm in rule.norms),
        limits=tuple(limit.within(say.lang) for limit in rule.limits),
        addressee=say.name("addressee", rule.addressee),
        kind=rule.kind,
        kind_note=say("report.signal_note") if rule.kind == "signal" else "",
        compartment=say.name("compartment", rule.compartment),
        subjects=tuple(subjects),
    )


def _subject(result: Judged, answer: CheckAnswer, say: Wording, causes: dict[str, str]) -> Subject:
    observation = result.observation
    evidence = observation.evidence[:EVIDENCE_SHOWN]
    rest = max(observation.evidence_count, len(observation.evidence)) - len(evidence)
    since = observation.deviates_since
    return Subject(
        reference=reference_text(observation.subject, say),
        label=answer.labels.get(observation.subject, ""),
        message=result_message(result, answer.rules[observation.rule], say.words, say.lang),
        since=since.isoformat() if since else "",
        evidence=tuple(_evidence_text(fact, answer, say) for fact in evidence),
        evidence_more=say("report.evidence_more", count=rest) if rest > 0 else "",
        status=result.status,
        status_text=_status_text(result, say, causes),
    )


def reference_text(subject: RowRef, say: Wording) -> str:
    """The subject as a person reads it: the word for what it is, and its id."""
    return f"{say.name('entity', subject.entity)} {subject.id}"


def _evidence_text(fact: RowRef, answer: CheckAnswer, say: Wording) -> str:
    label = answer.labels.get(fact, "")
    text = f"{reference_text(fact, say)} ({label})" if label else reference_text(fact, say)
    origin = answer.origins.get(fact) if say.provenance else None
    if origin is None:
        return text
    return f"{text} [{say('report.evidence_place', source=origin.source, row=origin.row)}]"


def _status_text(result: Judged, say: Wording, causes: dict[str, str]) -> str:
    if result.status == "follows_from":
        cause = causes.get(result.follows_from or "", result.follows_from or "")
        return say("report.follows_from", cause=cause)
    if result.status == "excepted" and result.exemption:
        exemption = result.exemption
        return say(
            "report.excepted",
            granted_by=exemption.granted_by,
            reason=exemption.reason,
            first_day=exemption.first_day.isoformat(),
            last_day=exemption.last_day.isoformat(),
        )
    return "" if result.status == "open" else say.name("status", result.status)


def _causes_by_fingerprint(answer: CheckAnswer) -> dict[str, str]:
    """Rule and subject of every finding that another one may follow from."""
    wanted = {result.follows_from for result in answer.results if result.follows_from}
    if not wanted:
        return {}
    contract, found = answer.receipt.contract, {}
    for result in answer.results:
        observation = result.observation
        mark = fingerprint(observation.rule, contract, observation.subject)
        if mark in wanted:
            found[mark] = f"{observation.rule} ({observation.subject.id})"
    return found
