"""Facts made from other facts: chain, cycle, tie, current inquiry and person-day."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from compliance.engine.reference.tables import Table
from compliance.engine.reference.values import UNKNOWN
from compliance.engine.reference.view import View
from compliance.model.entities import Compartment
from compliance.model.finding import Missing
from compliance.model.number import Numbers
from tests.engine.worlds import CONTRACT, case_of, setting_of, world_of


def table_of(entity: str, case: dict[str, Any], compartment: Compartment = "contract") -> Table:
    """The derived entity's rows in a case."""
    return View(world_of(case["facts"]), setting_of(case), compartment)[entity]


def subcontract(number: int, principal: str, hired: str, **parts: Any) -> dict[str, Any]:
    """A fixed subcontract in force from the first of January 2027."""
    row = {"id": f"s{number}", "contract_id": "c1", "principal_id": principal, "subcontractor_id": hired}
    return {**row, "kind": "fixed", "first_day": "2027-01-01", **parts}


def control(number: int, holder: str, organisation: str, **parts: Any) -> dict[str, Any]:
    """A shareholding in force from the first of January 2027."""
    row = {"id": f"x{number}", "holder_id": holder, "organisation_id": organisation, "kind": "shareholder"}
    return {**row, "first_day": "2027-01-01", **parts}


def gap(field: str, identifier: str = "") -> Missing:
    """A fact that a derived entity lacks to be complete."""
    return Missing("missing_fact", field=field, entity=field.partition(".")[0], id=identifier)


def test_chain_follows_subcontracts_in_force_from_contractor_and_participants() -> None:
    """Both days of an interval count; participants in force stand at depth 0 as the contractor does."""
    subcontracts = [
        subcontract(1, "o1", "o2", last_day="2027-06-01"),
        subcontract(2, "o2", "o3", first_day="2027-06-01"),
        subcontract(3, "o1", "o4", last_day="2027-05-31"),
        subcontract(4, "p1", "o3"),
        subcontract(5, "o1", "o5", contract_id="c2"),
        subcontract(6, "p2", "o6"),
    ]
    participants = [
        {"id": "m1", "contract_id": "c1", "organisation_id": "p1", "first_day": "2027-06-01"},
        {
            "id": "m2",
            "contract_id": "c1",
            "organisation_id": "p2",
            "first_day": "2027-01-01",
            "last_day": "2027-05-31",
        },
    ]
    contracts = [CONTRACT, {**CONTRACT, "id": "c2"}]
    found = table_of("chain", case_of(contract=contracts, subcontract=subcontracts, participant=participants))
    assert {(row["organisation_id"], row["depth"], row["via"]) for row in found.rows} == {
        ("o1", 0, None),
        ("p1", 0, None),
        ("o2", 1, "s1"),
        ("o3", 1, "s4"),
    }
    assert found.complete


def test_chain_without_subcontracts_delivered_holds_only_what_is_certain() -> None:
    """The contractor is in it; that others are not cannot be concluded."""
    found = table_of("chain", case_of())
    assert [(row.id, row["depth"]) for row in found.rows] == [("o1", 0)]
    assert found.gaps == {gap("subcontract")}


@pytest.mark.parametrize("lacked", ["last_day", "first_day", "contract_id", "principal_id"])
def test_a_subcontract_that_cannot_be_placed_makes_depths_unknown(lacked: str) -> None:
    """It may be a shorter way, so that only depth 0 is certain."""
    rows = [subcontract(1, "o1", "o2"), subcontract(2, "o1", "o3", _lacks=[lacked])]
    found = table_of("chain", case_of(subcontract=rows))
    assert {row.id: row["depth"] for row in found.rows} == {"o1": 0, "o2": UNKNOWN}
    assert found.gaps == {gap(f"subcontract.{lacked}")}


def test_a_subcontract_known_to_be_over_hides_nothing() -> None:
    """What else it lacks does not matter."""
    rows = [
        subcontract(1, "o1", "o2"),
        subcontract(2, "o1", "o3", last_day="2027-05-31", _lacks=["principal_id"]),
    ]
    assert table_of("chain", case_of(subcontract=rows)).complete


def test_without_a_contractor_there_is_no_chain() -> None:
    """A contract that came without its contractor leaves the chain unknown."""
    contract = {**CONTRACT, "_lacks": ["contractor_id"]}
    found = table_of("chain", case_of(contract=[contract], subcontract=[]))
    assert found.rows == ()
    assert found.gaps == {gap("contract.contractor_id", "c1")}


def test_cycle_holds_organisations_that_hire_each_other_today() -> None:
    """A subcontract that is over makes no cycle."""
    rows = [subcontract(1, "o2", "o3"), subcontract(2, "o3", "o2"), subcontract(3, "o4", "o5")]
    rows.append(subcontract(4, "o5", "o4", last_day="2027-05-31"))
    found = table_of("cycle", case_of(subcontract=rows))
    assert [row["organisation_id"] for row in found.rows] == ["o2", "o3"]
    assert found.complete


def test_tie_counts_every_control_row_but_proxies() -> None:
    """Two organisations of one holder are two hops apart; a proxy ties nobody."""
    rows = [
        control(1, "p1", "o1"),
        control(2, "p1", "o2", kind="financier"),
        control(3, "p2", "o1", kind="proxy"),
        control(4, "p2", "o3"),
        control(5, "p1", "o4", last_day="2027-05-31"),
    ]
    found = table_of("tie", case_of(control=rows))
    assert {(row["organisation_id"], row["other_id"], row["hops"]) for row in found.rows} == {
        ("o1", "o2", 2),
        ("o2", "o1", 2),
    }
    assert found.complete


