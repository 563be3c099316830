"""Findings of a night as cards by severity and rule, and as rows for a workbook."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from compliance.model.finding import RowRef
from compliance.model.night import NightAnswer, Standing
from compliance.model.rule import Rule
from compliance.reporting.blocks import Wording, reference_text, rule_block
from compliance.reporting.night.page import Cards, Cell, Table, capped
from compliance.reporting.night.telling import (
    causes_text,
    columns,
    gravest_first,
    severity_cell,
    state_text,
)
from compliance.reporting.page import RuleBlock, SeverityBlock, Subject
from compliance.reporting.words import clean

EVIDENCE_NAMED = 6
COLUMNS = (
    "severity", "rule", "title", "subject", "label", "message", "state", "causes", "since", "first_seen",
    "last_seen", "evidence", "clears", "norms",
)  # fmt: skip


def finding_cards(
    code: str, standings: Iterable[Standing], answer: NightAnswer, say: Wording
) -> tuple[Cards, ...]:
    """The findings as one block of cards; none when there are no findings."""
    ordered = gravest_first(one for one in standings if one.rule in answer.rules)
    if not ordered:
        return ()
    blocks = tuple(
        SeverityBlock(
            severity=severity,
            word=say.name("severity", severity),
            sign=say.name("sign", severity),
            rules=tuple(_rules(list(group), answer, say)),
        )
        for severity, group in groupby(ordered, key=lambda one: one.severity)
    )
    return (Cards(code, blocks, finding_rows(code, ordered, answer, say)),)


def finding_rows(code: str, standings: Sequence[Standing], answer: NightAnswer, say: Wording) -> Table:
    """A row per finding, with everything a card says."""
    rows = tuple(_row(one, answer, say) for one in standings)
    return Table(code, columns(say, *COLUMNS), rows, say(f"part.{code}.heading"))


def _rules(standings: Sequence[Standing], answer: NightAnswer, say: Wording) -> Iterable[RuleBlock]:
    for name, group in groupby(standings, key=lambda one: one.rule):
        subjects = (_subject(one, answer, say) for one in group)
        yield rule_block(answer.rules[name], subjects, say)


def _subject(one: Standing, answer: NightAnswer, say: Wording) -> Subject:
    named, more = _evidence(one.record, answer, say)
    return Subject(
        reference=reference_text(one.subject, say),
        label=clean(answer.labels.get(one.subject, "")),
        message=message_text(one, say),
        since=str(one.record.get("deviates_since") or ""),
        evidence=tuple(named),
        evidence_more=more,
        status=one.status,
        status_text=_status(one, say),
    )


def message_text(one: Standing, say: Wording) -> str:
    """What the rule says of the subject, as it was when last found."""
    told: Mapping[str, str] = one.record.get("message", {})
    return clean(told.get(say.lang, ""))


def _status(one: Standing, say: Wording) -> str:
    parts = [state_text(one, say)]
    if one.status == "follows_from":
        parts.append(say("night.follows"))
    text = "; ".join(parts)
    if one.stands and one.outcome == "not_assessable":
        return f"{text}. {say('night.now_unknown')}"
    return text


def _evidence(record: Mapping[str, Any], answer: NightAnswer, say: Wording) -> tuple[list[str], str]:
    facts = [RowRef(fact["entity"], fact["id"]) for fact in record.get("evidence", ())]
    named = [_fact_text(fact, answer, say) for fact in facts[:EVIDENCE_NAMED]]
    rest = max(int(record.get("evidence_count", 0)), len(facts)) - len(named)
    return named, say("report.evidence_more", count=rest) if rest > 0 else ""


def _fact_text(fact: RowRef, answer: NightAnswer, say: Wording) -> str:
    label = clean(answer.labels.get(fact, ""))
    return f"{reference_text(fact, say)} ({label})" if label else reference_text(fact, say)


def _row(one: Standing, answer: NightAnswer, say: Wording) -> tuple[Cell, ...]:
    rule: Rule = answer.rules[one.rule]
    named, more = _evidence(one.record, answer, say)
    return (
        severity_cell(one.severity, say),
        Cell(one.rule),
        Cell(rule.title.within(say.lang)),
        Cell(reference_text(one.subject, say)),
        Cell(clean(answer.labels.get(one.subject, ""))),
        Cell(message_text(one, say)),
        Cell(say.name("standing", one.state)),
        Cell(causes_text(one, say)),
        Cell(str(one.record.get("deviates_since") or "")),
        Cell(one.first_day.isoformat()),
        Cell(one.last_day.isoformat()),
        Cell(capped([*named, more] if more else named, EVIDENCE_NAMED + 1, "")),
        Cell(rule.clears.within(say.lang)),
        Cell("; ".join(norm.citation() for norm in rule.norms)),
    )
