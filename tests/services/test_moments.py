"""The moment of what is recorded in a store."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from compliance.services.content import content_folder
from compliance.services.moments import next_moment
from compliance.services.nightly.night import NightRequest, nightly
from compliance.services.store import open_store

NIGHT = datetime(2027, 6, 1, 3, tzinfo=UTC)


def test_nothing_is_recorded_before_what_a_run_knew(tmp_path: Path) -> None:
    """With the clock set back the moment is the first after the last run; else it is the clock's."""
    folder = tmp_path / "store"
    open_store(folder, create=True).close()
    (folder / "inbox" / "gemeente").mkdir(parents=True)
    shutil.copy(content_folder("cases") / "first" / "case.yaml", folder / "inbox" / "gemeente")
    nightly(NightRequest(store=folder, as_of=date(2027, 6, 1), clock=lambda: NIGHT))
    with open_store(folder) as store:
        last = store.records.last_run("c1")
        assert last is not None
        assert last.known_at < next_moment(store, NIGHT - timedelta(1)) < NIGHT + timedelta(seconds=1)
        assert next_moment(store, NIGHT + timedelta(1)) == NIGHT + timedelta(1)
