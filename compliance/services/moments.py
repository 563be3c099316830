"""The moment of whatever is recorded in a store: the clock's, and never before what a run knew already.

A run is judged again with what was known at its moment; with a clock that was set back, something recorded
later would seem to have been known.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from compliance.services.store import Store

_TICK = timedelta(microseconds=1)


def next_moment(store: Store, now: datetime) -> datetime:
    """Now, or when the clock went back the first moment after all that is recorded and every run.

    Raises: StoreError when the store cannot be read.
    """
    recorded = store.vault.last_moment
    runs = (store.records.last_run(contract) for contract in store.records.contracts())
    earlier = [run.known_at + _TICK for run in runs if run is not None]
    return max([now, *earlier, *([recorded + _TICK] if recorded else [])])
