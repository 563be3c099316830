"""The rule book and the numbers that a night judges with, and those of an earlier run, by their hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any

from compliance.engine.judge import Declarations, read_declarations
from compliance.errors import InputError, Problem, StoreError, UsageError
from compliance.model.night import NightReceipt
from compliance.model.number import Numbers
from compliance.rulebook import Rulebook, load
from compliance.rulebook.book import NUMBERS_FILE, is_rule_path
from compliance.services.content import judgement_files, read_rule_files
from compliance.services.store import Store
from compliance.sources.document import MOST_BYTES, read_document
from compliance.sources.settings import read_parameters

PARAMETERS = "parameters.yaml"  # in the store's folder: the municipality's own values


@dataclass(frozen=True)
class Book:
    """A rule book with its judgement, and the files it was read from."""

    rulebook: Rulebook
    declarations: Declarations
    texts: Mapping[str, str]

    @property
    def hash(self) -> str:
        """`sha256:…` over what rules, numbers and judgement say."""
        said = {
            name: [declaration.model_dump(mode="json") for declaration in getattr(self.declarations, name)]
            for name in ("exceptions", "steps", "pairs", "dossiers")
        }
        return _hash({"book": self.rulebook.hash, "judgement": said})


@dataclass(frozen=True)
class Figures:
    """The numbers of a rule book with a store's own values, which are kept as `text`."""

    numbers: Numbers
    text: str

    @property
    def hash(self) -> str:
        return f"sha256:{hashlib.sha256(self.text.encode()).hexdigest()}"


def current_book(folder: Path | None = None) -> Book:
    """The rule book of the folder, else the one that ships.

    Raises: UsageError, with every flaw.
    """
    kept = {path: text for path, text in read_rule_files(folder).items() if _judges(path)}
    return _parsed(tuple(sorted(kept.items())))  # which the last run's texts often are, word for word


def _judges(path: str) -> bool:
    """Whether the file has a say in what is found."""
    return is_rule_path(path) or path.startswith("judgement/") or PurePosixPath(path).name == NUMBERS_FILE


def kept_book(store: Store, receipt: NightReceipt) -> Book:
    """The rule book that a run judged with.

    Raises: StoreError when it is not kept any more.
    """
    texts = store.records.rulebook_texts(receipt.rulebook)
    if texts is None:
        raise _gone(receipt, "rule book")
    return _parsed(tuple(sorted(texts.items())))


@lru_cache(maxsize=4)
def _parsed(texts: tuple[tuple[str, str], ...]) -> Book:
    files = dict(texts)
    rulebook = load(files)
    declarations, problems = read_declarations(judgement_files(files), rulebook.rules)
    if problems:
        raise UsageError(problems)
    return Book(rulebook, declarations, files)


def current_figures(store: Store, book: Book) -> Figures:
    """The numbers with the values that `parameters.yaml` in the store's folder gives.

    Raises: InputError, with every flaw in that file.
    """
    path = store.folder / PARAMETERS
    if not path.exists():
        return figures(book, {})
    try:
        content = path.read_bytes()
    except OSError as error:
        message = f"The file cannot be read: {error.strerror or 'unknown reason'}."
        raise InputError(Problem(str(path), "unreadable-file", message)) from None
    settings = read_parameters(read_document(content[: MOST_BYTES + 1], str(path)), str(path))
    return figures(book, settings.parameters, str(path))


def kept_figures(store: Store, receipt: NightReceipt, book: Book) -> Figures:
    """The numbers that a run judged with, over a rule book.

    Raises: StoreError when they are not kept any more.
    """
    text = store.records.numbers_text(receipt.numbers)
    if text is None:
        raise _gone(receipt, "numbers")
    return figures(book, json.loads(text))


def figures(book: Book, parameters: Mapping[str, Any], place: str = PARAMETERS) -> Figures:
    """The book's numbers with these values.

    Raises: InputError, with every value that does not fit.
    """
    text = json.dumps(_plain(parameters), sort_keys=True, ensure_ascii=False)
    # Read from what is kept, so that equal values are equal numbers, whenever they are read.
    numbers, problems = book.rulebook.numbers.replaced(json.loads(text))
    if problems:
        raise InputError(replace(problem, place=f"{place} {problem.place}") for problem in problems)
    return Figures(numbers, text)


def _plain(value: Any) -> Any:
    """The values as JSON keeps them: decimals and days as text, which a number reads as well."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, Decimal | date) else value


def _gone(receipt: NightReceipt, part: str) -> StoreError:
    message = f"The {part} of run {receipt.number} is not in the store any more."
    hint = "What it found is still kept: see compliance findings list --run."
    return StoreError(Problem("", "run-inputs", message, hint))


def _hash(content: Any) -> str:
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"
