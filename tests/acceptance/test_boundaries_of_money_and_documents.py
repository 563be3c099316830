"""Boundary cases of social return, accounts, documents, districts and decisions, by hand from the words."""

# ruff: noqa: E501 - a row of a table of cases stays on one line

from __future__ import annotations

from typing import Any

import pytest

from tests.acceptance.worlds import CONTRACT, Row, differences, judge, rules, values, world


def entry(id_: str, value: str, first_day: str = "2027-03-01", **fields: Any) -> Row:
    """An approved entry of social return by the contractor."""
    usual = {"id": id_, "contract_id": "c1", "organisation_id": "o1", "kind": "placement", "value_eur": value}
    return {**usual, "first_day": first_day, "approved_on": "2027-04-01", **fields}


YEAR = {"id": "y", "contract_id": "c1", "year": 2027, "value_eur": "1000.01"}


@pytest.mark.parametrize(
    ("as_of", "realised", "outcome"),
    [
        ("2028-01-31", "0", "N"), ("2028-02-01", "50.00", "F"), ("2028-02-01", "50.01", "C"),
        ("2028-02-01", "0.00", "F"),
    ],
)  # fmt: skip
def test_social_return_at_year_end(as_of: str, realised: str, outcome: str) -> None:
    """SRO-01: 31 days after 31 December it does not apply yet; 5 % of 1000.01 is 50.0005, to the last digit."""
    case = world(as_of, contract_year=[YEAR], sroi_entry=[
        entry("in", realised), entry("before", "100", "2026-12-31"), entry("after", "100", "2028-01-01"),
        entry("open", "100", approved_on=None), entry("soon", "100", approved_on="2028-03-01"),
    ])  # fmt: skip
    assert differences(judge(case, *rules("SRO-01")), {"SRO-01": {"y": outcome}}) == []


def test_social_return_without_agreement() -> None:
    """SRO-01 and SRO-02: no percentage, no value of the year or no entries delivered is never compliant."""
    bare = {**CONTRACT, "sroi_pct": None}
    old = {**YEAR, "year": 2026, "id": "old"}
    answer = judge(
        world(contract=[bare], contract_year=[YEAR, old], sroi_entry=[]), *rules("SRO-01", "SRO-02")
    )
    assert differences(answer, {"SRO-01": {"old": "U", "y": "N"}, "SRO-02": {"y": "U", "old": "N"}}) == []
    (missing,) = {
        str(item["missing"]) for item in answer.data["results"] if item["outcome"] == "not_assessable"
    }
    assert missing == str([{"kind": "parameter_not_agreed", "parameter": "sroi_pct"}])
    empty = world(contract_year=[{**old, "value_eur": None}, YEAR], sroi_entry=[])
    assert differences(judge(empty, *rules("SRO-01")), {"SRO-01": {"old": "U"}}) == []
    unknown = world(contract_year=[old, YEAR])
    assert (
        differences(judge(unknown, *rules("SRO-0[12]")), {"SRO-01": {"old": "U"}, "SRO-02": {"y": "U"}}) == []
    )


@pytest.mark.parametrize(
    ("as_of", "realised", "outcome"),
    [
        # owed 365.00 over 365 days: a euro a day, less a tenth of the year
        ("2027-06-01", "115.50", "C"), ("2027-06-01", "115.49", "F"), ("2027-02-06", "0.50", "C"),
        ("2027-02-06", "0.49", "F"), ("2027-02-05", "0", "C"), ("2027-12-31", "328.50", "C"),
        ("2027-12-31", "328.49", "F"),
    ],
)  # fmt: skip
def test_social_return_behind_schedule(as_of: str, realised: str, outcome: str) -> None:
    """SRO-02: the day of the year over the days of the year, less ten percent, exactly."""
    case = world(as_of, contract_year=[{**YEAR, "value_eur": "7300"}],
                 sroi_entry=[entry("a", realised, "2027-01-01", approved_on="2027-01-01")])  # fmt: skip
    assert differences(judge(case, *rules("SRO-02")), {"SRO-02": {"y": outcome}}) == []


@pytest.mark.parametrize(("realised", "outcome"), [("329.40", "C"), ("329.39", "F")])
def test_social_return_in_a_leap_year(realised: str, outcome: str) -> None:
    """SRO-02: a leap year has 366 days, and its last day is the 366th."""
    case = world("2028-12-31", contract_year=[{**YEAR, "year": 2028, "value_eur": "7320"}],
                 sroi_entry=[entry("a", realised, "2028-02-29", approved_on="2028-03-01")])  # fmt: skip
    assert differences(judge(case, *rules("SRO-02")), {"SRO-02": {"y": outcome}}) == []