def test_tie_is_unknown_where_control_is_not_told_in_full() -> None:
    """A row that cannot be placed may shorten a route, or make a hub of a holder."""
    rows = [control(1, "p1", "o1"), control(2, "p1", "o2"), control(3, "p1", "o3", _lacks=["kind"])]
    found = table_of("tie", case_of(control=rows))
    assert {row["hops"] for row in found.rows} == {UNKNOWN}
    assert found.gaps == {gap("control.kind")}


def test_tie_does_not_pass_through_a_hub() -> None:
    """A holder of more organisations than the limit ties none of them to each other."""
    rows = [control(number, "p1", f"o{number}") for number in (1, 2, 3)]
    assert table_of("tie", case_of(control=rows, parameters={"hub_limit": 2})).rows == ()
    assert len(table_of("tie", case_of(control=rows, parameters={"hub_limit": 3})).rows) == 6


@pytest.mark.parametrize(
    ("entity", "names"),
    [("tie", ["hub_limit", "related_hops", "bibob_hops"]), ("current_inquiry", ["bibob_years"])],
)
def test_without_its_numbers_a_derived_entity_is_unknown(entity: str, names: list[str]) -> None:
    """A number that nobody agreed leaves what is measured with it unknown."""
    case = case_of(control=[], bibob_inquiry=[])
    view = View(world_of(case["facts"]), setting_of(case, Numbers()), "bibob")
    assert view[entity].gaps == {Missing("parameter_not_agreed", parameter=name) for name in names}


def inquiry(number: int, concluded: str | None, **parts: Any) -> dict[str, Any]:
    """A Bibob inquiry into o1."""
    row = {
        "id": f"i{number}",
        "organisation_id": "o1",
        "opened_on": "2020-01-01",
        "outcome": "lesser",
        **parts,
    }
    return {**row, "concluded_on": concluded} if concluded else row


@pytest.mark.parametrize(
    ("rows", "current"),
    [
        ([inquiry(1, "2022-06-01")], "i1"),
        ([inquiry(1, "2022-05-31")], None),
        ([inquiry(1, "2027-06-02")], None),
        ([inquiry(1, None)], None),
        ([inquiry(1, "2024-01-01"), inquiry(2, "2023-12-31")], "i1"),
        ([inquiry(1, "2024-01-01"), inquiry(2, "2024-01-01")], "i2"),
    ],
)
def test_current_inquiry_is_the_latest_that_still_counts(
    rows: list[dict[str, Any]], current: str | None
) -> None:
    """Five years from its conclusion it counts for the last time; of one day the largest id is the latest."""
    found = table_of("current_inquiry", case_of(bibob_inquiry=rows), "bibob")
    assert [row["inquiry_id"] for row in found.rows] == ([current] if current else [])


def test_current_inquiry_is_unknown_where_a_later_one_may_exist() -> None:
    """An inquiry of which the conclusion was not delivered may replace the one known."""
    rows = [inquiry(1, "2024-01-01"), inquiry(2, None, _lacks=["concluded_on"])]
    found = table_of("current_inquiry", case_of(bibob_inquiry=rows), "bibob")
    assert [row["outcome"] for row in found.rows] == [UNKNOWN]
    assert found.gaps == {gap("bibob_inquiry.concluded_on")}


def delivery(number: int, hours: str, **parts: Any) -> dict[str, Any]:
    """Care delivered by p1 on the first of March."""
    row = {"id": f"d{number}", "contract_id": "c1", "client_id": "k1", "provider_id": "o1", "person_id": "p1"}
    return {**row, "service": "ambulatory", "day": "2027-03-01", "hours": hours, **parts}


@pytest.mark.parametrize(
    ("rows", "hours"),
    [
        ([delivery(1, "8.25"), delivery(2, "0.5")], Fraction("8.75")),
        ([delivery(1, "3", session_id="s"), delivery(2, "4", session_id="s")], Fraction(4)),
        ([delivery(1, "3", session_id="s"), delivery(2, "4", session_id="t"), delivery(3, "1")], Fraction(8)),
        ([delivery(1, "3", _lacks=["session_id"])], Fraction(3)),
        ([delivery(1, "3", _lacks=["session_id"]), delivery(2, "4")], UNKNOWN),
        ([delivery(1, "3", _lacks=["hours"])], UNKNOWN),
    ],
)
def test_person_day_counts_a_session_once(rows: list[dict[str, Any]], hours: Any) -> None:
    """Of a group session the largest row counts; rows that may be one session leave the hours unknown."""
    (row,) = table_of("person_day", case_of(delivery=rows)).rows
    assert (row.id, row["hours"]) == ("p1 2027-03-01", hours)


def test_person_day_leaves_out_who_or_when_nobody_knows() -> None:
    """A delivery without a person makes no person-day; one whose person was not delivered leaves a gap."""
    rows = [delivery(1, "3", person_id=None), delivery(2, "3", _lacks=["person_id"])]
    found = table_of("person_day", case_of(delivery=rows))
    assert found.rows == ()
    assert found.gaps == {gap("delivery.person_id")}
