"""Finds the files in a store that mention a row, by its id; a file that cannot be read so is told apart."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import unescape
from pathlib import Path
from zipfile import BadZipFile, ZipFile

_WORD = re.compile(r"[^\W_]+")
_ZIPPED = (".xlsx", ".ods", ".zip")
_CLOSED = (".pdf", ".parquet")  # the text in them is packed


class Ids:
    """A set of ids to look for: as words of their own, wherever they stand."""

    def __init__(self, ids: Iterable[str]) -> None:
        self._words: set[str] = set()
        self._others: list[tuple[frozenset[str], re.Pattern[str]]] = []
        for each in set(ids):
            pieces = _WORD.findall(each)
            if pieces == [each]:
                self._words.add(each)
            else:
                whole = re.compile(rf"(?<![^\W_]){re.escape(each)}(?![^\W_])")
                self._others.append((frozenset(pieces), whole))

    def stand_in(self, text: str) -> bool:
        """Whether the text mentions one of them."""
        words = set(_WORD.findall(text))
        if not words.isdisjoint(self._words):
            return True
        return any(pieces <= words and whole.search(text) for pieces, whole in self._others)


def mentions(path: Path, ids: Ids) -> bool | None:
    """Whether the file mentions one of the ids; None when its text cannot be read.

    Raises: OSError when the file cannot be opened.
    """
    kind = path.suffixes[-2] if path.suffix == ".sealed" and len(path.suffixes) > 1 else path.suffix
    if kind.lower() in _CLOSED:
        return None
    if kind.lower() in _ZIPPED:
        return _in_archive(path, ids)
    return _in_bytes(path.read_bytes(), ids)


def _in_archive(path: Path, ids: Ids) -> bool | None:
    try:
        with ZipFile(path) as archive:
            return any(_in_bytes(archive.read(name), ids) for name in archive.namelist())
    except (BadZipFile, NotImplementedError, RuntimeError):
        return None


def _in_bytes(content: bytes, ids: Ids) -> bool:
    text = content.decode("utf-8", errors="replace")
    return ids.stand_in(text) or ("&" in text and ids.stand_in(unescape(text)))
