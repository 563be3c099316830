"""Boundary cases of subcontracting, chain, cycles and ties, worked out by hand from the rule book's words."""

# ruff: noqa: E501 - a row of a table of cases stays on one line

from __future__ import annotations

from typing import Any

import pytest

from tests.acceptance.worlds import CONTRACT, Row, differences, judge, rules, values, world


def subcontract(id_: str, principal: str, subcontractor: str, **fields: Any) -> Row:
    """A fixed subcontract from 1 February 2027."""
    usual = {"id": id_, "contract_id": "c1", "principal_id": principal, "subcontractor_id": subcontractor}
    return {**usual, "kind": "fixed", "first_day": "2027-02-01", **fields}


def delivery(id_: str, provider: str, day: str = "2027-03-01", **fields: Any) -> Row:
    """An hour of care."""
    usual = {"id": id_, "contract_id": "c1", "client_id": "k1", "provider_id": provider, "day": day}
    return {**usual, "service": "ambulatory", "hours": "1", **fields}


def organisations(*ids: str, **fields: Any) -> list[Row]:
    """Rows of organisations."""
    return [{"id": id_, "name": id_.upper(), **fields} for id_ in ids]


def test_care_by_an_undeclared_organisation() -> None:
    """SUB-01: fixed, or client-bound to this client, in force on the very day; own organisations aside."""
    case = world(
        contract=[CONTRACT, {**CONTRACT, "id": "c2", "contractor_id": "z"}],
        organisation=organisations("o1", "in", "first", "last", "before", "after", "two", "bound", "wrong", "part",
                                   "member", "early", "none", "else", "future", "only2"),
        participant=[{"id": "m1", "contract_id": "c1", "organisation_id": "member", "first_day": "2027-03-01"},
                     {"id": "m2", "contract_id": "c1", "organisation_id": "early", "first_day": "2027-03-02"}],
        subcontract=[
            subcontract("s1", "o1", "in"), subcontract("s2", "o1", "first", first_day="2027-03-01"),
            subcontract("s3", "o1", "last", last_day="2027-03-01"),
            subcontract("s4", "o1", "before", first_day="2027-03-02"),
            subcontract("s5", "o1", "after", last_day="2027-02-28"),
            subcontract("s6", "o1", "two"), subcontract("s7", "in", "two", first_day="2027-01-01"),
            subcontract("s8", "o1", "bound", kind="client_bound", client_id="k1"),
            subcontract("s9", "o1", "wrong", kind="client_bound", client_id="k2"),
            subcontract("s10", "o1", "part", kind="client_bound", client_id="k1"),
            subcontract("s11", "z", "else", contract_id="c2"),
            subcontract("s12", "o1", "future", first_day="2027-07-01"),
        ],
        delivery=[
            *(delivery(f"d-{id_}", id_) for id_ in ("o1", "in", "first", "last", "before", "after", "two", "bound",
                                                    "wrong", "member", "early", "else", "future", "stub")),
            delivery("d-p1", "part"), delivery("d-p2", "part", client_id="k2", hours="0.5"),
            delivery("d-p3", "part", client_id="k3", hours="1.25"),
            delivery("d-c2", "only2", contract_id="c2"), delivery("d-soon", "none", "2027-06-02"),
        ],
    )  # fmt: skip
    answer = judge(case, *rules("SUB-01"))
    assert differences(answer, {"SUB-01": {
        "o1": "N", "in": "C", "first": "C", "last": "C", "before": "F", "after": "F", "two": "C", "bound": "C",
        "wrong": "F", "part": "F", "member": "N", "early": "F", "else": "F", "future": "F", "stub": "F",
        "none": "N", "only2": "N",
    }}) == []  # fmt: skip
    assert values(answer, "SUB-01", "part") == {"deliveries": 2, "hours": "1.75"}


