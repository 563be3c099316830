"""Values as the one text under which they are kept, so that they come back byte for byte."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

MODULUS = 1 << 256
_encode = json.JSONEncoder(ensure_ascii=True, allow_nan=False, separators=(",", ":")).encode
_encode_sorted = json.JSONEncoder(
    ensure_ascii=True, allow_nan=False, separators=(",", ":"), sort_keys=True
).encode


def json_text(value: Any) -> str:
    """JSON with the keys in the order given: a record is shown again exactly as it was."""
    return _encode(dict(value) if isinstance(value, Mapping) else value)


def sorted_json(value: Any) -> str:
    """JSON with sorted keys: equal values give equal text."""
    return _encode_sorted(value)


def sha256(text: str | bytes) -> str:
    """The hash of the bytes (of text its UTF-8), as "sha256:…"."""
    return f"sha256:{hashlib.sha256(text.encode() if isinstance(text, str) else text).hexdigest()}"


def values_hash(values: Mapping[str, Any]) -> str:
    """The hash of plain values by name, with days and moments among them."""
    plain = {
        name: moment_text(value)
        if isinstance(value, datetime)
        else str(value)
        if isinstance(value, date)
        else value
        for name, value in values.items()
    }
    return sha256(sorted_json(plain))


def total(hashes: Iterable[str]) -> str:
    """A hash of many hashes, whatever their order; totals of parts add up."""
    return f"{sum(int(each.removeprefix('sha256:'), 16) for each in hashes) % MODULUS:064x}"


def moment_text(moment: datetime) -> str:
    """The moment in UTC, always with six decimals: texts sort as moments do.

    Raises: TypeError for a moment without a time zone.
    """
    if moment.tzinfo is None:
        raise TypeError("A moment needs a time zone.")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def text_moment(text: str) -> datetime:
    """The moment that `moment_text` wrote."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%f%z").astimezone(UTC)
