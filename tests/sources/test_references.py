"""References and ids over all rows together: what dangles or is double goes, the rest gets stubs."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Any

from compliance.model.schema import delivered_entities
from compliance.sources.facts import Facts, facts_of_case

Case = Callable[[Mapping[str, Any]], Facts]
Codes = Callable[[Facts], list[tuple[str, str, str]]]
Column = Callable[..., list[Any]]


def _delivery(name: str, **values: str) -> dict[str, str]:
    row = {
        "id": name, "contract_id": "c1", "client_id": "k1", "provider_id": "o1", "service": "ambulatory",
        "day": "2027-02-01", "hours": "1",
    }  # fmt: skip
    return row | values


def _referral(name: str, **values: str) -> dict[str, str]:
    row = {
        "id": name, "contract_id": "c1", "client_id": "k1", "service": "ambulatory",
        "received_on": "2027-02-01",
    }  # fmt: skip
    return row | values


def _control(holder: str, organisation: str) -> dict[str, str]:
    row = {"id": f"{holder}-{organisation}", "holder_id": holder, "organisation_id": organisation}
    return row | {"kind": "ubo", "first_day": "2027-01-01"}


def _scopes(facts: Facts, entity: str) -> dict[str, int]:
    rows = facts.connection.execute(f"SELECT id, _scope FROM fact.{entity} WHERE _source < 0").fetchall()
    return dict(rows)


def test_equal_ids_refuse_all_rows(case: Case, codes: Codes, column: Column) -> None:
    """Nobody can say which of two rows with one id holds, so neither does; nor one equal to a refused row."""
    facts = case(
        {"delivery": [_delivery("d1"), _delivery("d1"), _delivery("d2"), _delivery("d2", hours="x")]}
    )
    assert codes(facts) == [
        ("delivery", "id", "equal_ids"),
        ("delivery", "id", "equal_ids"),
        ("delivery", "id", "equal_ids"),
        ("delivery", "hours", "not_a_decimal"),
    ]
    assert column(facts, "delivery") == []


def test_dangling_reference_refuses_the_row(case: Case, codes: Codes, column: Column) -> None:
    """A row that refers to a referral that is not there is refused; an empty reference is none."""
    facts = case(
        {
            "referral": [_referral("r1")],
            "delivery": [
                _delivery("d1", referral_id="r1"),
                _delivery("d2", referral_id="r2"),
                _delivery("d3"),
            ],
        }
    )
    assert codes(facts) == [("delivery", "referral_id", "dangling_reference")]
    assert column(facts, "delivery") == ["d1", "d3"]


def test_refusals_spread_until_nothing_changes(case: Case, codes: Codes, column: Column) -> None:
    """A row that refers to a refused row is refused too, however long the chain."""
    bridging = {"id": "b1", "referral_id": "r1", "first_day": "2027-01-01"}
    facts = case({"referral": [_referral("r1", contract_id="c9")], "bridging": [bridging]})
    assert codes(facts) == [
        ("bridging", "referral_id", "dangling_reference"),
        ("referral", "contract_id", "dangling_reference"),
    ]
    assert column(facts, "bridging") == []


def test_reference_to_what_was_not_delivered(case: Case, codes: Codes) -> None:
    """Without any referral delivered the row is refused, and says that the entity did not come."""
    facts = case({"delivery": [_delivery("d1", referral_id="r1")]})
    assert codes(facts) == [("delivery", "referral_id", "reference_not_delivered")]
    assert not facts.catalog["delivery"].complete


def test_unknown_organisations_persons_and_clients_become_stubs(case: Case) -> None:
    """A stub has an id only, lacks every other field, and is reported."""
    facts = case({"delivery": [_delivery("d1", provider_id="o9", person_id="p9")]})
    assert facts.refusals == []
    stub = facts.connection.execute("SELECT * FROM fact.organisation WHERE id = 'o9'").fetchall()[0]
    assert set(stub[1:9]) == {None}
    group = facts.connection.execute("SELECT _lacks FROM fact.organisation WHERE id = 'o9'").fetchall()[0][0]
    assert facts.catalog["organisation"].lacks[group] == {
        "name", "kvk_number", "agb_code", "legal_form", "working_persons", "registered_on", "dissolved_on",
        "agency_admitted_on",
    }  # fmt: skip
    assert not facts.catalog["organisation"].complete
    assert {(notice.entity, notice.count) for notice in facts.notices if notice.code == "stub"} == {
        ("organisation", 2), ("person", 1), ("client", 1),
    }  # fmt: skip


def test_stubs_know_who_refers_to_them(case: Case) -> None:
    """A stub's scope holds the compartments whose rows refer to it; a real row's holds all."""
    inquiry = {"organisation_id": "o2", "opened_on": "2027-01-01"}
    facts = case(
        {
            "organisation": [{"id": "o1", "name": "x"}],
            "delivery": [_delivery("d1", provider_id="o3")],
            "bibob_inquiry": [{"id": "i1", **inquiry}, {"id": "i2", **inquiry, "organisation_id": "o3"}],
            "signal": [
                {
                    "id": "s1",
                    "organisation_id": "o3",
                    "source": "media",
                    "kind": "x",
                    "received_on": "2027-01-01",
                }
            ],
        }
    )
    assert _scopes(facts, "organisation") == {"o2": 4, "o3": 7}
    real = facts.connection.execute("SELECT _scope FROM fact.organisation WHERE id = 'o1'").fetchall()
    assert real == [(7,)]


def test_unknown_holder_is_a_person_unless_an_organisation_is_known(case: Case) -> None:
    """A holder is whoever has a row; else an organisation that another row names; else a person."""
    facts = case(
        {
            "organisation": [{"id": "o1", "name": "x"}],
            "person": [{"id": "p1"}],
            "control": [_control(holder, "o2") for holder in ("o1", "p1", "o2", "h1")],
        }
    )
    assert _scopes(facts, "organisation") == {"o2": 1}
    assert _scopes(facts, "person") == {"h1": 1}


def test_holder_does_not_depend_on_what_another_compartment_knows(case: Case) -> None:
    """An organisation that only Bibob facts name is no reason to take a contract's holder for one."""
    inquiry = {"id": "i1", "organisation_id": "h1", "opened_on": "2027-01-01"}
    facts = case({"control": [_control("h1", "o1")], "bibob_inquiry": [inquiry]})
    assert _scopes(facts, "person") == {"h1": 1}
    assert _scopes(facts, "organisation") == {"h1": 4, "o1": 1}


