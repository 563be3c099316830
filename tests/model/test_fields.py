"""A field takes what its kind means and nothing that only looks like it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from compliance.model.fields import Day, Digits8, Eur, Flag, Id, Number, Text, Whole

ACCEPTED: list[tuple[Any, Any, Any]] = [
    (Day, "2027-02-28", date(2027, 2, 28)), (Day, date(2027, 1, 1), date(2027, 1, 1)),
    (Day | None, None, None),
    (Eur, "1250.50", Decimal("1250.50")), (Eur, Decimal("0.10"), Decimal("0.10")), (Eur, 5, Decimal(5)),
    (Eur, "-3", Decimal(-3)), (Eur | None, None, None), (Number, "0.1234", Decimal("0.1234")),
    (Eur, "9" * 14 + ".99", Decimal("9" * 14 + ".99")),
    (Whole, 7, 7), (Whole, "-7", -7), (Whole, Decimal(7), 7), (Whole | None, None, None),
    (Flag, True, True), (Flag, "true", True), (Flag, "false", False), (Flag | None, None, None),
    (Id, "a", "a"), (Text, "a" * 4000, "a" * 4000), (Digits8, "01234567", "01234567"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "value", "expected"), ACCEPTED)
def test_what_a_field_takes(kind: Any, value: Any, expected: Any) -> None:
    """Values in their plain form are taken exactly: every digit, every zero."""
    found = TypeAdapter(kind).validate_python(value)
    assert found == expected
    assert type(found) is type(expected)
    assert str(found) == str(expected)


REFUSED: list[tuple[Any, Any]] = [
    (Day, "2027-02-30"), (Day, "2027-2-1"), (Day, "20270201"), (Day, "01-02-2027"), (Day, 20270201),
    (Day, datetime(2027, 1, 1)), (Day, "٢٠٢٧-٠١-٠١"), (Day, None), (Day, "2027-01-01T00:00:00"),  # noqa: DTZ001
    (Eur, "1.005"), (Eur, 0.1), (Eur, True), (Eur, "1e3"), (Eur, "infinity"), (Eur, "NaN"), (Eur, "1,50"),
    (Eur, "9" * 15), (Eur, " 1"), (Eur, ""), (Eur, None), (Eur, "1."), (Eur, ".5"), (Number, "0.12345"),
    (Whole, 7.0), (Whole, True), (Whole, "7.0"), (Whole, Decimal("7.5")), (Whole, Decimal("7.0")),
    (Whole, "٧"),
    (Whole, "1" * 10), (Whole, None), (Flag, 1), (Flag, "True"), (Flag, "ja"), (Flag, None),
    (Id, ""), (Id, 1), (Id, "a" * 201), (Text, ""), (Digits8, "1234567"), (Digits8, 12345678),
    (Digits8, "12345678\n"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "value"), REFUSED)
def test_what_a_field_refuses(kind: Any, value: Any) -> None:
    """Nothing is rounded, guessed or cast: what is not in the plain form is refused."""
    with pytest.raises(ValidationError):
        TypeAdapter(kind).validate_python(value)
