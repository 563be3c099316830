"""Recognises columns that hold a protected attribute by their name, in Dutch and English spellings.

The names stand in the content file rules/protected.yaml; what they hold is never looked at.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from compliance.errors import Problem, UsageError
from compliance.yaml12 import read_yaml

FILE = "rules/protected.yaml"


@dataclass(frozen=True, slots=True)
class ProtectedNames:
    """Words that betray an attribute, each with the attribute's English name."""

    anywhere: Mapping[str, str]
    whole: Mapping[str, str]

    def attribute(self, column: str) -> str | None:
        """The protected attribute that a column of this name holds, or None."""
        name = _plain(column)
        if name in self.whole:
            return self.whole[name]
        return next((attribute for word, attribute in self.anywhere.items() if word in name), None)


def _plain(name: str) -> str:
    """The name's letters and digits only, without accents, in lower case."""
    decomposed = unicodedata.normalize("NFKD", name).casefold()
    return re.sub(r"[^a-z0-9]", "", decomposed)


def read_protected(text: str, name: str = FILE) -> ProtectedNames:
    """The names in the text of the content file.

    Raises: UsageError when the file has another shape.
    """
    anywhere: dict[str, str] = {}
    whole: dict[str, str] = {}
    try:
        for entry in read_yaml(text, name).data["protected"]:
            attribute = str(entry["attribute"]["en"])
            anywhere.update((_plain(word), attribute) for word in _words(entry, "names"))
            whole.update((_plain(word), attribute) for word in _words(entry, "whole_names"))
    except (KeyError, TypeError) as error:
        message = "Expected a list `protected` of attribute, names and whole_names."
        raise UsageError(Problem(name, "protected-shape", message)) from error
    return ProtectedNames(MappingProxyType(anywhere), MappingProxyType(whole))


def _words(entry: Mapping[str, Any], key: str) -> list[str]:
    return [str(word) for word in entry.get(key, ())]


@cache
def shipped_names() -> ProtectedNames:
    """The names that come with the product, from the installed content or the source tree.

    Raises: UsageError when the file is not there: without it nothing may be read.
    """
    package = Path(__file__).parents[1]
    for root in (package / "content", package.parent):
        path = root / FILE
        if path.is_file():
            return read_protected(path.read_text(encoding="utf-8"))
    message = "The list of protected attributes is missing; nothing is read without it."
    raise UsageError(Problem(FILE, "protected-missing", message, "Install the product again."))
