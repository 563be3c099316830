"""The four system indicators: counted as defined, and not known where the facts do not tell."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from compliance.model.indicator import Measure
from compliance.services.indicators import Indicators, month_ends
from compliance.sources.facts import Facts, facts_of_case

AS_OF = date(2027, 6, 30)
Row = dict[str, Any]
CONTRACT: Row = {
    "id": "c1", "title": "Wmo", "contractor_id": "o1", "first_day": "2027-01-01", "funding": "task",
}  # fmt: skip
OTHER: Row = {**CONTRACT, "id": "c2"}


def referral(name: str, **changes: Any) -> Row:
    """A referral received in May."""
    return {
        "id": name, "contract_id": "c1", "client_id": f"k{name}", "service": "ambulatory",
        "received_on": "2027-05-01", **changes,
    }  # fmt: skip


FACTS: dict[str, list[Row]] = {
    "contract": [CONTRACT, OTHER],
    "contract_year": [{"id": "y1", "contract_id": "c1", "year": 2027, "value_eur": "1000.00"}],
    "organisation": [{"id": "o1", "name": "Wijkkracht"}],
    "client": [],
    "district": [{"id": "west", "name": "West"}, {"id": "oost", "name": "Oost"}],
    "team": [{"id": "t1", "contract_id": "c1", "district_id": "west", "organisation_id": "o1",
              "first_day": "2027-01-01"}],
    "referral": [
        referral("r1", started_on="2027-05-11"),
        referral("r2", started_on="2027-06-01", service="open_day"),
        referral("r3", client_id="kr1", started_on="2027-06-30"),
        referral("r4", started_on="2027-03-31", received_on="2027-03-01"),  # before the period
        referral("r5", started_on="2027-05-05", ended_on="2027-06-30"),  # ended on the day itself
        referral("r6", started_on="2027-07-01"),  # it has not started yet
        referral("r7"),
        referral("r8", refused_on="2027-05-02"),
        referral("r9", withdrawn_on="2027-05-02"),
        referral("r10", contract_id="c2", started_on="2027-05-11"),
    ],
    "delivery": [
        {"id": f"d{number}", "contract_id": "c1", "client_id": "kr1", "provider_id": "o1",
         "service": "ambulatory", "day": day, "hours": 1, "amount_eur": "100.00"}
        for number, day in enumerate(("2027-01-01", "2027-06-30", "2027-07-01", "2026-12-31"))
    ],
    "complaint": [
        {"id": "m1", "contract_id": "c1", "organisation_id": "o1", "received_on": "2027-06-01"},
        {"id": "m2", "contract_id": "c1", "organisation_id": "o1", "received_on": "2027-01-05",
         "handled_on": "2027-02-01"},
    ],
    "formation": [
        {"id": f"f{number}", "contract_id": "c1", "year": 2027, "district_id": "west", "task": task,
         "planned_fte": "10.0", "realised_fte": "8.5"}
        for number, task in enumerate(("basic", "development"))
    ],
    "indicator": [
        {"id": "i1", "contract_id": "c1", "name": "Wachttijd", "period": "2027-Q1", "value": 12,
         "target": 10},
        {"id": "i2", "contract_id": "c1", "name": "cliënttevredenheid", "period": "2027-Q1", "value": "8.1"},
        {"id": "i3", "contract_id": "c1", "name": "Bereik", "period": "2027-Q1", "district_id": "west",
         "value": 3},
    ],
}  # fmt: skip


def facts(**changes: list[Row] | None) -> Facts:
    """The facts with other rows; None leaves an entity out."""
    brought = {name: rows for name, rows in {**FACTS, **changes}.items() if rows is not None}
    return facts_of_case({"as_of": AS_OF.isoformat(), "facts": brought}, entities=FACTS)


def measured(given: Facts) -> dict[str, Measure]:
    """The measures of the whole contract by code."""
    found = Indicators(given, "c1").measures(AS_OF)
    return {one.code: one for one in found if not one.part and one.code != "reported"}


def test_each_measure_counts_what_its_definition_says() -> None:
    """Days are inclusive, what happens after the day judged has not happened, another contract is no part."""
    values = {code: one.value for code, one in measured(facts()).items()}
    assert values == {
        "in_care": 3,  # clients of r1 (and r3, the same), r2, r4; r5 ended on the day
        "inflow": 4,  # r1, r2, r3, r5
        "outflow": 1,
        "waiting": 2,  # r6 and r7
        "wait_median": 10,  # of 4, 10, 31 and 60 days
        "wait_longest": 60,
        "districts": 1,
        "complaints": 1,
        "complaints_open": 1,
        "budget_year": Decimal("1000.00"),
        "spent": Decimal("200.00"),
        "spent_share": Decimal("20.0"),
        "fte": Decimal("17.0"),
    }


def test_targets_come_from_the_facts() -> None:
    """A team in each district, and the planned staff."""
    found = measured(facts())
    assert [found[code].target for code in ("districts", "fte")] == [2, 20]


@pytest.mark.parametrize(
    ("entity", "codes"),
    [
        ("referral", {"in_care", "inflow", "outflow", "waiting", "wait_median", "wait_longest"}),
        ("complaint", {"complaints", "complaints_open"}),
        ("delivery", {"spent", "spent_share"}),
        ("contract_year", {"budget_year", "spent_share"}),
        ("formation", {"fte"}),
        ("team", {"districts"}),
    ],
)
def test_what_was_not_delivered_is_not_known(entity: str, codes: set[str]) -> None:
    """Not delivered is never zero, and what is lacking is named."""
    found = measured(facts(**{entity: None}))
    unknown = {code for code, one in found.items() if one.value is None}
    assert unknown == codes
    assert all(any(name.startswith(f"{entity}.") for name in found[code].lacks) for code in codes)


def test_a_refused_row_makes_it_unknown() -> None:
    """Of an entity with a refused row nothing is counted: the row might have counted too."""
    found = measured(facts(complaint=[*FACTS["complaint"], {"id": "m3", "contract_id": "c1"}]))
    assert found["complaints"].value is None


def test_one_missing_amount_makes_the_sum_unknown() -> None:
    """A sum over what is known would look like the whole."""
    first, *rest = FACTS["delivery"]
    found = measured(facts(delivery=[{**first, "amount_eur": None}, *rest]))
    assert (found["spent"].value, found["spent"].lacks) == (None, ("delivery.amount_eur",))
    assert found["spent_share"].value is None


def test_nothing_waiting_is_none_and_not_unknown() -> None:
    """Where nobody waits there is no longest wait, and nothing is lacking."""
    found = measured(facts(referral=FACTS["referral"][:1]))
    assert found["waiting"].value == 0
    assert found["wait_longest"].value is None
    assert found["wait_longest"].lacks == ()


def test_parts_are_told_by_service() -> None:
    """The services with somebody in them."""
    parts = {
        one.part: one.value
        for one in Indicators(facts(), "c1").measures(AS_OF)
        if one.part and one.code == "in_care"
    }
    assert parts == {"ambulatory": 2, "open_day": 1}


def test_what_was_reported_keeps_its_name_and_stands_at_its_indicator() -> None:
    """Rows about the whole contract, with their target; a row about a district is not shown."""
    found = [one for one in Indicators(facts(), "c1").measures(AS_OF) if one.code == "reported"]
    told = {(one.indicator, one.name, one.value, one.target) for one in found}
    assert told == {
        ("availability", "Wachttijd", Decimal(12), Decimal(10)),
        ("quality", "cliënttevredenheid", Decimal("8.1"), None),
    }


def test_a_course_has_the_ends_of_months() -> None:
    """From the contract's first day, with the day judged as the last."""
    series = {one.code: one for one in Indicators(facts(), "c1").series(AS_OF)}
    days = [day for day, _ in series["in_care"].points]
    assert days[0] == date(2027, 1, 31)
    assert days[-2:] == [date(2027, 5, 31), AS_OF]
    assert [value for _, value in series["in_care"].points][-2:] == [3, 3]


def test_month_ends_do_not_repeat_the_day_judged() -> None:
    """A day that is the end of a month stands once."""
    assert month_ends(date(2027, 3, 31), date(2027, 1, 1), 12) == [
        date(2027, 1, 31), date(2027, 2, 28), date(2027, 3, 31),
    ]  # fmt: skip
