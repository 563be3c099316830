"""Boundary cases of the acceptance duty and of bridging care, worked out by hand from the rule book's words."""

# ruff: noqa: E501 - a row of a table of cases stays on one line

from __future__ import annotations

from typing import Any

import pytest

from tests.acceptance.desk import Answer
from tests.acceptance.worlds import CONTRACT, Row, differences, judge, rules, values, world

NUMBERS = {
    "organise_days": 7, "uptake_days": 10, "bridge_start_days": 5, "max_bridging_days": 60,
    "max_wait_days": {"ambulatory": 42},
}  # fmt: skip


def referral(id_: str, **fields: Any) -> Row:
    """A referral to ambulatory support of a client of its own."""
    usual = {"id": id_, "contract_id": "c1", "client_id": f"k-{id_}", "service": "ambulatory"}
    return {**usual, "received_on": "2027-05-01", **fields}


def bridging(id_: str, of: str, first_day: str, last_day: str | None = None, **fields: Any) -> Row:
    """Bridging care of a referral, by the contractor."""
    return {
        "id": id_,
        "referral_id": of,
        "provider_id": "o1",
        "first_day": first_day,
        "last_day": last_day,
        **fields,
    }


REFERRALS = [
    # waiting: received 42 days before the day of the check, and one day more
    referral("w42", received_on="2027-04-20"),
    referral("w43", received_on="2027-04-19"),
    referral("w-old42", received_on="2026-06-01", started_on="2027-02-12", provider_id="o1"),
    referral("w-old43", received_on="2026-06-01", started_on="2027-02-13", provider_id="o1"),
    referral("w-before", received_on="2026-06-01", started_on="2026-06-20", provider_id="o1"),
    referral("w-future-start", received_on="2027-04-19", started_on="2027-06-02", provider_id="o9"),
    referral("w-start-today", received_on="2027-04-19", started_on="2027-06-01", provider_id="o1"),
    referral("w-unagreed", service="household_help"),
    referral("w-treek42", service="specialist_day", received_on="2027-04-20"),
    referral("w-treek43", service="specialist_day", received_on="2027-04-19"),
    referral("w-refused", received_on="2027-01-01", refused_on="2027-05-01"),
    referral("w-refused-later", received_on="2027-04-19", refused_on="2027-06-02", refusal_ground="full"),
    referral("w-withdrawn", received_on="2027-01-01", withdrawn_on="2027-06-01"),
    referral("w-withdrawn-later", received_on="2027-04-19", withdrawn_on="2027-06-02"),
    referral("w-future", received_on="2027-06-02"),
    # taken up: 10 days, 11 days, bridging begun today, bridging planned
    referral("u10", received_on="2027-05-22"),
    referral("u11", received_on="2027-05-21"),
    referral("u-bridged", received_on="2027-05-01"),
    referral("u-planned", received_on="2027-05-21"),
    # refused
    referral("r-right", refused_on="2027-05-24", refusal_ground="not_the_right_support", refusal_evidence="x"),
    referral("r-full", refused_on="2027-05-25", refusal_ground="full"),
    referral("r-empty", refused_on="2027-05-24"),
    referral("r-withdrawn", refused_on="2027-05-01", refusal_ground="full", withdrawn_on="2027-05-02"),
    referral("r-other", refused_on="2027-05-10", client_id="k-a"),
    referral("s-other", started_on="2027-05-10", provider_id="o1", client_id="k-a"),
    referral("r-early", refused_on="2027-05-10", client_id="k-b"),
    referral("s-early", started_on="2027-05-09", provider_id="o1", client_id="k-b"),
    referral("r-service", refused_on="2027-05-10", client_id="k-c"),
    referral("s-service", started_on="2027-05-10", provider_id="o1", client_id="k-c", service="short_stay"),
    referral("r-planned", refused_on="2027-05-10", client_id="k-d"),
    referral("s-planned", started_on="2027-06-02", provider_id="o1", client_id="k-d"),
    referral("r-itself", refused_on="2027-05-10", started_on="2027-05-20", provider_id="o1"),
    referral("r-bridged7", refused_on="2027-05-10"),
    referral("r-bridged8", refused_on="2027-05-10"),
    referral("r-bridged-long", refused_on="2027-05-10", received_on="2027-03-01"),
    # ended by the provider: a month is clamped to the end of the shorter month
    *(
        referral(name, received_on="2027-01-01", started_on="2027-01-01", provider_id="o1", ended_on=ended,
                 end_reason=reason, end_notice_on=notice, end_urgent=urgent)
        for name, notice, ended, reason, urgent in (
            ("e-clamp", "2027-01-31", "2027-02-28", "provider", None),
            ("e-clamp-short", "2027-01-31", "2027-02-27", "provider", False),
            ("e-april", "2027-03-31", "2027-04-30", "provider", False),
            ("e-april-short", "2027-03-31", "2027-04-29", "provider", None),
            ("e-no-notice", None, "2027-04-30", "provider", None),
            ("e-urgent", None, "2027-04-30", "provider", True),
            ("e-no-reason", None, "2027-04-30", None, None),
            ("e-no-reason-urgent", None, "2027-04-30", None, True),
            ("e-planned", None, "2027-04-30", "planned", None),
            ("e-later", None, "2027-06-02", "provider", None),
            ("e-notice-later", "2027-06-02", "2027-06-01", "provider", None),
        )
    ),
    # started by whom
    *(
        referral(name, started_on=day, provider_id=provider)
        for name, provider, day in (
            ("p-own", "o1", "2027-05-10"), ("p-first", "o2", "2027-05-10"), ("p-last", "o2", "2027-05-20"),
            ("p-before", "o2", "2027-05-09"), ("p-after", "o2", "2027-05-21"), ("p-member", "o3", "2027-05-15"),
            ("p-member-early", "o3", "2027-05-14"), ("p-bound", "o4", "2027-05-15"), ("p-else", "o5", "2027-05-15"),
            ("p-unknown", None, "2027-05-15"), ("p-stub", "o99", "2027-05-15"),
        )
    ),
    # the window of bridging care
    referral("b-one-day", received_on="2027-05-27"),
    referral("b-no-day", received_on="2027-05-28"),
    referral("b-start", received_on="2027-05-14", started_on="2027-05-20", provider_id="o1"),
    referral("b-start-empty", received_on="2027-05-15", started_on="2027-05-20", provider_id="o1"),
    referral("b-gap"), referral("b-whole"), referral("b-before"), referral("b-touch"),
    referral("b-clock", received_on="2026-12-01", started_on="2027-01-07", provider_id="o1"),
    referral("b-60", received_on="2027-04-01"), referral("b-61", received_on="2027-04-01"),
    referral("b-union", received_on="2027-01-01", started_on="2027-05-01", provider_id="o1"),
    referral("b-14", started_on="2027-05-01", provider_id="o1"),
    referral("b-15", started_on="2027-05-01", provider_id="o1"),
    referral("b-ended", started_on="2027-05-01", provider_id="o1", ended_on="2027-05-10", end_reason="planned"),
    referral("b-open14", started_on="2027-05-19", provider_id="o1"),
    referral("b-open15", started_on="2027-05-18", provider_id="o1"),
    referral("b-withdrawn", withdrawn_on="2027-05-02"),
]  # fmt: skip
BRIDGING = [
    bridging("x1", "u-bridged", "2027-06-01"),
    bridging("x2", "u-planned", "2027-06-02"),
    bridging("x3", "r-bridged7", "2027-05-17"),
    bridging("x4", "r-bridged8", "2027-05-18"),
    bridging("x5", "r-bridged-long", "2027-03-15", "2027-03-20"),
    bridging("g1", "b-gap", "2027-05-06", "2027-05-10"), bridging("g2", "b-gap", "2027-05-07", "2027-05-08"),
    bridging("g3", "b-gap", "2027-05-11", "2027-05-20"), bridging("g4", "b-gap", "2027-05-18", "2027-05-25"),
    bridging("g5", "b-gap", "2027-05-28"), bridging("g6", "b-gap", "2027-05-30", "2027-05-30"),
    bridging("h1", "b-whole", "2027-05-01", "2027-05-25"), bridging("h2", "b-whole", "2027-05-26", "2027-06-30"),
    bridging("i1", "b-before", "2027-05-01", "2027-05-05"), bridging("j1", "b-touch", "2027-05-06", "2027-05-06"),
    bridging("l1", "b-start", "2027-05-19", "2027-05-19"), bridging("m1", "b-clock", "2027-01-06", "2027-01-06"),
    bridging("n1", "b-60", "2027-04-03"), bridging("n2", "b-61", "2027-04-02", "2027-07-01"),
    bridging("q1", "b-union", "2027-02-01", "2027-03-02"), bridging("q2", "b-union", "2027-02-10", "2027-02-20"),
    bridging("q3", "b-union", "2027-03-03", "2027-04-01"), bridging("q4", "b-union", "2027-03-01", "2027-03-04"),
    bridging("s1", "b-14", "2027-04-01", "2027-05-14"), bridging("s2", "b-15", "2027-04-01", "2027-05-15"),
    bridging("s3", "b-ended", "2027-05-01", "2027-05-30"), bridging("s4", "b-open14", "2027-05-06"),
    bridging("s5", "b-open15", "2027-05-06"),
    bridging("t1", "b-withdrawn", "2027-05-09", provider_id="o2"), bridging("t2", "b-withdrawn", "2027-05-10", provider_id="o2"),
    bridging("t3", "b-withdrawn", "2027-05-10", provider_id=None), bridging("t4", "b-withdrawn", "2027-05-15", provider_id="o3"),
    bridging("t5", "b-withdrawn", "2027-05-14", provider_id="o3"),
]  # fmt: skip
EXPECTED = {
    "ACC-01": {"r-right": "C", "r-full": "F", "r-empty": "U", "r-withdrawn": "N", "w-refused-later": "N", "w42": "N"},
    "ACC-02": {"r-right": "C", "r-full": "F", "r-withdrawn": "N", "w42": "N"},
    "ACC-03": {
        "w42": "C", "w43": "F", "w-old42": "C", "w-old43": "F", "w-before": "C", "w-future-start": "F",
        "w-start-today": "F", "w-unagreed": "U", "w-treek42": "C", "w-treek43": "F", "w-refused": "N",
        "w-refused-later": "F", "w-withdrawn": "N", "w-withdrawn-later": "F", "w-future": "-",
    },
    "ACC-04": {
        "r-right": "F", "r-full": "N", "r-other": "C", "r-early": "F", "r-service": "F", "r-planned": "F",
        "r-itself": "C", "r-bridged7": "C", "r-bridged8": "F", "r-bridged-long": "C", "r-withdrawn": "N",
    },
    "ACC-05": {
        "e-clamp": "C", "e-clamp-short": "F", "e-april": "C", "e-april-short": "F", "e-no-notice": "F",
        "e-urgent": "N", "e-no-reason": "U", "e-no-reason-urgent": "N", "e-planned": "N", "e-later": "N",
        "e-notice-later": "F", "w42": "N",
    },
    "ACC-06": {
        "p-own": "C", "p-first": "C", "p-last": "C", "p-before": "F", "p-after": "F", "p-member": "C",
        "p-member-early": "F", "p-bound": "C", "p-else": "F", "p-unknown": "U", "p-stub": "F",
        "w-future-start": "N",
    },
    "ACC-08": {
        "u10": "C", "u11": "F", "u-bridged": "N", "u-planned": "F", "w-refused": "N", "w-withdrawn": "N",
        "w-start-today": "N", "w-future-start": "F",
    },
    "BRG-01": {
        "b-one-day": "F", "b-no-day": "N", "b-start": "C", "b-start-empty": "N", "b-before": "F", "b-touch": "C",
        "b-gap": "C", "u-planned": "F", "b-withdrawn": "N", "w-refused": "N", "b-clock": "C",
    },
    "BRG-02": {
        "b-one-day": "N", "b-no-day": "N", "b-start": "C", "b-gap": "F", "b-whole": "C", "b-before": "N",
        "b-touch": "F", "b-clock": "C",
    },
    "BRG-03": {
        "b-60": "C", "b-61": "F", "b-union": "C", "b-one-day": "N", "u-planned": "N", "b-withdrawn": "N",
        "r-bridged7": "N",
    },
    "BRG-04": {"t1": "F", "t2": "C", "t3": "U", "t4": "C", "t5": "F", "x1": "C", "x2": "-"},
    "BRG-05": {"b-14": "C", "b-15": "F", "b-ended": "C", "b-open14": "C", "b-open15": "F", "b-60": "N"},
}  # fmt: skip