def test_notice_and_consent() -> None:
    """SUB-02 and SUB-03: on the first day is in time, a day later is not; a sole trader without staff is exempt."""
    case = world(
        organisation=[
            *organisations("o1"), *organisations("bv", legal_form="bv", working_persons=1),
            *organisations("one", legal_form="sole_proprietorship", working_persons=1),
            *organisations("zero", legal_form="sole_proprietorship", working_persons=0),
            *organisations("two", legal_form="sole_proprietorship", working_persons=2),
            *organisations("unsaid", legal_form="sole_proprietorship"), *organisations("formless", working_persons=1),
            *organisations("formless-two", working_persons=2),
        ],
        subcontract=[
            subcontract("on-time", "o1", "bv", notified_on="2027-02-01", consented_on="2027-02-01"),
            subcontract("late", "o1", "bv", notified_on="2027-02-02", consented_on="2027-02-02"),
            subcontract("never", "o1", "bv"),
            subcontract("soon", "o1", "bv", notified_on="2027-06-02", consented_on="2027-06-02"),
            subcontract("one", "o1", "one"), subcontract("zero", "o1", "zero"), subcontract("two", "o1", "two"),
            subcontract("unsaid", "o1", "unsaid"), subcontract("formless", "o1", "formless"),
            subcontract("formless-two", "o1", "formless-two"), subcontract("stub", "o1", "stub"),
            subcontract("unsaid-fine", "o1", "unsaid", consented_on="2027-01-31"),
            subcontract("future", "o1", "bv", first_day="2027-06-02"),
            subcontract("past", "o1", "bv", last_day="2027-03-01"),
        ],
    )  # fmt: skip
    answer = judge(case, *rules("SUB-02", "SUB-03"))
    assert differences(answer, {
        "SUB-02": {"on-time": "C", "late": "F", "never": "F", "soon": "F", "one": "F", "future": "-", "past": "F"},
        "SUB-03": {
            "on-time": "C", "late": "F", "never": "F", "soon": "F", "one": "N", "zero": "N", "two": "F", "unsaid": "U",
            "formless": "U", "formless-two": "F", "stub": "U", "unsaid-fine": "U", "future": "-", "past": "F",
        },
    }) == []  # fmt: skip


def test_depth_and_cycles() -> None:
    """SUB-04 and SUB-05: depth is the shortest way from an own organisation; who hangs on a cycle lies not on it."""
    case = world(
        organisation=organisations("o1", "m", "a", "b", "c", "self", "x", "y", "tail", "p", "q", "r", "old"),
        participant=[{"id": "m1", "contract_id": "c1", "organisation_id": "m", "first_day": "2027-06-01"}],
        subcontract=[
            subcontract("o1-a", "o1", "a"), subcontract("a-b", "a", "b"), subcontract("b-c", "b", "c"),
            subcontract("a-b-ok", "a", "b", consented_on="2027-03-01"),
            subcontract("a-b-soon", "a", "b", consented_on="2027-06-02"),
            subcontract("m-c", "m", "c"), subcontract("c-tail", "c", "tail"),
            subcontract("self", "self", "self"), subcontract("x-y", "x", "y"), subcontract("y-x", "y", "x"),
            subcontract("y-tail", "y", "tail"), subcontract("p-q", "p", "q"), subcontract("q-r", "q", "r"),
            subcontract("r-p", "r", "p", last_day="2027-05-31"), subcontract("old", "a", "old", last_day="2027-05-31"),
            subcontract("last", "a", "old", last_day="2027-06-01"),
        ],
    )  # fmt: skip
    answer = judge(case, *rules("SUB-04", "SUB-05"))
    assert differences(answer, {
        "SUB-04": {
            "o1-a": "C", "a-b": "F", "b-c": "F", "a-b-ok": "C", "a-b-soon": "F", "m-c": "C", "c-tail": "F",
            "self": "U", "x-y": "U", "old": "N", "last": "F", "r-p": "N",
        },
        "SUB-05": {
            "self": "F", "x": "F", "y": "F", "tail": "C", "p": "C", "q": "C", "r": "C", "o1": "C", "a": "C", "m": "C",
        },
    }) == []  # fmt: skip


def test_client_bound_agreements() -> None:
    """SUB-06: three on the day of the check are allowed, four are not; ended and coming ones do not count."""
    bound: list[Row] = []
    for organisation, count in (("three", 3), ("four", 4)):
        bound += [
            subcontract(f"{organisation}{n}", "o1", organisation, kind="client_bound", client_id=f"k{n}")
            for n in range(count)
        ]
    bound += [
        subcontract("ended", "o1", "three", kind="client_bound", client_id="k", last_day="2027-05-31"),
        subcontract("coming", "o1", "three", kind="client_bound", client_id="k", first_day="2027-06-02"),
        subcontract("fixed", "o1", "three"), subcontract("only-fixed", "o1", "fixed"),
        subcontract("other", "o1", "three", kind="client_bound", client_id="k", contract_id="c2"),
    ]  # fmt: skip
    case = world(contract=[CONTRACT, {**CONTRACT, "id": "c2"}],
                 organisation=organisations("o1", "three", "four", "fixed"), subcontract=bound)  # fmt: skip
    assert differences(judge(case, *rules("SUB-06")), {
        "SUB-06": {"three": "C", "four": "F", "fixed": "N", "o1": "N"},
    }) == []  # fmt: skip


