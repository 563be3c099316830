"""What can go wrong around a night: another one, a torn file, a full disk, a clock set back."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from compliance.errors import UsageError
from compliance.services.content import content_folder
from compliance.services.locking import locked
from compliance.services.nightly.night import NightRequest, nightly
from compliance.services.store import open_store

COMMAND = Path(sys.executable).with_name("compliance")
DAY = date(2027, 6, 1)
FOUND, WRONG, BROKEN = 1, 2, 3


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store that was judged once, with a small world."""
    folder = tmp_path / "store"
    open_store(folder, create=True).close()
    offer(folder, content_folder("cases") / "first" / "case.yaml")
    assert night(folder).returncode == FOUND
    return folder


def offer(folder: Path, file: Path) -> None:
    """The file stands in the inbox of the supplier."""
    inbox = folder / "inbox" / "wijkkracht"
    inbox.mkdir(parents=True, exist_ok=True)
    shutil.copy(file, inbox)


def offer_more(folder: Path, tmp_path: Path) -> None:
    """Another file in the inbox, so that there is something to take in."""
    rows = [{"id": "o3", "name": "Zorgerf"}]
    (tmp_path / "organisation.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    offer(folder, tmp_path / "organisation.jsonl")


def night(folder: Path, *before: str) -> subprocess.CompletedProcess[str]:
    """A night of the first day, as a command of its own; `before` are words before the command."""
    command = [*before, str(COMMAND), "nightly", "--store", str(folder), "--as-of", str(DAY), "--lang", "en"]
    environment = {"PATH": os.environ["PATH"], "PYTHONUTF8": "1"}
    return subprocess.run(  # noqa: S603 - our own command
        command, env=environment, capture_output=True, text=True, check=False
    )


def runs(folder: Path) -> int:
    """How many runs the store keeps."""
    with open_store(folder) as opened:
        return len(opened.records.runs())


def test_a_second_night_is_refused_and_told_who_works(store: Path) -> None:
    """While one night works another one does nothing, and says since when which process holds the store."""
    with open_store(store) as opened, locked(opened, "nightly"):
        second = night(store)
    assert second.returncode == WRONG
    assert str(os.getpid()) in second.stderr
    assert "nightly" in second.stderr
    assert "Traceback" not in second.stderr
    assert night(store).returncode == FOUND


@contextmanager
def torn(folder: Path) -> Iterator[Path]:
    """The last bytes of a file in the vault are gone, and later they are back."""
    path = min((folder / "vault").rglob("*.parquet"))
    whole = path.read_bytes()
    path.chmod(0o644)
    path.write_bytes(whole[:-7])
    try:
        yield path
    finally:
        path.write_bytes(whole)


def test_a_torn_file_stops_the_night_and_is_named(store: Path, tmp_path: Path) -> None:
    """A file that lost its end is never read as if it were whole; with the file back, the night is whole."""
    offer_more(store, tmp_path)
    with torn(store) as path:
        broken = night(store)
        assert broken.returncode == BROKEN
        assert path.name in broken.stderr
        assert "Traceback" not in broken.stderr
        assert runs(store) == 1
    assert night(store).returncode == FOUND
    assert runs(store) == 2


def test_a_full_disk_stops_the_night_and_loses_nothing(store: Path, tmp_path: Path) -> None:
    """When no file can grow the night says so and keeps nothing by halves; with room again it is whole."""
    offer_more(store, tmp_path)
    full = night(store, "sh", "-c", 'ulimit -f 1; exec "$@"', "sh")
    assert full.returncode == BROKEN
    assert "Traceback" not in full.stderr
    assert full.stderr.startswith("error: ")
    assert runs(store) == 1
    assert night(store).returncode == FOUND
    with open_store(store) as opened:
        assert {row[0] for row in opened.vault.every_row("organisation", ("name",))} == {"o1", "o2", "o3"}


def test_a_clock_set_back_stops_the_night(store: Path) -> None:
    """A day before the last one judged is not judged unless somebody asks for it by name."""

    def clock(days: int) -> Callable[[], datetime]:
        return lambda: datetime(2027, 6, 1, 3, tzinfo=UTC) + timedelta(days)

    nightly(NightRequest(store=store, clock=clock(3)))
    before = runs(store)
    with pytest.raises(UsageError, match="clock was set back"):
        nightly(NightRequest(store=store, clock=clock(2)))
    assert runs(store) == before
    nightly(NightRequest(store=store, clock=clock(4)))
    assert runs(store) == before + 1
