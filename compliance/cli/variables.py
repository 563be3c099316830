"""Tells of environment variables that look like ours and are not: a misspelt one changes nothing."""

from __future__ import annotations

import os
from collections.abc import Iterator
from difflib import get_close_matches

import click

from compliance.cli.key import AUDIT_VARIABLE, VARIABLE
from compliance.services.log import log

PREFIX = "COMPLIANCE"


def warn_of_unknown_variables(ctx: click.Context) -> None:
    """A warning in the log for each such variable, with the closest name there is; never its value."""
    given = sorted(name for name in os.environ if name.startswith(f"{PREFIX}_"))
    if not given:
        return
    # Only where there is something to compare with: it brings all that sends letters with it.
    from compliance.services.notify.secrets import VARIABLES  # noqa: PLC0415

    known = {VARIABLE, AUDIT_VARIABLE, *VARIABLES, *_known(ctx.find_root().command, ctx, PREFIX)}
    for name in given:
        if name not in known:
            near = get_close_matches(name, sorted(known), n=1, cutoff=0.6)
            told = {"closest": near[0]} if near else {}
            log.warning("unknown_variable", variable=name, **told)


def _known(command: click.Command, ctx: click.Context, prefix: str) -> Iterator[str]:
    """The variables that set an option of the command or of one below it."""
    for item in command.params:
        yield from [item.envvar] if isinstance(item.envvar, str) else item.envvar or ()
        yield f"{prefix}_{item.name}".upper()
    if isinstance(command, click.Group):
        for name in command.list_commands(ctx):
            below = command.get_command(ctx, name)
            if below is not None:
                yield from _known(below, ctx, f"{prefix}_{name}".replace("-", "_").upper())
