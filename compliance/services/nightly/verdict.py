"""The exit code of a night, and the one reason for it: a pure function of its outcome and the gates."""

from __future__ import annotations

from compliance.model.night import NightAnswer
from compliance.model.rule import Severity
from compliance.model.run import severity_rank
from compliance.services.nightly.night import NightOutcome
from compliance.services.verdict import Allowed, Verdict


def night_verdict(outcome: NightOutcome, fail_on: Severity, allowed: Allowed | None) -> Verdict:
    """Incomplete (3) outranks findings (1), which outrank too much unknown (4).

    Refused rows do not count: they are told to their supplier. Findings count when they stand on their own:
    found or no longer assessable, neither excepted nor the mere consequence of another.
    """
    answers = [one.answer for one in outcome.contracts]
    failed = sum(len(answer.receipt.failures) for answer in answers)
    if failed:
        return Verdict(3, "exit.failed", failed)
    if outcome.refused_whole:
        return Verdict(3, "nightly.exit_whole", len(outcome.refused_whole))
    if outcome.unfinished:
        return Verdict(3, "nightly.exit_unfinished", len(outcome.unfinished))
    if open_findings := sum(_standing(answer, fail_on) for answer in answers):
        return Verdict(1, "exit.findings", open_findings)
    assessed = sum(answer.counts.finding + answer.counts.compliant for answer in answers)
    unknown = sum(answer.counts.not_assessable for answer in answers)
    if not assessed:
        return Verdict(4, "exit.nothing_assessed")
    if allowed is not None and allowed.exceeded(unknown, assessed):
        return Verdict(4, "exit.not_assessable", unknown)
    return Verdict(0, "exit.fine")


def _standing(answer: NightAnswer, fail_on: Severity) -> int:
    return sum(
        one.stands and one.status == "open" and severity_rank(one.severity) >= severity_rank(fail_on)
        for one in answer.standings
    )
