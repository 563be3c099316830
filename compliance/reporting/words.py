"""The words of reports and the command line, by dotted name, in Dutch or English.

They come from a content file; this module only finds and fills them, and holds no text of its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from compliance.errors import Problem, RulebookError
from compliance.model.fields import UNSAFE_TEXT
from compliance.reporting.phrases import Phrases
from compliance.yaml12 import read_yaml

Lang = Literal["nl", "en"]
LANGS: tuple[Lang, ...] = ("nl", "en")
_UNSAFE = re.compile(UNSAFE_TEXT)
_BREAK = re.compile(r"\r\n|[\t\n]")
_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")


@dataclass(frozen=True, slots=True)
class Words:
    """All texts of one content file; `phrases` translate what the code says by itself."""

    texts: Mapping[str, Mapping[str, str]]
    plain: Mapping[str, str] = field(default_factory=dict)
    phrases: Phrases = field(default_factory=Phrases)

    def has(self, name: str) -> bool:
        """Whether there is a text of this name."""
        return name in self.texts

    def get(self, name: str, lang: Lang, **values: object) -> str:
        """The text, with its {placeholders} filled.

        Raises: KeyError when the content file lacks the text.
        """
        return fill(self.texts[name][lang], values) if values else self.texts[name][lang]

    def count(self, name: str, lang: Lang, count: int, **values: object) -> str:
        """The text for that number of things: its `one` for exactly 1, else its `many` or only text."""
        form = f"{name}.{'one' if count == 1 else 'many'}"
        return self.get(form if form in self.texts else name, lang, count=count, **values)

    def name(self, group: str, code: str, lang: Lang) -> str:
        """The word for a code, or the code itself where the content file has none."""
        text = self.texts.get(f"{group}.{code}")
        return text[lang] if text else code

    def told(self, text: str, lang: Lang) -> str:
        """A text of the code, which is in English, in the reader's language."""
        return text if lang == "en" else self.phrases.dutch(text)

    def owed_by(self, label: str) -> str:
        """The party that can bring the missing fact `entity.field` or `entity`; empty when none is named."""
        entity = label.partition(".")[0]
        return self.plain.get(f"owed_by.{label}") or self.plain.get(f"owed_by.{entity}", "")


def fill(text: str, values: Mapping[str, object], otherwise: str | None = None) -> str:
    """The text with every {name} replaced by its value, else by `otherwise`, else left as it is."""

    def value(found: re.Match[str]) -> str:
        name = found[1]
        if name in values:
            return clean(str(values[name]))
        return found[0] if otherwise is None else otherwise

    return _PLACEHOLDER.sub(value, text)


def clean(text: str) -> str:
    """The text on one line, without what a terminal would obey or a reader would not see."""
    return _UNSAFE.sub("\ufffd", _BREAK.sub(" ", text))


def read_words(text: str, name: str) -> Words:
    """The words of one content file.

    Raises: InputError when it is not YAML; RulebookError listing the texts that lack a language.
    """
    texts: dict[str, Mapping[str, str]] = {}
    plain: dict[str, str] = {}
    problems: list[Problem] = []
    document = read_yaml(text, name)

    def walk(node: Any, path: tuple[str, ...]) -> None:
        dotted = ".".join(path)
        if isinstance(node, str):
            plain[dotted] = node
        elif isinstance(node, dict) and node and set(node) <= set(LANGS):
            if set(node) != set(LANGS) or not all(isinstance(part, str) for part in node.values()):
                place = f"{name}:{document.line(path)}"
                message = f"{dotted} needs a text in both nl and en."
                problems.append(Problem(place, "words-language", message, "Write the other one beside it."))
            texts[dotted] = node
        elif isinstance(node, dict):
            for key, below in node.items():
                walk(below, (*path, key))
        else:
            place = f"{name}:{document.line(path)}"
            problems.append(Problem(place, "words-shape", f"{dotted} is not a text.", "Give it nl and en."))

    walk(document.data, ())
    if problems:
        raise RulebookError(problems)
    return Words(texts, plain)
