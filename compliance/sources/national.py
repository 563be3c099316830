"""Tells which national or international format the data of a JSON file is, by the keys it cannot do without.

It looks at names of keys only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from compliance.sources.document import MOST_BYTES, read_json_line
from compliance.sources.refusal import FileRefusedError, Flaw

_REGISTER = ("kvkNummer", "kvknummer", "abonnementen", "signalen")
_CASE = ("facts", "as_of")
MOST_LINES = 200_000


def national_form(data: Any) -> str | None:
    """`bods`, `kvk`, or None for anything else, such as a case."""
    if isinstance(data, list):
        first = next((item for item in data if isinstance(item, Mapping)), {})
        return _form(first)
    return _form(data) if isinstance(data, Mapping) else None


def _form(item: Mapping[str, Any]) -> str | None:
    if any(key in item for key in _CASE):
        return None
    if "statementId" in item or {"recordType", "recordDetails"} <= item.keys():
        return "bods"
    return "kvk" if any(key in item for key in _REGISTER) else None


def read_lines(path: str) -> list[Any]:
    """The objects of a file with one on each line.

    Raises: FileRefusedError for a file too large, or a line that is no JSON.
    """
    with Path(path).open("rb") as file:
        content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        size = f"more than {MOST_BYTES} bytes"
        raise FileRefusedError(Flaw("", "too_large", size, "a smaller file"))
    return list(_objects(content))


def _objects(content: bytes) -> Iterator[Any]:
    for number, line in enumerate(content.splitlines(), start=1):
        if number > MOST_LINES:
            raise FileRefusedError(Flaw("", "too_large", f"more than {MOST_LINES} rows", "a smaller file"))
        if not line.strip():
            continue
        try:
            yield read_json_line(line.decode("utf-8-sig"))
        except (ValueError, RecursionError):
            where = f"line {number}"
            raise FileRefusedError(Flaw("", "broken_json", where, "one JSON object on a line")) from None
