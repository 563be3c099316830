"""Use cases around the rule book itself: lint, lock, pages, schemas, a new rule; reads and writes files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from compliance.errors import Problem, UsageError
from compliance.rulebook import Rulebook, load, read
from compliance.rulebook.editor import new_rule, rule_schema
from compliance.rulebook.factpages import case_schema, facts_page
from compliance.rulebook.lint import lint
from compliance.rulebook.lock import LOCK_FILE, lock_problems, read_lock, write_lock
from compliance.rulebook.pages import pages
from compliance.services.content import content_folder, read_rule_files


@dataclass(frozen=True, slots=True)
class LintAnswer:
    """How many rules were read, and every flaw of all of them."""

    rules: int
    problems: tuple[Problem, ...]


def lint_rules(folder: Path | None = None) -> LintAnswer:
    """Every flaw of the rule book in the folder (else of the shipped one), of form, logic and content.

    Raises: UsageError when files cannot be read.
    """
    files = _files(folder)
    book, problems = read(files)
    problems = [*problems, *lint(book, files)]
    return LintAnswer(len(book.files), tuple(dict.fromkeys(problems)))


def check_lock(folder: Path | None = None) -> tuple[Problem, ...]:
    """What differs between the rules and their lock.

    Raises: RulebookError when the rules have flaws; UsageError when files cannot be read.
    """
    files = _files(folder)
    locked, problems = read_lock(files.get(LOCK_FILE, '{"rules": {}}'))
    return (*problems, *lock_problems(load(files), locked))


def write_rule_lock(folder: Path | None = None) -> Path:
    """The lock says what the rules say now; the path of its file.

    Raises: RulebookError when the rules or the lock have flaws; UsageError when files cannot be read.
    """
    files = _files(folder)
    book = load(files)
    locked, problems = read_lock(files.get(LOCK_FILE, '{"rules": {}}'))
    if problems:
        raise UsageError(problems)
    path = _folder(folder) / LOCK_FILE
    path.write_text(write_lock(book, locked), encoding="utf-8")
    return path


def schema_text() -> str:
    """The JSON Schema of a rule file, as text."""
    return _json(rule_schema())


def make_docs(folder: Path | None = None) -> dict[str, str]:
    """The generated pages by their path below the documentation folder.

    Raises: RulebookError when the rules have flaws; UsageError when files cannot be read.
    """
    book = load(_files(folder))
    return {
        **{f"rules/{name}": text for name, text in pages(book).items()},
        "facts.md": facts_page(),
        "facts.schema.json": _json(case_schema()),
        "rule.schema.json": schema_text(),
    }


def check_docs(target: Path, folder: Path | None = None) -> tuple[Problem, ...]:
    """The pages below `target` that are not as the rules and the model would make them.

    Raises: as `make_docs`.
    """
    due, problems = make_docs(folder), []
    for name, text in due.items():
        found = _text(target / name)
        if found != text:
            message = "The page is missing." if found is None else "The page is out of date."
            problems.append(Problem(str(target / name), "docs-stale", message, "Run compliance rules docs."))
    problems += [
        Problem(str(path), "docs-surplus", "No rule makes this page.", "Remove it.")
        for path in sorted((target / "rules").glob("*.md"))
        if f"rules/{path.name}" not in due
    ]
    return tuple(problems)


def write_docs(target: Path, folder: Path | None = None) -> tuple[Path, ...]:
    """The pages stand below `target`; those that changed. Pages of rules that are gone are removed.

    Raises: as `make_docs`.
    """
    due, written = make_docs(folder), []
    for name, text in due.items():
        path = target / name
        if _text(path) != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            written.append(path)
    for path in (target / "rules").glob("*.md"):
        if f"rules/{path.name}" not in due:
            path.unlink()
            written.append(path)
    return tuple(written)


def write_new_rule(rule: str, name: str, subject: str, since: str, folder: Path | None = None) -> Path:
    """A new rule file with everything still to fill in, which `lint_rules` then leads through; its path.

    Raises: UsageError for an id that is taken or malformed, or when the file is there already.
    """
    book, _ = read(_files(folder))
    place, text = new_rule(book, rule, name, subject, since)
    path = _folder(folder) / place
    if path.exists():
        raise UsageError(Problem(str(path), "new-exists", "This file is there already.", "Choose a new id."))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def read_book(folder: Path | None = None) -> tuple[Rulebook, tuple[Problem, ...]]:
    """The rules that are right and the flaws of the others, for tools that must go on.

    Raises: UsageError when files cannot be read.
    """
    book, problems = read(_files(folder))
    return book, tuple(problems)


def _files(folder: Path | None) -> dict[str, str]:
    """The texts of the rules folder, with the lock."""
    files = read_rule_files(folder)
    lock = _text(_folder(folder) / LOCK_FILE)
    return files if lock is None else {**files, LOCK_FILE: lock}


def _folder(folder: Path | None) -> Path:
    return folder if folder is not None else content_folder("rules")


def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None


def _json(content: Mapping[str, object]) -> str:
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"