def test_entries_of_social_return() -> None:
    """SRO-03, SRO-04 and SRO-05: one shared day is double; an open end is never too late; who covers the day."""
    case = world(
        organisation=[{"id": name, "name": name} for name in ("o1", "in", "out")],
        subcontract=[{"id": "s", "contract_id": "c1", "principal_id": "o1", "subcontractor_id": "in", "kind": "fixed",
                      "first_day": "2027-03-01", "last_day": "2027-03-31"}],
        sroi_entry=[
            entry("a1", "1", "2027-03-01", last_day="2027-03-31", candidate_id="a"),
            entry("a2", "1", "2027-03-31", last_day="2027-04-30", candidate_id="a"),
            entry("b1", "1", "2027-03-01", last_day="2027-03-31", candidate_id="b"),
            entry("b2", "1", "2027-04-01", candidate_id="b"), entry("c1", "1", candidate_id="c"),
            entry("c2", "1", "2027-05-01", candidate_id="c"), entry("d1", "1", candidate_id="d"),
            entry("d2", "1", "2027-06-02", candidate_id="d"), entry("none1", "1"), entry("none2", "1"),
            entry("early", "1", "2026-12-31"), entry("first", "1", "2027-01-01"),
            entry("end", "1", last_day="2030-12-31"), entry("late", "1", last_day="2031-01-01"),
            entry("p-in", "1", "2027-03-31", organisation_id="in"),
            entry("p-late", "1", "2027-04-01", organisation_id="in"), entry("p-out", "1", organisation_id="out"),
            entry("p-stub", "1", organisation_id="stub"),
        ],
    )  # fmt: skip
    assert differences(judge(case, *rules("SRO-03", "SRO-04", "SRO-05")), {
        "SRO-03": {"a1": "F", "a2": "F", "b1": "C", "b2": "C", "c1": "F", "c2": "F", "d1": "C", "d2": "-", "none1": "N"},
        "SRO-04": {"early": "F", "first": "C", "end": "C", "late": "F", "a1": "C"},
        "SRO-05": {"p-in": "C", "p-late": "F", "p-out": "F", "p-stub": "F", "first": "C"},
    }) == []  # fmt: skip


@pytest.mark.parametrize(("limit", "outcome"), [("33.33", "F"), ("33.34", "C"), (None, "U")])
def test_social_return_by_membership(limit: str | None, outcome: str) -> None:
    """SRO-06: a third is more than 33.33 % and not more than 33.34 %; a year without entries does not apply."""
    case = world(
        parameters={"sroi_membership_max_pct": limit} if limit else {},
        contract_year=[YEAR, {**YEAR, "id": "none", "year": 2028}],
        sroi_entry=[entry("a", "100", kind="membership"), entry("b", "200"),
                    entry("c", "500", kind="membership", approved_on=None)],
    )  # fmt: skip
    answer = judge(case, *rules("SRO-06"))
    assert differences(answer, {"SRO-06": {"y": outcome, "none": "N"}}) == []


def test_an_open_ended_contract_has_no_last_day_to_pass() -> None:
    """SRO-04: without an end of the contract an entry that ends is neither too late nor, by the words, in time."""
    case = world(contract=[{**CONTRACT, "last_day": None}],
                 sroi_entry=[entry("open", "1"), entry("long", "1", last_day="2099-12-31"),
                             entry("early", "1", "2026-12-31", last_day="2099-12-31")])  # fmt: skip
    found = judge(case, *rules("SRO-04")).outcomes()
    assert found["SRO-04", "open"] == "compliant"
    assert found["SRO-04", "early"] == "finding"
    assert found["SRO-04", "long"] in ("compliant", "not_assessable")


def account(organisation: str, year: int, result: str | None, **fields: Any) -> Row:
    """An annual account."""
    usual = {
        "id": f"{organisation}-{year}",
        "organisation_id": organisation,
        "year": year,
        "result_eur": result,
    }
    return {**usual, "filed_on": f"{year + 1}-05-01", **fields}


