"""Results as plain data: the one shape behind JSON, JSON lines and the tables.

Decimals are text, days ISO 8601, order as the answer has it; nothing of the clock or the machine enters.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from compliance.model.finding import Dossier, Failure, Judged, Missing, RowRef, fingerprint
from compliance.model.intake import Refusal
from compliance.model.run import CheckAnswer, Expectation
from compliance.reporting.messages import plain_value, result_message
from compliance.reporting.words import LANGS, Words


def result_record(result: Judged, answer: CheckAnswer, words: Words, *, provenance: bool) -> dict[str, Any]:
    """One result, as `check -f json` shows it."""
    observation = result.observation
    rule = answer.rules[observation.rule]
    subject = observation.subject
    since = observation.deviates_since
    return {
        "rule": rule.id,
        "subject": {"entity": subject.entity, "id": subject.id},
        "outcome": observation.outcome,
        "kind": rule.kind,
        "severity": result.severity,
        "compartment": rule.compartment,
        "values": {name: plain_value(value) for name, value in observation.values},
        "missing": [missing_record(item) for item in observation.missing],
        "deviates_since": since.isoformat() if since else None,
        "evidence_count": observation.evidence_count,
        "evidence": [evidence_record(fact, answer, provenance=provenance) for fact in observation.evidence],
        "message": {lang: result_message(result, rule, words, lang) for lang in LANGS},
        "norms": [norm.citation() for norm in rule.norms],
        "fingerprint": fingerprint(rule.id, answer.receipt.contract, subject),
        "status": result.status,
        "follows_from": result.follows_from,
    }


def missing_record(item: Missing) -> dict[str, Any]:
    """A missing fact with its row, or a number nobody agreed."""
    if item.kind == "parameter_not_agreed":
        return {"kind": item.kind, "parameter": item.parameter}
    return {"kind": item.kind, "field": item.field, "entity": item.entity, "id": item.id or None}


def evidence_record(fact: RowRef, answer: CheckAnswer, *, provenance: bool) -> dict[str, Any]:
    """A fact in evidence; with `provenance` also the file and row it came from (null for derived facts)."""
    record: dict[str, Any] = {"entity": fact.entity, "id": fact.id}
    if provenance:
        origin = answer.origins.get(fact)
        record["source"] = origin.source if origin else None
        record["row"] = origin.row if origin else None
    return record


def dossier_record(dossier: Dossier) -> dict[str, Any]:
    """A dossier with the rules that made it."""
    return {
        "organisation": dossier.organisation,
        "severity": dossier.severity,
        "reasons": list(dossier.reasons),
    }


def failure_record(failure: Failure) -> dict[str, Any]:
    """A rule that broke."""
    return {"rule": failure.rule, "compartment": failure.compartment, "message": failure.message}


def refusal_record(refusal: Refusal) -> dict[str, Any]:
    """A refused row; never its values."""
    return {
        "file": refusal.file,
        "entity": refusal.entity,
        "row": refusal.place or None,
        "column": refusal.column or None,
        "reason": refusal.code,
        "shape": refusal.shape,
        "expected": refusal.expected,
    }


def expectation_record(expectation: Expectation) -> dict[str, Any]:
    """An expectation of the case, and whether it holds."""
    expected = expectation.expected
    return {
        "rule": expected.rule,
        "subject": expected.subject,
        "outcome": expected.outcome,
        "holds": expectation.holds,
        "found": expectation.found or None,
    }


def moment_text(moment: datetime | None) -> str | None:
    """A moment in UTC, as ISO 8601 with a Z: whole, so that it may be asked for again with --known-at."""
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
