"""Boundary cases of staff, Bibob and integrity signals, worked out by hand from the rule book's words."""

# ruff: noqa: E501 - a row of a table of cases stays on one line

from __future__ import annotations

from typing import Any

import pytest

from tests.acceptance.worlds import CONTRACT, Row, differences, judge, rules, values, world


def delivery(id_: str, person: str, day: str = "2027-03-01", **fields: Any) -> Row:
    """An hour of care by a person of the contractor."""
    usual = {
        "id": id_,
        "contract_id": "c1",
        "client_id": "k1",
        "provider_id": "o1",
        "person_id": person,
        "day": day,
    }
    return {**usual, "service": "ambulatory", "hours": "1", **fields}


def credential(person: str, issued_on: str, expires_on: str | None = None, **fields: Any) -> Row:
    """A VOG of the person."""
    id_ = f"{person}-{issued_on}-{fields.get('kind', 'vog')}"
    return {
        "id": id_,
        "person_id": person,
        "kind": "vog",
        "issued_on": issued_on,
        "expires_on": expires_on,
        **fields,
    }


def test_care_without_a_valid_vog() -> None:
    """PRO-01: 36 months old on the day is in time, a day more is not; an expiry day counts itself."""
    case = world(
        parameters={"vog_max_age_months": 36},
        person=[{"id": "idle"}],
        credential=[
            credential("edge", "2024-03-01"), credential("old", "2024-02-29"), credential("same", "2027-03-01"),
            credential("after", "2027-03-02"), credential("expires", "2026-01-01", "2027-03-01"),
            credential("expired", "2026-01-01", "2027-02-28"), credential("other", "2026-01-01", kind="big"),
            credential("two", "2020-01-01"), credential("two", "2026-01-01"), credential("soon", "2027-06-02"),
            credential("later", "2026-01-01"),
        ],
        delivery=[
            *(delivery(f"d-{p}", p) for p in ("edge", "old", "same", "after", "expires", "expired", "other", "two",
                                              "soon", "none")),
            delivery("d-l1", "later", "2026-01-01"), delivery("d-l2", "later", "2025-12-31"),
            delivery("d-idle", "idle", "2027-06-02"),
        ],
    )  # fmt: skip
    assert differences(judge(case, *rules("PRO-01")), {"PRO-01": {
        "edge": "C", "old": "F", "same": "C", "after": "F", "expires": "C", "expired": "F", "other": "F", "two": "C",
        "soon": "F", "none": "F", "later": "F", "idle": "N",
    }}) == []  # fmt: skip


def test_a_vog_of_which_only_the_age_matters() -> None:
    """PRO-01: without an agreed age no VOG at all is still a finding, an expired one too, another not assessable."""
    case = world(
        credential=[credential("has", "2026-01-01"), credential("expired", "2026-01-01", "2027-02-28")],
        delivery=[delivery("d1", "has"), delivery("d2", "none"), delivery("d3", "expired")],
    )
    assert (
        differences(judge(case, *rules("PRO-01")), {"PRO-01": {"has": "U", "none": "F", "expired": "F"}})
        == []
    )


@pytest.mark.parametrize(
    ("start", "issued", "outcome"),
    [
        ("2027-05-31", "2027-02-28", "C"), ("2027-05-31", "2027-02-27", "F"), ("2027-05-31", "2027-05-31", "C"),
        ("2027-05-31", "2027-06-01", "F"), ("2027-04-01", "2027-01-01", "C"), ("2027-04-01", "2026-12-31", "F"),
        ("2027-01-01", "2026-10-01", "C"), ("2026-12-31", "2020-01-01", "N"), ("2027-06-02", "2020-01-01", "-"),
    ],
)  # fmt: skip
def test_a_fresh_vog_at_the_start(start: str, issued: str, outcome: str) -> None:
    """PRO-02: three months before, clamped to the month's end, to the first day itself, both included."""
    work = {"id": "e", "person_id": "p", "organisation_id": "o1", "form": "employee", "client_contact": True}
    case = world(
        parameters={"vog_fresh_months": 3},
        credential=[credential("p", issued)],
        employment=[
            {**work, "first_day": start},
            {**work, "id": "continued", "first_day": "2027-03-01", "continues_since": "2015-01-01"},
            {**work, "id": "office", "first_day": "2027-03-01", "client_contact": False},
        ],
    )
    expected = {"PRO-02": {"e": outcome, "continued": "N", "office": "N"}}
    assert differences(judge(case, *rules("PRO-02")), expected) == []


