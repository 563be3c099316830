"""Rules written for one fact of the language each: both engines say the same, and the right thing."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.sql.random_rules import checked
from tests.engine.sql.small_worlds import differing, judged
from tests.engine.worlds import case_of

REFERRAL = {"contract_id": "c1", "client_id": "k1", "service": "ambulatory", "received_on": "2027-02-01"}
FACTS: dict[str, Any] = {
    "organisation": [{"id": "o1", "name": "A", "working_persons": 0}, {"id": "o2", "name": "B"}],
    "client": [{"id": "k1"}],
    "referral": [
        {"id": "r1", **REFERRAL, "started_on": "2027-03-01", "provider_id": "o1"},
        {"id": "r2", **REFERRAL},
        {"id": "r3", **REFERRAL, "_lacks": ["provider_id", "started_on"]},
    ],
    "bridging": [
        {"id": "b1", "referral_id": "r1", "provider_id": "o1", "first_day": "2027-02-03",
         "last_day": "2027-02-05"},
        {"id": "b2", "referral_id": "r2", "first_day": "2027-02-05"},
        {"id": "b3", "referral_id": "r3", "provider_id": "o2", "first_day": "2027-02-05",
         "_lacks": ["last_day"]},
    ],
    "annual_account": [
        {"id": "a1", "organisation_id": "o1", "year": 2026, "filed_on": "2027-02-01", "result_eur": "-1.00",
         "revenue_eur": "3.00", "equity_eur": "0.00", "total_assets_eur": "9999999999999999.99"},
        {"id": "a2", "organisation_id": "o1", "year": 2025, "filed_on": "2026-02-01", "result_eur": "-2.00",
         "revenue_eur": "0.00"},
    ],
    "delivery": [
        {"id": f"d{day:02}", "contract_id": "c1", "client_id": "k1", "provider_id": "o1",
         "service": "ambulatory", "day": f"2027-03-{day:02}", "hours": "1", "_lacks": ["person_id"]}
        for day in range(1, 24)
    ],
    "complaint": [],
}  # fmt: skip
ALWAYS: dict[str, Any] = {"conditions": {"c": "True"}, "flag_when": "c", "message": "x"}
YES, NO, OPEN = "finding", "compliant", "not_assessable"
CASES: list[tuple[str, str, tuple[str, ...]]] = [
    # a comparison with an empty or undelivered field is unknown; `is None` asks outright
    ("referral", "s.started_on > s.received_on", (YES, OPEN, OPEN)),
    ("referral", "s.started_on is None", (NO, YES, OPEN)),
    # the subject's own empty reference is unknown; an empty reference of a row is not linked
    ("referral", "any(b for b in bridging if b.provider_id == s.provider_id)", (YES, OPEN, OPEN)),
    ("organisation", "any(b for b in bridging if b.provider_id == s.id)", (YES, YES)),
    ("referral", "count(b for b in bridging if b.provider_id == s.provider_id) > 0", (YES, OPEN, OPEN)),
    ("referral", "sum(d.hours for d in delivery if d.provider_id == s.provider_id) > 22", (YES, OPEN, OPEN)),
    ("referral", "max(d.day for d in delivery if d.provider_id == s.provider_id) < as_of", (YES, OPEN, OPEN)),
    ("referral", "count(distinct(d.day for d in delivery if d.provider_id == s.provider_id)) == 23",
     (YES, OPEN, OPEN)),
    ("referral", ("3 == covered_days(s.received_on, as_of, [b for b in bridging if "
     "b.provider_id == s.provider_id])"),
     (YES, OPEN, OPEN)),
    # an open interval runs on; one of which the last day was not delivered is unknown
    ("referral", "uncovered_days(s.received_on, as_of, [b for b in bridging if b.referral_id == s.id]) > 4",
     (YES, NO, OPEN)),
    # two equalities with one outer value; a question that no outer row matters to
    ("organisation", "any(b for b in bridging if b.provider_id == s.id and b.referral.provider_id == s.id)",
     (YES, OPEN)),
    ("referral", "any(d for d in delivery if d.hours > 0.5)", (YES, YES, YES)),
    ("referral", "any(d for d in delivery if d.hours < 0.5)", (NO, NO, NO)),
    # three deep
    ("organisation", ("any(a for a in annual_account if a.organisation_id == s.id and "
     "not any(d for d in delivery if d.provider_id == a.organisation_id and "
     "any(b for b in bridging if b.provider_id == d.provider_id and b.first_day >= d.day)))"), (YES, NO)),
    # smallest of nothing is unknown, the sum 0; what was not delivered is unknown
    ("referral", "min(c.received_on for c in complaint) > as_of", (OPEN, OPEN, OPEN)),
    ("referral", "any(t for t in team)", (OPEN, OPEN, OPEN)),
    ("referral", "sum(d.hours for d in delivery if d.service == 'open_day') == 0", (YES, YES, YES)),
    # quotients are exact, and unknown for a divisor of zero or less
    ("annual_account", "s.result_eur / s.revenue_eur < -0.3333", (YES, OPEN)),
    ("annual_account", "s.result_eur / s.revenue_eur * 3 == -1", (YES, OPEN)),
    ("annual_account", "s.revenue_eur / s.result_eur > 0 or s.year > 2020", (YES, YES)),
    ("annual_account", "(1 / s.year) / (1 / s.year) + 1 / s.year - 1 / s.year == 1", (YES, YES)),
    # numbers: lists, dates, codes without a value
    ("referral", "s.service in param.none_allowed", (NO, NO, NO)),
    ("referral", "s.service in param.never_allowed", (OPEN, OPEN, OPEN)),
    ("referral", "s.service in param.allowed", (YES, YES, YES)),
    ("referral", "param.rate['open_day'] < 1", (OPEN, OPEN, OPEN)),
    ("referral", "param.share == 2.5", (YES, YES, YES)),
    ("referral", "first(s.started_on, s.received_on) == s.received_on", (NO, YES, OPEN)),
    ("referral", "latest(s.started_on, s.received_on) == s.received_on", (NO, YES, OPEN)),
    ("referral", "earliest(s.ended_on, s.refused_on) > as_of", (OPEN, OPEN, OPEN)),
    ("referral", "date(year(s.received_on), 2, 29) > as_of", (OPEN, OPEN, OPEN)),
    # steps: over two references, over an empty one, to an entity that is not there
    ("bridging", "s.referral.provider.working_persons == 0", (YES, OPEN, OPEN)),
    ("delivery", "s.person.id == 'p1'", (OPEN,) * 23),
]  # fmt: skip


@pytest.mark.parametrize(("entity", "flag", "outcomes"), CASES)
def test_both_engines_give_the_outcome(entity: str, flag: str, outcomes: tuple[str, ...]) -> None:
    """The outcome per subject in order of id, from both engines, with the same things missing."""
    rule = checked({"subject": f"{entity} as s", "conditions": {"c": flag}, "flag_when": "c", "message": "x"})
    case = case_of("2027-03-31", **FACTS)
    assert not differing(case, [rule])
    _, second = judged(case, [rule])
    assert tuple(one.outcome for one in second.observations) == outcomes


def test_evidence_and_gaps_are_shown_first_twenty_with_their_number() -> None:
    """Of more than twenty rows the first by entity and id are shown, of several lists together."""
    lists = {"delivery": "[d for d in delivery]", "bridging": "[b for b in bridging]"}
    parts: dict[str, Any] = {"subject": "contract as s", "conditions": {"c": "True"}, "message": "x"}
    shown = checked({**parts, "flag_when": "c", "evidence": lists}, 1)
    unsure = checked({**parts, "flag_when": "any(d for d in delivery if d.person_id is None)"}, 2)
    case = case_of("2027-03-31", **FACTS)
    assert not differing(case, [shown, unsure])
    finding, gap = judged(case, [shown, unsure])[1].observations
    assert (len(finding.evidence), finding.evidence_count) == (20, 26)
    assert (len(gap.missing), gap.missing_count) == (20, 23)


def test_a_product_that_does_not_fit_fails_its_rule_alone() -> None:
    """An overflow is a failure of that rule, never a rounding; the other rules are judged."""
    flag = "s.total_assets_eur * s.total_assets_eur * s.total_assets_eur > 1"
    parts: dict[str, Any] = {"subject": "annual_account as s", "message": "x", "flag_when": "c"}
    large = checked({**parts, "conditions": {"c": flag}}, 1)
    small = checked({**parts, "conditions": {"c": "s.year > 2020"}}, 2)
    _, found = judged(case_of("2027-03-31", **FACTS), [large, small])
    assert [failure.rule for failure in found.failures] == ["TST-01"]
    assert [one.rule for one in found.observations] == ["TST-02", "TST-02"]


def test_bridging_of_another_contract_is_no_subject() -> None:
    """Rows of another contract, and bridging of its referrals, are not judged."""
    other = {"id": "c2", "title": "B", "contractor_id": "o1", "first_day": "2027-01-01", "funding": "task"}
    contract = case_of()["facts"]["contract"]
    facts = {**FACTS, "contract": [*contract, other]}
    facts["referral"] = [{**FACTS["referral"][0], "contract_id": "c2"}, *FACTS["referral"][1:]]
    rules = [
        checked({**ALWAYS, "subject": f"{name} as s"}, number)
        for number, name in enumerate(("bridging", "referral", "contract"), 1)
    ]
    case = {**case_of("2027-03-31"), "facts": facts}
    assert not differing(case, rules)
    found = [one.subject.id for one in judged(case, rules)[1].observations]
    assert found == ["b2", "b3", "r2", "r3", "c1"]


def test_a_compartment_sees_only_its_own_stubs() -> None:
    """An organisation known only from a Bibob file is no subject of a rule on the contract."""
    inquiry = {"id": "i1", "organisation_id": "o9", "opened_on": "2027-01-01"}
    signal = {"id": "g1", "organisation_id": "o8"}
    signal |= {"source": "media", "kind": "x", "received_on": "2027-01-02"}
    rules = [
        checked({**ALWAYS, "subject": "organisation as s", "compartment": name}, number)
        for number, name in enumerate(("contract", "supervision", "bibob"), 1)
    ]
    case = case_of("2027-03-31", **FACTS, bibob_inquiry=[inquiry], signal=[signal])
    assert not differing(case, rules)
    found = {(one.rule, one.subject.id) for one in judged(case, rules)[1].observations}
    assert {pair for pair in found if pair[1] in ("o8", "o9")} == {("TST-02", "o8"), ("TST-03", "o9")}
