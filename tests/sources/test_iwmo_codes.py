"""The table of iWmo codes is content: a mistake in it is told, and the one that ships is whole."""

from __future__ import annotations

import pytest

from compliance.errors import UsageError
from compliance.sources.iwmo.codes import FILE, OUTSIDE, read_codes, shipped_codes

from .iwmo_letters import CODES

TABLE = """
standard: iWmo 3.2
version: "3"
subversion: "2"
namespace: urn:{message}
base_namespace: urn:base
messages:
  WMO301: {code: "414", brings: assignment, nl: toewijzing, en: assignment}
categories:
  "02": {service: ambulatory, nl: begeleiding}
  "11": {nl: rolstoelen}
products: {"02/02A99": outside, "11/11B01": open_day}
change_reasons: {"13": {effect: withdraw, nl: verwijderd}}
end_reasons: {"19": {reason: planned, nl: volgens plan}}
delivery_statuses: {"1": {means: first, nl: eerste aanlevering}}
"""


def test_the_shipped_table_knows_every_national_code() -> None:
    """The lists of the standard are there in full, as published."""
    codes = shipped_codes()
    assert {kind.name: kind.code for kind in codes.types.values()} == CODES
    assert sorted(codes.services) == [f"{number:02}" for number in range(1, 19)]
    assert sorted(codes.change_reasons) == [f"{number:02}" for number in range(1, 15)]
    assert codes.withdrawals == {"13"}
    assert "".join(codes.end_reasons) == "0219202122233136373839"
    assert codes.statuses == {"1": "first", "2": "changed", "3": "deleted", "9": "unchanged"}


def test_a_product_may_say_more_than_its_category() -> None:
    """A municipal product code goes before its category, both into and out of the contract."""
    codes = read_codes(TABLE)
    assert codes.service("02", "02A01") == "ambulatory"
    assert codes.service("02", "02A99") == OUTSIDE
    assert codes.service("11", "") == OUTSIDE
    assert codes.service("11", "11B01") == "open_day"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("ambulatory", "ambulant"),
        ("effect: withdraw", "effect: forget"),
        ("reason: planned", "reason: done"),
        ("means: first", "means: 1"),
        ("brings: assignment", "brings: all"),
        ("open_day", "wheelchair"),
        ("categories:", "categorieen:"),
        ('version: "3"', 'versie: "3"'),
    ],
)
def test_a_mistake_in_the_table_is_wrong_usage(old: str, new: str) -> None:
    """A code that the model does not have, or another shape, is refused before any message is read."""
    with pytest.raises(UsageError, match=FILE.replace(".", r"\.")):
        read_codes(TABLE.replace(old, new))
