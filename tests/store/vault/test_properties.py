"""However deliveries are divided, a view holds the last versions, and a compaction changes nothing."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.store.vault.town import CONTRACT, Town, delivery, table

QUICK = settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))

# A delivery: the hours of some ids, None to take the row back.
HOURS = st.integers(min_value=0, max_value=3)
PART = st.dictionaries(st.integers(min_value=1, max_value=5), HOURS | st.none(), min_size=1)


def give(town: Town, part: dict[int, int | None], number: int) -> None:
    """The rows and withdrawals of a delivery are offered; its comment makes the file a new one."""
    brought = [delivery(row, f"{hours}.{number:04d}") for row, hours in part.items() if hours is not None]
    gone = "".join(f"delivery,d{row}\n" for row, hours in part.items() if hours is None)
    files = {"contract.csv": CONTRACT, **table("delivery", *brought), "withdrawn.csv": f"entity,id\n{gone}"}
    town.give(files)


@QUICK
@given(st.lists(PART, min_size=1, max_size=4))
def test_a_view_holds_the_last_versions_at_each_moment(parts: list[dict[int, int | None]]) -> None:
    """Of any row of deliveries, at the moment of each of them; also after a compaction."""
    with tempfile.TemporaryDirectory() as folder:
        town, expected = Town(Path(folder)), []
        known: dict[int, str | None] = {}
        for number, part in enumerate(parts, start=1):
            give(town, part, number)
            known |= {row: None if hours is None else f"{hours}.{number:04d}" for row, hours in part.items()}
            there = [(f"d{row}", hours) for row, hours in sorted(known.items()) if hours is not None]
            expected.append((town.vault.last_moment, there))
        vault = town.vault
        for _ in range(2):
            for moment, there in expected:
                assert [(row[0], str(row[8])) for row in town.rows("delivery", moment)] == there
            hashes = [vault.facts_hash(moment) for moment, _ in expected]
            vault.compact()
            assert hashes == [vault.facts_hash(moment) for moment, _ in expected]
        assert vault.verify() == ()
        assert all(len(segments) == 1 for segments in vault.view().segments.values())
