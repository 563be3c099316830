"""What tells the day: only what changed in this night counts as changed, and it opens with what is broken."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from compliance.model.finding import Failure
from compliance.model.night import Cause, NightAnswer, State
from compliance.reporting.blocks import Wording
from compliance.reporting.content import Content
from compliance.reporting.night.compose import compose_night
from compliance.reporting.night.page import Report
from compliance.services.audiences import audiences

MANAGER = audiences()["manager"]


def composed(night: NightAnswer, content: Content) -> Report:
    """The manager's report in Dutch."""
    return compose_night(night, MANAGER, Wording(content.words, "nl"))


def counts(report: Report) -> dict[str, str]:
    """The number on each tile."""
    return {tile.code: tile.count for tile in report.tiles}


@pytest.mark.parametrize(
    ("state", "causes", "ago", "tile"),
    [
        ("new", (), 0, "fresh"),
        ("reopened", ("fact",), 0, "fresh"),
        ("changed", ("number",), 0, "changed"),
        ("excepted", ("exception_granted",), 0, "changed"),
        ("resolved", ("fact",), 0, "resolved"),
        ("open", (), 0, ""),  # was new the night before
        ("excepted", (), 0, ""),
        ("changed", ("number",), 2, ""),
        ("resolved", ("fact",), 2, ""),
    ],
)
def test_a_finding_is_counted_by_what_happened_to_it_in_this_night(
    quiet: NightAnswer, night: NightAnswer, content: Content, state: State, causes: tuple[Cause, ...],
    ago: int, tile: str,
) -> None:  # fmt: skip
    """What got its state in an earlier night, or without a cause, is no change."""
    run = night.receipt.number
    one = replace(night.standings[0], state=state, causes=causes, since_run=run - ago)
    report = composed(replace(quiet, standings=(one,)), content)
    told = {code for code in ("fresh", "changed", "resolved") if counts(report)[code] != "0"}
    assert told == ({tile} if tile else set())
    assert counts(report)["standing"] == ("0" if state == "resolved" else "1")


def test_a_quiet_night_says_so(quiet: NightAnswer, content: Content) -> None:
    """Every section has a sentence, and the day is told in two."""
    report = composed(quiet, content)
    assert [line.text for line in report.brief] == [
        "Geen nieuwe, gewijzigde of opgeloste vraagpunten.",
        "Er staan geen vraagpunten open.",
    ]
    assert all(part.empty and not part.blocks for part in report.parts)


def test_what_is_broken_comes_first(night: NightAnswer, content: Content) -> None:
    """A rule that broke opens the day, and the report says it is not the whole answer."""
    failure = Failure("SUB-01", "contract", "stuk")
    report = composed(replace(night, receipt=replace(night.receipt, failures=(failure,))), content)
    assert report.brief[0].sign == "failed"
    assert report.parts[0].code == "failures"
    assert "SUB-01" in report.incomplete


def test_what_must_be_done_first_stands_first(night: NightAnswer, content: Content) -> None:
    """Of what is coming, the day with the least time to act is named."""
    first, second = (replace(night.ahead[0], rule=rule) for rule in ("SUB-02", "SUB-03"))
    later = replace(
        first, act_by=first.act_by + timedelta(days=5), first_day=first.first_day + timedelta(days=5)
    )
    report = composed(replace(night, ahead=(later, second)), content)
    (line,) = (line.text for line in report.brief if "komen eraan" in line.text)
    assert "eerst SUB-03" in line
    assert second.act_by.isoformat() in line