def test_diplomas_are_verified() -> None:
    """PRO-03: a diploma verified tomorrow is none yet; without a function level nothing is asked."""

    def work(person: str, **fields: Any) -> Row:
        return {"id": person, "person_id": person, "organisation_id": "o1", "form": "employee", "client_contact": True,
                "first_day": "2027-02-01", "function_level": "hbo", **fields}  # fmt: skip

    case = world(
        employment=[work("ok"), work("soon"), work("bare"), work("vog"), work("none"), work("ended",
                    last_day="2027-05-31"), work("last", last_day="2027-06-01"), work("level", function_level=None)],
        credential=[
            credential("ok", "2020-01-01", kind="diploma", verified_on="2027-06-01"),
            credential("soon", "2020-01-01", kind="diploma", verified_on="2027-06-02"),
            credential("bare", "2020-01-01", kind="diploma"),
            credential("vog", "2020-01-01", verified_on="2027-01-01"),
        ],
    )  # fmt: skip
    found = judge(case, *rules("PRO-03"))
    assert differences(found, {"PRO-03": {
        "ok": "C", "soon": "F", "bare": "F", "vog": "F", "none": "F", "ended": "N", "last": "F",
    }}) == []  # fmt: skip
    assert found.outcomes()["PRO-03", "level"] in ("not_applicable", "not_assessable")


def test_hours_of_a_day() -> None:
    """PRO-04: sixteen hours are possible, a hundredth more is not; of a group session the largest row counts."""
    case = world(delivery=[
        delivery("a1", "exact", hours="8"), delivery("a2", "exact", hours="8", provider_id="o2"),
        delivery("b1", "over", hours="8"), delivery("b2", "over", hours="8.01", provider_id="o2"),
        delivery("c1", "group", hours="9", session_id="g"), delivery("c2", "group", hours="8", session_id="g"),
        delivery("c3", "group", hours="7"),
        delivery("d1", "groups", hours="9", session_id="g"), delivery("d2", "groups", hours="8", session_id="h"),
        delivery("e1", "days", hours="16"), delivery("e2", "days", "2027-03-02", hours="16"),
        delivery("f1", "soon", hours="10"), delivery("f2", "soon", "2027-06-02", hours="20"),
    ], organisation=[{"id": "o1", "name": "A"}, {"id": "o2", "name": "B"}])  # fmt: skip
    answer = judge(case, *rules("PRO-04"))
    assert differences(answer, {"PRO-04": {
        "exact": "C", "over": "F", "group": "C", "groups": "F", "days": "C", "soon": "C",
    }}) == []  # fmt: skip
    assert "16.01" in values(answer, "PRO-04", "over").values()


ORGANISATIONS = [{"id": f"{name}", "name": name} for name in (
    "o1", "a", "b", "c", "d", "e", "f", "g", "h", "out", "old", "edge",
)]  # fmt: skip


def subcontracts(*names: str, **fields: Any) -> list[Row]:
    """A fixed subcontract of the contractor with each."""
    return [
        {"id": f"s-{name}", "contract_id": "c1", "principal_id": "o1", "subcontractor_id": name, "kind": "fixed",
         "first_day": "2027-01-01", **fields} for name in names
    ]  # fmt: skip


def inquiry(id_: str, organisation: str, concluded_on: str | None, outcome: str | None, **fields: Any) -> Row:
    """A Bibob inquiry opened long ago."""
    return {"id": id_, "organisation_id": organisation, "opened_on": "2020-01-01", "concluded_on": concluded_on,
            "outcome": outcome, **fields}  # fmt: skip


