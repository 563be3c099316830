"""Reads the days of the trade register, which write 20200131 and may leave out month or day."""

from __future__ import annotations

import re
from typing import Any

_PACKED = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})", re.ASCII)
_DUTCH = re.compile(r"(\d{2})-(\d{2})-(\d{4})", re.ASCII)


def iso_day(value: Any) -> str | None:
    """The day as YYYY-MM-DD, the text itself when it is in no known form, None when empty or incomplete.

    A register day of which month or day are zeros is known in part only.
    """
    if value is None or value == "":
        return None
    text = str(value)
    found = _PACKED.fullmatch(text)
    parts = found.groups() if found else None
    if parts is None and (found := _DUTCH.fullmatch(text)):
        parts = found.groups()[::-1]
    if parts is None:
        return text
    year, month, day = parts
    return None if "00" in (month, day) else f"{year}-{month}-{day}"
