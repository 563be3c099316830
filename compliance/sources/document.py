"""Reads the text of a case file, YAML 1.2 or JSON, into plain data; refuses what could surprise.

It does not know what the data means.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any, NoReturn

from compliance.errors import InputError, Problem
from compliance.sources.shape import OddNumber
from compliance.yaml12 import MAX_DEPTH, MAX_EXPONENT, MAX_NUMBER_LENGTH, Document, read_yaml

_PLAIN_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?", re.ASCII)
MOST_BYTES = 16 * 1024 * 1024  # a larger world comes as a data set


class _EqualKeysError(ValueError):
    """A JSON object has the same key twice."""


def read_document(content: bytes, name: str) -> Any:
    """The data of a case file: JSON when its name says so or it is valid JSON, else YAML 1.2.

    `name` is the file as messages call it.

    Raises: InputError with a Problem for each flaw.
    """
    if len(content) > MOST_BYTES:
        message = f"A case file may hold at most {MOST_BYTES // 2**20} MiB."
        raise _unreadable(name, "case-too-large", message, "Deliver a data-set folder instead.")
    if not content.strip():
        message = "The file is empty."
        raise _unreadable(name, "case-empty", message, "Write at least as_of and facts.")
    if name.lower().endswith(".json"):
        return _read_json(content, name)
    if not name.lower().endswith((".yaml", ".yml")) and content.lstrip()[:1] in b"{[":
        try:
            return _read_json(content, name)
        except InputError as error:
            if any(problem.code != "json-syntax" for problem in error.problems):
                raise
    return _with_odd_numbers(read_yaml(content, name))


def _with_odd_numbers(document: Document) -> Any:
    """The data, in which numbers of facts stand as they were written where that is not in plain digits.

    A table would refuse them, and who reads 010 may mean eight.
    """
    for path, text in document.written.items():
        if path[:1] != ("facts",) or len(path) < 2:  # settings have types of their own
            continue
        *above, last = path
        row: Any = document.data
        for step in above:
            row = row[step]
        value = row[last]
        if type(value) in (int, Decimal) and not _PLAIN_NUMBER.fullmatch(text):
            row[last] = OddNumber(text)
    return document.data


def read_json_line(text: str) -> Any:
    """The data of one JSON text, with exact numbers.

    Raises: ValueError (also for equal keys and constants such as NaN), RecursionError when nested deeply.
    """
    return _DECODER.decode(text)


def _read_json(content: bytes, name: str) -> Any:
    try:
        data = read_json_line(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        message = "The file is not UTF-8 text."
        raise _unreadable(f"{name}:{line}", "json-encoding", message, "Save it as UTF-8.") from None
    except json.JSONDecodeError as error:
        place = f"{name}:{error.lineno}:{error.colno}"
        message = f"This is not valid JSON: {error.msg}."
        hint = "Check the quotes, commas and brackets there."
        raise _unreadable(place, "json-syntax", message, hint) from None
    except _EqualKeysError as error:
        raise _unreadable(name, "json-equal-keys", f"{error}.", "Keep one of them.") from None
    except ValueError as error:
        raise _unreadable(name, "json-number", f"{error}.", "Write a plain number, or null.") from None
    except RecursionError:
        raise _too_deep(name) from None
    if _depth_exceeds(data, MAX_DEPTH):
        raise _too_deep(name)
    return data


def _unreadable(place: str, code: str, message: str, hint: str) -> InputError:
    return InputError(Problem(place, code, message, hint))


def _too_deep(name: str) -> InputError:
    message = f"Values are nested more than {MAX_DEPTH} deep."
    return _unreadable(name, "json-depth", message, "Make the structure flatter.")


def _depth_exceeds(data: Any, most: int) -> bool:
    level = [data]
    for _ in range(most + 1):
        level = [
            child
            for item in level
            for child in (item.values() if isinstance(item, dict) else item if isinstance(item, list) else ())
        ]
        if not level:
            return False
    return True


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = min(key for key in found if keys.count(key) > 1)
        name = twice if twice.isidentifier() and len(twice) <= 60 else "(not a name)"
        raise _EqualKeysError(f"The key {name} stands twice in one object")
    return found


def _number(text: str) -> Decimal | str:
    """An exact number; one too long or too large to be meant stays text, which nobody takes for a number."""
    if len(text) > MAX_NUMBER_LENGTH:
        return text
    number = Decimal(text) if len(text.lower().partition("e")[2]) <= 4 else None
    return text if number is None or abs(number.adjusted()) > MAX_EXPONENT else number


def _whole(text: str) -> int | str:
    return text if len(text) > MAX_NUMBER_LENGTH else int(text)


def _constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is not a number that a fact can have")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=_number, parse_int=_whole, parse_constant=_constant
)