def decision(
    organisation: str, decided_on: str, kind: str = "continue", valid_until: str | None = None
) -> Row:
    """A decision of the municipality."""
    return {"id": f"{organisation}-{decided_on}-{kind}", "organisation_id": organisation, "kind": kind,
            "decided_on": decided_on, "valid_until": valid_until, "motivation": "x"}  # fmt: skip


def test_serious_danger_in_the_chain() -> None:
    """BIB-01 and BIB-02: an outcome counts for five years to the day; a decision must follow it and still hold."""
    case = world(
        organisation=ORGANISATIONS,
        subcontract=subcontracts("a", "b", "c", "d", "e", "f", "g", "h", "old", "edge"),
        bibob_inquiry=[
            inquiry("i-a", "a", "2027-02-01", "serious"), inquiry("i-b", "b", "2027-02-01", "serious"),
            inquiry("i-c", "c", "2027-02-01", "serious"), inquiry("i-d", "d", "2027-02-01", "serious"),
            inquiry("i-e", "e", "2027-02-01", "lesser"), inquiry("i-f", "f", "2027-02-01", "none"),
            inquiry("i-g", "g", "2027-06-02", "serious"), inquiry("i-out", "out", "2027-02-01", "serious"),
            inquiry("i-h1", "h", "2026-02-01", "serious"), inquiry("i-h2", "h", "2027-02-01", "none"),
            inquiry("i-old", "old", "2022-05-31", "serious"), inquiry("i-edge", "edge", "2022-06-01", "serious"),
            inquiry("i-empty", "out", "2027-01-01", None),
        ],
        bibob_measure=[{"id": "m", "inquiry_id": "i-e", "description": "x", "agreed_on": "2027-03-01", "due_on": "2027-05-31"},
                       {"id": "m2", "inquiry_id": "i-e", "description": "x", "agreed_on": "2027-03-01", "due_on": "2027-06-01"},
                       {"id": "m3", "inquiry_id": "i-e", "description": "x", "agreed_on": "2027-03-01",
                        "due_on": "2027-05-01", "evidenced_on": "2027-05-20"},
                       {"id": "m4", "inquiry_id": "i-e", "description": "x", "agreed_on": "2027-03-01",
                        "due_on": "2027-05-01", "evidenced_on": "2027-06-02"}],
        decision=[decision("b", "2027-02-01", valid_until="2027-06-01"), decision("c", "2027-01-31"),
                  decision("d", "2027-02-02", valid_until="2027-05-31"), decision("edge", "2026-01-01", "end")],
    )  # fmt: skip
    assert differences(judge(case, *rules("BIB-01", "BIB-02", "BIB-03")), {
        "BIB-01": {"a": "F", "b": "C", "c": "F", "d": "F", "e": "C", "f": "C", "g": "N", "h": "C", "old": "N",
                   "edge": "F", "out": "N", "o1": "N"},
        "BIB-02": {"i-a": "F", "i-b": "C", "i-c": "F", "i-d": "C", "i-e": "C", "i-f": "N", "i-g": "N", "i-out": "F",
                   "i-h1": "F", "i-old": "N", "i-edge": "C", "i-empty": "U"},
        "BIB-03": {"m": "F", "m2": "C", "m3": "C", "m4": "F"},
    }) == []  # fmt: skip


@pytest.mark.parametrize(
    ("concluded", "as_of", "outcome"),
    [
        ("2024-02-29", "2029-02-28", "F"), ("2024-02-29", "2029-03-01", "N"), ("2023-02-28", "2028-02-28", "F"),
        ("2023-02-28", "2028-02-29", "N"), ("2027-03-01", "2032-03-01", "F"),
    ],
)  # fmt: skip
def test_five_years_over_leap_days(concluded: str, as_of: str, outcome: str) -> None:
    """BIB-02: five years after 29 February is 28 February."""
    case = world(as_of, contract=[{**CONTRACT, "last_day": None}], bibob_inquiry=[inquiry("i", "x", concluded, "serious")],
                 bibob_measure=[], decision=[])  # fmt: skip
    assert differences(judge(case, *rules("BIB-02")), {"BIB-02": {"i": outcome}}) == []


