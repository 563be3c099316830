"""Planted events, a night each: what happens, and what that does to which finding, and why."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from compliance.model.finding import RowRef
from tests.services.nightly.simulation import Simulation, Told

RULES = (
    "acc/ACC-03_waiting-longer-than-norm.yaml",
    "bib/BIB-10_incident-reported-late.yaml",
    "cmp/CMP-01_complaint-open-too-long.yaml",
    "sub/SUB-01_care-by-undeclared-organisation.yaml",
    "sub/SUB-02_deployed-without-prior-notice.yaml",
    "sub/SUB-03_deployed-without-consent.yaml",
)
COMPLAINTS = "cmp/CMP-01_complaint-open-too-long.yaml"
CONTRACT = {
    "id": "c1", "title": "Wmo", "contractor_id": "o1", "first_day": "2027-01-01", "last_day": "2036-12-31",
    "funding": "task",
}  # fmt: skip
REFERRAL = {
    "contract_id": "c1", "service": "specialist_day", "withdrawn_on": "", "refused_on": "", "started_on": "",
}  # fmt: skip
WAITING = {**REFERRAL, "id": "r1", "client_id": "p1", "received_on": "2027-04-01"}
FRESH = {**REFERRAL, "id": "r3", "client_id": "p3", "received_on": "2027-06-01"}
UNNOTIFIED = {
    "id": "s2", "contract_id": "c1", "principal_id": "o1", "subcontractor_id": "o3", "kind": "fixed",
    "first_day": "2027-02-01", "notified_on": "", "consented_on": "",
}  # fmt: skip
DELIVERY = {
    "contract_id": "c1", "client_id": "p1", "service": "specialist_day", "hours": "2.00", "session_id": "",
}  # fmt: skip
NUMBERS = {"complaint_days": 10, "max_wait_days": {"specialist_day": 42}}
SUB_O5 = RowRef("organisation", "o5")


def first(world: Simulation) -> Told:
    """The first deliveries: what is wrong from the start is new, and nothing changed to make it so."""
    world.set_numbers(**NUMBERS)
    world.offer(
        contract=[CONTRACT],
        organisation=[
            {"id": f"o{number}", "name": f"Zorg {number}", "legal_form": "bv", "working_persons": 9}
            for number in (1, 2, 3)
        ],
        client=[{"id": "p1"}, {"id": "p2"}, {"id": "p3"}],
        referral=[WAITING, FRESH],
        subcontract=[
            UNNOTIFIED,
            {
                **UNNOTIFIED, "id": "s1", "subcontractor_id": "o2", "notified_on": "2027-01-10",
                "consented_on": "2027-01-12",
            },
        ],
        complaint=[
            {
                "id": "k1", "contract_id": "c1", "organisation_id": "o1", "received_on": "2027-05-24",
                "handled_on": "",
            },
        ],
        incident=[
            {
                "id": "i1", "organisation_id": "o2", "kind": "data_breach", "discovered_on": "2027-05-20",
                "reported_on": "",
            },
        ],
        delivery=[{**DELIVERY, "id": "d0", "provider_id": "o2", "day": "2027-05-01"}],
    )  # fmt: skip
    fact: tuple[str, tuple[str, ...]] = ("new", ())
    return {
        ("ACC-03", "r1"): fact, ("BIB-10", "i1"): fact, ("SUB-02", "s2"): fact, ("SUB-03", "s2"): fact,
    }  # fmt: skip


def nothing(_: Simulation) -> Told:
    """Only time passes, and the days waited with it: no change."""
    return {}


def new_fact(world: Simulation) -> Told:
    """A delivery of today by somebody unknown: no knowledge of today makes it so yesterday."""
    world.offer(delivery=[{**DELIVERY, "id": "d1", "provider_id": "o4", "day": str(world.day)}])
    return {("SUB-01", "o4"): ("new", ("fact",))}


def term_and_late_fact(world: Simulation) -> Told:
    """A complaint passes its term; and a delivery of weeks ago becomes known."""
    world.offer(delivery=[{**DELIVERY, "id": "d2", "provider_id": "o5", "day": "2027-05-20"}])
    return {("CMP-01", "k1"): ("new", ("time",)), ("SUB-01", "o5"): ("new", ("late_fact",))}


def correction(world: Simulation) -> Told:
    """The notice was there all along; what followed from its absence now stands on its own."""
    world.offer(subcontract=[{**UNNOTIFIED, "notified_on": "2027-01-20"}])
    late = ("late_fact",)
    return {("SUB-02", "s2"): ("resolved", late), ("SUB-03", "s2"): ("changed", late)}


def withdrawal(world: Simulation) -> Told:
    """A delivery is taken back by who brought it."""
    world.offer(withdrawn=[{"entity": "delivery", "id": "d1"}])
    return {("SUB-01", "o4"): ("resolved", ("late_fact",))}


def rule_changed(world: Simulation) -> Told:
    """The rule on complaints gives a month more."""
    world.rewrite(COMPLAINTS, "too_long: open_days > norm_days", "too_long: open_days > norm_days + 30")
    return {("CMP-01", "k1"): ("resolved", ("rule",))}


def number_changed(world: Simulation) -> Told:
    """A longer wait is agreed."""
    world.set_numbers(**{**NUMBERS, "max_wait_days": {"specialist_day": 100}})
    return {("ACC-03", "r1"): ("resolved", ("number",))}


def granted(world: Simulation) -> Told:
    """An exception for the subcontract without consent, two days long."""
    world.grant("SUB-03", RowRef("subcontract", "s2"), date(2027, 6, 10))
    return {("SUB-03", "s2"): ("excepted", ("exception_granted",))}


def number_and_late_fact(world: Simulation) -> Told:
    """The wait is as it was, which reopens one; another needs that and an earlier day of reception too."""
    world.set_numbers(**NUMBERS)
    world.offer(referral=[{**FRESH, "received_on": "2027-04-10"}])
    return {
        ("ACC-03", "r1"): ("reopened", ("number",)),
        ("ACC-03", "r3"): ("new", ("late_fact", "number")),
    }


def lapsed(_: Simulation) -> Told:
    """The exception's last day was yesterday."""
    return {("SUB-03", "s2"): ("changed", ("exception_lapsed",))}


def column_lost(world: Simulation) -> Told:
    """The referral comes again without its day of refusal; another exception is granted."""
    world.offer(referral=[{name: value for name, value in WAITING.items() if name != "refused_on"}])
    world.grant("SUB-01", SUB_O5, date(2027, 12, 31))
    return {
        ("ACC-03", "r1"): ("changed", ("late_fact",)),
        ("SUB-01", "o5"): ("excepted", ("exception_granted",)),
    }


def column_back_and_revoked(world: Simulation) -> Told:
    """The referral comes whole again, and the exception is taken back."""
    world.offer(referral=[WAITING])
    world.revoke(2)
    return {
        ("ACC-03", "r1"): ("changed", ("late_fact",)),
        ("SUB-01", "o5"): ("changed", ("exception_lapsed",)),
    }


def reopened(world: Simulation) -> Told:
    """There was no notice after all; what follows from that does so again."""
    world.offer(subcontract=[UNNOTIFIED])
    late = ("late_fact",)
    return {("SUB-02", "s2"): ("reopened", late), ("SUB-03", "s2"): ("changed", late)}


NIGHTS: tuple[Callable[[Simulation], Told], ...] = (
    first, nothing, new_fact, term_and_late_fact, correction, withdrawal, rule_changed, number_changed,
    granted, number_and_late_fact, lapsed, column_lost, column_back_and_revoked, reopened,
)  # fmt: skip
