"""Broken files and full disks are told in words, with what to do; the vault is as it was."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from filelock import FileLock

from compliance.errors import StoreError
from compliance.store.vault import Vault, compaction
from tests.store.vault.town import CONTRACT, Town, delivery, table

FILES = {"contract.csv": CONTRACT, **table("delivery", delivery(1), delivery(2))}


def segment(town: Town, entity: str) -> Path:
    """The one segment of the entity."""
    (found,) = town.vault.view().segments[entity]
    return town.folder / "vault" / found.path


def problem(error: pytest.ExceptionInfo[StoreError]) -> tuple[str, str]:
    """The place and code of the one problem."""
    (one,) = error.value.problems
    assert error.value.exit_code == 3
    assert one.hint
    return one.place, one.code


@pytest.mark.parametrize("harm", ["cut", "changed", "empty", "gone"])
def test_a_torn_segment_is_named(town: Town, harm: str) -> None:
    """Reading says which file it is and to restore it; verify finds it; a merge never passes it on."""
    town.give(FILES)
    town.give(table("delivery", delivery(3)))
    path = town.folder / "vault" / town.vault.view().segments["delivery"][0].path
    content = path.read_bytes()
    if harm == "gone":
        path.unlink()
    else:
        harmed = {"cut": content[:-9], "changed": b"x" * len(content), "empty": b""}
        path.write_bytes(harmed[harm])
    expected = (str(path), "vault-file-missing" if harm == "gone" else "vault-file-changed")
    with pytest.raises(StoreError) as caught:
        town.facts()
    assert problem(caught) == expected
    with pytest.raises(StoreError) as caught:
        town.vault.compact()
    assert problem(caught) == expected
    with pytest.raises(StoreError) as caught:
        town.give(table("delivery", delivery(4)))
    assert problem(caught) == expected
    assert [(flaw.place, flaw.code) for flaw in town.vault.verify()] == [expected]
    path.write_bytes(content)
    assert town.ids("delivery") == ["d1", "d2", "d3"]


def test_a_merge_that_fails_does_not_undo_a_delivery(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was kept is answered as kept; the broken file stays, for verify to tell."""
    town.give(FILES)
    town.give(table("delivery", delivery(3)))
    monkeypatch.setattr(compaction, "MANY", 2)
    path = town.folder / "vault" / town.vault.view().segments["delivery"][0].path
    path.write_bytes(b"x")
    assert town.give(table("organisation", "o1,Een")).files[0].accepted == 1
    assert [flaw.place for flaw in town.vault.verify()] == [str(path)]


def test_a_changed_value_is_found(town: Town) -> None:
    """A segment that another program wrote anew, with all its rows, is not the one that was kept."""
    town.give(FILES)
    path = segment(town, "delivery")
    other = path.with_name("other.parquet")
    duckdb.sql(f"COPY (SELECT * REPLACE (hours + 1 AS hours) FROM '{path}') TO '{other}' (FORMAT parquet)")
    other.rename(path)
    assert [flaw.code for flaw in town.vault.verify()] == ["vault-file-changed"]


def test_unknown_files_are_told_and_left_alone(town: Town) -> None:
    """What a killed write left is cleared by the next one; a file of somebody else is not."""
    town.give(FILES)
    inside = town.folder / "vault" / "segments"
    (inside / "mine.parquet").write_bytes(b"x")
    (inside / "delivery.00000099.parquet").write_bytes(b"x")
    (inside / ".new-delivery.00000099.parquet").write_bytes(b"x")
    assert [(flaw.place, flaw.code) for flaw in town.vault.verify()] == [
        (str(inside / "mine.parquet"), "vault-file-unknown")
    ]
    town.give(table("delivery", delivery(3)))
    assert sorted(path.name[:12] for path in inside.iterdir()) == [
        "contract.000", "delivery.000", "delivery.000", "mine.parquet",
    ]  # fmt: skip


def test_a_broken_manifest_is_told(town: Town) -> None:
    """One that is no manifest, or of a later version, is never overwritten."""
    town.give(FILES)
    path = town.folder / "vault" / "manifest.json"
    whole = path.read_bytes()
    for content, code in ((whole[:-30], "vault-manifest"), (b'{"format":99}', "vault-later-format")):
        path.write_bytes(content)
        with pytest.raises(StoreError) as caught:
            town.give(table("delivery", delivery(3)))
        assert problem(caught) == (str(path), code)
        assert path.read_bytes() == content


def test_missing_deliveries_and_rows_are_found(town: Town) -> None:
    """A manifest from which somebody took a delivery or a segment does not add up."""
    town.give(FILES)
    town.give(table("delivery", delivery(3)))
    path = town.folder / "vault" / "manifest.json"
    data = json.loads(path.read_bytes())
    path.write_text(json.dumps({**data, "arrivals": data["arrivals"][1:]}))
    assert {flaw.code for flaw in town.vault.verify()} == {"vault-arrivals", "vault-rows"}
    path.write_text(json.dumps({**data, "segments": data["segments"][1:]}))
    assert [flaw.code for flaw in town.vault.verify()] == ["vault-rows"]


def test_a_second_writer_is_refused(town: Town) -> None:
    """While one writes another is told to wait; reading goes on."""
    town.give(FILES)
    with FileLock(town.folder / "vault" / "writer.lock"), pytest.raises(StoreError) as caught:
        town.give(table("delivery", delivery(3)))
    assert problem(caught)[1] == "vault-busy"
    assert town.ids("delivery") == ["d1", "d2"]


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """A file where the folder should be, and a file system that takes nothing."""
    (tmp_path / "vault").write_text("")
    for folder in (tmp_path / "vault", Path("/proc/vault")):
        with pytest.raises(StoreError) as caught:
            Vault.open(folder, create=True)
        assert problem(caught) == (str(folder), "vault-write")


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_full_disk_leaves_the_vault_as_it_was(
    town: Town, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    """The reason is the operating system's, and the delivery can be offered again."""
    town.give(FILES)
    before = town.vault.manifest_hash

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, call, full)
        with pytest.raises(StoreError, match="No space left on device") as caught:
            town.give(table("delivery", delivery(3)))
    assert problem(caught) == (str(town.folder / "vault"), "vault-write")
    assert town.vault.manifest_hash == before
    assert town.give(table("delivery", delivery(3))).files[0].accepted == 1


FULL = """
import resource, sys
from datetime import UTC, datetime
from pathlib import Path
from compliance.errors import StoreError
from compliance.services.intake import intake
from compliance.store.vault import Vault
vault = Vault.open(Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (4000, 4000))
try:
    intake(vault, "alles", [sys.argv[2]], now=datetime.now(UTC))
except StoreError as error:
    print(error.problems[0].code, error.problems[0].message)
"""


def test_the_database_running_into_a_full_disk_is_told(town: Town) -> None:
    """Also when it is the database that cannot write, in the middle of a file."""
    town.give(FILES)
    rows = [delivery(number, str(number * 7919 % 24)) for number in range(2000)]
    folder = town.write(table("delivery", *rows))
    vault = town.folder / "vault"
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", FULL, str(vault), str(folder)], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "vault-write The vault cannot be written: File too large."
    assert town.vault.verify() == ()
    assert town.ids("delivery") == ["d1", "d2"]
