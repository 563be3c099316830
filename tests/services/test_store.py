"""A store is a folder and a database; it is made once, never by mistake, and one process writes at a time."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from compliance.errors import ComplianceError, StoreError, UsageError
from compliance.services.locking import locked
from compliance.services.store import FOLDERS, open_store
from compliance.store.records import Records

CHILD = """
import os, signal, sys
from pathlib import Path
from compliance.services.locking import locked
from compliance.services.store import open_store
with open_store(Path(sys.argv[1]), sys.argv[2]) as store, locked(store, "nightly"):
    print("held", flush=True)
    sys.stdin.read()
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_store_is_made_in_an_empty_folder(tmp_path: Path, empty_database_url: str) -> None:
    """Folders, vault and records are there, and a second time nothing changes."""
    folder = tmp_path / "store"
    with open_store(folder, empty_database_url, create=True) as store:
        assert store.vault.arrivals() == ()
        assert store.records.runs() == ()
    with open_store(folder, empty_database_url, create=True) as again:
        assert len(again.records.audit_entries()) == 1
    assert all((folder / name).is_dir() for name in FOLDERS)
    with open_store(folder, empty_database_url) as store:
        assert store.inbox == folder / "inbox"
        assert store.reports == folder / "reports"


def test_without_a_url_the_records_are_in_the_folder(tmp_path: Path) -> None:
    """One folder is a whole store."""
    with open_store(tmp_path / "store", create=True):
        assert (tmp_path / "store" / "compliance.db").is_file()


def test_a_folder_that_is_no_store_is_refused(tmp_path: Path) -> None:
    """Opening makes nothing, and nothing is made among other things."""
    with pytest.raises(UsageError, match="There is no store in this folder"):
        open_store(tmp_path / "absent")
    assert not (tmp_path / "absent").exists()
    (tmp_path / "photo.jpg").touch()
    with pytest.raises(UsageError, match="holds other things"):
        open_store(tmp_path, create=True)
    assert [path.name for path in tmp_path.iterdir()] == ["photo.jpg"]


def test_a_place_where_nothing_can_be_made_is_told(tmp_path: Path) -> None:
    """A file stands where the folder should come."""
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="cannot be written: Not a directory"):
        open_store(tmp_path / "file" / "store", create=True)


def test_a_lost_vault_is_not_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where runs were kept there were facts: an empty vault would hide that they are gone."""
    with open_store(tmp_path / "store", create=True) as store:
        monkeypatch.setattr(Records, "contracts", lambda _: ("c1",))
        with pytest.raises(ComplianceError, match="no vault"):
            _ = store.vault


def test_one_process_writes_at_a_time(tmp_path: Path, database_url: str) -> None:
    """The second is told which command holds the store, in which process, on which machine, since when."""
    with open_store(tmp_path / "store", database_url, create=True) as store:
        with locked(store, "nightly"):
            now = datetime.now(UTC).strftime("%Y-%m-%d")
            told = f"nightly .process {os.getpid()} on {socket.gethostname()}. since {now}"
            with pytest.raises(UsageError, match=told), locked(store, "intake"):
                pytest.fail("two at once")
        with locked(store, "intake"):
            pass


def test_a_database_is_locked_for_other_folders_too(tmp_path: Path, postgresql_url: str) -> None:
    """Two machines with folders of their own and one database: the database tells who holds it."""
    with (
        open_store(tmp_path / "one", postgresql_url, create=True) as one,
        open_store(tmp_path / "two", postgresql_url, create=True) as two,
    ):
        with (
            locked(one, "nightly"),
            pytest.raises(UsageError, match=f"nightly .process {os.getpid()} on"),
            locked(two, "nightly"),
        ):
            pytest.fail("two at once")
        with locked(two, "nightly"):
            pass


def test_a_lock_goes_with_its_process(tmp_path: Path, database_url: str) -> None:
    """Another process is refused while it lives; killed, it leaves the store free."""
    folder = tmp_path / "store"
    with open_store(folder, database_url, create=True) as store:
        command = [sys.executable, "-c", CHILD, str(folder), database_url]
        with subprocess.Popen(  # noqa: S603 - our own words
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as holder:
            assert holder.stdout is not None
            assert holder.stdout.readline() == "held\n"
            with pytest.raises(UsageError, match=f"process {holder.pid} on"), locked(store, "intake"):
                pytest.fail("two at once")
            holder.communicate()
        with locked(store, "intake"):
            pass
