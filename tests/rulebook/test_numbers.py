"""The file of numbers is read with every flaw in it; the shipped one says what the rule book says."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from compliance.rulebook.numbers import read_numbers

SHIPPED = Path(__file__).parents[2] / "rules" / "parameters.yaml"
ENTRY = """\
n:
  unit: day
  type: int
  status: agreed
  source: s
  meaning: {nl: n, en: e}
  values: [{from: 2027-01-01, value: 10}, {from: 2028-01-01, value: 20}]
"""


def flaws(text: str) -> list[str]:
    """Every flaw in the text, as a person reads it."""
    return [str(problem) for problem in read_numbers(text, "p.yaml")[1]]


def test_a_number() -> None:
    """A number has its values in order of day."""
    numbers, problems = read_numbers(ENTRY, "p.yaml")
    assert not problems
    assert numbers["n"].segments == ((date(2027, 1, 1), 10), (date(2028, 1, 1), 20))


@pytest.mark.parametrize(("old", "new", "flaw"), [
    ("unit: day", "unit: dag", "p.yaml:2: n.unit cannot be 'dag'. Did you mean day?"),
    ("  unit: day\n", "  unt: day\n", "p.yaml:2: n.unt is no key that is known here. Did you mean unit?"),
    ("en: e", "e: e", "p.yaml:6: n.meaning.e is no key that is known here. Did you mean en?"),
    ("status: agreed", "status: to_agree", "p.yaml:1: n is to be agreed, and has a value."),
    ("from: 2027-01-01, ", "from: null, ", "p.yaml:1: n needs a first day for each value."),
    ("from: 2028", "from: 2027", "p.yaml:1: n has values that are not in order of day."),
    ("from: 2028-01-01", "frm: 2028-01-01", "p.yaml:7: n.values[1].frm is no key that is known here."),
    ("value: 20", "value: x", "p.yaml:7: n.values[1]: Text where a whole number, like 10, is due."),
    ("source: s", "source: s\n  keyed_by: incident.knd", "p.yaml:1: n has a keyed_by that is no field"),
    ("source: s", "source: s\n  codes_of: incident.kind", "p.yaml:1: n names `codes_of` if and only if"),
    ("type: int", "type: codes", "p.yaml:1: n names `codes_of` if and only if"),
    ("source: s", "source: s\n  keyed_by: incident.kind", "p.yaml:8: n.values[0]: It depends on"),
])  # fmt: skip
def test_flaws(old: str, new: str, flaw: str) -> None:
    """What a number lacks, contradicts or misspells is named with its line and the cure."""
    assert old in ENTRY
    assert any(found.startswith(flaw) for found in flaws(ENTRY.replace(old, new)))


def test_values_are_due() -> None:
    """A number without a value is one that is still to be agreed, and says so."""
    bare = ENTRY[: ENTRY.index("  values")]
    assert flaws(bare) == ["p.yaml:1: n has no value. Give `values`, or the status to_agree."]
    assert flaws(bare.replace("agreed", "to_agree")) == []


def test_files_that_hold_no_numbers() -> None:
    """A file that is no YAML or no mapping is a flaw, not a crash."""
    assert flaws("a: b: c")[0].startswith("p.yaml:1:5: This is not valid YAML")
    assert flaws("- 1") == ["p.yaml:1: The file must hold numbers by name."]


def test_the_shipped_numbers() -> None:
    """The shipped numbers have no flaw and the values of the specification."""
    numbers, problems = read_numbers(SHIPPED.read_text("utf-8"), "parameters.yaml")
    assert not problems
    day = date(2027, 6, 1)
    values = {name: numbers.value(name, None, day) for name in numbers if numbers[name].keyed_by is None}
    grounds = ("not_the_right_support", "exceptionally_complex", "weighty_reason")
    assert {name: value for name, value in values.items() if value is not None} == {
        "end_notice_months": 1, "max_chain_depth": 1, "bibob_years": 5, "negative_years": 3,
        "min_solvency_pct": Decimal(20), "allowed_refusal_grounds": grounds,
        "allowed_subcontract_reasons": ("specialism", "specific_offer"), "bridge_gap_tolerance_days": 0,
        "handover_days": 14, "client_bound_max": 3, "hub_limit": 25, "related_hops": 3, "bibob_hops": 2,
        "max_hours_per_day": Decimal(16), "sroi_tolerance_pct": Decimal(10), "sroi_close_days": 31,
        "early_report_days": 180,
    }  # fmt: skip
    assert {name for name, value in values.items() if value is None} == {
        "vog_max_age_months", "vog_fresh_months", "control_report_days", "uptake_days", "bridge_start_days",
        "max_bridging_days", "organise_days", "min_own_share_pct", "bibob_screen_days", "signal_assess_days",
        "sroi_membership_max_pct", "max_margin_pct", "complaint_days", "wtta_ban_from",
    }  # fmt: skip
    keyed = {name: [numbers.value(name, key, day) for key in numbers[name].keys]
             for name in numbers if numbers[name].keyed_by is not None}  # fmt: skip
    assert keyed == {
        "max_wait_days": [None, 42, None, None, None],
        "report_days": [None, None, 1, None, 7, None],
    }
