"""A process killed while it keeps a night leaves the records as before or as after, never half."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import event, text

from compliance.store.records import Records
from tests.store.records.nights import CONTRACT, keep, night

ROOT = Path(__file__).resolve().parents[3]
CHILD = """
import os, signal, sys
from sqlalchemy import event
from compliance.store.records import Records
from tests.store.records.nights import keep, night

records, at, seen = Records.open(sys.argv[1]), int(sys.argv[2]), 0

def count(*_):
    global seen
    seen += 1
    if seen == at:
        os.kill(os.getpid(), signal.SIGKILL)

event.listen(records._engine, "after_cursor_execute", count)
event.listen(records._engine, "commit", count)
keep(records, night("abcd", days=1))
print(seen, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def child(url: str, at: int) -> str:
    """What a process says that keeps a second night and is killed at statement `at` of it (0: after it)."""
    done = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-c", CHILD, url, str(at)],
        capture_output=True, text=True, check=False, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL, done.stderr
    return done.stdout


def test_a_killed_night_is_whole_or_not_there(records: Records, database_url: str) -> None:
    """Killed at the first statement of the transaction, in its midst, at its commit, and after it."""
    keep(records, night("abc"))
    before = records.night(1)
    statements = int(_statements(records))
    for at in (1, statements // 2, statements):
        assert child(database_url, at) == ""
        assert [run.number for run in records.runs()] == [1], f"killed at {at} of {statements}"
        assert records.night(1) == before
        assert records.verify_audit() == records.verify_records() == []
    assert child(database_url, 0).strip() == str(statements)
    assert [run.number for run in records.runs()] == [1, 2]
    assert len(records.results(CONTRACT)) == 4
    assert records.verify_audit() == records.verify_records() == []


def _statements(records: Records) -> int:
    """How many statements, the commit included, a second night takes: counted, and undone."""
    seen = [0]

    def count(*_: object) -> None:
        seen[0] += 1

    class UndoneError(Exception):
        pass

    def undo(*_: object) -> None:
        raise UndoneError

    event.listen(records._engine, "after_cursor_execute", count)
    event.listen(records._engine, "commit", undo)
    with pytest.raises(UndoneError):
        keep(records, night("abcd", days=1))
    event.remove(records._engine, "after_cursor_execute", count)
    event.remove(records._engine, "commit", undo)
    return seen[0] + 1


def test_what_a_kill_left_behind_blocks_nobody(records: Records, database_url: str) -> None:
    """The next night begins at once: no lock stays behind."""
    child(database_url, 3)
    assert keep(records, night("a")).number == 1
    with records._engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM run")).scalar() == 1
