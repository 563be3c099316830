"""The exit code of a check: which reason outranks which."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from compliance.errors import UsageError
from compliance.model.finding import Counts, Failure, Judged, Observation, RowRef
from compliance.model.intake import Refusal
from compliance.model.rule import Expected, Severity
from compliance.model.run import CheckAnswer, Expectation, Receipt
from compliance.services.verdict import Allowed, read_allowed, verdict

RECEIPT = Receipt("c1", date(2027, 6, 1), None, ("contract",), "sha256:0", 1)
FINE = CheckAnswer(RECEIPT, {}, counts=Counts(compliant=9, not_assessable=1))
REFUSED = (Refusal("a.csv", "delivery", "2", "hours", "not_a_decimal"),)
FAILED = (Failure("SUB-01", "contract", "Error"),)
EXPECTED = Expected(subject="organisation/o1", outcome="finding", rule="SUB-01")


def finding(severity: Severity = "medium", status: Any = "open") -> Judged:
    """A finding of that severity and status."""
    observation = Observation("SUB-01", RowRef("organisation", "o1"), "finding")
    return Judged(observation, severity, status)


def held(*holds: bool) -> tuple[Expectation, ...]:
    """Expectations that hold or not."""
    return tuple(Expectation(EXPECTED, holds=one) for one in holds)


@pytest.mark.parametrize(
    ("changes", "code", "reason"),
    [
        ({}, 0, "fine"),
        ({"results": (finding(),)}, 1, "findings"),
        ({"results": (finding(),), "refusals": REFUSED}, 3, "refused"),
        ({"results": (finding(),), "failures": FAILED, "refusals": REFUSED}, 3, "failed"),
        ({"counts": Counts()}, 4, "nothing_assessed"),
        ({"counts": Counts(not_applicable=5)}, 4, "nothing_assessed"),
        ({"counts": Counts(not_assessable=5)}, 4, "nothing_assessed"),
        ({"counts": Counts(), "refusals": REFUSED}, 3, "refused"),
        ({"counts": Counts(), "results": (finding(),)}, 1, "findings"),
        ({"expectations": held(True, True)}, 0, "expect_holds"),
        ({"expectations": held(True, False)}, 1, "expect_fails"),
        ({"expectations": held(True), "results": (finding("critical"),)}, 0, "expect_holds"),
        ({"expectations": held(True), "counts": Counts()}, 0, "expect_holds"),
        ({"expectations": held(True), "refusals": REFUSED}, 3, "refused"),
        ({"expectations": held(False), "failures": FAILED}, 3, "failed"),
    ],
)
def test_three_outranks_one_outranks_four(changes: dict[str, Any], code: int, reason: str) -> None:
    """Incomplete before findings, findings before too much unknown; a case is judged by what it expects."""
    found = verdict(replace(FINE, **changes), "info", None)
    assert (found.code, found.reason) == (code, reason)


@pytest.mark.parametrize(("level", "code"), [("info", 1), ("medium", 1), ("high", 0), ("critical", 0)])
def test_fail_on_counts_from_its_level(level: Severity, code: int) -> None:
    """A finding counts when it is at least as severe as the gate."""
    assert verdict(replace(FINE, results=(finding("medium"),)), level, None).code == code


@pytest.mark.parametrize("status", ["excepted", "follows_from"])
def test_what_does_not_stand_on_its_own_does_not_count(status: str) -> None:
    """An excepted finding and a mere consequence leave the exit code at 0."""
    assert verdict(replace(FINE, results=(finding("critical", status),)), "info", None).code == 0


@pytest.mark.parametrize(
    ("text", "code"),
    [("0", 4), ("1", 0), ("10%", 0), ("9%", 4), ("9.9999%", 4), ("100%", 0), ("0%", 4)],
)
def test_max_not_assessable(text: str, code: int) -> None:
    """1 of 10 is exactly 10 %: the boundary itself is allowed; N% is of assessed plus not assessable."""
    assert verdict(FINE, "info", read_allowed(text)).code == code


def test_findings_outrank_too_much_unknown() -> None:
    """1 outranks 4."""
    assert verdict(replace(FINE, results=(finding(),)), "info", Allowed(Decimal(0))).code == 1


@pytest.mark.parametrize("text", ["", "x", "-1", "1.5", "101%", "1e3", "5 %x", "٣"])
def test_a_gate_that_is_none_is_refused(text: str) -> None:
    """Only N or N% is understood."""
    with pytest.raises(UsageError):
        read_allowed(text)
