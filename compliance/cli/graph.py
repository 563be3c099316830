"""`compliance graph`: a picture of the chain, owners and ties around an organisation."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import click

from compliance.cli.command import Command, language, option, shared_options
from compliance.cli.key import pseudonym_key
from compliance.cli.logs import set_up_logs
from compliance.cli.output import put, refuse_unwritable
from compliance.cli.values import day
from compliance.services.check import CheckRequest
from compliance.services.graph import GraphFormat, draw


@click.command("graph", cls=Command)
@click.argument("path")
@click.argument("subject")
@option("--as-of", type=day, metavar="YYYY-MM-DD")
@option("--contract")
@option("--format", "-f", "form", type=click.Choice(["text", "svg"]), default="text", show_default=True)
@option("--output", "-o", type=click.Path(path_type=Path))
@shared_options
@click.pass_context
def graph(
    ctx: click.Context,
    *,
    path: str,
    subject: str,
    as_of: date | None,
    contract: str | None,
    form: GraphFormat,
    output: Path | None,
) -> int:
    """The chain, owners and ties around an organisation; only what is in force on `--as-of`."""
    set_up_logs(ctx)
    refuse_unwritable(output)
    request = CheckRequest(
        paths=(path,), as_of=as_of, contract=contract, key=pseudonym_key(), stdin=sys.stdin.buffer
    )
    put(draw(request, subject, form, language(ctx)).encode("utf-8", errors="replace"), output)
    return 0
