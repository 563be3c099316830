"""What every part of the rule language is worth, where values are there, empty or unknown."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from compliance.engine.reference.evaluate import Subject
from compliance.engine.reference.values import EMPTY, UNKNOWN
from tests.engine.worlds import CONTRACT, case_of, engine_of, rule_of

DAY = date(2027, 3, 1)
REFERRAL = {
    "id": "r1",
    "contract_id": "c1",
    "client_id": "k1",
    "service": "ambulatory",
    "received_on": "2027-03-01",
    "started_on": "2027-03-31",
    "objection_clause": False,
    "_lacks": ["refused_on", "decision_nature"],
}
FACTS: dict[str, Any] = {
    "contract": [{**CONTRACT, "last_day": "2030-12-31"}],
    "referral": [REFERRAL],
    "bridging": [
        {
            "id": "b1",
            "referral_id": "r1",
            "provider_id": "o2",
            "first_day": "2027-03-03",
            "last_day": "2027-03-05",
        },
        {
            "id": "b2",
            "referral_id": "r1",
            "provider_id": "o1",
            "first_day": "2027-03-05",
            "last_day": "2027-03-06",
        },
        {"id": "b3", "referral_id": "r1", "first_day": "2027-03-20"},
        {
            "id": "b4",
            "referral_id": "r2",
            "provider_id": "o3",
            "first_day": "2027-03-10",
            "_lacks": ["last_day"],
        },
    ],
    "organisation": [{"id": "o1", "name": "A", "legal_form": "bv"}],
    "subcontract": [
        {
            "id": "s1",
            "contract_id": "c1",
            "principal_id": "o1",
            "subcontractor_id": "o2",
            "kind": "fixed",
            "first_day": "2027-03-01",
            "last_day": "2027-03-31",
        },
    ],
    "annual_account": [
        {
            "id": "a1",
            "organisation_id": "o1",
            "year": 2026,
            "result_eur": "-0.10",
            "revenue_eur": "0.30",
            "equity_eur": "0.00",
            "filed_on": "2027-02-01",
        },
        {"id": "a2", "organisation_id": "o1", "year": 2025, "result_eur": "5.00", "filed_on": "2026-02-01"},
    ],
    "complaint": [],
}
PARAMETERS = {"uptake_days": 10, "max_wait_days": {"ambulatory": 30}, "bridge_gap_tolerance_days": 0}


def subject_of(
    expression: str, facts: dict[str, Any] | None = None, subject: str = "referral as r"
) -> Subject:
    """The first subject of a rule whose let `x` is the expression."""
    case = case_of(parameters=PARAMETERS, **{**FACTS, **(facts or {})})
    return next(engine_of(case).subjects(rule_of(subject, let={"x": expression})))


def state_of(expression: str, facts: dict[str, Any] | None = None, subject: str = "referral as r") -> Any:
    """What the expression is worth for that subject."""
    found = subject_of(expression, facts, subject)
    return found.value(found.rule.lets["x"])


FIELDS = [
    ("r.received_on", DAY),
    ("r.ended_on", EMPTY),
    ("r.refused_on", UNKNOWN),
    ("contract.contractor_id", "o1"),
    ("as_of", date(2027, 6, 1)),
    ("r.provider.legal_form", UNKNOWN),  # the reference is empty
    ("r.client.id", "k1"),
    ("r.contract.title", "Wmo"),
    ("contract.contractor.legal_form", "bv"),
    ("r.ended_on is None", True),
    ("r.started_on is None", False),
    ("r.started_on is not None", True),
    ("r.refused_on is None", UNKNOWN),
    ("r.provider.dissolved_on is None", UNKNOWN),
]
LOGIC = [
    ("r.objection_clause or r.refused_on is None", UNKNOWN),
    ("r.objection_clause and r.refused_on is None", False),
    ("not r.objection_clause", True),
    ("not r.refused_on is None", UNKNOWN),
    ("r.received_on <= r.started_on < as_of", True),
    ("r.ended_on <= as_of", UNKNOWN),
    ("r.provider_id == 'o1'", UNKNOWN),  # an empty reference of the subject
    ("r.provider_id != 'o1'", UNKNOWN),
    ("r.service in ('ambulatory', 'open_day')", True),
    ("r.service not in ('open_day',)", True),
    ("r.end_reason in ('provider',)", UNKNOWN),
    ("r.refusal_ground in param.allowed_refusal_grounds", UNKNOWN),
    ("'full' in param.allowed_refusal_grounds", False),
    ("'weighty_reason' in param.allowed_refusal_grounds", True),
]
NUMBERS = [
    ("param.uptake_days", 10),
    ("param.organise_days", UNKNOWN),
    ("param.max_wait_days[r.service]", 30),
    ("param.max_wait_days['open_day']", UNKNOWN),
    ("1 + 2 * 3 - 1", 6),
    ("1 / 3", Fraction(1, 3)),
    ("1 / 0", UNKNOWN),
    ("1 / 3 * 3 == 1", True),
    ("0.1 + 0.2 == 0.3", True),
    ("days_between(r.received_on, r.ended_on)", EMPTY),
    ("days_between(r.received_on, r.refused_on)", UNKNOWN),
    ("days_between(r.ended_on, r.refused_on)", UNKNOWN),
    ("days_between(r.received_on, r.ended_on) + param.organise_days", UNKNOWN),
    ("days_between(r.received_on, r.started_on) + year(as_of)", 2057),
    ("r.decision_duration_months + 1", EMPTY),
]
DAYS = [
    ("r.received_on + days(param.uptake_days)", date(2027, 3, 11)),
    ("date(2027, 3, 31) - months(1)", date(2027, 2, 28)),
    ("r.ended_on + days(1)", EMPTY),
    ("r.ended_on + days(param.organise_days)", UNKNOWN),
    ("r.refused_on + days(1)", UNKNOWN),
    ("first(r.ended_on, r.started_on)", date(2027, 3, 31)),
    ("first(r.started_on, r.refused_on)", date(2027, 3, 31)),
    ("first(r.refused_on, r.started_on)", UNKNOWN),
    ("first(r.ended_on, r.withdrawn_on)", EMPTY),
    ("first(r.ended_on, r.refused_on)", UNKNOWN),
    ("latest(r.ended_on, r.received_on, r.started_on)", date(2027, 3, 31)),
    ("earliest(r.ended_on, r.withdrawn_on)", EMPTY),
    ("earliest(r.received_on, r.refused_on)", UNKNOWN),
]
ROWS = [
    ("any(b for b in bridging if b.referral_id == r.id)", True),
    ("any(b for b in bridging if b.referral_id == 'x')", False),
    ("any(b for b in bridging if b.provider_id == 'x')", False),  # an empty link of a row is not linked
    ("any(b for b in bridging if b.provider_id != 'x' and b.id == 'b3')", UNKNOWN),
    ("any(b for b in bridging if b.last_day is None and b.referral_id == 'r2')", UNKNOWN),
    ("any(b for b in bridging)", True),
    ("any(t for t in team)", UNKNOWN),
    ("any(c for c in complaint)", False),
    ("count(b for b in bridging if b.referral_id == r.id)", 3),
    ("count(b for b in bridging if b.last_day is None)", UNKNOWN),
    ("count(t for t in team)", UNKNOWN),
    ("count(distinct(b.referral_id for b in bridging))", 2),
    ("count(distinct(b.provider_id for b in bridging))", UNKNOWN),
    ("sum(a.result_eur for a in annual_account)", Fraction(49, 10)),
    ("sum(a.revenue_eur for a in annual_account)", UNKNOWN),
    ("sum(a.revenue_eur for a in annual_account if a.year == 2020)", 0),
    ("min(a.result_eur for a in annual_account)", Fraction(-1, 10)),
    ("max(a.filed_on for a in annual_account)", date(2027, 2, 1)),
    ("max(a.filed_on for a in annual_account if a.year == 2020)", UNKNOWN),
    ("min(a.year for a in annual_account if a.year > 2025)", 2026),
    ("uncovered_days(r.received_on, date(2027, 3, 21), [b for b in bridging if b.referral_id == r.id])", 15),
    ("covered_days(r.received_on, date(2027, 3, 21), [b for b in bridging if b.referral_id == r.id])", 6),
    ("covered_days(as_of, r.received_on, [b for b in bridging if b.referral_id == r.id])", 0),
    ("covered_days(r.received_on, r.ended_on, [b for b in bridging if b.referral_id == r.id])", UNKNOWN),
    ("covered_days(r.received_on, as_of, [b for b in bridging if b.referral_id == 'r2'])", UNKNOWN),
    ("covered_days(r.received_on, as_of, [b for b in bridging if b.provider_id != 'o9'])", UNKNOWN),
    ("covered_days(r.received_on, as_of, [t for t in team])", UNKNOWN),
]
PARTIES = [
    ("any(b for b in bridging if own(b.provider_id, b.first_day) and b.id == 'b2')", True),
    ("any(b for b in bridging if own(b.provider_id, b.first_day) and b.id == 'b1')", False),
    ("any(b for b in bridging if covers(b.provider_id, b.first_day) and b.id == 'b1')", True),
    ("any(b for b in bridging if not covers(b.provider_id, b.first_day) and b.id == 'b4')", True),
    ("covers(r.provider_id, r.started_on)", UNKNOWN),
    ("any(b for b in bridging if any(s for s in subcontract if s.subcontractor_id == b.provider_id))", True),
    ("any(b for b in bridging if in_force(b, date(2027, 3, 5)) and b.referral_id == r.id)", True),
    ("any(b for b in bridging if in_force(b, date(2027, 3, 7)) and b.referral_id == r.id)", False),
    ("any(b for b in bridging if overlaps(b, date(2027, 3, 6), date(2027, 3, 6)))", True),
    ("any(b for b in bridging if b.id == 'b1' and overlaps(b, date(2027, 3, 5), date(2027, 3, 3)))", False),
]


@pytest.mark.parametrize(("expression", "expected"), [*FIELDS, *LOGIC, *NUMBERS, *DAYS, *PARTIES])
def test_value(expression: str, expected: Any) -> None:
    """Each expression has the value, EMPTY or UNKNOWN that the rule language gives it."""
    assert state_of(expression) == expected
    assert (state_of(expression) is UNKNOWN) == (expected is UNKNOWN)


@pytest.mark.parametrize(("expression", "expected"), ROWS)
def test_value_over_rows(expression: str, expected: Any) -> None:
    """Quantifiers and counts are unknown where a row, a condition or a used value is."""
    assert state_of(expression) == expected
    assert (state_of(expression) is UNKNOWN) == (expected is UNKNOWN)


def test_a_link_that_was_not_delivered_may_be_there() -> None:
    """An unknown reference of a row leaves the quantifier unknown, where an empty one does not."""
    row = {"id": "b1", "referral_id": "r1", "first_day": "2027-03-03", "_lacks": ["provider_id"]}
    assert state_of("any(b for b in bridging if b.provider_id == 'o1')", {"bridging": [row]}) is UNKNOWN


def test_a_number_of_an_unknown_code_is_unknown() -> None:
    """A number that depends on a code has no value without it."""
    incident = {"id": "i1", "organisation_id": "o1", "discovered_on": "2027-03-01", "_lacks": ["kind"]}
    rule = rule_of("incident as i", compartment="supervision", let={"x": "param.report_days[i.kind]"})
    (found,) = engine_of(case_of(incident=[incident])).subjects(rule)
    assert found.value(rule.lets["x"]) is UNKNOWN


def test_numbers_hold_on_the_number_day() -> None:
    """A number is read on the rule's number day; on an unknown day only one that always held has a value."""
    lets = {"agreed": "param.uptake_days", "dated": "param.max_wait_days[r.service]"}
    rule = rule_of("referral as r", let=lets, number_day="r.ended_on")
    found = next(engine_of(case_of(parameters=PARAMETERS, **FACTS)).subjects(rule))
    assert found.number_day is None
    assert found.value(rule.lets["agreed"]) == 10
    assert found.value(rule.lets["dated"]) is UNKNOWN


def test_a_step_twice_over_an_empty_reference_is_unknown() -> None:
    """A step from a row that is not there leads nowhere."""
    facts = {
        "delivery": [
            {
                "id": "d1",
                "contract_id": "c1",
                "client_id": "k1",
                "provider_id": "o1",
                "service": "ambulatory",
                "day": "2027-03-01",
                "hours": "1",
            },
        ]
    }
    assert state_of("d.referral.provider.legal_form", facts, "delivery as d") is UNKNOWN


def test_lets_are_worked_out_once() -> None:
    """A let that is used twice has the same value, wherever it stands."""
    rule = rule_of(
        "referral as r",
        "same and x > 2",
        let={"x": "count(b for b in bridging if b.referral_id == r.id)"},
        conditions={"same": "x == x"},
    )
    found = next(engine_of(case_of(**FACTS)).subjects(rule))
    assert found.truth(rule.flag_when) is True
