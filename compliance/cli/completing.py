"""What the shell may fill in for a rule: the ids that ship, read from file names alone."""

from __future__ import annotations

import click
from click.shell_completion import CompletionItem

from compliance.errors import UsageError
from compliance.services.content import content_folder


def complete_rule(_: click.Context, __: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The ids that begin with what was typed; none when the rule book is not there."""
    try:
        folder = content_folder("rules")
    except UsageError:
        return []
    ids = sorted(path.name.partition("_")[0] for path in folder.glob("*/*-*.yaml"))
    return [CompletionItem(name) for name in ids if name.startswith(incomplete.upper())]
