"""Rules about rules: what form and logic alone do not show. Every flaw is data (`errors.Problem`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from compliance.errors import Problem
from compliance.rulebook.book import Rulebook
from compliance.rulebook.glossary import Glossary, protected_words, read_glossary
from compliance.rulebook.lint.content import CONTENT_CHECKS, Words
from compliance.rulebook.lint.examples import EXAMPLE_CHECKS
from compliance.rulebook.lint.logic import LOGIC_CHECKS, Protected, UnusedNumbers
from compliance.rulebook.lint.rulecheck import RuleCheck
from compliance.rulebook.lock import LOCK_FILE, identity_problems, read_lock

GLOSSARY_FILE = "glossary.yaml"
PROTECTED_FILE = "protected.yaml"


def lint(book: Rulebook, files: Mapping[str, str]) -> list[Problem]:
    """Every flaw that the checks find in the rules that could be read, in order of file.

    `files` are the files of the rules folder, by path below it; the glossary, the list of protected
    attributes and the lock are taken from them where they are there.
    """
    problems: list[Problem] = []
    glossary = Glossary()
    by_name = {PurePosixPath(path).name: path for path in files if path.count("/") <= 1}
    if GLOSSARY_FILE in by_name:
        path = by_name[GLOSSARY_FILE]
        glossary, flaws = read_glossary(files[path], path)
        problems += flaws
    checks: list[RuleCheck] = [*CONTENT_CHECKS, *LOGIC_CHECKS, *EXAMPLE_CHECKS, Words(glossary)]
    if PROTECTED_FILE in by_name:
        path = by_name[PROTECTED_FILE]
        checks.append(Protected(*protected_words(files[path], path)))
    problems += _rule_problems(book, checks)
    problems += UnusedNumbers().problems(book)
    if LOCK_FILE in by_name:
        path = by_name[LOCK_FILE]
        locked, flaws = read_lock(files[path], path)
        problems += [*flaws, *identity_problems(book, locked)]
    return problems


def _rule_problems(book: Rulebook, checks: list[RuleCheck]) -> Iterator[Problem]:
    for file in book.files.values():
        if file.rule.stage != "withdrawn":
            for check in checks:
                yield from check.problems(file)


__all__ = ["RuleCheck", "lint"]