def test_losses_in_a_row() -> None:
    """FIN-01: three consecutive years ending with the latest; zero is no loss; the latest filing counts."""
    names = ("three", "gap", "zero", "two", "old", "again", "again2", "unknown", "future", "mend")
    chain = [{"id": f"s-{name}", "contract_id": "c1", "principal_id": "o1", "subcontractor_id": name, "kind": "fixed",
              "first_day": "2027-01-01"} for name in names]  # fmt: skip
    case = world(
        organisation=[{"id": name, "name": name} for name in (*names, "o1", "out")],
        subcontract=chain,
        annual_account=[
            *(account("three", year, "-0.01") for year in (2024, 2025, 2026)),
            *(account("gap", year, "-1") for year in (2023, 2024, 2026)),
            *(account("zero", year, result) for year, result in ((2024, "-1"), (2025, "0.00"), (2026, "-1"))),
            *(account("two", year, "-1") for year in (2025, 2026)),
            *(account("old", year, result) for year, result in ((2023, "-1"), (2024, "-1"), (2025, "-1"), (2026, "1"))),
            *(account("again", year, "-1") for year in (2024, 2025, 2026)),
            account("again", 2026, "5", id="z", filed_on="2027-05-02"),
            *(account("again2", year, "-1") for year in (2024, 2025, 2026)),
            account("again2", 2026, "5", id="a", filed_on="2027-05-01"),
            *(account("unknown", year, result) for year, result in ((2024, "-1"), (2025, None), (2026, "-1"))),
            *(account("future", year, "-1") for year in (2025, 2026)), account("future", 2024, "-1", filed_on="2027-06-02"),
            *(account("mend", year, "-1") for year in (2024, 2025)), account("mend", 2026, "3"),
            account("mend", 2026, "-3", id="mend-z", filed_on="2027-05-01"),
            *(account("out", year, "-1") for year in (2024, 2025, 2026)),
        ],
    )  # fmt: skip
    assert differences(judge(case, *rules("FIN-01")), {"FIN-01": {
        "three": "F", "gap": "N", "zero": "C", "two": "N", "old": "C", "again": "C", "again2": "F", "unknown": "U",
        "future": "N", "mend": "F", "out": "N", "o1": "N",
    }}) == []  # fmt: skip


def test_solvency_and_margin() -> None:
    """FIN-02 and FIN-03: exactly at the limit is allowed; a divisor of zero or less says nothing."""
    figures: dict[str, Row] = {
        "at": {"equity_eur": "20", "total_assets_eur": "100", "result_eur": "1", "revenue_eur": "3"},
        "below": {
            "equity_eur": "19.99",
            "total_assets_eur": "100",
            "result_eur": "33.34",
            "revenue_eur": "100",
        },
        "zero": {"equity_eur": "0", "total_assets_eur": "0", "result_eur": "1", "revenue_eur": "0"},
        "minus": {"equity_eur": "1", "total_assets_eur": "-1", "result_eur": "1", "revenue_eur": "-1"},
        "empty": {"equity_eur": "1"},
        "cents": {
            "equity_eur": "0.01",
            "total_assets_eur": "0.05",
            "result_eur": "33.33",
            "revenue_eur": "100",
        },
    }
    case = world(
        parameters={"max_margin_pct": "33.33"},
        organisation=[{"id": name, "name": name} for name in (*figures, "o1", "none")],
        participant=[{"id": f"m-{name}", "contract_id": "c1", "organisation_id": name, "first_day": "2027-01-01"}
                     for name in (*figures, "none")],
        annual_account=[{"id": name, "organisation_id": name, "year": 2026, "filed_on": "2027-05-01", **row}
                        for name, row in figures.items()],
    )  # fmt: skip
    answer = judge(case, *rules("FIN-02", "FIN-03"))
    assert differences(answer, {
        "FIN-02": {"at": "C", "below": "F", "zero": "U", "minus": "U", "empty": "U", "cents": "C", "none": "N"},
        "FIN-03": {"at": "F", "below": "F", "zero": "U", "minus": "U", "empty": "U", "cents": "C", "none": "N"},
    }) == []  # fmt: skip
    assert "33.33" in values(answer, "FIN-03", "at").values()


@pytest.mark.parametrize(
    ("as_of", "outcome"), [("2027-01-01", "F"), ("2030-12-31", "F"), ("2026-12-31", "N"), ("2031-01-01", "N")]
)
def test_districts_are_covered_within_the_term(as_of: str, outcome: str) -> None:
    """COV-01: from the first to the last day of the contract, both included."""
    assert differences(judge(world(as_of, team=[]), *rules("COV-01")), {"COV-01": {"west": outcome}}) == []


