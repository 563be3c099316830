"""`compliance explain`: the proof of one rule about one subject."""

from __future__ import annotations

import sys
from datetime import date, datetime
from pathlib import Path
from typing import TypedDict, Unpack

import click

from compliance.cli.command import Command, language, option, shared_options
from compliance.cli.completing import complete_rule
from compliance.cli.key import pseudonym_key
from compliance.cli.logs import set_up_logs
from compliance.cli.output import put, refuse_unwritable, text_width, wants_colour
from compliance.cli.progress import progress
from compliance.cli.values import day, moment
from compliance.reporting.proof_formats import PROOF_FORMATS, ProofFormat, render_proof
from compliance.services.check import CheckRequest
from compliance.services.content import report_content
from compliance.services.explain import explain as explain_outcome

INCOMPLETE = 3


class Asked(TypedDict):
    """What the arguments say of what is explained."""

    path: str
    rule: str
    subject: str
    as_of: date | None
    known_at: datetime | None
    contract: str | None
    run: int | None
    database: str | None


@click.command("explain", cls=Command)
@click.argument("path")
@click.argument("rule", shell_complete=complete_rule)
@click.argument("subject")
@option("--as-of", type=day, metavar="YYYY-MM-DD")
@option("--known-at", type=moment, metavar="MOMENT")
@option("--contract")
@option("--run", type=click.IntRange(min=1))
@option("--database", metavar="URL")
@option("--format", "-f", "form", type=click.Choice(PROOF_FORMATS), default="text", show_default=True)
@option("--output", "-o", type=click.Path(path_type=Path))
@shared_options
@click.pass_context
def explain(ctx: click.Context, *, form: ProofFormat, output: Path | None, **asked: Unpack[Asked]) -> int:
    """The proof: every named condition with its value, the facts behind it, the numbers, the norm."""
    set_up_logs(ctx)
    refuse_unwritable(output)
    content, lang = report_content(), language(ctx)
    request = CheckRequest(
        paths=(asked["path"],),
        as_of=asked["as_of"],
        known_at=asked["known_at"],
        contract=asked["contract"],
        key=pseudonym_key(),
        stdin=sys.stdin.buffer,
        database=asked["database"],
    )
    with progress(lambda step: content.words.get(f"step.{step}", lang)) as tell:
        tell("judge")
        found = explain_outcome(request, asked["rule"], asked["subject"], asked["run"])
    colour, width = wants_colour(ctx, output), text_width(output)
    put(render_proof(found, form, content, lang, colour=colour, width=width), output)
    if found.refused:
        click.echo(content.words.get("explain.refused", lang, count=found.refused), err=True)
        return INCOMPLETE
    return 0
