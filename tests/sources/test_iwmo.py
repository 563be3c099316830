"""Messages of iWmo 3.2: an assignment with its start and stop becomes one referral; the rest is unknown."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from compliance.model.schema import delivered_entities
from compliance.sources.facts import Facts, read_facts

from .conftest import CONTRACT, Deliver
from .iwmo_letters import (
    BSN,
    CODES,
    OTHER_BSN,
    PROVIDER,
    assigned,
    assignments,
    client,
    letter,
    started,
    starts,
    stopped,
    stops,
)

Codes = Callable[[Facts], list[tuple[str, str, str]]]
Column = Callable[..., list[Any]]
UNTOLD = {
    "decided_on", "decision_nature", "decision_duration_months", "objection_clause", "refused_on",
    "refusal_ground", "refusal_evidence", "end_notice_on", "end_urgent",
}  # fmt: skip
START, END = {"started_on", "provider_id"}, {"ended_on", "end_reason"}


def referral(facts: Facts, identity: str = "iwmo-0344-101") -> dict[str, Any]:
    """The values that the referral was delivered with, by field."""
    found = facts.connection.execute("SELECT * FROM fact.referral WHERE id = ?", [identity])
    names = [column[0] for column in found.description or ()]
    row = dict(zip(names, found.fetchall()[0], strict=True))
    lacked = facts.catalog["referral"].lacks[row["_lacks"]]
    return {name: value for name, value in row.items() if name not in lacked and not name.startswith("_")}


def lacked(facts: Facts, identity: str = "iwmo-0344-101") -> set[str]:
    """The fields that the referral was delivered without."""
    spec = set(facts.connection.table("fact.referral").columns)
    return {name for name in spec if not name.startswith("_")} - set(referral(facts, identity))


def notices(facts: Facts) -> dict[str, int]:
    """How often each notice counts."""
    found: dict[str, int] = {}
    for notice in facts.notices:
        found[notice.code] = found.get(notice.code, 0) + notice.count
    return found


def test_one_referral_is_assembled_from_three_messages(deliver: Deliver) -> None:
    """Assignment, start and stop give one referral with all that the messages can say."""
    facts = deliver(
        {
            "a.xml": assignments(assigned()),
            "b.xml": starts(started()),
            "c.xml": stops(stopped(reason="31")),
        }
    )
    assert facts.refusals == []
    row = referral(facts)
    pseudonym = row.pop("client_id")
    assert len(pseudonym) == 64
    assert row == {
        "id": "iwmo-0344-101",
        "contract_id": "c1",
        "service": "ambulatory",
        "received_on": date(2027, 2, 1),
        "withdrawn_on": None,
        "started_on": date(2027, 2, 10),
        "provider_id": f"agb-{PROVIDER}",
        "ended_on": date(2027, 2, 20),
        "end_reason": "moved",
    }
    assert lacked(facts) == UNTOLD
    assert facts.catalog["referral"].complete
    assert facts.catalog["client"].complete


def test_what_no_message_said_is_unknown(deliver: Deliver) -> None:
    """Without any message of starts or stops, start and end are not delivered; with them, they are empty."""
    assert lacked(deliver({"a.xml": assignments(assigned())})) == UNTOLD | START | END
    both = assignments(assigned(), assigned("102"))
    facts = deliver({"a.xml": both, "b.xml": starts(started("102"))})
    assert lacked(facts) == UNTOLD | END
    assert referral(facts)["started_on"] is None
    facts = deliver({"a.xml": both, "b.xml": starts(started("102")), "c.xml": stops(stopped("102"))})
    assert lacked(facts) == UNTOLD
    assert referral(facts)["ended_on"] is None


def test_starts_of_another_municipality_say_nothing_here(deliver: Deliver) -> None:
    """Messages of starts count as delivered only for the municipality they were sent to."""
    elsewhere = letter("WMO305", client(started("7")), municipality="0363")
    facts = deliver({"a.xml": assignments(assigned()), "b.xml": elsewhere})
    assert lacked(facts) >= START
    assert [refusal.code for refusal in facts.refusals] == ["assignment_not_delivered"]


@pytest.mark.parametrize(
    ("category", "service"),
    [("01", "household_help"), ("02", "ambulatory"), ("04", "short_stay"), ("07", "specialist_day")],
)
def test_the_category_says_the_service(deliver: Deliver, category: str, service: str) -> None:
    """Each category of this contract is one service."""
    facts = deliver({"a.xml": assignments(assigned(category=category))})
    assert referral(facts)["service"] == service


def test_a_category_of_another_contract_is_said_and_left(deliver: Deliver, column: Column) -> None:
    """A wheelchair makes no referral; its start is no reference to nowhere; both are no reason to refuse."""
    chairs = assignments(assigned("7", category="11"), assigned())
    facts = deliver({"a.xml": chairs, "b.xml": starts(started("7"), started("8", category="11"))})
    assert facts.refusals == []
    assert column(facts, "referral") == ["iwmo-0344-101"]
    said = [notice for notice in facts.notices if notice.code == "category_outside_contract"]
    assert [(notice.detail, notice.count) for notice in said] == [("11 rolstoelen", 1)]


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("02", "deceased"), ("19", "planned"), ("20", "temporary"), ("21", "client"), ("22", "provider"),
        ("23", "agreed"), ("31", "moved"), ("36", "municipality"), ("37", "change"),
        ("38", "other_provider"), ("39", "other_domain"),
    ],
)  # fmt: skip
def test_the_reason_of_the_end_is_mapped(deliver: Deliver, code: str, reason: str) -> None:
    """Each national reason is one of the model's."""
    facts = deliver(
        {
            "a.xml": assignments(assigned()),
            "b.xml": starts(started()),
            "c.xml": stops(stopped(reason=code)),
        }
    )
    assert referral(facts)["end_reason"] == reason