@pytest.fixture(scope="module")
def answer() -> Answer:
    """Everything above in one world, with a contract beside it whose rows are no subjects."""
    other = {**CONTRACT, "id": "c2", "contractor_id": "o5"}
    case = world(
        parameters=NUMBERS,
        contract=[CONTRACT, other],
        organisation=[{"id": f"o{number}", "name": f"O{number}"} for number in range(1, 7)],
        participant=[{"id": "m1", "contract_id": "c1", "organisation_id": "o3", "first_day": "2027-05-15"}],
        subcontract=[
            {"id": "s1", "contract_id": "c1", "principal_id": "o1", "subcontractor_id": "o2", "kind": "fixed",
             "first_day": "2027-05-10", "last_day": "2027-05-20"},
            {"id": "s2", "contract_id": "c1", "principal_id": "o1", "subcontractor_id": "o4", "kind": "client_bound",
             "client_id": "someone-else", "first_day": "2027-05-01"},
            {"id": "s3", "contract_id": "c2", "principal_id": "o5", "subcontractor_id": "o6", "kind": "fixed",
             "first_day": "2027-01-01"},
        ],
        referral=[*REFERRALS, referral("c2-late", contract_id="c2", received_on="2027-01-01")],
        bridging=[*BRIDGING, bridging("c2-b", "c2-late", "2027-02-01", provider_id="o99")],
    )  # fmt: skip
    return judge(case, *rules("ACC-0[1-68]", "BRG-*"))