@pytest.mark.parametrize(
    ("share", "outcome"), [("33.33", "C"), ("33.34", "F"), ("33.3333", "C"), ("33.3334", "F"), (None, "U")]
)
def test_own_share_is_an_exact_fraction(share: str | None, outcome: str) -> None:
    """SUB-07: a third is more than 33.33 % and less than 33.34 %; only this year's hours up to today count."""
    case = world(
        parameters={"min_own_share_pct": share} if share else {},
        organisation=organisations("o1", "o2", "m"),
        participant=[{"id": "m1", "contract_id": "c1", "organisation_id": "m", "first_day": "2027-03-01"}],
        subcontract=[subcontract("s", "o1", "o2")],
        delivery=[
            delivery("d1", "o1", hours="0.5"), delivery("d2", "o2", hours="1"), delivery("d3", "m", hours="0.5"),
            delivery("d4", "m", "2027-02-28", hours="1"), delivery("d5", "o1", "2026-12-31", hours="100"),
            delivery("d6", "o1", "2027-06-02", hours="100"),
        ],
    )  # fmt: skip
    answer = judge(case, *rules("SUB-07"))
    assert differences(answer, {"SUB-07": {"c1": outcome}}) == []
    if outcome == "F":
        assert values(answer, "SUB-07", "c1")["own_share_pct"] == "33.33"


def test_rates_registration_and_reasons() -> None:
    """SUB-08, SUB-09 and SUB-10: a cent is a cent; a register number must be known; the future has not happened."""
    rates = {
        "equal": ("61.25", "61.25"), "cent": ("61.24", "61.25"), "more": ("61.26", "61.25"), "number": (61, 61.5),
        "no-rate": (None, "1"), "no-cost": ("1", None),
    }  # fmt: skip
    case = world(
        organisation=[
            *organisations("o1"), *organisations("a", kvk_number="00000001"),
            *organisations("gone", kvk_number="00000002", dissolved_on="2027-06-01"),
            *organisations("going", kvk_number="00000003", dissolved_on="2027-06-02"),
            *organisations("unknown", dissolved_on="2027-01-01"),
        ],
        subcontract=[
            *(subcontract(id_, "o1", "a", hourly_rate_eur=rate, cost_price_eur=cost)
              for id_, (rate, cost) in rates.items()),
            *(subcontract(f"s-{id_}", "o1", id_) for id_ in ("a", "gone", "going", "unknown", "stub")),
            subcontract("ended", "o1", "gone", last_day="2027-05-31", hourly_rate_eur=1, cost_price_eur=2),
            *(subcontract(f"r-{reason}", "o1", "a", reason=reason)
              for reason in ("specialism", "specific_offer", "scarcity", "other", None)),
        ],
    )  # fmt: skip
    assert differences(judge(case, *rules("SUB-08", "SUB-09", "SUB-10")), {
        "SUB-08": {"equal": "C", "cent": "F", "more": "C", "number": "F", "no-rate": "U", "no-cost": "U", "ended": "N"},
        "SUB-09": {"s-a": "C", "s-gone": "F", "s-going": "C", "s-unknown": "U", "s-stub": "U", "ended": "N"},
        "SUB-10": {"r-specialism": "C", "r-specific_offer": "C", "r-scarcity": "F", "r-other": "F", "r-None": "U"},
    }) == []  # fmt: skip


@pytest.mark.parametrize(("ban", "outcome"), [("2027-06-01", "F"), ("2027-06-02", "N"), (None, "U")])
def test_agencies(ban: str | None, outcome: str) -> None:
    """SUB-11: from the day of the ban an agency needs admission; without a day agreed nobody can say."""

    def work(id_: str, agency: str | None, **fields: Any) -> Row:
        return {"id": id_, "person_id": "p", "organisation_id": "o1", "form": "agency", "agency_id": agency,
                "client_contact": True, "first_day": "2027-02-01", **fields}  # fmt: skip

    case = world(
        parameters={"wtta_ban_from": ban} if ban else {},
        organisation=[*organisations("o1", "bare"), *organisations("ok", agency_admitted_on="2027-06-01"),
                      *organisations("soon", agency_admitted_on="2027-06-02")],
        employment=[work("bare", "bare"), work("ok", "ok"), work("soon", "soon"), work("none", None),
                    work("stub", "stub"), work("ended", "bare", last_day="2027-05-31"),
                    work("staff", None, form="employee")],
    )  # fmt: skip
    other = "U" if outcome == "F" else outcome
    assert differences(judge(case, *rules("SUB-11")), {"SUB-11": {
        "bare": outcome, "ok": {"F": "C"}.get(outcome, outcome), "soon": outcome, "none": other, "stub": other,
        "ended": "N", "staff": "N",
    }}) == []  # fmt: skip


