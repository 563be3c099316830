"""What the verbs of `compliance rules` have in common: another rule book, and flaws as lines."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from compliance.cli.command import option
from compliance.errors import Problem
from compliance.reporting.words import clean

CHANGED = 1  # exit code: lint found flaws, or a generated file is out of date

rules_folder = option("--rules", "folder", type=click.Path(path_type=Path), help="rules-folder")
check_only = option("--check", "check_only", is_flag=True, help="check", envvar=None)


def tell_problems(problems: Sequence[Problem]) -> None:
    """Every flaw on a line of its own, on stdout: they are what was asked for."""
    for problem in problems:
        click.echo(clean(str(problem)))
