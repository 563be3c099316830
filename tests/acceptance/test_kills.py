"""A night or an intake killed at any moment leaves the store as before or as after; the next finishes it."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import count
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
SUPPLIER = "wijkkracht"
BY_HAND = 0.3  # of the deliveries: taken in by a command of their own


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

    def intake(self, delivery: Path, *, kill_after: float | None = None) -> Ended:
        asked = ["intake", str(delivery), "--supplier", SUPPLIER, *self.options()]
        return self.calls.call(asked, kill_after=kill_after)

    def offer(self, number: int, place: Path) -> Path:
        """The supplier puts a file with new rows in this place; the next day begins."""
        self.day += timedelta(1)
        place.mkdir(parents=True, exist_ok=True)
        rows = [
            {"id": f"k{number}-{row}", "contract_id": "c1", "organisation_id": "o1",
             "received_on": "2027-04-01", "handled_on": ""}
            for row in range(ROWS)
        ]  # fmt: skip
        folder = place / f"delivery-{number}"
        folder.mkdir()
        with (folder / "complaint.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        self.offered |= {row["id"] for row in rows}
        return folder

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
    inbox, desk = place.folder / "inbox" / SUPPLIER, place.folder.parent / "desk"
    kept = place.complaints()
    killed = {"nightly": 0, "intake": 0}
    for number in count():
        if sum(killed.values()) >= KILLS // PARTS:
            break
        by_hand = moments.random() < BY_HAND
        delivery = place.offer(number, desk if by_hand else inbox)
        before = place.runs()
        moment = moments.uniform(0.02, 0.5 if by_hand else 1.2)
        ended = place.intake(delivery, kill_after=moment) if by_hand else place.night(kill_after=moment)
        killed["intake" if by_hand else "nightly"] += ended.code < 0
        assert place.complaints() >= kept
        assert place.runs() in (before, before + 1)
        verified = place.calls.call(["store", "verify", *place.options()])
        assert verified.code == 0, verified.printed
        if by_hand:
            again = place.intake(delivery)
            assert again.code == 0, again.printed
        whole = place.night()
        assert whole.code in WHOLE, whole.printed
        assert place.runs() == before + 1
        kept = place.complaints()
        assert kept >= place.offered
        assert not list(inbox.glob("*"))
    told = " and ".join(f"{times} of {name}" for name, times in killed.items())
    record_property("shown", f"kills on {place.database.partition(':')[0]}: {told}")
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
