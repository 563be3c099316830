"""Loads the rule book that ships with the product: rules, numbers and the declarations of the judgement."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from compliance.engine.judge import Declarations, read_declarations
from compliance.errors import RulebookError
from compliance.rulebook import Rulebook, load
from compliance.services.content import judgement_files, read_rule_files


@cache
def load_book(folder: Path | None = None) -> tuple[Rulebook, Declarations]:
    """The rule book of the folder (else the shipped one) and its judgement; read once in a process.

    Raises: RulebookError with every flaw; UsageError when files are missing.
    """
    files = read_rule_files(folder)
    book = load(files)
    declarations, problems = read_declarations(judgement_files(files), book.rules)
    if problems:
        raise RulebookError(problems)
    return book, declarations
