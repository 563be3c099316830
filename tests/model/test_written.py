"""A value in a file is compared by what it means, not by how it is written."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from compliance.model.written import same_value


@pytest.mark.parametrize(("written", "found", "same"), [
    (12, Decimal("12.00"), True), ("12.00", 12, True), (Decimal("12.0"), 12, True),
    ("12.01", Decimal(12), False),
    ("twelve", 12, False), ("2027-01-01", date(2027, 1, 1), True), (date(2027, 1, 1), date(2027, 1, 1), True),
    ("2027-01-02", date(2027, 1, 1), False), ("x", "x", True), ("x", "y", False), (True, True, True),
    (True, False, False), (1, True, False), (True, 1, False), (None, None, True), (None, "x", False),
    ("x", None, False), ("None", None, False),
])  # fmt: skip
def test_same_value(written: Any, found: Any, same: bool) -> None:
    """Numbers are equal by value and days by date; yes, no and nothing equal only themselves."""
    assert same_value(written, found) is same
