"""The proof of an outcome: every step with its value, and the facts, numbers and rows behind it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from compliance.engine.reference import prove
from compliance.model.explanation import Held, Proof, Step, UsedNumber
from compliance.model.finding import RowRef
from tests.engine.random_worlds import cases
from tests.engine.worlds import case_of, engine_of, rule_of, rulebook

FACTS: dict[str, Any] = {
    "referral": [
        {
            "id": "r1",
            "contract_id": "c1",
            "client_id": "k1",
            "service": "ambulatory",
            "received_on": "2027-03-01",
        },
    ],
    "bridging": [
        {"id": "b1", "referral_id": "r1", "first_day": "2027-03-03", "last_day": "2027-03-05"},
        {"id": "b2", "referral_id": "r1", "first_day": "2027-03-04", "_lacks": ["last_day"]},
        {"id": "b3", "referral_id": "r1", "first_day": "2027-05-01"},
    ],
}
PARTS: dict[str, Any] = {
    "let": {
        "mine": "[b for b in bridging if b.referral_id == r.id and b.last_day is not None]",
        "waited": "days_between(r.received_on, as_of)",
        "covered": "covered_days(r.received_on, as_of, [b for b in bridging if b.id == 'b3'])",
    },
    "conditions": {
        "waiting": "r.withdrawn_on is None and r.started_on is None",
        "late": "waited > param.max_wait_days[r.service] or contract.contractor.legal_form == 'bv'",
        "bridged": "any(mine)",
    },
    "needs": ["r.service", "waited"],
    "evidence": {"bridging": "[b for b in bridging if b.first_day < date(2027, 4, 1)]"},
    "about": "contract.contractor_id",
}


def proof_of(flag_when: str, applies_when: str = "waiting", days: int | None = 30) -> Proof:
    """The proof for r1."""
    parameters = {} if days is None else {"max_wait_days": {"ambulatory": days}}
    engine = engine_of(case_of(parameters=parameters, **FACTS))
    (subject,) = engine.subjects(rule_of("referral as r", flag_when, applies_when=applies_when, **PARTS))
    return prove(subject)


def step(proof: Proof, name: str) -> Step:
    """The step of that name."""
    return next(one for one in proof.steps if one.name == name)


def test_every_named_part_is_a_step_in_the_order_of_the_rule() -> None:
    """Lets, conditions, needs and at last the two that decide; lists have no value and stand in `uses`."""
    proof = proof_of("late")
    found = [(one.name, one.role) for one in proof.steps]
    assert found == [
        ("waited", "let"),
        ("covered", "let"),
        ("waiting", "condition"),
        ("late", "condition"),
        ("bridged", "condition"),
        ("r.service", "need"),
        ("applies_when", "applies_when"),
        ("flag_when", "flag_when"),
    ]
    assert (proof.outcome, proof.about, proof.subject) == ("finding", "o1", RowRef("referral", "r1"))
    assert step(proof, "flag_when").uses == ("late",)
    assert step(proof, "waited").value == 92
    assert [one.fact.id for one in proof.evidence] == ["b1", "b2"]
    assert ("last_day", "value", date(2027, 3, 5)) in [
        (h.field, h.state, h.value) for h in proof.evidence[0].fields
    ]


def test_a_step_shows_only_what_decided_it() -> None:
    """Of a true `or` the true side: its numbers and what it uses, not the side that is unknown."""
    late = step(proof_of("late"), "late")
    assert late.uses == ("waited",)
    assert [(one.name, one.key, one.value, one.status) for one in late.numbers] == [
        ("max_wait_days", "ambulatory", 30, "set_by_case")
    ]
    assert [str(one.fact) for one in late.facts] == ["referral/r1"]


def test_an_unknown_step_says_what_is_missing() -> None:
    """A number nobody agreed, and a field of a stub, by name."""
    proof = proof_of("late", days=None)
    late = step(proof, "late")
    assert (proof.outcome, late.state, late.value) == ("not_assessable", "unknown", None)
    assert {str(one) for one in late.missing} == {"max_wait_days[ambulatory]", "organisation.legal_form"}
    assert proof.missing == late.missing
    assert isinstance(late.numbers[0], UsedNumber)
    stub = next(one for one in late.facts if one.fact.entity == "organisation")
    assert (stub.source, stub.fields) == (-1, (Held("legal_form", "unknown", None),))
    assert [str(one.fact) for one in late.facts] == ["contract/c1", "organisation/o1", "referral/r1"]


def test_quantifiers_say_which_rows_made_them_what_they_are() -> None:
    """How many rows hold and may hold, of how many, and the first of them."""
    (rows,) = step(proof_of("bridged"), "bridged").rows
    assert (rows.kind, rows.entity, rows.of, rows.holds, rows.doubts, rows.complete) == (
        "any",
        "bridging",
        3,
        1,
        1,
        True,
    )
    assert [one.id for one in rows.rows] == ["b1", "b2"]


def test_covered_days_show_the_intervals() -> None:
    """Both days of each interval that was counted; an open one is empty."""
    covered = step(proof_of("late"), "covered")
    (rows,) = covered.rows
    assert (rows.kind, rows.holds) == ("covered_days", 1)
    fields = {held.field: held for held in next(one for one in covered.facts if one.fact.id == "b3").fields}
    assert fields["last_day"] == Held("last_day", "empty", None)


@pytest.mark.parametrize(
    ("flag", "applies", "outcome"),
    [("not late", "waiting", "compliant"), ("late", "not waiting", "not_applicable")],
)
def test_why_not_is_proved_too(flag: str, applies: str, outcome: str) -> None:
    """For a compliant or not-applicable subject the deciding step is false."""
    proof = proof_of(flag, applies)
    decided = step(proof, "flag_when" if outcome == "compliant" else "applies_when")
    assert (proof.outcome, decided.value) == (outcome, False)


def test_aggregates_lead_to_the_fields_they_use() -> None:
    """A total shows the rows and the amounts in it."""
    account = {
        "id": "a1",
        "organisation_id": "o1",
        "year": 2026,
        "equity_eur": "5.00",
        "filed_on": "2027-02-01",
    }
    case = case_of(annual_account=[account, {**account, "id": "a2"}])
    rule = rule_of(
        "contract as c", let={"x": "sum(a.equity_eur for a in annual_account)"}, conditions={"y": "x > 0"}
    )
    (subject,) = engine_of(case).subjects(rule)
    found = step(prove(subject), "x")
    assert [(one.fact.id, [held.field for held in one.fields]) for one in found.facts] == [
        ("a1", ["id", "equity_eur"]),
        ("a2", ["id", "equity_eur"]),
    ]
    assert found.rows[0].kind == "sum"


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(cases())
def test_every_outcome_has_a_proof(case: dict[str, Any]) -> None:
    """Whatever the world: the proof's outcome is the engine's, and what cannot be judged says why."""
    engine = engine_of(case)
    for rule in rulebook().rules.values():
        judged = {one.subject.id: one for one in engine.judge(rule)}
        for subject in engine.subjects(rule):
            proof, observed = prove(subject), judged[subject.row.id]
            assert proof.outcome == observed.outcome
            assert bool(proof.missing) == (proof.outcome == "not_assessable")
            assert len(proof.missing) == observed.missing_count


def test_a_number_of_the_rule_book_says_where_it_comes_from() -> None:
    """Its status and source are those of the rule book, also where a case set the number for another code."""
    case = case_of(parameters={"max_wait_days": {"ambulatory": 1}}, complaint=[])
    rule = rule_of(
        "contract as c", let={"x": "param.max_wait_days['specialist_day']", "y": "param.hub_limit"}
    )
    (subject,) = engine_of(case).subjects(rule)
    proof = prove(subject)
    (found,) = step(proof, "x").numbers
    assert (found.value, found.status) == (42, "by_reference")
    assert "Treeknorm" in found.source
    assert step(proof, "y").numbers[0].status == "technical"
