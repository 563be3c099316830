"""Why something is unknown, down to the row and the number."""

from __future__ import annotations

from typing import Any

import pytest

from compliance.engine.reference.blame import blame
from compliance.engine.reference.evaluate import Subject
from tests.engine.worlds import CONTRACT, case_of, engine_of, rule_of

FACTS: dict[str, Any] = {
    "incident": [{"id": "i1", "organisation_id": "o1", "discovered_on": "2027-03-01", "_lacks": ["kind"]}],
    "referral": [
        {
            "id": "r1",
            "contract_id": "c1",
            "client_id": "k1",
            "service": "ambulatory",
            "received_on": "2027-03-01",
            "_lacks": ["refused_on", "objection_clause"],
        },
    ],
    "bridging": [
        {"id": "b1", "referral_id": "r1", "first_day": "2027-03-03", "_lacks": ["last_day"]},
        {"id": "b2", "referral_id": "r1", "first_day": "2027-03-05", "_lacks": ["first_day", "provider_id"]},
    ],
    "annual_account": [
        {"id": "a1", "organisation_id": "o1", "year": 2026, "equity_eur": "0.00", "filed_on": "2027-02-01"},
    ],
    "delivery": [
        {
            "id": "d1",
            "contract_id": "c1",
            "client_id": "k1",
            "provider_id": "o1",
            "service": "ambulatory",
            "day": "2027-03-01",
            "hours": "1",
            "referral_id": "r9",
        },
    ],
}


def subject_of(expression: str, subject: str = "referral as r", **parts: Any) -> Subject:
    """The first subject of a rule whose let `x` is the expression."""
    rule = rule_of(subject, let={"x": expression}, **parts)
    return next(engine_of(case_of(**FACTS)).subjects(rule))


def blamed(expression: str, subject: str = "referral as r", **parts: Any) -> list[str]:
    """What is missing for the expression to have a value, as field and row or number."""
    found = subject_of(expression, subject, **parts)
    missing = sorted(set(blame(found, found.rule.lets["x"])))
    return [f"{one.field}/{one.id}" if one.field else one.parameter for one in missing]


CASES = [
    ("r.received_on < as_of", []),
    ("r.ended_on < as_of", ["referral.ended_on/r1"]),
    ("r.refused_on is None", ["referral.refused_on/r1"]),
    ("not r.refused_on is None", ["referral.refused_on/r1"]),
    ("r.ended_on < as_of and r.received_on > as_of", []),
    ("r.ended_on < as_of and r.received_on < as_of", ["referral.ended_on/r1"]),
    ("r.ended_on < as_of or r.objection_clause", ["referral.ended_on/r1", "referral.objection_clause/r1"]),
    ("r.received_on + days(param.uptake_days) < r.ended_on", ["uptake_days", "referral.ended_on/r1"]),
    ("latest(r.ended_on, r.refused_on) < as_of", ["referral.ended_on/r1", "referral.refused_on/r1"]),
    ("days_between(r.received_on, as_of) > param.max_wait_days[r.service]", ["max_wait_days[ambulatory]"]),
    (
        "days_between(r.received_on, as_of) > param.report_days[r.decision_nature]",
        ["referral.decision_nature/r1"],
    ),
    ("r.refusal_ground in param.allowed_refusal_grounds", ["referral.refusal_ground/r1"]),
    ("r.provider.legal_form == 'bv'", ["referral.provider_id/r1"]),
    ("r.client.id == 'k1'", []),
    ("contract.contractor.legal_form == 'bv'", ["organisation.legal_form/o1"]),
    ("contract.sroi_pct > 3", ["sroi_pct"]),
    ("any(t for t in team if t.contract_id == contract.id)", ["team/"]),
    ("any(k for k in chain if k.depth > 0)", ["subcontract/"]),
    (
        "any(b for b in bridging if b.last_day >= as_of)",
        ["bridging.first_day/b2", "bridging.last_day/b1", "bridging.last_day/b2"],
    ),
    (
        "any(b for b in bridging if b.provider_id == 'o1')",
        ["bridging.first_day/b2", "bridging.provider_id/b2"],
    ),
    ("count(b for b in bridging if b.last_day is None)", ["bridging.first_day/b2", "bridging.last_day/b1"]),
    ("min(b.first_day for b in bridging)", ["bridging.first_day/b2"]),
    ("count(b for b in bridging)", ["bridging.first_day/b2"]),
    ("max(a.year for a in annual_account if a.year < 2000)", ["annual_account/"]),
    ("sum(t.fte for t in team)", ["team/"]),
    (
        "min(b.first_day for b in bridging if b.provider_id != 'o9')",
        ["bridging.first_day/b2", "bridging.provider_id/b1", "bridging.provider_id/b2"],
    ),
    (
        "covered_days(r.received_on, as_of, [b for b in bridging if b.provider_id != 'o9'])",
        ["bridging.first_day/b2", "bridging.provider_id/b1", "bridging.provider_id/b2"],
    ),
    (
        "covered_days(r.ended_on, r.refused_on, [b for b in bridging if b.referral_id == r.id])",
        ["bridging.first_day/b2", "bridging.last_day/b1", "referral.ended_on/r1", "referral.refused_on/r1"],
    ),
    ("covered_days(r.received_on, as_of, [t for t in team])", ["team/"]),
]


