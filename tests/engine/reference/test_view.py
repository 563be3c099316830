"""The view as of a day: what has happened by then, for a reader of one compartment."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from compliance.engine.reference.values import EMPTY, UNKNOWN
from compliance.engine.reference.view import View
from compliance.model.entities import Compartment
from compliance.model.finding import Missing
from tests.engine.worlds import CONTRACT, case_of, setting_of, world_of

REFERRAL = {
    "id": "r1",
    "contract_id": "c1",
    "client_id": "k1",
    "service": "ambulatory",
    "received_on": "2027-06-01",
}


def view_of(case: dict[str, Any], compartment: Compartment = "contract") -> View:
    """The case as a reader of the compartment sees it."""
    return View(world_of(case["facts"]), setting_of(case), compartment)


@pytest.mark.parametrize(
    ("day", "there"), [("2027-05-31", False), ("2027-06-01", True), ("2027-06-02", True)]
)
def test_a_row_is_there_from_the_day_that_anchors_it(day: str, there: bool) -> None:
    """A referral received after the day judged is not in the view."""
    assert ("r1" in view_of(case_of(day, referral=[REFERRAL]))["referral"].by_id) is there


def test_an_event_in_the_future_has_not_happened() -> None:
    """The event, and what describes it, read as empty; plan days and other facts stay."""
    row = {
        **REFERRAL,
        "started_on": "2027-06-20",
        "provider_id": "o2",
        "ended_on": "2027-07-01",
        "end_reason": "provider",
        "refused_on": "2027-06-10",
        "refusal_ground": "full",
        "refusal_evidence": "x",
        "decision_nature": "zin",
    }
    seen = view_of(case_of("2027-06-10", referral=[row]))["referral"].by_id["r1"]
    gone = ("started_on", "provider_id", "ended_on", "end_reason")
    assert all(seen[name] is EMPTY for name in gone)
    assert seen["refusal_ground"] == "full"
    assert seen["refused_on"] == date(2027, 6, 10)
    assert seen["decision_nature"] == "zin"


def test_plan_days_are_read_as_they_are() -> None:
    """A last day in the future is known today."""
    bridging = [{"id": "b1", "referral_id": "r1", "first_day": "2027-06-01", "last_day": "2027-09-01"}]
    found = view_of(case_of(referral=[REFERRAL], bridging=bridging))["bridging"].by_id["b1"]
    assert found["last_day"] == date(2027, 9, 1)


def test_an_end_that_nobody_called_urgent_is_not() -> None:
    """An empty `end_urgent` reads as false; one that was not delivered is unknown."""
    rows = [
        REFERRAL,
        {**REFERRAL, "id": "r2", "_lacks": ["end_urgent"]},
        {**REFERRAL, "id": "r3", "end_urgent": True},
    ]
    found = view_of(case_of(referral=rows))["referral"].by_id
    assert [found[name]["end_urgent"] for name in ("r1", "r2", "r3")] == [False, UNKNOWN, True]


def test_a_row_of_an_unknown_day_may_be_there() -> None:
    """A row that came without its anchor stays, with an unknown day."""
    row = {**REFERRAL, "_lacks": ["received_on"]}
    assert view_of(case_of(referral=[row]))["referral"].by_id["r1"]["received_on"] is UNKNOWN


def test_an_unknown_event_hides_nothing() -> None:
    """What describes an event whose day was not delivered is read as it is."""
    row = {**REFERRAL, "refusal_ground": "full", "_lacks": ["refused_on"]}
    assert view_of(case_of(referral=[row]))["referral"].by_id["r1"]["refusal_ground"] == "full"


def test_a_stub_is_known_by_its_id_alone() -> None:
    """Every other field of a stub is unknown, its events too."""
    stub = view_of(case_of(referral=[REFERRAL]))["organisation"].by_id["o1"]
    assert stub["id"] == "o1"
    assert stub["legal_form"] is UNKNOWN
    assert stub["dissolved_on"] is UNKNOWN


def test_stubs_stay_within_their_compartment() -> None:
    """An organisation that only a Bibob fact names does not exist for readers of other compartments."""
    inquiry = [{"id": "i1", "organisation_id": "o9", "opened_on": "2027-01-01"}]
    case = case_of(bibob_inquiry=inquiry)
    seen = {
        name: "o9" in view_of(case, name)["organisation"].by_id
        for name in ("contract", "supervision", "bibob")
    }
    assert seen == {"contract": False, "supervision": False, "bibob": True}


def test_what_was_not_delivered_may_lack_rows() -> None:
    """An entity without a section is incomplete; an empty section, and participants, are complete."""
    view = view_of(case_of(bridging=[]))
    assert view["team"].gaps == {Missing("missing_fact", field="team", entity="team")}
    assert view["bridging"].complete
    assert view["participant"].complete


def test_the_terms_of_the_contract_are_known_before_it_begins() -> None:
    """The contract at hand is there on a day before its first day; the entity `contract` is empty then."""
    view = view_of(case_of("2026-12-31"))
    assert view.contract["contractor_id"] == "o1"
    assert view["contract"].rows == ()


def test_without_its_contract_nothing_is_judged() -> None:
    """A contract that the facts do not hold is asked for in vain."""
    case = case_of()
    two = world_of(case_of(contract=[CONTRACT, {**CONTRACT, "id": "c2"}])["facts"])
    assert View(two, replace(setting_of(case), contract_id="c2"), "contract").contract.id == "c2"
    with pytest.raises(KeyError):
        View(world_of({**case["facts"], "contract": []}), setting_of(case), "contract")


def test_rows_of_another_contract_are_no_subjects() -> None:
    """Nor is bridging of its referrals, also of one not yet received; a row of unknown contract is."""
    referrals = [
        REFERRAL,
        {**REFERRAL, "id": "r2", "contract_id": "c2", "received_on": "2028-01-01"},
        {**REFERRAL, "id": "r3", "_lacks": ["contract_id"]},
    ]
    bridging = [{"id": f"b{n}", "referral_id": f"r{n}", "first_day": "2027-03-01"} for n in (1, 2, 3)]
    bridging.append({"id": "b4", "referral_id": "gone", "first_day": "2027-03-01"})
    case = case_of(
        contract=[CONTRACT, {**CONTRACT, "id": "c2"}], referral=referrals, bridging=bridging, team=[]
    )
    view = view_of(case)
    found = {
        name: [row.id for row in view.subjects(name)]
        for name in ("contract", "referral", "bridging", "district")
    }
    assert found == {
        "contract": ["c1"],
        "referral": ["r1", "r3"],
        "bridging": ["b1", "b3", "b4"],
        "district": ["west", "oost"],
    }
