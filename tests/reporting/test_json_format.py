"""`-f json` and `-f jsonl`."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from compliance.model.run import CheckAnswer
from compliance.reporting.content import Content
from compliance.reporting.json_format import render_json, render_jsonl

GOLDEN = Path(__file__).with_name("answer.json")
KEYS = [
    "schema_version", "contract", "as_of", "known_at", "compartments", "rulebook", "counts", "results",
    "dossiers", "failures",
]  # fmt: skip
RESULT_KEYS = [
    "rule", "subject", "outcome", "kind", "severity", "compartment", "values", "missing", "deviates_since",
    "evidence_count", "evidence", "message", "norms", "fingerprint", "status", "follows_from",
]  # fmt: skip


def test_json_is_as_read_line_by_line(answer: CheckAnswer, content: Content) -> None:
    """The whole document is the golden file, byte for byte."""
    assert render_json(answer, content.words, provenance=False) == GOLDEN.read_text(encoding="utf-8")


def test_json_has_the_keys_of_the_interface(answer: CheckAnswer, content: Content) -> None:
    """A complete answer has exactly the keys that the interface names, in its order."""
    document = json.loads(render_json(answer, content.words, provenance=False))
    assert list(document) == KEYS
    assert all(list(result) == RESULT_KEYS for result in document["results"])


def test_json_shows_refusals_and_expectations(troubled: CheckAnswer, content: Content) -> None:
    """Refused rows, broken rules and expectations are in the document when there are any."""
    document = json.loads(render_json(troubled, content.words, provenance=False))
    assert document["failures"] == [
        {"rule": "SUB-05", "compartment": "contract", "message": "OutOfMemoryException"}
    ]
    assert document["refusals"][0]["reason"] == "not_a_decimal"
    assert [item["holds"] for item in document["expect"]] == [True, False]


def test_json_provenance_adds_source_and_row(answer: CheckAnswer, content: Content) -> None:
    """Only with provenance has evidence its place; a fact without one has null."""
    document = json.loads(render_json(answer, content.words, provenance=True))
    evidence = document["results"][2]["evidence"]
    assert evidence[0] == {"entity": "delivery", "id": "d7", "source": "delivery.csv", "row": "12"}
    assert evidence[1] == {"entity": "delivery", "id": "d8", "source": None, "row": None}


def test_json_of_nothing(empty: CheckAnswer, content: Content) -> None:
    """An answer without results is a whole document too; a moment is shown in UTC."""
    known = replace(empty.receipt, known_at=datetime(2027, 6, 2, tzinfo=UTC))
    document = json.loads(render_json(replace(empty, receipt=known), content.words, provenance=False))
    assert document["results"] == []
    assert document["known_at"] == "2027-06-02T00:00:00Z"


def test_a_moment_is_whole(empty: CheckAnswer, content: Content) -> None:
    """Nothing is cut off it: asked for again with --known-at it must mean the same facts."""
    known = replace(empty.receipt, known_at=datetime(2027, 6, 2, 4, 15, 0, 484885, tzinfo=UTC))
    document = json.loads(render_json(replace(empty, receipt=known), content.words, provenance=False))
    assert document["known_at"] == "2027-06-02T04:15:00.484885Z"


def test_jsonl_is_the_results_one_a_line(answer: CheckAnswer, content: Content) -> None:
    """Each line is a result of the document, in its order."""
    lines = render_jsonl(answer, content.words, provenance=False).splitlines()
    document = json.loads(render_json(answer, content.words, provenance=False))
    assert [json.loads(line) for line in lines] == document["results"]