@pytest.mark.parametrize(("expression", "expected"), CASES)
def test_what_is_missing(expression: str, expected: list[str]) -> None:
    """The operands, rows, entities and numbers for which the expression has no value, and no others."""
    assert sorted(blamed(expression)) == sorted(expected)


def test_a_divisor_that_does_not_count_is_to_blame() -> None:
    """Equity of zero as divisor: the field itself is what keeps from judging."""
    assert blamed("a.year / a.equity_eur", "annual_account as a") == ["annual_account.equity_eur/a1"]
    assert blamed("a.year / (a.equity_eur * 2 - 1)", "annual_account as a") == [
        "annual_account.equity_eur/a1"
    ]
    assert blamed("a.equity_eur / a.revenue_eur", "annual_account as a") == ["annual_account.revenue_eur/a1"]


def test_a_divisor_over_rows_blames_the_rows_it_is_made_of() -> None:
    """A total of zero blames the amounts in it, by way of the let they were added in."""
    rule = rule_of(
        "contract as c",
        let={"total": "sum(a.equity_eur for a in annual_account)", "x": "1 / total"},
    )
    found = next(engine_of(case_of(**FACTS)).subjects(rule))
    missing = {one.id for one in blame(found, rule.lets["x"])}
    assert missing == {"a1"}


def test_a_code_that_is_not_there_is_to_blame_for_its_number() -> None:
    """A number that depends on a code needs the code first."""
    assert blamed("param.report_days[i.kind] > 1", "incident as i", compartment="supervision") == [
        "incident.kind/i1"
    ]


def test_a_divisor_of_days_blames_its_bounds() -> None:
    """A window that is empty has no days to divide by, nor does a count of nothing have rows to blame."""
    window = "covered_days(as_of, r.received_on, [b for b in bridging if b.referral_id == 'x'])"
    assert blamed(f"1 / {window}") == ["referral.received_on/r1"]
    assert blamed("1 / count(b for b in bridging if b.referral_id == 'x')") == []


def test_a_row_that_a_step_does_not_reach_is_missing_by_its_id() -> None:
    """A referral that is not in the view is named by the id that refers to it."""
    assert blamed("d.referral.service == 'ambulatory'", "delivery as d") == ["referral.service/r9"]
    assert blamed("d.referral.provider.legal_form == 'bv'", "delivery as d") == ["referral.provider_id/r9"]
    assert blamed("d.person.id == 'p'", "delivery as d") == ["delivery.person_id/d1"]


def test_an_unknown_number_day_is_to_blame_with_the_number() -> None:
    """A number that changes in time needs the day on which it is read."""
    found = blamed("param.max_wait_days['specialist_day'] > 1", number_day="r.ended_on")
    assert set(found) == {"max_wait_days[specialist_day]", "referral.ended_on/r1"}
    assert blamed("param.max_wait_days['specialist_day'] > 1") == []


def test_what_is_known_has_nobody_to_blame() -> None:
    """A node with a value blames nothing, whatever lies below it."""
    found = subject_of("first(r.received_on, r.refused_on)")
    assert list(blame(found, found.rule.lets["x"])) == []
    assert CONTRACT["id"] == found.view.contract.id