def test_questionnaires_and_screening() -> None:
    """BIB-04 and BIB-05: due today is not overdue; screening is late a day after the last day of it."""
    asked = {"questionnaire_due_on": "2027-05-31"}
    case = world(
        parameters={"bibob_screen_days": 30},
        organisation=ORGANISATIONS,
        subcontract=[
            *subcontracts("a", first_day="2027-05-02"), *subcontracts("b", first_day="2027-05-01"),
            *subcontracts("c", "d"), {**subcontracts("a")[0], "id": "ended-early", "last_day": "2027-02-01",
                                      "subcontractor_id": "e"}, *subcontracts("e", first_day="2027-05-15"),
        ],
        bibob_inquiry=[
            inquiry("late", "c", None, None, **asked), inquiry("today", "x", None, None, questionnaire_due_on="2027-06-01"),
            inquiry("got", "x", None, None, **asked, questionnaire_received_on="2027-06-01"),
            inquiry("gets", "x", None, None, **asked, questionnaire_received_on="2027-06-02"),
            inquiry("done", "x", "2027-06-01", "none", **asked), inquiry("closes", "x", "2027-06-02", "none", **asked),
            inquiry("undated", "x", None, None), inquiry("coming", "d", None, None, opened_on="2027-06-02"),
        ],
    )  # fmt: skip
    assert differences(judge(case, *rules("BIB-04", "BIB-05")), {
        "BIB-04": {"late": "F", "today": "C", "got": "C", "gets": "F", "done": "N", "closes": "F", "undated": "N",
                   "coming": "-"},
        "BIB-05": {"a": "C", "b": "F", "c": "C", "d": "F", "e": "F", "o1": "N", "f": "N"},
    }) == []  # fmt: skip


def test_ties_to_adverse_outcomes() -> None:
    """BIB-06: two hops, to another organisation, whose current outcome is adverse; its own outcome is no tie."""

    def control(holder: str, organisation: str, **fields: Any) -> Row:
        return {"id": f"{holder}-{organisation}", "holder_id": holder, "organisation_id": organisation,
                "kind": "director", "first_day": "2020-01-01", **fields}  # fmt: skip

    case = world(
        organisation=ORGANISATIONS, person=[{"id": "p"}, {"id": "q"}, {"id": "r"}],
        subcontract=subcontracts("a", "b", "c", "d"),
        bibob_inquiry=[inquiry("i1", "out", "2027-01-01", "lesser"), inquiry("i2", "old", "2022-05-31", "serious"),
                       inquiry("i3", "c", "2027-01-01", "serious"), inquiry("i4", "g", "2027-01-01", "none")],
        control=[control("p", "a"), control("p", "out"), control("q", "b"), control("q", "old"), control("r", "c"),
                 control("r", "g"), control("a", "d")],
    )  # fmt: skip
    assert differences(judge(case, *rules("BIB-06")), {
        "BIB-06": {"a": "F", "b": "C", "c": "C", "d": "C", "o1": "C", "out": "N"},
    }) == []  # fmt: skip


def test_new_clients_despite_doubts() -> None:
    """BIB-07: an assessed open signal on the day of the start; a decision to continue takes it away."""

    def started(provider: str, day: str = "2027-04-01") -> Row:
        return {"id": f"r-{provider}-{day}", "contract_id": "c1", "client_id": f"k-{provider}-{day}",
                "service": "ambulatory", "received_on": "2027-01-01", "started_on": day, "provider_id": provider}  # fmt: skip

    def signal(organisation: str, assessed: str | None, closed: str | None = None) -> Row:
        return {"id": f"s-{organisation}", "organisation_id": organisation, "source": "client", "kind": "x",
                "received_on": "2027-01-10", "assessed_on": assessed, "closed_on": closed}  # fmt: skip

    case = world(
        parameters={"signal_assess_days": 30}, organisation=ORGANISATIONS,
        referral=[started(name) for name in ("a", "b", "c", "d", "e", "f", "g", "h")] + [started("edge", "2027-03-31")],
        signal=[signal("a", "2027-04-01"), signal("b", "2027-04-02"), signal("c", "2027-03-01", "2027-04-01"),
                signal("d", "2027-03-01", "2027-04-02"), signal("e", "2027-03-01"), signal("f", "2027-03-01"),
                signal("g", None), signal("edge", "2027-04-01"),
                {**signal("x", None), "id": "s30", "received_on": "2027-05-02"},
                {**signal("x", "2027-06-02"), "id": "s31", "received_on": "2027-05-01"}],
        decision=[decision("e", "2027-04-01", valid_until="2027-04-01"), decision("f", "2027-03-01", "pause"),
                  decision("d", "2027-03-01", valid_until="2027-03-31")],
    )  # fmt: skip
    assert differences(judge(case, *rules("BIB-07", "BIB-08")), {
        "BIB-07": {"a": "F", "b": "C", "c": "C", "d": "F", "e": "C", "f": "F", "g": "C", "h": "C", "edge": "C",
                   "out": "N"},
        "BIB-08": {"s-a": "C", "s-g": "F", "s30": "C", "s31": "F"},
    }) == []  # fmt: skip


