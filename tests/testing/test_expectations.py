"""What an example expects is compared with what was observed, every difference in words."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from compliance.model.finding import Missing, Observation, RowRef
from compliance.model.rule import Example, Outcome
from compliance.model.written import same_value
from compliance.testing.expectations import mismatches

FINDING = Observation(
    "CMP-01",
    RowRef("complaint", "k1"),
    "finding",
    values=(("days", 11),),
    evidence=(RowRef("complaint", "k1"),),
)
GAP = Observation(
    "CMP-01", RowRef("complaint", "k1"), "not_assessable",
    missing=(Missing("missing_fact", "complaint.handled_on"), Missing("parameter_not_agreed", parameter="n")),
)  # fmt: skip


def differences(observation: Observation | None, outcome: Outcome, **more: Any) -> list[str]:
    """What differs when the example expects the outcome for complaint/k1."""
    expected = {"subject": "complaint/k1", "outcome": outcome, **more}
    example = Example.model_validate({"name": "x", "as_of": "2027-01-01", "facts": {}, "expect": [expected]})
    return list(mismatches("CMP-01", example, [observation] if observation else []))


@pytest.mark.parametrize(("more", "words"), [
    ({}, []),
    ({"values": {"days": 11}, "evidence": ["complaint/k1"]}, []),
    ({"values": {"days": 12}}, ["complaint/k1: expected days 12, got 11"]),
    ({"values": {"hours": 1}}, ["complaint/k1: expected a value hours, and the message names no such let"]),
    ({"evidence": []}, ["complaint/k1: expected evidence none, got complaint/k1"]),
    ({"missing": ["n"]}, ["complaint/k1: expected missing n, got none"]),
])  # fmt: skip
def test_a_finding(more: dict[str, Any], words: list[str]) -> None:
    """Outcome, values and evidence must be as expected; what is not named may be anything."""
    assert differences(FINDING, "finding", **more) == words


def test_a_gap() -> None:
    """What is missing must be as expected, in any order; another outcome tells what is missing."""
    assert differences(GAP, "not_assessable", missing=["n", "complaint.handled_on"]) == []
    assert differences(GAP, "finding") == [
        "complaint/k1: expected finding, got not_assessable (missing: complaint.handled_on, n)"
    ]


def test_subjects() -> None:
    """A subject that is not there, and a finding nobody expected, are differences; other rules' are not."""
    assert differences(None, "finding") == ["complaint/k1: expected finding, and it is no subject"]
    assert differences(None, "finding", rule="CMP-02") == []
    assert differences(FINDING, "finding", rule="CMP-02") == [
        "complaint/k1: a finding that the example does not expect"
    ]
    assert differences(GAP, "finding", rule="CMP-02") == []


@pytest.mark.parametrize(("written", "found", "expected"), [
    (12, Decimal("12.00"), True), ("12.00", Decimal(12), True), (Decimal("12.5"), Decimal("12.50"), True),
    (11, 12, False), ("x", 12, False), ("2027-01-01", date(2027, 1, 1), True), ("a", "a", True),
    ("a", "b", False),
    (True, True, True), (1, True, False), (None, None, True), (None, 0, False), (0, None, False),
])  # fmt: skip
def test_same_value(written: Any, found: Any, expected: bool) -> None:
    """A value as a file writes it is compared with the value found, by meaning."""
    assert same_value(written, found) is expected
