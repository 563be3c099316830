"""One rule file: its text, the rule it states, and its examples, which are read only when asked for.

A check never needs the examples, and they are most of the file; so they stand last and are cut off.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath
from typing import Any

from pydantic import ValidationError

from compliance.errors import InputError, Problem, RulebookError
from compliance.model.rule import Content, Example, Rule
from compliance.rulebook.flaws import label, model_problems, place
from compliance.yaml12 import Document, Path, read_yaml

_EXAMPLES = re.compile(r"^examples[ ]*:", re.MULTILINE)
_TOP_KEY = re.compile(r"^[A-Za-z_\"'][^\n#]*?:(\s|$)", re.MULTILINE)


class _Examples(Content):
    examples: tuple[Example, ...] = ()


@dataclass(frozen=True)
class RuleFile:
    """A rule as its file states it; `rule` is without examples."""

    path: str
    text: str
    document: Document
    rule: Rule

    def place(self, path: Path) -> str:
        """File and line of a key path, in the logic or in the examples."""
        document = self.example_document if path[:1] == ("examples",) else self.document
        return place(self.path, document, path)

    @cached_property
    def example_document(self) -> Document:
        """The examples as plain data with lines. Raises: RulebookError when the text cannot be read."""
        start = _examples_start(self.text)
        first_line = self.text.count("\n", 0, start) + 1
        try:
            return read_yaml(self.text[start:], self.path, first_line=first_line)
        except InputError as error:
            raise RulebookError(error.problems) from None

    def read_examples(self) -> tuple[tuple[Example, ...], list[Problem]]:
        """The examples, and every flaw in their form."""
        try:
            document = self.example_document
        except RulebookError as error:
            return (), list(error.problems)
        if not document.data or document.data["examples"] is None:
            return (), []
        try:
            return _Examples.model_validate(document.data).examples, []
        except ValidationError as error:
            return (), model_problems(error, _Examples, document, self.path)

    @cached_property
    def examples(self) -> tuple[Example, ...]:
        """The examples. Raises: RulebookError, with every flaw in their form."""
        examples, problems = self.read_examples()
        if problems:
            raise RulebookError(problems)
        return examples


def read_rule_file(path: str, text: str) -> tuple[RuleFile | None, list[Problem]]:
    """The rule in the text of the file at `path`, and every flaw in its form (not yet in its logic)."""
    start = _examples_start(text)
    try:
        document = read_yaml(text[:start], path)
    except InputError as error:
        return None, list(error.problems)
    if not isinstance(document.data, Mapping):
        return None, [Problem(f"{path}:1", "rule", "The file must hold a rule: keys with values.")]
    problems = list(_order_problems(path, text, start))
    try:
        rule = Rule.model_validate(document.data)
    except ValidationError as error:
        return None, problems + model_problems(error, Rule, document, path)
    problems += _name_problems(path, rule, document)
    return RuleFile(path, text, document, rule), problems


def dump_rule(rule: Rule) -> dict[str, Any]:
    """The rule as the plain data its file holds: `read` of it gives the same rule."""
    return rule.model_dump(mode="json", exclude_defaults=True)


def key_path(path: tuple[str, ...]) -> Path:
    """A path of keys as the document has it: list positions as numbers."""
    return tuple(int(part) if part.isdecimal() else part for part in path)


def logic_problem(file: RuleFile, path: tuple[str, ...], message: str, hint: str) -> Problem:
    """A flaw in the logic of a rule, with its file and line."""
    keys = key_path(path)
    return Problem(file.place(keys), "rule-logic", f"{label(keys)}: {message}", hint)


def _examples_start(text: str) -> int:
    found = _EXAMPLES.search(text)
    return found.start() if found else len(text)


def _order_problems(path: str, text: str, start: int) -> Iterator[Problem]:
    rest = text[start:].find("\n")
    later = _TOP_KEY.search(text, start + rest) if rest >= 0 and start < len(text) else None
    if later:
        line = text.count("\n", 0, later.start()) + 1
        message = "A key stands after the examples."
        yield Problem(f"{path}:{line}", "examples-last", message, "Move `examples` to the end of the file.")


def _name_problems(path: str, rule: Rule, document: Document) -> Iterator[Problem]:
    *_, folder, file = ("", *PurePosixPath(path).parts)
    due_folder, due_file = rule.family.lower(), f"{rule.id}_{rule.name}.yaml"
    if folder != due_folder:
        message = (
            f"A rule of family {rule.family} stands in the folder {due_folder}, not in {folder or 'none'}."
        )
        yield Problem(place(path, document, ("id",)), "folder", message, "Move the file.")
    if file != due_file:
        message = f"The file of this rule is called {due_file}."
        yield Problem(place(path, document, ("name",)), "file-name", message, "Rename the file.")