def test_holder_with_a_bsn_is_refused(case: Case, codes: Codes) -> None:
    """Nine digits that pass the test are no holder, unless they are an organisation's id; eight may be."""
    facts = case(
        {
            "organisation": [{"id": "111222333", "name": "x"}],
            "control": [_control(holder, "o1") for holder in ("123456782", "111222333", "12345672")],
        }
    )
    assert codes(facts) == [("control", "holder_id", "bsn_like")]


def test_order_of_rows_and_sections_changes_nothing() -> None:
    """Shuffled rows give the same digest, the same rows and the same stubs."""
    base: dict[str, list[dict[str, str]]] = {
        "contract": [
            {"id": "c1", "title": "x", "contractor_id": "o1", "first_day": "2027-01-01", "funding": "task"}
        ],
        "referral": [_referral(f"r{number}") for number in range(5)],
        "delivery": [_delivery(f"d{number}", provider_id=f"o{number % 7}") for number in range(40)],
        "control": [_control(f"h{number}", f"o{number}") for number in range(9)],
    }
    answers = set()
    for seed in range(3):
        shuffle = random.Random(seed)  # noqa: S311 - an order, no secret
        sections = list(base)
        shuffle.shuffle(sections)
        world = {name: shuffle.sample(base[name], len(base[name])) for name in sections}
        facts = facts_of_case({"facts": world}, entities=delivered_entities())
        tables = tuple(
            tuple(facts.connection.execute(f"SELECT id, _lacks FROM fact.{name} ORDER BY id").fetchall())
            for name in (*base, "organisation", "person", "client")
        )
        answers.add((facts.digest, tables, tuple(facts.notices)))
    assert len(answers) == 1


def test_digest_sees_every_difference(case: Case) -> None:
    """Another value, an emptied one, a row more, or an entity that did not come give another digest."""
    worlds: list[dict[str, list[dict[str, str]]]] = [
        {"delivery": [_delivery("d1")]},
        {"delivery": [_delivery("d1", hours="2")]},
        {"delivery": [_delivery("d1", session_id="s")]},
        {"delivery": [_delivery("d1"), _delivery("d2")]},
        {"delivery": []},
        {},
    ]
    assert len({case(world).digest for world in worlds}) == len(worlds)
