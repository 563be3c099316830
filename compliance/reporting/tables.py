"""Results as rows of text, for CSV and spreadsheets: one row per result, every cell plain text."""

from __future__ import annotations

from collections.abc import Iterator

from compliance.model.finding import Judged, RowRef, fingerprint
from compliance.model.run import CheckAnswer
from compliance.reporting.blocks import Wording
from compliance.reporting.compose import owed_by
from compliance.reporting.messages import plain_value, result_message

COLUMNS = (
    "rule", "title", "kind", "severity", "compartment", "addressee", "entity", "id", "label", "outcome",
    "status", "follows_from", "deviates_since", "message", "values", "missing", "owed_by",
    "evidence_count", "evidence", "norms", "clears", "fingerprint",
)  # fmt: skip


def table_rows(answer: CheckAnswer, say: Wording) -> Iterator[tuple[str, ...]]:
    """A row per result, its cells in the order of `COLUMNS`."""
    for result in answer.results:
        cells = _cells(result, answer, say)
        yield tuple(cells[name] for name in COLUMNS)


def _cells(result: Judged, answer: CheckAnswer, say: Wording) -> dict[str, str]:
    observation = result.observation
    rule = answer.rules[observation.rule]
    since = observation.deviates_since
    parties = sorted({say.name("party", owed_by(item, say)) for item in observation.missing})
    return {
        "rule": rule.id,
        "title": rule.title.within(say.lang),
        "kind": say.name("kind", rule.kind),
        "severity": say.name("severity", result.severity),
        "compartment": say.name("compartment", rule.compartment),
        "addressee": say.name("addressee", rule.addressee),
        "entity": observation.subject.entity,
        "id": observation.subject.id,
        "label": answer.labels.get(observation.subject, ""),
        "outcome": say.name("outcome", observation.outcome),
        "status": say.name("status", result.status) if observation.outcome == "finding" else "",
        "follows_from": result.follows_from or "",
        "deviates_since": since.isoformat() if since else "",
        "message": result_message(result, rule, say.words, say.lang),
        "values": "; ".join(f"{name}={plain_value(value)}" for name, value in observation.values),
        "missing": "; ".join(f"{item} {item.id}".rstrip() for item in observation.missing),
        "owed_by": "; ".join(parties),
        "evidence_count": str(observation.evidence_count),
        "evidence": "; ".join(_fact_cell(fact, answer, say) for fact in observation.evidence),
        "norms": "; ".join(norm.citation() for norm in rule.norms),
        "clears": rule.clears.within(say.lang) if observation.outcome == "finding" else "",
        "fingerprint": fingerprint(rule.id, answer.receipt.contract, observation.subject),
    }


def _fact_cell(fact: RowRef, answer: CheckAnswer, say: Wording) -> str:
    origin = answer.origins.get(fact) if say.provenance else None
    return f"{fact} [{origin.source}, {origin.row}]" if origin else str(fact)
