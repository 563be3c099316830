"""Checks of what a rule says in words: norms, obligations, both languages, the words used."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from string import Formatter

from compliance.errors import Problem
from compliance.model.rule import Bilingual, Rule
from compliance.rulebook.glossary import Glossary
from compliance.rulebook.lint.rulecheck import RuleCheck, problem
from compliance.rulebook.rulefile import RuleFile
from compliance.yaml12 import Path

# T5-09 and T0.1-01: dialogue document; TB: council letter; S20: strategy; CS: contract standard; L: law.
OBLIGATION = re.compile(r"(T[0-9]{1,2}(\.[0-9])?|TB|S20|CS|L)-[0-9]{2}")
TO_FILL_IN = "TODO"


def texts(rule: Rule) -> Iterator[tuple[Path, Bilingual]]:
    """Every bilingual text of the rule, with where it stands."""
    yield ("title",), rule.title
    yield ("why",), rule.why
    yield ("message",), rule.message
    yield ("clears",), rule.clears
    for index, limit in enumerate(rule.limits):
        yield ("limits", index), limit


@dataclass(frozen=True, slots=True)
class Norms:
    """Every norm cites the place in its source, not the source alone."""

    code: str = "norm-place"

    def problems(self, file: RuleFile) -> Iterator[Problem]:
        for index, norm in enumerate(file.rule.norms):
            if not (norm.article or norm.theme or norm.quote):
                message = f"norms[{index}] names a source without a place in it."
                yield problem(self, file, ("norms", index), message, "Add article or theme, as text.")


@dataclass(frozen=True, slots=True)
class Obligations:
    """Obligations are named by their id in the list of obligations, each once."""

    code: str = "obligation"

    def problems(self, file: RuleFile) -> Iterator[Problem]:
        named = file.rule.obligations
        if not named and file.rule.kind == "norm":
            yield problem(self, file, ("obligations",), "A norm watches at least one obligation.", "Name it.")
        for index, name in enumerate(named):
            if not OBLIGATION.fullmatch(name):
                message = f"{name} does not read like the id of an obligation."
                yield problem(self, file, ("obligations", index), message, "For example: T5-09 or CS-21.")
            if name in named[:index]:
                yield problem(self, file, ("obligations", index), f"{name} stands there twice.")


@dataclass(frozen=True, slots=True)
class Placeholders:
    """Both languages of the message show the same values, and no other text has placeholders."""

    code: str = "placeholders"

    def problems(self, file: RuleFile) -> Iterator[Problem]:
        nl, en = (_placeholders(text) for text in (file.rule.message.nl, file.rule.message.en))
        for lang, missing in (("nl", en - nl), ("en", nl - en)):
            for name in sorted(missing):
                message = f"message.{lang} lacks {{{name}}}, which the other language shows."
                yield problem(self, file, ("message", lang), message)
        for path, text in texts(file.rule):
            if path != ("message",) and (_placeholders(text.nl) or _placeholders(text.en)):
                yield problem(self, file, path, f"Only the message can show values, not {path[0]}.")


@dataclass(frozen=True, slots=True)
class BothLanguages:
    """A text is written in each language, not copied into the other, and nothing is left to fill in."""

    code: str = "language"

    def problems(self, file: RuleFile) -> Iterator[Problem]:
        for path, text in texts(file.rule):
            if text.nl == text.en:
                yield problem(self, file, path, f"{path[0]} is the same in both languages.", "Translate it.")
            for lang in ("nl", "en"):
                if text.within(lang).strip() == "…" or text.within(lang).startswith(TO_FILL_IN):
                    yield problem(self, file, (*path, lang), f"{path[0]}.{lang} is still to be filled in.")
        for index, norm in enumerate(file.rule.norms):
            for key, value in norm:
                if value == "…" or str(value).startswith(TO_FILL_IN):
                    message = f"norms[{index}].{key} is still to be filled in."
                    yield problem(self, file, ("norms", index), message)


@dataclass(frozen=True, slots=True)
class Limits:
    """A rule says when it errs."""

    code: str = "limits"

    def problems(self, file: RuleFile) -> Iterator[Problem]:
        if not file.rule.limits:
            hint = "Name what the facts do not show, and when the rule asks for nothing."
            yield problem(self, file, ("limits",), "The rule does not say when it errs.", hint)


@dataclass(frozen=True, slots=True)
class Words:
    """The glossary's words are used, not their forbidden synonyms."""

    glossary: Glossary
    code: str = "word"

    def problems(self, file: RuleFile) -> Iterator[Problem]:
        for path, text in texts(file.rule):
            for lang in ("nl", "en"):
                for word, instead in self.glossary.misused(text.within(lang), lang):
                    message = f"{path[0]}.{lang} says {word!r}."
                    yield problem(self, file, (*path, lang), message, f"Say {instead!r}.")


def _placeholders(text: str) -> set[str]:
    try:
        return {name for _, name, *_ in Formatter().parse(text) if name is not None}
    except ValueError:
        return set()


CONTENT_CHECKS: tuple[RuleCheck, ...] = (Norms(), Obligations(), Placeholders(), BothLanguages(), Limits())