@pytest.mark.parametrize("rule", sorted(EXPECTED))
def test_each_boundary_is_where_the_words_put_it(answer: Answer, rule: str) -> None:
    """Every subject has the outcome that the words of the rule give it."""
    assert answer.code == 1, answer.err
    assert differences(answer, {rule: EXPECTED[rule]}) == []


def test_days_are_counted_with_both_ends(answer: Answer) -> None:
    """Nested, touching and open intervals count each day once."""
    assert values(answer, "BRG-02", "b-gap")["open_days"] == 2
    assert values(answer, "BRG-02", "b-touch")["open_days"] == 26
    assert values(answer, "BRG-03", "b-61")["bridged_days"] == 61


def test_rows_of_another_contract_are_no_subjects(answer: Answer) -> None:
    """Neither the referrals of another contract nor their bridging care are judged."""
    assert not {subject for _, subject in answer.outcomes()} & {"c2-late", "c2-b"}


@pytest.mark.parametrize(
    ("notice", "ended", "outcome"),
    [
        ("2028-01-31", "2028-02-29", "C"), ("2028-01-31", "2028-02-28", "F"), ("2028-01-29", "2028-02-29", "C"),
        ("2028-01-30", "2028-02-29", "C"), ("2028-02-29", "2028-03-29", "C"), ("2028-02-29", "2028-03-28", "F"),
        ("2027-12-31", "2028-01-31", "C"), ("2027-12-31", "2028-01-30", "F"), ("2027-02-28", "2027-03-28", "C"),
    ],
)  # fmt: skip
def test_months_in_a_leap_year(notice: str, ended: str, outcome: str) -> None:
    """A month later is the same day, or the last of a shorter month; 29 February exists every fourth year."""
    case = world("2028-06-01", referral=[
        referral("e", received_on="2027-01-01", started_on="2027-01-01", provider_id="o1", ended_on=ended,
                 end_reason="provider", end_notice_on=notice),
    ])  # fmt: skip
    assert differences(judge(case, *rules("ACC-05")), {"ACC-05": {"e": outcome}}) == []


