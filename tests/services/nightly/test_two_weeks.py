"""Two weeks of planted events: the simulation knows what each does to which finding, and why."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from compliance.services.nightly.judged import READINGS
from tests.services.nightly.events import NIGHTS, RULES
from tests.services.nightly.replayed import assert_replayed
from tests.services.nightly.simulation import Simulation


@pytest.mark.usefixtures("bare")
def test_two_weeks_are_explained_and_can_be_judged_again(tmp_path: Path, database_url: str) -> None:
    """State and causes of every change are those that were planted, and nothing else changes; afterwards a
    check as of each run's day, known at its moment, gives what the run kept, byte for byte, to each reader.
    """
    world = Simulation.begin(tmp_path, database_url, RULES, date(2027, 6, 1))
    for night, event in enumerate(NIGHTS, 1):
        expected = event(world)
        assert world.pass_night() == expected, f"night {night}: {event.__name__}"
    for run in range(1, len(NIGHTS) + 1):
        assert_replayed(world, run, READINGS[run % len(READINGS)])
