"""What is in a store is told, and whatever is wrong in it is found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from compliance.errors import UsageError
from compliance.services.intake import intake
from compliance.services.store import Store, open_store
from compliance.services.storekeeping import (
    audit_arrivals,
    set_checkpoint,
    store_info,
    upgrade_store,
    verify_store,
)
from tests.store.records.nights import keep, night

KEY = bytes(32)
NOW = datetime(2027, 6, 2, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path, database_url: str) -> Iterator[Store]:
    """A store with one delivery, one run over it, and a checkpoint."""
    (tmp_path / "organisation.csv").write_text("id,name\no1,Wijkkracht\n", encoding="utf-8")
    with open_store(tmp_path / "store", database_url, create=True) as opened:
        intake(opened.vault, "gemeente", [str(tmp_path / "organisation.csv")], now=NOW)
        moment = opened.vault.last_moment
        assert moment is not None
        made = night("a", known_at=moment, facts=opened.vault.facts_hash(moment))
        keep(opened.records, made)
        set_checkpoint(opened, KEY, NOW)
        yield opened


def wrong(store: Store) -> list[str]:
    """The codes of what the check finds."""
    return [problem.code for problem in verify_store(store.folder, store.database, KEY)]


def test_a_store_that_was_left_alone_is_whole(store: Store) -> None:
    """Vault, records, chain and checkpoints agree, with another checkpoint too."""
    assert wrong(store) == []
    store.records.append_audit("anna", "tested", {}, NOW)
    set_checkpoint(store, KEY, NOW)
    assert len(store.checkpoints.read_text(encoding="utf-8").splitlines()) == 2
    assert wrong(store) == []


def test_facts_that_are_gone_are_found(store: Store) -> None:
    """A segment of the vault was removed: the vault tells of it."""
    (segment, *_) = store.folder.rglob("*.parquet")
    segment.unlink()
    assert wrong(store) != []


def test_a_run_over_other_facts_is_found(store: Store) -> None:
    """What the vault holds of a run's moment must be what the run judged."""
    keep(store.records, replace(night("a", days=1)))
    assert wrong(store) == ["run-facts"]


def test_a_delivery_is_told_to_the_audit_chain_once(store: Store) -> None:
    """Also when a killed intake left it out; told, it must stay in the vault with the files that came."""
    assert audit_arrivals(store, "nightly", NOW) == 1
    assert audit_arrivals(store, "nightly", NOW) == 0
    assert wrong(store) == []
    known = {"delivery": 1, "files": ["other"]}
    store.records.append_audit("anna", "intake", known, NOW)
    store.records.append_audit("anna", "intake", {"delivery": 3, "files": []}, NOW)
    assert wrong(store) == ["delivery-lost", "delivery-lost"]


def test_a_lost_file_of_checkpoints_is_found_and_not_made_anew(store: Store) -> None:
    """Each checkpoint that is not in the file is told."""
    store.checkpoints.unlink()
    assert wrong(store) == ["checkpoint-missing"]


def test_a_torn_line_of_a_killed_process_is_mended(store: Store) -> None:
    """The next checkpoint writes whole lines after the last whole one."""
    whole = store.checkpoints.read_bytes()
    store.checkpoints.write_bytes(whole[:-10])
    assert wrong(store) != []
    set_checkpoint(store, KEY, NOW)
    assert store.checkpoints.read_bytes() == whole
    assert wrong(store) == []


def test_without_a_key_no_checkpoint_is_set(store: Store) -> None:
    """The key comes from the caller, never from the store."""
    store.records.append_audit("anna", "tested", {}, NOW)
    assert set_checkpoint(store, None, NOW) is None
    assert len(store.records.checkpoints()) == 1


def test_what_is_in_a_store_is_told(store: Store) -> None:
    """Deliveries, rows, runs and what is still to do."""
    found = store_info(store)
    assert (found.deliveries, found.files, found.rows, found.waiting) == (1, 1, 1, 0)
    assert [run.number for run in found.last_runs] == [1]
    assert found.records.rows["result"] == 1
    assert found.records.size_bytes > 0
    assert found.vault_bytes > 0
    assert found.last_moment == store.vault.last_moment


def test_a_store_with_a_history_gets_no_second_database(store: Store, tmp_path: Path) -> None:
    """Whoever forgets to name the database is told so: nothing is made, and the store stays as it was."""
    stranger = tmp_path / "stranger.db"
    for _ in range(2):
        with pytest.raises(UsageError, match="knows nothing of them"):
            upgrade_store(store.folder, f"sqlite:///{stranger}", NOW)
    store.checkpoints.unlink()
    with pytest.raises(UsageError, match="knows nothing of them"):
        upgrade_store(store.folder, f"sqlite:///{stranger}", NOW)
    assert upgrade_store(store.folder, store.database, NOW)[0] != ""


def test_an_upgrade_makes_a_store_once(tmp_path: Path, empty_database_url: str) -> None:
    """The first makes it, the second has nothing to do."""
    before, after = upgrade_store(tmp_path / "store", empty_database_url, NOW)
    assert (before, bool(after)) == ("", True)
    assert upgrade_store(tmp_path / "store", empty_database_url, NOW) == (after, after)
    assert verify_store(tmp_path / "store", empty_database_url, None) == ()
