"""A hand-made answer with something of everything, and hostile texts in every place that takes text."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from compliance.model.finding import (
    Counts,
    Dossier,
    Exemption,
    Failure,
    Judged,
    Missing,
    Observation,
    RowRef,
    fingerprint,
)
from compliance.model.intake import Notice, Refusal
from compliance.model.rule import Bilingual, Expected, Norm, Rule
from compliance.model.run import CheckAnswer, Delivery, Expectation, Gap, Origin, Receipt
from compliance.reporting.content import Content
from compliance.services.content import report_content

HOSTILE = '=1+1<script>alert("x")</script>|*é😀'


def both(nl: str, en: str) -> Bilingual:
    """A text in both languages."""
    return Bilingual(nl=nl, en=en)


def make_rule(rule_id: str, **changes: Any) -> Rule:
    """A rule with every text a report shows."""
    content: dict[str, Any] = {
        "id": rule_id,
        "name": "some-rule",
        "kind": "norm",
        "severity": "high",
        "stage": "active",
        "since": date(2027, 1, 1),
        "addressee": "contractor",
        "compartment": "contract",
        "norms": (
            Norm(source="dialoogdocument", theme="5"),
            Norm(source="Contractstandaard", article="3.10"),
        ),
        "title": both(f"Titel van {rule_id}", f"Title of {rule_id}"),
        "why": both("Waarom.", "Why."),
        "subject": "organisation as o",
        "conditions": {"always": "o.id == o.id"},
        "flag_when": "always",
        "message": both(
            "{deliveries} keer, {hours} uur, {nowhere}.", "{deliveries} times, {hours} hours, {nowhere}."
        ),
        "clears": both("Meld het.", "Report it."),
        "limits": (both("Soms later.", "Sometimes later."),),
    }
    return Rule(**{**content, **changes})


def judged(rule: str, subject: str, outcome: str = "finding", **changes: Any) -> Judged:
    """A result of a rule about `entity/id`."""
    entity, _, name = subject.partition("/")
    own = {
        key: changes.pop(key) for key in ("severity", "status", "follows_from", "exemption") if key in changes
    }
    observation = Observation(rule, RowRef(entity, name), outcome, **changes)  # type: ignore[arg-type]
    return Judged(observation, **{"severity": "high", **own})


@pytest.fixture
def content() -> Content:
    """The words and templates that ship with the product."""
    return report_content()


@pytest.fixture
def empty() -> CheckAnswer:
    """An answer in which nothing was judged."""
    receipt = Receipt("c1", date(2027, 6, 1), None, ("contract",), "sha256:" + "ab" * 32, 4)
    rules = {name: make_rule(name) for name in ("ACC-03", "SUB-01", "SUB-02", "SUB-03")}
    rules["SUB-13"] = make_rule("SUB-13", kind="signal", severity="low")
    return CheckAnswer(receipt, rules)


@pytest.fixture
def answer(empty: CheckAnswer) -> CheckAnswer:
    """An answer with every kind of result, refusal, gap and note."""
    waits = Missing("parameter_not_agreed", parameter="max_wait_days[ambulatory]")
    started = Missing("missing_fact", "referral.started_on", "referral", "r3")
    exemption = Exemption(
        "SUB-02", RowRef("subcontract", "s2"), "directeur", "overgang", date(2027, 1, 1), date(2027, 12, 31)
    )
    cause = fingerprint("SUB-02", "c1", RowRef("subcontract", "s2"))
    return replace(
        empty,
        results=(
            judged("ACC-03", "referral/r3", "not_assessable", missing=(started, waits), missing_count=2),
            judged("ACC-03", "referral/r4", "not_assessable", missing=(waits,), missing_count=25),
            judged(
                "SUB-01", "organisation/o2", severity="critical",
                values=(("deliveries", 3), ("hours", Decimal("12.0000"))),
                evidence=tuple(RowRef("delivery", f"d{number}") for number in (7, 8, 9)),
                evidence_count=43, deviates_since=date(2027, 2, 1),
            ),
            judged("SUB-02", "subcontract/s2", status="excepted", exemption=exemption),
            judged("SUB-03", "subcontract/s2", status="follows_from", follows_from=cause),
            judged("SUB-13", f"organisation/{HOSTILE}", severity="low", values=(("deliveries", HOSTILE),)),
        ),
        counts=Counts(finding=4, compliant=31, not_assessable=2, not_applicable=9),
        dossiers=(Dossier("o2", "critical", ("SUB-01", "BIB-06")),),
        delivered=(Delivery("contract", 1), Delivery("delivery", 1204)),
        gaps=(Gap("credential", ("PRO-01", "PRO-02")), Gap("employment", ("PRO-01", "PRO-02"))),
        notices=(Notice("stub", entity="organisation", detail="o7"),),
        labels={RowRef("organisation", "o2"): "Zorg & Zo", RowRef("contract", "c1"): HOSTILE},
        origins={RowRef("delivery", "d7"): Origin("delivery.csv", "12")},
    )  # fmt: skip


@pytest.fixture
def troubled(answer: CheckAnswer) -> CheckAnswer:
    """The same answer with a refused row, a rule that broke, and expectations of which one fails."""
    expected = Expected(subject="organisation/o2", outcome="finding", rule="SUB-01")
    wrong = Expected(subject="referral/r3", outcome="compliant", rule="ACC-03")
    return replace(
        answer,
        counts=replace(answer.counts, failed=1),
        failures=(Failure("SUB-05", "contract", "OutOfMemoryException"),),
        refusals=(
            Refusal(f"{HOSTILE}.csv", "delivery", "17", "hours", "not_a_decimal", "text", "a decimal"),
        ),
        expectations=(
            Expectation(expected, holds=True, found="finding"),
            Expectation(wrong, holds=False, found="not_assessable"),
        ),
    )
