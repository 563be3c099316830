"""Opens the records of a fresh database, of either kind."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from compliance.store.records import Records


@pytest.fixture
def records(database_url: str) -> Iterator[Records]:
    """The records of a store without a run."""
    with Records.open(database_url) as opened:
        yield opened
