"""Finds and reads the content files that say how formats become facts, from the package or the checkout."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from compliance.errors import InputError, Problem, UsageError
from compliance.yaml12 import Document, read_yaml

FOLDER = "mappings"
_PACKAGE = Path(__file__).resolve().parents[1]


def mappings_folder() -> Path:
    """The folder of mappings that came with the product.

    Raises: UsageError when it is not there.
    """
    for root in (_PACKAGE / "content", _PACKAGE.parent):
        if (root / FOLDER).is_dir():
            return root / FOLDER
    message = "The folder with mappings is missing."
    raise UsageError(Problem(FOLDER, "mappings-missing", message, "Install the product again."))


@cache
def national_table(name: str) -> Any:
    """The data of a table of a national format.

    Raises: UsageError when it cannot be read.
    """
    return read_content(mappings_folder() / "national" / f"{name}.yaml").data


def read_content(path: Path) -> Document:
    """The YAML document of a content file.

    Raises: UsageError when the file cannot be read, or is not YAML.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        message = "This file of mappings cannot be read."
        raise UsageError(Problem(path.name, "mapping-unreadable", message, "Save it as UTF-8.")) from None
    try:
        return read_yaml(text, path.name)
    except InputError as error:
        raise UsageError(error.problems) from None
