"""The table of iWmo codes is content: a mistake in it is told, and the one that ships is whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from compliance.errors import UsageError
from compliance.sources import iwmo
from compliance.sources.iwmo.codes import FILE, OUTSIDE, read_codes, shipped_codes
from compliance.yaml12 import read_yaml

from .iwmo_letters import CODES

REASONS = """
assignment_not_delivered assignment_not_unique broken_xml client_differs contract_unclear days_reversed
doctype_refused element_missing element_twice equal_messages file_too_large misplaced_element not_a_bsn
not_a_day not_utf8 part_refused required_empty unclear_change unknown_code unknown_message unreadable_file
wrong_pattern
"""
NOTICES = """
begin_differs care_interrupted category_outside_contract first_message_missing message_twice
message_without_facts provider_not_unique random_pseudonym_key stop_without_start
"""
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


def test_every_reason_and_notice_has_words() -> None:
    """What the reader of messages can say stands in the report texts, in both languages."""
    content = Path(iwmo.__file__).parents[3] / "reports/words.yaml"
    words = read_yaml(content.read_text(encoding="utf-8"), "words.yaml").data
    assert set(REASONS.split()) - set(words["refusal"]) == set()
    assert set(NOTICES.split()) - set(words["notice"]) == set()
    for text in [*words["refusal"].values(), *words["notice"].values()]:
        assert text["nl"]
        assert text["en"]
