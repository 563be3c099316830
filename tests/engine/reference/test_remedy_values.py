"""Boundaries are found to the day and to the cent, and on the side that is nearest."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from compliance.engine.reference.remedy_policy import fits, may_change, nature_of
from compliance.engine.reference.remedy_values import beyond_clears, nearest_amount, nearest_day, plain_values
from compliance.model.finding import Value
from compliance.model.schema import FieldSpec, entities

DAY = date(2027, 6, 1)


def spec(label: str) -> FieldSpec:
    """The field of that label."""
    entity, _, name = label.partition(".")
    return entities()[entity].fields[name]


def shifted(days: int) -> date:
    """So many days from the day."""
    return DAY + timedelta(days=days)


@given(st.integers(1, 4000), st.sampled_from((-1, 1)), st.integers(0, 500))
def test_the_nearest_day_is_the_boundary(distance: int, side: int, further: int) -> None:
    """Wherever the rule's own days lie beyond it, the first day that clears is found."""
    boundary = shifted(side * distance)

    def clears(value: Value) -> bool:
        assert isinstance(value, date)
        return value >= boundary if side > 0 else value <= boundary

    tried = [DAY, shifted(side * (distance + further))]
    assert nearest_day(tried, DAY, clears) == boundary


def test_no_day_is_found_where_none_clears() -> None:
    """Nothing is proposed that was not seen to clear."""
    assert nearest_day([DAY, shifted(1)], DAY, lambda _: False) is None
    assert nearest_day([DAY], DAY, lambda _: True) == DAY


@given(st.decimals(-(10**6), 10**6, places=2), st.decimals(-(10**6), 10**6, places=2))
def test_the_nearest_amount_is_found_to_the_cent(origin: Decimal, boundary: Decimal) -> None:
    """Upwards and downwards, from any amount."""
    field = spec("annual_account.equity_eur")
    if origin < boundary:
        assert nearest_amount(field, origin, lambda value: value >= boundary) == boundary  # type: ignore[operator]
    elif origin > boundary:
        assert nearest_amount(field, origin, lambda value: value <= boundary) == boundary  # type: ignore[operator]


def test_amounts_stay_within_the_fields_bounds() -> None:
    """Hours are never negative; where only that would clear, nothing is found."""
    hours = spec("delivery.hours")
    assert nearest_amount(hours, Decimal(4), lambda value: value < 0) is None  # type: ignore[operator]
    assert nearest_amount(hours, Decimal(4), lambda value: value == 0) == 0
    assert not fits(hours, Decimal(-1))
    assert not fits(hours, None)


def test_which_side_clears_as_well_is_told() -> None:
    """One step further tells; a value that is the only one is exact."""
    day, euro = spec("document.due_on"), spec("sroi_entry.value_eur")
    assert beyond_clears(day, DAY, shifted(3), lambda _: True) == "at_least"
    assert beyond_clears(day, DAY, shifted(-3), lambda _: True) == "at_most"
    assert beyond_clears(day, DAY, shifted(3), lambda _: False) == "exactly"
    assert beyond_clears(euro, Decimal(1), Decimal(2), lambda _: True) == "at_least"
    assert beyond_clears(euro, None, Decimal(2), lambda _: True) == "exactly"


def test_other_values_of_codes_and_flags() -> None:
    """All but the one that stands there."""
    assert "full" not in plain_values(spec("referral.refusal_ground"), "full")
    assert plain_values(spec("referral.objection_clause"), False) == [True]


def test_ids_references_and_what_nobody_should_bring_about_are_never_proposed() -> None:
    """Nor the contract's own terms, and no year of an account."""
    assert not any(
        may_change(field, None)
        for one in entities().values()
        for field in one.fields.values()
        if field.name == "id" or field.targets or one.name in ("contract", "person", "client")
    )
    assert not may_change(spec("referral.withdrawn_on"), None)
    assert not may_change(spec("referral.refused_on"), None)
    assert may_change(spec("referral.refused_on"), DAY)
    assert not may_change(spec("annual_account.year"), 2027)


def test_only_what_lies_ahead_is_an_act() -> None:
    """An event today, an end from today on, an agreement for a later day; all else is a correction."""
    notice, end = spec("subcontract.notified_on"), spec("subcontract.last_day")
    due = spec("document.due_on")
    assert nature_of(notice, None, DAY, DAY) == "act"
    assert nature_of(notice, None, shifted(-1), DAY) == "correct"
    assert nature_of(notice, shifted(-9), DAY, DAY) == "correct"
    assert nature_of(end, None, DAY, DAY) == "act"
    assert nature_of(end, shifted(-9), shifted(9), DAY) == "correct"
    assert nature_of(end, shifted(9), DAY, DAY) == "act"
    assert nature_of(due, shifted(-9), DAY, DAY) == "act"
    assert nature_of(due, shifted(-9), shifted(-1), DAY) == "correct"
    assert nature_of(spec("employment.continues_since"), None, DAY, DAY) == "correct"
    assert nature_of(spec("delivery.hours"), Decimal(8), Decimal(7), DAY) == "correct"
