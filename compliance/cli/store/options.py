"""The options of every command over a store: where it is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from compliance.cli.command import option

_Function = TypeVar("_Function", bound=Callable[..., Any])


def store_options(function: _Function) -> _Function:
    """Adds --store (parameter `store`, a folder) and --database (parameter `database`, a URL or None).

    Neither is shown with its value: the URL may hold a password.
    """
    folder = click.Path(path_type=Path, file_okay=False)
    function = option("--database", metavar="URL")(function)
    return option("--store", type=folder, metavar="FOLDER", required=True)(function)
