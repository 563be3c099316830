"""Reads YAML 1.2 text into plain data, with the line of every value; refuses what could surprise.

Own rules on top of PyYAML's event parser (the C one where it is there): the core schema of YAML 1.2, so
`NO` and `on` are text and a day is text; decimals are exact; no tags, no equal keys, no alias bombs.
It must not know what the data means.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import yaml

from compliance.errors import InputError, Problem

Path = tuple[str | int, ...]

MAX_DEPTH = 50
MAX_ALIASES = 20
# A number of more characters, or a larger exponent, stays text: whoever expects a number refuses it,
# and nobody spends memory on the digits of 1e999999999.
MAX_NUMBER_LENGTH = 40
MAX_EXPONENT = 30

_NULLS = frozenset(("", "~", "null", "Null", "NULL"))
_FLAGS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INT = re.compile(r"[-+]?[0-9]+", re.ASCII)
_BASED = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+", re.ASCII)
_DECIMAL = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE]([-+]?[0-9]{1,9}))?", re.ASCII)
_NUMBER_START = frozenset("+-.0123456789")

_Parser: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Document:
    """The data of one YAML text, and where each value stands.

    `lines` gives the line (from 1) of the key or list item at a path; `written` the text of every scalar
    that YAML turned into something other than text, as it stands in the file.
    """

    data: Any
    lines: Mapping[Path, int] = field(default_factory=dict)
    written: Mapping[Path, str] = field(default_factory=dict)

    def line(self, path: Path) -> int:
        """The line of the value at `path`, or of its nearest parent that stands in the text."""
        for end in range(len(path), -1, -1):
            found = self.lines.get(path[:end])
            if found is not None:
                return found
        return 1

    def quote_hint(self, path: Path) -> str:
        """Why a value that should be text is none, and the cure; empty when YAML did not change it."""
        text = self.written.get(path)
        if text is None:
            return ""
        what = _loss(text)
        return f'YAML would make {text or "nothing"} {what}: put quotes around it: "{text}".'


def _loss(text: str) -> str:
    """What becomes of an unquoted scalar, in words."""
    if text in _FLAGS:
        return "a yes/no value"
    if text in _NULLS:
        return "an empty value"
    digits = text.lstrip("+-")
    drops = ("." in digits and digits.endswith("0")) or (len(digits) > 1 and digits.startswith("0"))
    return "a number and drop its zero" if drops else "a number"


def read_yaml(text: str | bytes, name: str, *, first_line: int = 1) -> Document:
    """The one document in `text`, or in its UTF-8 bytes, as dicts, lists, text, int, Decimal, bool and None.

    `name` is the file as messages call it; `first_line` the number of the text's first line in that file.

    Raises: InputError, with a Problem for each flaw: place is file:line:column.
    """
    content = _content(text, name)
    reader = _Reader(name, first_line)
    try:
        data = reader.read(content)
    except yaml.YAMLError as error:
        raise InputError([*reader.problems, _syntax_problem(error, content, name, first_line)]) from None
    if reader.problems:
        raise InputError(reader.problems)
    return Document(data, reader.lines, reader.written)


def _content(text: str | bytes, name: str) -> str:
    """The text itself, when it is UTF-8 without NUL."""
    if isinstance(text, bytes):
        try:
            text = text.decode("utf-8")
        except UnicodeDecodeError as error:
            line = error.object.count(b"\n", 0, error.start) + 1
            message = "The file is not UTF-8 text."
            raise InputError(
                Problem(f"{name}:{line}", "yaml-encoding", message, "Save it as UTF-8.")
            ) from None
    text = text.removeprefix("\ufeff")
    found = re.search("[\x00\ud800-\udfff]", text)
    if found:
        line = text.count("\n", 0, found.start()) + 1
        message = "The text holds a character that no text file may hold (NUL or half a surrogate pair)."
        raise InputError(Problem(f"{name}:{line}", "yaml-encoding", message, "Remove it."))
    return text


def _syntax_problem(error: yaml.YAMLError, content: str, name: str, first_line: int) -> Problem:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    if mark is not None:
        place = f"{name}:{mark.line + first_line}:{mark.column + 1}"
    else:
        position = getattr(error, "position", None) or 0
        place = f"{name}:{content.count(chr(10), 0, position) + first_line}"
    reason = getattr(error, "problem", None) or getattr(error, "reason", None) or "it cannot be read"
    hint = "Check the indentation, the colons and the quotes there."
    return Problem(place, "yaml-syntax", f"This is not valid YAML: {reason}.", hint)


class _Reader:
    """Turns parser events into data; collects flaws and goes on where it can."""

    def __init__(self, name: str, first_line: int) -> None:
        self.name = name
        self.first_line = first_line
        self.problems: list[Problem] = []
        self.lines: dict[Path, int] = {}
        self.written: dict[Path, str] = {}
        self._anchors: dict[str, Any] = {}
        self._aliases = 0
        self._events: Iterator[Any] = iter(())

    def read(self, content: str) -> Any:
        self._events = _events(content)
        event = next(self._events)
        if isinstance(event, yaml.StreamEndEvent):
            return None
        data = self._value(next(self._events), ())
        next(self._events)  # the end of the document
        event = next(self._events)
        if not isinstance(event, yaml.StreamEndEvent):
            self._flaw(event, "yaml-documents", "A second document starts here.", "Keep one per file.")
        return data

    def _flaw(self, event: Any, code: str, message: str, hint: str) -> None:
        mark = event.start_mark
        place = f"{self.name}:{mark.line + self.first_line}:{mark.column + 1}"
        self.problems.append(Problem(place, code, message, hint))

    def _value(self, event: Any, path: Path) -> Any:
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event)
        if event.tag is not None:
            self._flaw(event, "yaml-tag", f"The tag {event.tag} is not allowed.", "Write the plain value.")
        if isinstance(event, yaml.ScalarEvent):
            value = self._scalar(event, path)
        else:
            if len(path) >= MAX_DEPTH:
                message = f"Values are nested more than {MAX_DEPTH} deep."
                self._flaw(event, "yaml-depth", message, "Make the structure flatter.")
                raise InputError(self.problems)
            mapping = isinstance(event, yaml.MappingStartEvent)
            value = self._mapping(path) if mapping else self._sequence(path)
        if event.anchor is not None:
            self._anchors[event.anchor] = value
        return value

    def _alias(self, event: Any) -> Any:
        self._aliases += 1
        if self._aliases > MAX_ALIASES:
            message = f"More than {MAX_ALIASES} aliases (*name) are used."
            self._flaw(event, "yaml-aliases", message, "Write the values out.")
            raise InputError(self.problems)
        if event.anchor not in self._anchors:
            message = f"The alias *{event.anchor} refers to nothing that ended before it."
            self._flaw(event, "yaml-alias", message, "Write the value out.")
        return self._anchors.get(event.anchor)

    def _scalar(self, event: Any, path: Path) -> Any:
        text: str = event.value
        if not event.implicit[0]:
            return text
        value = _resolve(text)
        if value is not text:
            self.written[path] = text
        return value

    def _sequence(self, path: Path) -> list[Any]:
        items: list[Any] = []
        for event in self._events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            place = (*path, len(items))
            self.lines[place] = event.start_mark.line + self.first_line
            items.append(self._value(event, place))
        return items

    def _mapping(self, path: Path) -> dict[str, Any]:
        entries: dict[str, Any] = {}
        for event in self._events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            key = self._key(event, path)
            place = (*path, key)
            if key in entries:
                message = f"The key {key} stands twice; the first is on line {self.lines[place]}."
                self._flaw(event, "yaml-equal-keys", message, "Keep one of them.")
            self.lines[place] = event.start_mark.line + self.first_line
            entries[key] = self._value(next(self._events), place)
        return entries

    def _key(self, event: Any, path: Path) -> str:
        if isinstance(event, yaml.ScalarEvent) and event.tag is None:
            text: str = event.value
            if event.implicit[0] and _resolve(text) is not text:
                message = f"The key {text or '(empty)'} is not text: {_loss(text)}."
                self._flaw(event, "yaml-key", message, "Put quotes around it.")
            return text
        self._flaw(event, "yaml-key", "A key must be plain text.", "Write a name before the colon.")
        self._value(event, (*path, ""))
        return ""


def _events(content: str) -> Iterator[Any]:
    """Parser events after the stream's start, without the document starts."""
    parser = _Parser(content)
    try:
        parser.get_event()
        while True:
            event = parser.get_event()
            yield event
            if isinstance(event, yaml.StreamEndEvent):
                return
    finally:
        parser.dispose()


def _resolve(text: str) -> Any:
    """What an unquoted scalar means by the core schema of YAML 1.2; the text itself when it is text."""
    if text in _NULLS:
        return None
    if text in _FLAGS:
        return _FLAGS[text]
    if text[0] not in _NUMBER_START or len(text) > MAX_NUMBER_LENGTH:
        return text
    if _INT.fullmatch(text):
        return int(text)
    if _BASED.fullmatch(text):
        return int(text, 0)
    found = _DECIMAL.fullmatch(text)
    if found and abs(int(found[1] or 0)) <= MAX_EXPONENT:
        return Decimal(text)
    return text
