"""Finds the content that is not code (rules, cases, report texts) and reads its files.

In an installed package it lies inside it; in a checkout next to it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Literal

from compliance.errors import Problem, UsageError
from compliance.reporting.content import Content
from compliance.reporting.phrases import Phrases, read_phrases
from compliance.reporting.words import Words, read_words

Folder = Literal["rules", "cases", "reports", "mappings"]
_PACKAGE = Path(__file__).resolve().parent.parent
_TEXTS = (".yaml", ".yml")


def content_folder(name: Folder) -> Path:
    """The folder of that content.

    Raises: UsageError when it is not there, as in a broken installation.
    """
    for place in (_PACKAGE / "content" / name, _PACKAGE.parent / name):
        if place.is_dir():
            return place
    hint = "Install the package again; the content belongs in it."
    raise UsageError(Problem(name, "content-missing", f"The folder with {name} is not there.", hint))


def read_rule_files(folder: Path | None = None) -> dict[str, str]:
    """The text of every YAML file of the rule book, by its path below the folder.

    Raises: UsageError naming each file that cannot be read.
    """
    root = folder if folder is not None else content_folder("rules")
    if not root.is_dir():
        raise UsageError(Problem(str(root), "rules-missing", "This folder with rules is not there."))
    files, problems = {}, []
    for path in _yaml_files(root):
        place = path.relative_to(root).as_posix()
        try:
            files[place] = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
            problems.append(Problem(place, "rules-unreadable", f"The file cannot be read: {reason}."))
    if problems:
        raise UsageError(problems)
    return files


def judgement_files(files: dict[str, str]) -> dict[str, str]:
    """Of the files of a rule book, the declarations of its judgement."""
    return {path: text for path, text in files.items() if path.startswith("judgement/")}


@cache
def report_content() -> Content:
    """The words and templates of reports."""
    folder = content_folder("reports")
    templates = {
        path.name: path.read_text(encoding="utf-8")
        for path in sorted(folder.iterdir())
        if path.suffix in (".j2", ".css")
    }
    return Content(report_words(), templates)


@cache
def report_words() -> Words:
    """All words of reports and the command line, with the phrases for what the code says."""
    path = content_folder("reports") / "words.yaml"
    words = read_words(path.read_text(encoding="utf-8"), path.name)
    return replace(words, phrases=report_phrases())


@cache
def report_phrases() -> Phrases:
    """The code's own messages in Dutch."""
    path = content_folder("reports") / "messages.yaml"
    return read_phrases(path.read_text(encoding="utf-8"), path.name)


def _yaml_files(root: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(root):
        folders.sort()
        yield from (Path(folder) / name for name in sorted(names) if name.endswith(_TEXTS))


@cache
def help_words() -> Words:
    """The help texts of the command line."""
    path = content_folder("reports") / "help.yaml"
    return read_words(path.read_text(encoding="utf-8"), path.name)