@pytest.mark.parametrize(
    ("letters", "place", "column_name", "code"),
    [
        ({"a.xml": assignments(assigned(category="99"))}, "[1]/wmo301:Product/iwmo:Categorie",
         "Categorie", "unknown_code"),
        ({"a.xml": assignments(assigned(category=None))}, "wmo301:ToegewezenProduct[1]", "Product",
         "element_missing"),
        ({"a.xml": assignments(assigned(on="2027-02-30"))}, "wmo301:Toewijzingsdatum", "Toewijzingsdatum",
         "not_a_day"),
        ({"a.xml": assignments(assigned(on=None))}, "wmo301:ToegewezenProduct[1]", "Toewijzingsdatum",
         "element_missing"),
        ({"a.xml": assignments(assigned("A-1"))}, "wmo301:ToewijzingNummer", "ToewijzingNummer",
         "wrong_pattern"),
        ({"a.xml": assignments(assigned(change="77"))}, "wmo301:RedenWijziging", "RedenWijziging",
         "unknown_code"),
        ({"a.xml": assignments(assigned(), bsn="999900007")}, "wmo301:Client[1]/wmo301:Bsn", "Bsn",
         "not_a_bsn"),
        ({"a.xml": assignments(assigned(), bsn="99990000")}, "wmo301:Client[1]/wmo301:Bsn", "Bsn",
         "not_a_bsn"),
        ({"a.xml": letter("WMO301", client())}, "wmo301:Client[1]", "ToegewezenProduct", "element_missing"),
        ({"b.xml": starts(started("5"))}, "wmo305:StartProduct[1]", "ToewijzingNummer",
         "assignment_not_delivered"),
        ({"b.xml": starts(started(None))}, "wmo305:ToewijzingNummer", "ToewijzingNummer", "element_missing"),
        ({"b.xml": starts(started(status="4"))}, "wmo305:StatusAanlevering", "StatusAanlevering",
         "unknown_code"),
        ({"c.xml": stops(stopped(reason="01"))}, "wmo307:RedenBeeindiging", "RedenBeeindiging",
         "unknown_code"),
        ({"c.xml": stops(stopped(began="2027-03-01"))}, "wmo307:Einddatum", "Einddatum", "days_reversed"),
    ],
)  # fmt: skip
def test_a_bad_product_is_refused_where_it_stands(
    deliver: Deliver, letters: dict[str, str], place: str, column_name: str, code: str
) -> None:
    """A refusal has the XPath, the element and one reason; the message's other products go on."""
    whole = {"z.xml": letter("WMO301", client(assigned("900"), bsn=OTHER_BSN), identification="9")}
    facts = deliver({**letters, **whole})
    (refusal,) = facts.refusals
    assert refusal.place.startswith("/wmo30")
    assert refusal.place.endswith(place)
    assert (refusal.entity, refusal.column, refusal.code) == ("referral", column_name, code)
    assert refusal.expected
    assert not facts.catalog["referral"].complete
    assert referral(facts, "iwmo-0344-900")["service"] == "ambulatory"


