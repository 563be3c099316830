"""The answer as JSON: one document, or one line per result; the same bytes for the same facts.

A document is laid out with one result per line: it stays readable, and a difference shows as lines.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from compliance.model.run import CheckAnswer
from compliance.reporting.records import (
    dossier_record,
    expectation_record,
    failure_record,
    moment_text,
    refusal_record,
    result_record,
)
from compliance.reporting.words import Words

SCHEMA_VERSION = 1
_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode


def render_json(answer: CheckAnswer, words: Words, *, provenance: bool) -> str:
    """The whole answer; `refusals` and `expect` are there only when a row was refused or a case expects."""
    receipt, counts = answer.receipt, answer.counts
    parts: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "contract": receipt.contract,
        "as_of": receipt.as_of.isoformat(),
        "known_at": moment_text(receipt.known_at),
        "compartments": list(receipt.compartments),
        "rulebook": {"hash": receipt.rulebook_hash, "rules": receipt.rules},
        "counts": {
            "finding": counts.finding,
            "compliant": counts.compliant,
            "not_assessable": counts.not_assessable,
            "not_applicable": counts.not_applicable,
            "failed": counts.failed,
        },
    }
    results = (result_record(result, answer, words, provenance=provenance) for result in answer.results)
    blocks = [
        *(f" {_encode(name)}: {_encode(value)}" for name, value in parts.items()),
        _block("results", results),
        _block("dossiers", map(dossier_record, answer.dossiers)),
        _block("failures", map(failure_record, answer.failures)),
    ]
    if answer.refusals:
        blocks.append(_block("refusals", map(refusal_record, answer.refusals)))
    if answer.expectations is not None:
        blocks.append(_block("expect", map(expectation_record, answer.expectations)))
    return "{\n" + ",\n".join(blocks) + "\n}\n"


def render_jsonl(answer: CheckAnswer, words: Words, *, provenance: bool) -> str:
    """One line per result, in the order of the document; nothing else."""
    lines = (
        _encode(result_record(result, answer, words, provenance=provenance)) for result in answer.results
    )
    return "".join(f"{line}\n" for line in lines)


def _block(name: str, records: Iterable[dict[str, Any]]) -> str:
    lines = ",\n".join(f"  {_encode(record)}" for record in records)
    return f' "{name}": [\n{lines}]' if lines else f' "{name}": []'