def test_a_district_needs_a_team_today() -> None:
    """COV-01: a team that ended yesterday or starts tomorrow is no team; one of another contract neither."""

    def team(district: str, first: str, last: str | None = None, contract: str = "c1") -> Row:
        return {"id": f"t-{district}", "contract_id": contract, "district_id": district, "organisation_id": "o1",
                "first_day": first, "last_day": last}  # fmt: skip

    case = world(contract=[CONTRACT, {**CONTRACT, "id": "c2"}], team=[
        team("west", "2027-06-01"), team("oost", "2027-01-01", "2027-06-01"), team("noord", "2027-06-02"),
        team("zuid", "2027-01-01", "2027-05-31"), team("binnenstad", "2027-01-01", contract="c2"),
    ], district=[{"id": name, "name": name} for name in ("west", "oost", "noord", "zuid", "binnenstad", "leeg")])  # fmt: skip
    assert differences(judge(case, *rules("COV-01")), {"COV-01": {
        "west": "C", "oost": "C", "noord": "F", "zuid": "F", "binnenstad": "F", "leeg": "F", "overvecht": "-",
    }}) == []  # fmt: skip


def test_decisions_are_complete() -> None:
    """LEG-01: from 1 July 2026; an unknown clause matters only when nothing else is missing."""

    def referral(
        id_: str, decided: str | None, nature: str | None, months: int | None, clause: bool | None
    ) -> Row:
        return {"id": id_, "contract_id": "c1", "client_id": f"k-{id_}", "service": "ambulatory",
                "received_on": "2026-01-01", "decided_on": decided, "decision_nature": nature,
                "decision_duration_months": months, "objection_clause": clause}  # fmt: skip

    case = world(referral=[
        referral("whole", "2026-07-01", "x", 12, True), referral("before", "2026-06-30", None, None, False),
        referral("nature", "2026-07-01", None, 12, True), referral("months", "2026-07-01", "x", None, True),
        referral("clause", "2026-07-01", "x", 12, False), referral("unsaid", "2026-07-01", "x", 12, None),
        referral("unsaid-nature", "2026-07-01", None, 12, None), referral("soon", "2027-06-02", None, None, False),
        referral("open", None, None, None, None),
    ])  # fmt: skip
    found = judge(case, *rules("LEG-01"))
    assert differences(found, {"LEG-01": {
        "whole": "C", "before": "N", "nature": "F", "months": "F", "clause": "F", "unsaid": "U", "unsaid-nature": "F",
    }}) == []  # fmt: skip
    assert found.outcomes()["LEG-01", "soon"] == found.outcomes()["LEG-01", "open"] != "finding"


def test_documents_and_complaints() -> None:
    """PLN-01 and CMP-01: due today is in time; thirty days are thirty days, handled or not."""

    def document(id_: str, due: str | None, delivered: str | None) -> Row:
        return {"id": id_, "contract_id": "c1", "kind": "year_plan", "due_on": due, "delivered_on": delivered}

    def complaint(id_: str, received: str, handled: str | None) -> Row:
        return {
            "id": id_,
            "contract_id": "c1",
            "organisation_id": "o1",
            "received_on": received,
            "handled_on": handled,
        }

    case = world(
        parameters={"complaint_days": 30},
        document=[document("today", "2027-06-01", None), document("yesterday", "2027-05-31", None),
                  document("in-time", "2027-05-31", "2027-05-31"), document("late", "2027-05-30", "2027-05-31"),
                  document("soon", "2027-05-31", "2027-06-02"), document("undated", None, None),
                  document("early", "2027-12-31", "2027-01-02")],
        complaint=[complaint("h30", "2027-04-01", "2027-05-01"), complaint("h31", "2027-04-01", "2027-05-02"),
                   complaint("o30", "2027-05-02", None), complaint("o31", "2027-05-01", None),
                   complaint("soon", "2027-05-01", "2027-06-02"), complaint("future", "2027-06-02", None)],
    )  # fmt: skip
    assert differences(judge(case, *rules("PLN-01", "CMP-01")), {
        "PLN-01": {"today": "C", "yesterday": "F", "in-time": "C", "late": "F", "soon": "F", "undated": "N", "early": "C"},
        "CMP-01": {"h30": "C", "h31": "F", "o30": "C", "o31": "F", "soon": "F", "future": "-"},
    }) == []  # fmt: skip
