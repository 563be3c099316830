"""Routes as text."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from compliance.graph.rows import route_text


def read_back(text: str) -> list[str]:
    """The ids a route was written from."""
    ids: list[str] = []
    decoder = json.JSONDecoder(strict=False)
    while text:
        if text.startswith('"'):
            identifier, end = decoder.raw_decode(text)
        else:
            end = text.index(" – ") if " – " in text else len(text)
            identifier = text[:end]
        ids.append(identifier)
        text = text[end:].removeprefix(" – ")
    return ids


@given(st.lists(st.text(alphabet='ab –"\\\n😀,', min_size=1), min_size=1))
def test_route_can_be_read_back(ids: list[str]) -> None:
    """No two routes have the same text, whatever characters their ids hold."""
    assert read_back(route_text(ids)) == ids


def test_plain_ids_stay_plain() -> None:
    """Ordinary ids are joined without quotes."""
    assert route_text(["o1", "p3", "o7"]) == "o1 – p3 – o7"