def test_changes_of_control() -> None:
    """BIB-09: reported from 180 days before to 7 days after, both included; only of who covers that day."""

    def control(id_: str, organisation: str, first_day: str = "2027-05-01", kind: str = "ubo") -> Row:
        return {"id": id_, "holder_id": "p", "organisation_id": organisation, "kind": kind, "first_day": first_day}  # fmt: skip

    def report(organisation: str, reported_on: str, kind: str = "control") -> Row:
        return {
            "id": f"{organisation}-{kind}",
            "organisation_id": organisation,
            "kind": kind,
            "occurred_on": "2027-05-01",
            "reported_on": reported_on,
        }

    case = world(
        parameters={"control_report_days": 7}, organisation=ORGANISATIONS, person=[{"id": "p"}],
        subcontract=[*subcontracts("a", "b", "c", "d", "e"), *subcontracts("edge", first_day="2027-05-02")],
        control=[
            control("a", "a"), control("b", "b"), control("c", "c"), control("d", "d"), control("e", "e"),
            control("out", "out"), control("edge", "edge"), control("own", "o1"), control("young", "e", "2027-05-25"),
            control("just", "e", "2027-05-24"), control("first", "b", "2027-01-01"), control("second", "b", "2027-01-02"),
            control("proxy", "a", kind="proxy"),
        ],
        change_report=[report("a", "2027-05-08"), report("b", "2027-05-09"), report("c", "2026-11-02"),
                       report("d", "2026-11-01"), report("e", "2027-05-01", "legal_form")],
    )  # fmt: skip
    assert differences(judge(case, *rules("BIB-09")), {"BIB-09": {
        "a": "C", "b": "F", "c": "C", "d": "F", "e": "F", "out": "N", "edge": "N", "own": "F", "young": "N",
        "just": "F", "first": "N", "second": "F", "proxy": "N",
    }}) == []  # fmt: skip


def test_incidents() -> None:
    """BIB-10: a data breach within a day, a measure within seven; not yet reported counts up to today."""

    def incident(id_: str, kind: str, discovered: str, reported: str | None) -> Row:
        return {"id": id_, "organisation_id": "o1", "kind": kind, "discovered_on": discovered, "reported_on": reported}  # fmt: skip

    case = world(organisation=ORGANISATIONS, incident=[
        incident("1", "data_breach", "2027-05-01", "2027-05-02"), incident("2", "data_breach", "2027-05-01", "2027-05-03"),
        incident("7", "supervision_measure", "2027-05-01", "2027-05-08"),
        incident("8", "supervision_measure", "2027-05-01", "2027-05-09"),
        incident("open", "data_breach", "2027-05-31", None), incident("late", "data_breach", "2027-05-30", None),
        incident("soon", "data_breach", "2027-05-30", "2027-06-02"), incident("calamity", "calamity", "2027-01-01", None),
        incident("future", "data_breach", "2027-06-02", None),
    ])  # fmt: skip
    assert differences(judge(case, *rules("BIB-10")), {"BIB-10": {
        "1": "C", "2": "F", "7": "C", "8": "F", "open": "C", "late": "F", "soon": "F", "calamity": "U", "future": "-",
    }}) == []  # fmt: skip
