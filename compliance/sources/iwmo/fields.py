"""Reads the texts of one element by explicit paths, and keeps a flaw for each that is not what it must be.

A path is written with `m:` for the message's own namespace and `iwmo:` for the shared one. An element that no
path names is never looked at.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

from lxml import etree

from compliance.model.fields import DAY_PATTERN
from compliance.sources.refusal import Flaw
from compliance.sources.shape import shape

_OWN = re.compile(r"\bm:")
_DAY = "an existing day, as YYYY-MM-DD"


@dataclass(frozen=True, slots=True)
class Placed:
    """A flaw and the XPath of the element that has it, or of the one that misses it."""

    place: str
    flaw: Flaw


@dataclass(slots=True)
class Fields:
    """The texts of `element`, which stands at the XPath `place`; `prefix` is what places write for `m:`."""

    element: etree._Element
    namespaces: Mapping[str, str]
    prefix: str
    place: str
    flaws: list[Placed] = field(default_factory=list)

    def text(self, path: str, *, required: bool = True) -> str:
        """The text without the space around it; empty when it is not there or has a flaw."""
        found = self.element.findall(path, dict(self.namespaces))
        if not found:
            if required:
                self._flaw(path, "element_missing", "", f"the element {_name(path)}", at=self.place)
            return ""
        if len(found) > 1:
            self._flaw(path, "element_twice", f"{len(found)} elements", f"{_name(path)} once")
            return ""
        text = (found[0].text or "").strip()
        if len(found[0]) or (required and not text):
            shown = "other elements" if len(found[0]) else "empty"
            self._flaw(path, "required_empty", shown, f"text in {_name(path)}")
            return ""
        return text

    def matching(self, path: str, pattern: str, due: str, *, required: bool = True) -> str:
        """The text, which must match the pattern whole."""
        text = self.text(path, required=required)
        if text and not re.fullmatch(pattern, text, re.ASCII):
            return self._flaw(path, "wrong_pattern", shape(text), due)
        return text

    def code(self, path: str, known: Collection[str], *, required: bool = True) -> str:
        """The text, which must be one of the codes."""
        text = self.text(path, required=required)
        if text and text not in known:
            return self._flaw(path, "unknown_code", shape(text), f"one of: {', '.join(known)}")
        return text

    def day(self, path: str, *, required: bool = True) -> date | None:
        """The day."""
        text = self.text(path, required=required)
        if not text:
            return None
        try:
            if re.fullmatch(DAY_PATTERN, text, re.ASCII):
                return date.fromisoformat(text)
        except ValueError:
            pass
        self._flaw(path, "not_a_day", shape(text), _DAY)
        return None

    def refuse(self, path: str, code: str, shown: str, due: str) -> None:
        """The text at the path is wrong for a reason that only the caller knows; `shown` is its shape."""
        self._flaw(path, code, shown, due)

    def _flaw(self, path: str, code: str, shown: str, due: str, at: str = "") -> str:
        place = at or f"{self.place}/{_OWN.sub(f'{self.prefix}:', path)}"
        self.flaws.append(Placed(place, Flaw(_name(path), code, shown, due)))
        return ""


def _name(path: str) -> str:
    return path.rpartition(":")[2]
