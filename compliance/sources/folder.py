"""Finds the files of a delivery: which paths are case files, tables of which entity, or messages.

Paths are literal, never patterns. It opens no file.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from compliance.errors import InputError, Problem, UsageError
from compliance.model.intake import Notice
from compliance.model.schema import delivered_entities
from compliance.sources.refusal import Flaw, Ledger
from compliance.sources.shape import known_name

Form = Literal["case", "parameters", "csv", "parquet", "jsonl", "xml", "json", "lines", "sheet"]

STDIN = "-"
PARAMETERS = ("parameters.yaml", "parameters.yml")
_TABLES: dict[str, Form] = {".csv": "csv", ".parquet": "parquet", ".jsonl": "jsonl"}
_CASES = (".yaml", ".yml")
_WORKBOOKS = (".xlsx", ".xlsm")
_OLD_WORKBOOKS = (".xls", ".ods")
_EXPECTED_FINDINGS = "expected.jsonl"  # what a generated data set must give; no facts


@dataclass(frozen=True, slots=True, order=True)
class Found:
    """A file to read: its path as shown, what it is, and of a table whose rows it holds.

    `json` is a file of a national format, if it is any; `lines` the same with an object on each line; `sheet`
    a workbook or table that a mapping may recognise.
    """

    path: str
    form: Form
    entity: str = ""


def find_files(paths: Sequence[str], ledger: Ledger) -> list[Found]:
    """The files behind the paths given, in order of path; what is none of ours is refused or noted.

    Raises: UsageError for a path that is not there; InputError for a folder without anything to read.
    """
    problems = [
        Problem(
            path, "no-such-path", "There is no such file or folder.", "Check the path; it is not a pattern."
        )
        for path in paths
        if path != STDIN and not (path and os.path.exists(path))  # noqa: PTH110 - Path.exists fails on too long a name
    ]
    if problems:
        raise UsageError(problems)
    found: set[Found] = set()
    for path in paths:
        if path == STDIN:
            found.add(Found(STDIN, "case"))
        elif Path(path).is_dir():
            inside = _inside(path, ledger)
            if not inside and not ledger.refusals:
                message = "The folder holds no table, parameters.yaml or message."
                hint = "Expected files like contract.csv, delivery.parquet or team.jsonl."
                raise InputError(Problem(path, "empty-folder", message, hint))
            found.update(inside)
        else:
            found.update(_single(path, ledger))
    once: dict[Path, Found] = {}
    for file in sorted(found):
        once.setdefault(Path(file.path).resolve(), file)
    return list(once.values())


def _single(path: str, ledger: Ledger) -> list[Found]:
    """A file that was named itself: a case file, unless its name says it is something else."""
    suffix = Path(path).suffix.lower()
    if suffix in (*_TABLES, *_WORKBOOKS, ".xml") or Path(path).name in PARAMETERS:
        return _classify(Path(path), path, ledger)
    if suffix in _OLD_WORKBOOKS:
        return _unknown(path, ledger)
    return [Found(path, "case")]


def _inside(folder: str, ledger: Ledger) -> list[Found]:
    found: list[Found] = []
    try:
        files = sorted(Path(folder).iterdir())
    except OSError as error:
        message = f"The folder cannot be read: {error.strerror or 'unknown reason'}."
        raise InputError(Problem(folder, "unreadable-folder", message, "Ask for access to it.")) from None
    for file in files:
        shown = f"{folder.rstrip('/')}/{file.name}"
        if file.name.startswith((".", "~$")):
            continue
        if file.is_dir():
            ledger.notices.append(Notice("folder_skipped", shown))
        elif file.suffix.lower() in (*_TABLES, *_CASES, ".xml", ".json", *_WORKBOOKS, *_OLD_WORKBOOKS):
            found += _classify(file, shown, ledger)
        else:
            ledger.notices.append(Notice("file_skipped", shown))
    return found


def _classify(file: Path, shown: str, ledger: Ledger) -> list[Found]:
    suffix = file.suffix.lower()
    if file.name == _EXPECTED_FINDINGS:
        return []
    if file.name in PARAMETERS:
        return [Found(shown, "parameters")]
    if suffix == ".xml":
        return [Found(shown, "xml")]
    if suffix in _TABLES and file.stem in delivered_entities():
        return [Found(shown, _TABLES[suffix], file.stem)]
    other: dict[str, Form] = {".json": "json", ".jsonl": "lines", ".csv": "sheet"}
    if suffix in other or suffix in _WORKBOOKS:
        return [Found(shown, other.get(suffix, "sheet"))]
    return _unknown(shown, ledger)


def _unknown(shown: str, ledger: Ledger) -> list[Found]:
    ledger.refuse_file(shown, [unknown_flaw(shown)])
    return []


def unknown_flaw(shown: str) -> Flaw:
    """Why a file that nothing recognises is refused."""
    file = Path(shown)
    if file.suffix.lower() in _TABLES:
        return Flaw("", "unknown_entity", expected=known_name(file.stem.lower(), delivered_entities()))
    due = "tables (.csv, .parquet, .jsonl), messages (.xml) or parameters.yaml"
    return Flaw("", "unknown_file", expected=due)