@pytest.mark.parametrize(
    ("delivered_on", "outcome"),
    [("2027-01-01", "F"), ("2026-12-31", "C"), ("2027-06-01", "F"), ("2027-06-02", "N"), (None, "N")],
)
def test_an_order_letter_belongs_before_the_contract(delivered_on: str | None, outcome: str) -> None:
    """From the first day of the contract an order letter is one too many; one of the future is none yet."""
    letter = {"id": "l", "contract_id": "c1", "kind": "order_letter", "delivered_on": delivered_on}
    plan = {"id": "p", "contract_id": "c1", "kind": "year_plan", "delivered_on": "2027-02-01"}
    found = judge(world(document=[letter, plan]), *rules("ACC-07"))
    assert found.outcomes().get(("ACC-07", "p"), "not_applicable") == "not_applicable"
    assert found.outcomes().get(("ACC-07", "l"), "not_applicable") == {
        "F": "finding", "C": "compliant", "N": "not_applicable",
    }[outcome]  # fmt: skip


def test_bridging_that_was_not_delivered_is_unknown() -> None:
    """Without bridging in the delivery nobody can say that there is none."""
    case = world(parameters=NUMBERS, referral=[referral("a", received_on="2027-01-01")])
    expected = {"ACC-08": {"a": "U"}, "BRG-01": {"a": "U"}, "BRG-02": {"a": "U"}, "BRG-03": {"a": "U"}}
    assert differences(judge(case, *rules("ACC-08", "BRG-0[123]")), expected) == []