@pytest.mark.parametrize("kind", ["WMO305", "WMO307"])
def test_what_was_refused_is_unknown_not_absent(deliver: Deliver, kind: str) -> None:
    """A start or stop that was refused leaves start or end of its referral unknown, and of no other."""
    start, stop = starts(started("102")), stops(stopped("102"))
    if kind == "WMO305":
        start = starts(started(on="soon"), started("102"))
    else:
        stop = stops(stopped(reason="00"), stopped("102"))
    both = assignments(assigned(), assigned("102"))
    facts = deliver({"a.xml": both, "b.xml": start, "c.xml": stop})
    assert lacked(facts) == UNTOLD | (START if kind == "WMO305" else END)
    assert lacked(facts, "iwmo-0344-102") == UNTOLD


def test_a_refused_file_leaves_unknown_what_it_may_have_said(deliver: Deliver) -> None:
    """After a message that breaks off, a referral without a start may have one; one with a start has it."""
    both = assignments(assigned(), assigned("102"))
    broken = starts(started(), identification="2")[:-20]
    facts = deliver({"a.xml": both, "b.xml": starts(started("102")), "c.xml": broken})
    assert lacked(facts) == UNTOLD | START | END
    assert lacked(facts, "iwmo-0344-102") == UNTOLD | END
    assert not facts.catalog["referral"].complete


def test_a_report_without_number_finds_its_assignment(deliver: Deliver) -> None:
    """Product and ToewijzingIngangsdatum name an assignment when the client has one such."""
    both = assignments(assigned(code="02A01"), assigned("102", category="01"))
    facts = deliver({"a.xml": both, "b.xml": starts(started(None, category="02", from_day="2027-02-03"))})
    assert facts.refusals == []
    assert referral(facts)["started_on"] == date(2027, 2, 10)
    assert referral(facts, "iwmo-0344-102")["started_on"] is None


def test_a_report_without_number_is_not_guessed(deliver: Deliver, codes: Codes) -> None:
    """Two assignments that fit, or none, refuse the report; whether either started is unknown."""
    both = assignments(assigned(), assigned("102"))
    facts = deliver({"a.xml": both, "b.xml": starts(started(None, category="02", from_day="2027-02-03"))})
    assert codes(facts) == [("referral", "ToewijzingIngangsdatum", "assignment_not_unique")]
    assert lacked(facts) >= START
    facts = deliver({"a.xml": both, "b.xml": starts(started(None, category="01", from_day="2027-02-03"))})
    assert codes(facts) == [("referral", "ToewijzingIngangsdatum", "assignment_not_delivered")]


def test_a_withdrawn_assignment_does_not_stand_in_the_way(deliver: Deliver) -> None:
    """Of two assignments that fit, one of which counts as never sent, the other is meant."""
    both = assignments(assigned(), assigned("102", change="13"))
    facts = deliver({"a.xml": both, "b.xml": starts(started(None, category="02", from_day="2027-02-03"))})
    assert facts.refusals == []
    assert referral(facts)["started_on"] == date(2027, 2, 10)


def test_a_number_belongs_to_one_client(deliver: Deliver, codes: Codes) -> None:
    """A start of another client under the same number is refused, as are assignments that contradict."""
    facts = deliver({"a.xml": assignments(assigned()), "b.xml": starts(started(), bsn=OTHER_BSN)})
    assert codes(facts) == [("referral", "ToewijzingNummer", "client_differs")]
    assert lacked(facts) >= START
    twice = assignments(assigned(), bsn=OTHER_BSN, identification="2")
    facts = deliver({"a.xml": assignments(assigned()), "b.xml": twice})
    assert codes(facts) == [("referral", "ToewijzingNummer", "client_differs")] * 2


