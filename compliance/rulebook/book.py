"""The rule book: all rules, checked, with the numbers they use; read from text, with all flaws at once."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePosixPath

from compliance.errors import Problem, RulebookError
from compliance.language.check import check_rule
from compliance.language.tree import CheckedRule
from compliance.model.number import Numbers
from compliance.rulebook.digest import book_hash
from compliance.rulebook.numbers import read_numbers
from compliance.rulebook.rulefile import RuleFile, logic_problem, read_rule_file

NUMBERS_FILE = "parameters.yaml"
_RULE_PATH = re.compile(r"(^|/)(([a-z]{3}|[A-Z]{3})/[^/]+|[A-Z]{3}-[0-9][^/]*)\.ya?ml$")


@dataclass(frozen=True)
class Rulebook:
    """Rules in order of id, each with its file and its typed expressions, and the numbers."""

    files: Mapping[str, RuleFile] = field(default_factory=dict)
    rules: Mapping[str, CheckedRule] = field(default_factory=dict)
    numbers: Numbers = field(default_factory=Numbers)

    @cached_property
    def hash(self) -> str:
        """`sha256:…` over what rules and numbers say."""
        return book_hash((rule.rule for rule in self.rules.values()), self.numbers)

    @property
    def judged(self) -> tuple[CheckedRule, ...]:
        """The rules that a check uses: not drafts, not those withdrawn."""
        return tuple(rule for rule in self.rules.values() if rule.rule.stage in ("active", "deprecated"))


def is_rule_path(path: str) -> bool:
    """Whether a file of the rules folder is, by its place or name, a rule."""
    return _RULE_PATH.search(path) is not None


def load(files: Mapping[str, str]) -> Rulebook:
    """The rule book in these files (path below the rules folder, with its text).

    Raises: RulebookError, with every flaw of every file.
    """
    book, problems = read(files)
    if problems:
        raise RulebookError(sorted(problems, key=_by_line))
    return book


def read(files: Mapping[str, str]) -> tuple[Rulebook, list[Problem]]:
    """The rules that are right, and every flaw of the others; for tools that must go on."""
    numbers_path = next((path for path in files if PurePosixPath(path).name == NUMBERS_FILE), None)
    problems: list[Problem] = []
    numbers = Numbers()
    if numbers_path is None:
        message = f"The rule book has no {NUMBERS_FILE}."
        problems.append(Problem(NUMBERS_FILE, "numbers", message, "It is the one place for the numbers."))
    else:
        numbers, flaws = read_numbers(files[numbers_path], numbers_path)
        problems += flaws
    found: list[RuleFile] = []
    for path in sorted(files):
        if is_rule_path(path):
            file, flaws = read_rule_file(path, files[path])
            problems += flaws
            if file is not None:
                found.append(file)
    problems += _equal_ids(found)
    book, flaws = _checked(found, numbers)
    return book, problems + flaws


def _checked(found: Iterable[RuleFile], numbers: Numbers) -> tuple[Rulebook, list[Problem]]:
    files: dict[str, RuleFile] = {}
    rules: dict[str, CheckedRule] = {}
    problems: list[Problem] = []
    for file in sorted(found, key=lambda file: file.rule.id):
        files[file.rule.id] = file
        checked, flaws = check_rule(file.rule, numbers.specs)
        problems += [logic_problem(file, flaw.path, flaw.message, flaw.hint) for flaw in flaws]
        if checked is not None:
            rules[file.rule.id] = checked
    return Rulebook(files, rules, numbers), problems


def _equal_ids(found: Iterable[RuleFile]) -> list[Problem]:
    by_id: dict[str, list[RuleFile]] = defaultdict(list)
    for file in found:
        by_id[file.rule.id].append(file)
    return [
        Problem(
            file.place(("id",)), "equal-ids", f"{rule} is also the id of {other.path}.", "Choose a new id."
        )
        for rule, files in by_id.items()
        for file, other in zip(files, [*files[1:], files[0]], strict=True)
        if len(files) > 1
    ]


def _by_line(problem: Problem) -> tuple[str, int, Problem]:
    path, _, rest = problem.place.partition(":")
    line = rest.partition(":")[0]
    return path, int(line) if line.isdecimal() else 0, problem
