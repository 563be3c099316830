"""A night killed at any moment leaves the store as before or as after; the next night finishes the work."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest

from compliance.services.content import content_folder
from compliance.services.store import open_store
from tests.acceptance.forking import Calls, Ended

KILLS, PARTS = 100, 4  # over both databases together; parts so that workers share them
FIRST_DAY = date(2027, 6, 2)
WHOLE = (0, 1)  # exit codes of a complete night: nothing, or findings
ROWS = 3


class Place:
    """A store under fire: what it was offered, and calls that work on it."""

    def __init__(self, calls: Calls, folder: Path, database: str) -> None:
        self.calls, self.folder, self.database = calls, folder, database
        self.offered: set[str] = set()
        self.day = FIRST_DAY

    def options(self) -> list[str]:
        return ["--store", str(self.folder), "--database", self.database]

    def night(self, *, kill_after: float | None = None) -> Ended:
        asked = ["nightly", *self.options(), "--as-of", self.day.isoformat()]
        return self.calls.call(asked, kill_after=kill_after)

    def offer(self, number: int) -> None:
        """The supplier puts a file with new rows in the inbox; the next day begins."""
        self.day += timedelta(1)
        inbox = self.folder / "inbox" / "wijkkracht"
        inbox.mkdir(parents=True, exist_ok=True)
        rows = [
            {"id": f"k{number}-{row}", "contract_id": "c1", "organisation_id": "o1",
             "received_on": "2027-04-01", "handled_on": ""}
            for row in range(ROWS)
        ]  # fmt: skip
        folder = inbox / f"delivery-{number}"
        folder.mkdir()
        with (folder / "complaint.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        self.offered |= {row["id"] for row in rows}

    def complaints(self) -> set[str]:
        """The ids of the complaints that the vault holds."""
        with open_store(self.folder, self.database) as store:
            return {row[0] for row in store.vault.every_row("complaint", ("received_on",))}

    def runs(self) -> int:
        """The number of runs, each of which can be read whole."""
        with open_store(self.folder, self.database) as store:
            runs = store.records.runs()
            for run in runs:
                assert len(store.records.results(run.contract, run.number)) >= run.counts.finding
            return len(runs)


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Calls]:
    """One process from which all calls are forked."""
    with Calls(tmp_path_factory.mktemp("calls")) as made:
        yield made


@pytest.fixture
def place(calls: Calls, tmp_path: Path, database_url: str) -> Place:
    """A store that was judged once, with a small world in it."""
    place = Place(calls, tmp_path / "store", database_url)
    open_store(place.folder, database_url, create=True).close()
    inbox = place.folder / "inbox" / "gemeente"
    inbox.mkdir(parents=True)
    shutil.copy(content_folder("cases") / "first" / "case.yaml", inbox)
    first = place.night()
    assert first.code in WHOLE, first.printed
    return place


@pytest.mark.parametrize("part", range(PARTS // 2))
def test_kills_at_random_moments_lose_nothing(
    place: Place, part: int, record_property: Callable[[str, object], None]
) -> None:
    """After every kill the store verifies, holds what was accepted, no half run; the next night is whole."""
    moments = Random(part)  # noqa: S311 - moments, not secrets
    kept = place.complaints()
    killed = runs = 0
    while killed < KILLS // PARTS:
        place.offer(killed + 1000 * runs)
        before = place.runs()
        ended = place.night(kill_after=moments.uniform(0.02, 1.2))
        assert place.complaints() >= kept
        assert place.runs() in (before, before + 1)
        verified = place.calls.call(["store", "verify", *place.options()])
        assert verified.code == 0, verified.printed
        whole = place.night()
        assert whole.code in WHOLE, whole.printed
        assert place.runs() == before + 1
        kept = place.complaints()
        assert kept >= place.offered
        assert not list((place.folder / "inbox" / "wijkkracht").iterdir())
        killed += ended.code < 0
        runs += 1
    record_property("shown", f"{killed} kills in {runs} nights, {place.database.partition(':')[0]}")
    assert _replayed(place)


def _replayed(place: Place) -> bool:
    """Whether checking what the store holds gives what its last run kept."""
    options = ["--as-of", place.day.isoformat(), "--compartment", "all", "-f", "json"]
    store = [str(place.folder), "--database", place.database]
    answer = json.loads(place.calls.call(["check", *store, *options]).printed.rpartition("}\n")[0] + "}")
    with open_store(place.folder, place.database) as opened:
        last = opened.records.runs()[-1]
        kept = [dict(one.record) for one in opened.records.results(last.contract, last.number)]
    return bool(answer["results"] == kept)
