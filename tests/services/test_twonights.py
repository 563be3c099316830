"""Two nights of the demo."""

from __future__ import annotations

from pathlib import Path

from compliance.services.generate import generate
from compliance.services.twonights import run_two_nights


def test_the_second_night_shows_what_happened_and_why(tmp_path: Path) -> None:
    """A new fact, a late fact, a changed number and a lapsed exception show as such; nothing else does."""
    made = generate(clients=100, deliveries=1000, seed=1, out=tmp_path / "utrecht", format="csv")
    nights = run_two_nights(made, tmp_path / "store")
    assert nights.seen == (True,) * len(nights.happenings)
    first, second = (
        {(one.rule, one.subject) for one in night.standings if one.stands}
        for night in (nights.first, nights.second)
    )
    moved = {one.rule for one in nights.second.standings if one.causes and one.since_run == 2}
    assert {(rule, str(subject)) for rule, subject in first} == made.planted
    assert first - second <= {(rule, subject) for rule, subject in first if rule in ("PRO-01", "CMP-01")}
    assert moved == {"SUB-02", "SUB-03", "PRO-01", "CMP-01", "PLN-01"}
