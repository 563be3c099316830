"""The exit code of a check, and the one reason for it: a pure function of the answer and the gates."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from compliance.errors import Problem, UsageError
from compliance.model.rule import Severity
from compliance.model.run import CheckAnswer, severity_rank

ExitCode = Literal[0, 1, 3, 4]


@dataclass(frozen=True, slots=True)
class Allowed:
    """How much may be not assessable: a number, or a percentage of assessed plus not assessable."""

    number: Decimal
    percent: bool = False

    def exceeded(self, not_assessable: int, assessed: int) -> bool:
        """Whether more is not assessable than allowed; the percentage is compared exactly."""
        if self.percent:
            return not_assessable * 100 > self.number * (not_assessable + assessed)
        return not_assessable > self.number


@dataclass(frozen=True, slots=True)
class Verdict:
    """An exit code with the name of its reason (`exit.*` in the report texts) and the numbers in it."""

    code: ExitCode
    reason: str
    count: int = 0


def read_allowed(text: str) -> Allowed:
    """The gate that `N` or `N%` states.

    Raises: UsageError when it states neither.
    """
    found = re.fullmatch(r"(\d{1,9}(?:\.\d{1,4})?)(%?)", text.strip(), re.ASCII)
    if not found or (not found[2] and "." in found[1]) or (found[2] and Decimal(found[1]) > 100):
        message = f"{text!r} is neither a number of results nor a percentage."
        raise UsageError(Problem("--max-not-assessable", "allowed", message, "Write 10 or 5%."))
    return Allowed(Decimal(found[1]), found[2] == "%")


def verdict(answer: CheckAnswer, fail_on: Severity, allowed: Allowed | None) -> Verdict:
    """What the run comes to. Incomplete (3) outranks findings (1), which outrank too much unknown (4).

    Of a case that says what it expects only that counts: 0 when all of it holds, else 1.
    """
    if answer.failures:
        return Verdict(3, "failed", len(answer.failures))
    if answer.refusals:
        return Verdict(3, "refused", len(answer.refusals))
    if answer.expectations is not None:
        wrong = sum(not expectation.holds for expectation in answer.expectations)
        return Verdict(1, "expect_fails", wrong) if wrong else Verdict(0, "expect_holds")
    if counting := sum(1 for _ in _counting(answer, fail_on)):
        return Verdict(1, "findings", counting)
    if not answer.assessed:
        return Verdict(4, "nothing_assessed")
    if allowed is not None and allowed.exceeded(answer.counts.not_assessable, answer.assessed):
        return Verdict(4, "not_assessable", answer.counts.not_assessable)
    return Verdict(0, "fine")


def _counting(answer: CheckAnswer, fail_on: Severity) -> list[str]:
    """The findings at or above the gate that stand on their own."""
    return [
        result.observation.rule
        for result in answer.results
        if result.observation.outcome == "finding"
        and result.status == "open"
        and severity_rank(result.severity) >= severity_rank(fail_on)
    ]
