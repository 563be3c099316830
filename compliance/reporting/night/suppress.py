"""Leaves small counts out, and others with them, so that none can be computed from a total.

Every count below `LEAST` is left out. Of counts that add up to a published total the smallest others go too,
until those left out are at least two and together at least `LEAST`: then each of them could be anything from
0 up to that sum.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TypeVar

LEAST = 10  # counts below this may point at a person or an organisation
_Key = TypeVar("_Key", bound=Hashable)


def shown_count(count: int) -> int | None:
    """A count that stands alone, or None when it is too small to show."""
    return count if count >= LEAST else None


def suppressed(counts: Mapping[_Key, int]) -> dict[_Key, int | None]:
    """The counts that may be shown beside their total; None for those left out.

    The total itself may be shown when it is at least `LEAST`.
    """
    hidden = {key for key, count in counts.items() if count < LEAST}
    shown = sorted((count, place) for place, (key, count) in enumerate(counts.items()) if key not in hidden)
    keys = list(counts)
    while hidden and shown and not _safe([counts[key] for key in hidden]):
        _, place = shown.pop(0)
        hidden.add(keys[place])
    return {key: None if key in hidden else count for key, count in counts.items()}


def _safe(hidden: list[int]) -> bool:
    return len(hidden) >= 2 and sum(hidden) >= LEAST
