"""The glossary: one word per concept in both languages, and the words that may not stand for it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pydantic import Field, ValidationError

from compliance.errors import InputError, Problem
from compliance.model.rule import Bilingual, Content, Line
from compliance.rulebook.flaws import model_problems
from compliance.yaml12 import read_yaml


class Avoid(Content):
    """Words not to use, per language; * stands for any ending."""

    nl: tuple[Line, ...] = ()
    en: tuple[Line, ...] = ()


class Term(Content):
    """A concept, its word in each language, and the words that mean the same and are not used."""

    concept: Line
    nl: Line
    en: Line
    meaning: Bilingual
    avoid: Avoid = Avoid()
    note: Line | None = None


class _File(Content):
    terms: tuple[Term, ...] = Field(min_length=1)


@dataclass(frozen=True)
class Glossary:
    """All terms, and a search for words that should not have been used."""

    terms: tuple[Term, ...] = ()

    def misused(self, text: str, lang: str) -> Iterator[tuple[str, str]]:
        """Each forbidden word in a text of that language, with the word to use instead."""
        for pattern, term in self._patterns(lang):
            for found in pattern.finditer(text):
                yield found[0], term.nl if lang == "nl" else term.en

    def _patterns(self, lang: str) -> Iterator[tuple[re.Pattern[str], Term]]:
        for term in self.terms:
            for word in term.avoid.nl if lang == "nl" else term.avoid.en:
                yield _pattern(word), term


def _pattern(word: str) -> re.Pattern[str]:
    ending = r"\w*" if word.endswith("*") else ""
    body = re.escape(word.rstrip("*")).replace(r"\ ", r"\s+")
    return re.compile(rf"(?<!\w){body}{ending}(?!\w)", re.IGNORECASE)


def read_glossary(text: str, name: str) -> tuple[Glossary, list[Problem]]:
    """The glossary in the text of the file called `name`, and every flaw in it."""
    try:
        document = read_yaml(text, name)
        return Glossary(_File.model_validate(document.data).terms), []
    except InputError as error:
        return Glossary(), list(error.problems)
    except ValidationError as error:
        return Glossary(), model_problems(error, _File, document, name)


def protected_words(text: str, name: str) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """The words that betray a protected attribute: those that count anywhere in a name, and those that
    count as a whole name; each with the attribute.

    Raises: InputError when the file cannot be read.
    """
    anywhere: dict[str, str] = {}
    whole: dict[str, str] = {}
    for entry in read_yaml(text, name).data["protected"]:
        attribute = str(entry["attribute"]["en"])
        anywhere.update((plain_name(str(word)), attribute) for word in entry.get("names", ()))
        whole.update((plain_name(str(word)), attribute) for word in entry.get("whole_names", ()))
    return anywhere, whole


def plain_name(name: str) -> str:
    """A name's letters and digits in lower case."""
    return re.sub(r"[^a-z0-9]", "", name.casefold())
