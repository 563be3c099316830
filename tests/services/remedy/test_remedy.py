"""`remedy`: what can still be done, what only a correction, and what else a change does."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from compliance.errors import UsageError
from compliance.model.remedy import RemedyAnswer
from compliance.reporting.blocks import Wording
from compliance.reporting.remedy import render_remedy
from compliance.reporting.words import LANGS, Lang
from compliance.services.check import CheckRequest
from compliance.services.content import report_content
from compliance.services.remedy import find_remedy
from compliance.services.remedy import finding as finding_module

CASE = {
    "as_of": "2027-06-01",
    "parameters": {"complaint_days": 30},
    "facts": {
        "contract": [
            {"id": "c1", "title": "Wmo", "contractor_id": "o1", "first_day": "2027-01-01", "funding": "task"}
        ],
        "organisation": [{"id": "o1", "name": "Wijkkracht", "kvk_number": "12345678"},
                         {"id": "o2", "name": "Zorgmaatje", "kvk_number": "87654321",
                          "legal_form": "bv"}],
        "participant": [],
        "subcontract": [
            {"id": "s1", "contract_id": "c1", "principal_id": "o1", "subcontractor_id": "o2", "kind": "fixed",
             "first_day": "2027-02-01", "hourly_rate_eur": "64.99", "cost_price_eur": "65.00",
             "consented_on": "2027-02-10", "notified_on": "2027-02-10", "reason": "specialism"}
        ],
        "document": [
            {"id": "d1", "contract_id": "c1", "kind": "budget", "due_on": "2027-05-01"}
        ],
    },
}  # fmt: skip


@pytest.fixture
def case(tmp_path: Path) -> str:
    """A case file in which a subcontract was notified and consented to too late."""
    path = tmp_path / "case.json"
    path.write_text(json.dumps(CASE), encoding="utf-8")
    return str(path)


def remedy_of(path: str, rule: str, subject: str) -> RemedyAnswer:
    """What would clear the finding."""
    return find_remedy(CheckRequest(paths=(path,)), rule, subject)


def test_what_lies_in_the_past_can_only_be_corrected(case: str) -> None:
    """A notice that came too late cannot be given any more; the day in time is the first day."""
    found = remedy_of(case, "SUB-02", "subcontract/s1")
    assert found.hopeless == "past"
    changes = [change for one in found.remedies for edit in one.edits for change in edit.changes]
    assert ("notified_on", "2027-02-01") in [(change.field, str(change.after)) for change in changes]
    assert {one.nature for one in found.remedies} == {"correct"}


def test_what_can_still_be_done_stands_first_with_its_day_or_amount(case: str) -> None:
    """Ending the subcontract today clears it tomorrow, and one cent more clears it today."""
    found = remedy_of(case, "SUB-08", "s1")
    assert found.hopeless is None
    acts = [one for one in found.remedies if one.nature == "act"]
    told = {one.edits[0].changes[0].field: one for one in acts}
    assert str(told["hourly_rate_eur"].edits[0].changes[0].after) == "65.00"
    assert told["hourly_rate_eur"].clears_on == found.as_of
    assert (told["last_day"].clears_on - found.as_of).days == 1
    assert found.remedies[: len(acts)] == tuple(acts)


def test_side_effects_are_told(case: str) -> None:
    """A later first day would be in time for the consent, and then for the notice as well."""
    later = next(
        one
        for one in remedy_of(case, "SUB-03", "s1").remedies
        if one.edits[0].changes[0].field == "first_day"
    )
    assert later.edits[0].changes[0].bound == "at_least"
    assert [(effect.rule, str(effect.subject), effect.added) for effect in later.effects] == [
        ("SUB-02", "subcontract/s1", False)
    ]


def test_where_there_is_no_finding_nothing_is_sought(case: str) -> None:
    """A subject without a finding gets its outcome and no remedy."""
    found = remedy_of(case, "SUB-10", "s1")
    assert (found.outcome, found.remedies, found.hopeless) == ("compliant", (), None)


def test_an_unknown_subject_is_refused(case: str) -> None:
    """A subject that the rule does not judge is told with the nearest one."""
    with pytest.raises(UsageError, match="s1"):
        remedy_of(case, "SUB-02", "s11")


def test_a_large_world_is_judged_in_the_database(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The database proposes what the reference proposes."""
    small = remedy_of(case, "SUB-08", "s1")
    monkeypatch.setattr(finding_module, "LARGE", 0)
    assert remedy_of(case, "SUB-08", "s1").remedies == small.remedies


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(("rule", "word"), [("SUB-02", "past"), ("SUB-08", "act"), ("SUB-10", "no_finding")])
def test_both_forms_tell_it_in_the_readers_language(case: str, rule: str, word: str, lang: Lang) -> None:
    """Text says what kind of change it is; JSON holds the same as data."""
    found = remedy_of(case, rule, "s1")
    say = Wording(report_content().words, lang)
    text = render_remedy(found, "text", say).decode()
    assert say(f"remedy.{word}", outcome=say.name("outcome", found.outcome)) in text
    record = json.loads(render_remedy(found, "json", say))
    assert record["outcome"] == found.outcome
    assert len(record["remedies"]) == len(found.remedies)
