"""No report holds what its audience may not see: every secret has a mark, and every byte is searched."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from compliance.model.night import NightAnswer
from compliance.reporting.night.audience import REPORT_FORMS, ReportForm
from compliance.reporting.night.cut import for_reading
from compliance.reporting.night.render import render_night
from compliance.services.audiences import audiences
from compliance.services.content import report_content
from tests.reporting.night import planted

HIDDEN = (*planted.BIBOB, *planted.SUPERVISION, *planted.UNKNOWN_FILE)
OUTSIDE = (*HIDDEN, *planted.OTHERS, *planted.STAFF)
FORBIDDEN = {
    "manager": HIDDEN,
    "gaps": (*HIDDEN, *planted.STAFF),
    "supervisor": (*planted.BIBOB, *planted.UNKNOWN_FILE),
    "contractor": OUTSIDE,
    "quarterly": OUTSIDE,
    "council": (*OUTSIDE, *planted.PERSONS),
}
SHOWN = {
    "manager": ("zqtoewijzing1", "31.37", "zqmedewerker2"),
    "supervisor": ("zqsignaal1", "zqincident1"),
    "contractor": ("zqtoewijzing1", "zqonder1s"),
}


@pytest.fixture
def night(tmp_path: Path) -> NightAnswer:
    """A night over all compartments with a secret everywhere."""
    return planted.planted_night(tmp_path)


def rendered(night: NightAnswer, audience: str, form: ReportForm) -> str:
    """All text of a report, lower case and upper case as it is."""
    made = render_night(night, audiences()[audience], form, report_content(), "nl")
    return planted.text_of(made, form)


def test_every_audience_is_searched() -> None:
    """A new audience comes with what it may not hold."""
    assert set(FORBIDDEN) == set(audiences())


@pytest.mark.parametrize("form", REPORT_FORMS)
@pytest.mark.parametrize("audience", sorted(FORBIDDEN))
def test_a_report_holds_nothing_its_audience_may_not_see(
    night: NightAnswer, audience: str, form: ReportForm
) -> None:
    """No mark of what is kept from it stands anywhere in its bytes, and what it may see is there."""
    text = rendered(night, audience, form)
    assert [mark for mark in FORBIDDEN[audience] if mark.casefold() in text.casefold()] == []
    # The search does find what is there; a PDF may break a long word over lines.
    found = "".join(text.split())
    assert [mark for mark in SHOWN.get(audience, ()) if mark not in found] == []


@pytest.mark.parametrize("form", REPORT_FORMS)
def test_a_reader_of_bibob_does_get_its_marks(night: NightAnswer, form: ReportForm) -> None:
    """Were the cut not made, the search would see it: the same report for who may see all holds the marks."""
    reader = audiences()["supervisor"].model_copy(update={"compartments": planted.ALL})
    text = planted.text_of(render_night(night, reader, form, report_content(), "nl"), form)
    assert [mark for mark in ("zqbibob1", "BIB-01", "Zqnaambibob") if mark not in text] == []


@pytest.mark.parametrize("form", ["html", "md", "xlsx"])
def test_bibob_facts_change_no_byte_of_a_contract_report(tmp_path: Path, form: ReportForm) -> None:
    """The contract manager's report is the same with and without Bibob and supervision facts in the store."""
    manager, content = audiences()["manager"], report_content()
    hidden = ("bibob_inquiry", "bibob_measure", "signal", "incident")
    less = planted.planted_night(tmp_path, without=hidden)
    whole = planted.planted_night(tmp_path)
    whole = replace(
        whole,
        lapsing=tuple(one for one in whole.lapsing if one.number != 8),
        offered=tuple(one for one in whole.offered if "onbekend" not in one.file),
    )
    assert render_night(whole, manager, form, content, "nl") == render_night(
        less, manager, form, content, "nl"
    )


@pytest.mark.parametrize("audience", sorted(FORBIDDEN))
def test_a_cut_answer_is_cut_already(night: NightAnswer, audience: str) -> None:
    """Cutting twice is cutting once: nothing depends on how often."""
    reader = audiences()[audience]
    once = for_reading(night, reader)
    again = for_reading(once, reader)
    assert replace(again, trend=(), dossiers=()) == replace(once, trend=(), dossiers=())


def test_the_council_sees_no_count_under_ten(night: NightAnswer) -> None:
    """Three residents in care are not told, forty starts are."""
    shown = for_reading(night, audiences()["council"]).measures
    assert {one.code: one.value for one in shown if one.code != "inflow"} == {"in_care": None, "waiting": 12}
