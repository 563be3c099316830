"""The terms of retention are dated and cited, cover every entity once, and tell a flaw with its line."""

from __future__ import annotations

from datetime import date

import pytest

from compliance.errors import RulebookError
from compliance.model.schema import entities
from compliance.services.retention.policy import read_policy, shipped_policy

GOOD = """\
bibob:
  status: by_reference
  norms: [{source: Wet Bibob, article: "29"}]
  meaning: {nl: vijf jaar, en: five years}
  values:
    - {from: 2018-07-28, years: 2}
    - {from: 2020-08-01, years: 5}
  facts:
    bibob_inquiry: {counted_from: [concluded_on]}
    bibob_measure: {goes_with: inquiry_id}
  findings: [bibob]
later:
  status: to_agree
  norms: [{source: AVG}]
  meaning: {nl: later, en: later}
  files: [drafts]
"""


def test_every_entity_findings_and_file_has_one_term() -> None:
    """Nothing is kept without somebody having said, or still having to say, for how long."""
    terms = shipped_policy()
    told = [entity for term in terms for entity in term.facts]
    assert sorted(told) == sorted(name for name, spec in entities().items() if not spec.derived)
    assert sorted(name for term in terms for name in term.findings) == ["bibob", "contract", "supervision"]
    assert sorted(name for term in terms for name in term.files) == [
        "drafts", "internal", "originals", "released",
    ]  # fmt: skip
    assert all(norm.source for term in terms for norm in term.norms)


def test_bibob_goes_five_years_after_the_conclusion() -> None:
    """On the last day of the five years it still counts for the rules; the day after it may go."""
    bibob = next(term for term in shipped_policy() if term.name == "bibob")
    assert not bibob.is_over(date(2022, 6, 1), date(2027, 6, 1))
    assert bibob.is_over(date(2022, 6, 1), date(2027, 6, 2))
    assert bibob.is_over(date(2024, 2, 29), date(2029, 3, 1))


def test_the_value_of_the_day_holds() -> None:
    """A term holds from its day on; before the first, and where nothing was agreed, nothing may go."""
    bibob, later = read_policy(GOOD)
    old = date(2015, 1, 1)
    assert [bibob.is_over(old, date(year, 1, 1)) for year in (2017, 2019, 2021)] == [False, True, True]
    assert not bibob.is_over(date(2017, 1, 1), date(2021, 1, 1))
    assert not later.is_over(old, date(2040, 1, 1))
    assert not bibob.is_over(date(9999, 1, 1), date(9999, 12, 31))
    assert str(bibob.span(date(2021, 1, 1))) == "5 years"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("concluded_on]", "concluded]", "bibob_inquiry.concluded, which is no day"),
        ("goes_with: inquiry_id", "goes_with: description", "which is no reference"),
        ("goes_with: inquiry_id", "goes_with: inquiry_id, unreferenced: true", "one way of counting"),
        ("bibob_measure:", "bibob_measures:", "no entity that is delivered"),
        ("bibob_measure:", "tie:", "no entity that is delivered"),
        ("years: 5", "years: 5, days: 3", "one of days, months and years"),
        ("2020-08-01", "2018-07-28", "not in order of day"),
        ("to_agree", "agreed", "if and only if"),
        ("by_reference", "proposed", "if and only if"),
        ("[drafts]", "[drafts]\n  findings: [bibob]", "findings bibob has more than one term"),
        ("[drafts]", "[logs]", "cannot be 'logs'"),
        ("  norms: [{source: AVG}]\n", "", "norms is missing"),
    ],
)  # fmt: skip
def test_a_flaw_is_told_with_its_line(old: str, new: str, said: str) -> None:
    """A term that cannot be meant stops the purge before anything is removed."""
    assert old in GOOD
    with pytest.raises(RulebookError) as caught:
        read_policy(GOOD.replace(old, new))
    assert said in str(caught.value)
    assert "retention.yaml:" in str(caught.value)


def test_a_file_that_holds_no_terms_is_refused() -> None:
    """A list is no policy."""
    with pytest.raises(RulebookError, match="terms by name"):
        read_policy("- x\n")