def test_staff_of_the_provider() -> None:
    """SUB-12: employed by this provider on that day; a delivery without a person says nothing."""

    def work(person: str, organisation: str, first: str, last: str | None = None) -> Row:
        return {"id": f"{person}-{organisation}-{first}", "person_id": person, "organisation_id": organisation,
                "form": "employee", "client_contact": True, "first_day": first, "last_day": last}  # fmt: skip

    case = world(
        organisation=organisations("o1", "a", "b", "c", "d", "idle"),
        employment=[work("p1", "a", "2027-03-01", "2027-03-01"), work("p1", "b", "2027-03-02"),
                    work("p2", "c", "2027-01-01", "2027-02-28"), work("p2", "c", "2027-03-02")],
        delivery=[delivery("d1", "a", person_id="p1"), delivery("d2", "b", person_id="p1"),
                  delivery("d3", "c", person_id="p2"), delivery("d4", "d"), delivery("d5", "stub", person_id="p2")],
    )  # fmt: skip
    assert differences(judge(case, *rules("SUB-12")), {
        "SUB-12": {"a": "C", "b": "F", "c": "F", "stub": "F", "idle": "N"},
    }) == []  # fmt: skip


def control(id_: str, holder: str, organisation: str, **fields: Any) -> Row:
    """A director since long."""
    usual = {"id": id_, "holder_id": holder, "organisation_id": organisation, "kind": "director"}
    return {**usual, "first_day": "2020-01-01", **fields}


def test_ties_of_up_to_three_hops() -> None:
    """SUB-13: two organisations of one holder are two hops apart; four hops are too far; a proxy is no tie."""
    names = ("two", "three", "four", "proxy", "ended", "direct")
    case = world(
        organisation=organisations("o1", *names, "hold", "hold2"),
        person=[{"id": f"p{number}"} for number in range(6)],
        subcontract=[subcontract(f"s-{name}", "o1", name) for name in names],
        control=[
            control("c1", "p0", "o1"), control("c2", "p0", "two"),
            control("c3", "p0", "hold"), control("c4", "hold", "three"),
            control("c5", "p0", "hold2"), control("c6", "p1", "hold2"), control("c7", "p1", "four"),
            control("c8", "p2", "o1", kind="proxy"), control("c9", "p2", "proxy"),
            control("c10", "p3", "o1", last_day="2027-05-31"), control("c11", "p3", "ended"),
            control("c12", "o1", "direct"),
        ],
    )  # fmt: skip
    answer = judge(case, *rules("SUB-13"))
    assert differences(answer, {"SUB-13": {
        "two": "F", "three": "F", "four": "C", "proxy": "C", "ended": "C", "direct": "F", "o1": "N",
    }}) == []  # fmt: skip


@pytest.mark.parametrize(("size", "outcome"), [(25, "F"), (26, "C")])
def test_a_hub_is_more_than_the_limit(size: int, outcome: str) -> None:
    """SUB-13: a holder of 25 organisations ties them; one of 26 is an office that nobody is tied through."""
    others = [f"x{number}" for number in range(size - 2)]
    case = world(
        organisation=organisations("o1", "a", *others), person=[{"id": "office"}],
        subcontract=[subcontract("s", "o1", "a")],
        control=[control(f"c-{name}", "office", name) for name in ("o1", "a", *others)],
    )  # fmt: skip
    assert differences(judge(case, *rules("SUB-13")), {"SUB-13": {"a": outcome}}) == []


def test_a_hub_counts_organisations_not_rows() -> None:
    """Thirty rows over two organisations make no hub; a route may end at a hub."""
    case = world(
        organisation=organisations("o1", "a", "hub", *(f"x{n}" for n in range(30))), person=[{"id": "p"}],
        subcontract=[subcontract("s", "o1", "a"), subcontract("t", "o1", "hub")],
        control=[
            *(control(f"r{n}", "p", "o1" if n % 2 else "a", kind="shareholder") for n in range(30)),
            *(control(f"h{n}", "hub", f"x{n}") for n in range(30)), control("h", "hub", "o1"),
        ],
    )  # fmt: skip
    assert differences(judge(case, *rules("SUB-13")), {"SUB-13": {"a": "F", "hub": "F"}}) == []
