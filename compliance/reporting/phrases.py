"""Says in Dutch the messages that the code holds in English, by a table of phrases from a content file.

A message is found by its English text, in which {name} stands for whatever the code filled in. This module
holds no phrases of its own; a text it does not find stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from compliance.errors import Problem, RulebookError
from compliance.yaml12 import read_yaml

_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
# What stands for one of these is a phrase itself; anything else (a name, a number) is shown as it is.
_PHRASED = frozenset(("attribute", "due", "part", "reason", "shape", "where"))


@dataclass(frozen=True, slots=True)
class Phrases:
    """Dutch texts by their English ones; of those with placeholders the most particular is tried first.

    Those that hold another phrase go before all others.
    """

    texts: Mapping[str, str] = field(default_factory=dict)
    _patterns: tuple[tuple[re.Pattern[str], str], ...] = ()

    def dutch(self, text: str) -> str:
        """The text in Dutch, or itself when it is in no phrase."""
        if text in self.texts and not _PLACEHOLDER.search(text):
            return self.texts[text]
        for pattern, dutch in self._patterns:
            found = pattern.fullmatch(text)
            if found:
                values = found.groupdict()
                return _PLACEHOLDER.sub(lambda place: self._value(place[1], values), dutch)  # noqa: B023 - used at once
        return text

    def _value(self, name: str, values: Mapping[str, str]) -> str:
        return self.dutch(values[name]) if name in _PHRASED else values[name]


def read_phrases(text: str, name: str) -> Phrases:
    """The phrases of a content file.

    Raises: InputError when it is not YAML; RulebookError listing what is no text, or fills in something else.
    """
    document = read_yaml(text, name)
    problems = [
        Problem(f"{name}:{document.line((english,))}", "phrase", f"{english!r} has no fitting Dutch text.")
        for english, dutch in document.data.items()
        if not isinstance(dutch, str) or set(_named(dutch)) != set(_named(english))
    ]
    if problems:
        raise RulebookError(problems)
    texts: dict[str, str] = document.data
    ordered = sorted(texts, key=lambda english: (not _wraps(english), -len(_literal(english)), english))
    patterns = tuple((_pattern(english), texts[english]) for english in ordered if _named(english))
    return Phrases(texts, patterns)


def _wraps(english: str) -> bool:
    """Whether it begins with words of its own and holds a phrase, which else would swallow those words."""
    return english.find("{") > 0 and "{reason}" in english


def _literal(english: str) -> str:
    return _PLACEHOLDER.sub("", english)


def _named(text: str) -> list[str]:
    return _PLACEHOLDER.findall(text)


def _pattern(english: str) -> re.Pattern[str]:
    """What finds the text, whatever stands for its placeholders."""
    parts = _PLACEHOLDER.split(english)
    pieces = [f"(?P<{part}>.*?)" if at % 2 else re.escape(part) for at, part in enumerate(parts)]
    return re.compile("".join(pieces), re.DOTALL)