def test_the_provider_is_matched_by_agb_code_alone(deliver: Deliver) -> None:
    """The organisation with the sender's AGB code is the provider; two of them leave it unknown."""
    letters = {"a.xml": assignments(assigned()), "b.xml": starts(started())}
    one = f"id,name,agb_code\no1,Wijkkracht,{PROVIDER}\no2,Anders,\n"
    facts = deliver({**letters, "organisation.csv": one})
    assert referral(facts)["provider_id"] == "o1"
    facts = deliver({**letters, "organisation.csv": f"{one}o3,Dubbel,{PROVIDER}\n"})
    assert lacked(facts) == UNTOLD | END | {"provider_id"}
    assert notices(facts)["provider_not_unique"] == 1


def test_messages_and_tables_come_together(deliver: Deliver, column: Column) -> None:
    """A bridging period in a table refers to a referral of the messages by its stable id."""
    facts = deliver(
        {
            "a.xml": assignments(assigned("00101")),
            "bridging.csv": "id,referral_id,first_day\nb1,iwmo-0344-101,2027-02-05\n",
        }
    )
    assert facts.refusals == []
    assert column(facts, "bridging", "referral_id") == ["iwmo-0344-101"]


def test_a_client_of_another_file_is_not_brought_twice(deliver: Deliver, column: Column) -> None:
    """A pseudonym that a table brings under the same key is the same client."""
    key = bytes(32)
    first = deliver({"a.xml": assignments(assigned())})
    folder = first.files[0].path.rpartition("/")[0]
    pseudonym = column(read_facts([folder], entities=delivered_entities(), key=key), "client")[0]
    deliver({"client.csv": f"id\n{pseudonym}\n"})
    facts = read_facts([folder], entities=delivered_entities(), key=key)
    assert facts.refusals == []
    assert column(facts, "client") == [pseudonym]


def test_the_contract_must_be_clear(deliver: Deliver, codes: Codes) -> None:
    """With two contracts and none named, messages are refused, each once; with one named they are read."""
    two = f"{CONTRACT}c2,Ander,o1,2027-01-01,,task\n"
    facts = deliver({"contract.csv": two, "a.xml": assignments(assigned())})
    assert codes(facts) == [("referral", "contract_id", "contract_unclear")]
    folder = facts.files[0].path.rpartition("/")[0]
    facts = read_facts([folder], entities=delivered_entities(), contract="c2")
    assert facts.refusals == []
    assert referral(facts)["contract_id"] == "c2"


@pytest.mark.parametrize("name", sorted(set(CODES) - {"WMO301", "WMO305", "WMO307"}))
def test_messages_without_facts_are_recognised(deliver: Deliver, name: str) -> None:
    """A message that carries no fact we use is said to be that, and refuses nothing."""
    facts = deliver({"a.xml": letter(name, client(), provider="42420001")})
    assert facts.refusals == []
    said = [notice for notice in facts.notices if notice.code == "message_without_facts"]
    assert [(notice.detail, notice.count) for notice in said] == [(name, 1)]
    assert said[0].file.endswith("a.xml")


def test_messages_are_not_looked_at_for_other_facts(deliver: Deliver) -> None:
    """A run that wants no referrals does not open a message."""
    facts = deliver({"a.xml": "no message at all"})
    folder = facts.files[0].path.rpartition("/")[0]
    assert read_facts([folder], entities=["organisation"]).refusals == []


def test_the_bsn_of_two_clients_gives_two(deliver: Deliver, column: Column) -> None:
    """Different clients in one message stay apart."""
    two = letter("WMO301", client(assigned(), bsn=BSN), client(assigned("102"), bsn=OTHER_BSN))
    facts = deliver({"a.xml": two})
    assert len(set(column(facts, "client"))) == 2
    assert set(column(facts, "referral", "client_id")) == set(column(facts, "client"))
