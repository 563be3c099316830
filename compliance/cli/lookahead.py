"""`compliance lookahead`: what comes when nothing changes."""

from __future__ import annotations

import sys
from datetime import date, datetime
from pathlib import Path
from typing import TypedDict, Unpack

import click

from compliance.cli.check import visible
from compliance.cli.command import Command, language, option, shared_options
from compliance.cli.completing import complete_rule
from compliance.cli.key import pseudonym_key
from compliance.cli.logs import set_up_logs
from compliance.cli.output import put, refuse_unwritable
from compliance.cli.progress import progress
from compliance.cli.values import day, moment
from compliance.reporting.blocks import Wording
from compliance.reporting.lookahead import LOOKAHEAD_FORMS, LookAheadForm, render_lookahead
from compliance.services.check import CheckRequest
from compliance.services.content import report_content
from compliance.services.lookahead import MOST_DAYS, look_ahead_at
from compliance.services.selection import COMPARTMENTS

INCOMPLETE = 3


class Asked(TypedDict):
    """What the options say of what is judged."""

    path: str
    days: int
    as_of: date | None
    known_at: datetime | None
    contract: str | None
    database: str | None
    compartments: tuple[str, ...]
    wanted: tuple[str, ...]


@click.command("lookahead", cls=Command)
@click.argument("path")
@option("--days", type=click.IntRange(1, MOST_DAYS), default=90, show_default=True)
@option("--as-of", type=day, metavar="YYYY-MM-DD")
@option("--known-at", type=moment, metavar="MOMENT")
@option("--contract")
@option("--database", metavar="URL")
@option("--compartment", "compartments", multiple=True, type=click.Choice([*COMPARTMENTS, "all"]))
@option("--rule", "-r", "wanted", multiple=True, metavar="PATTERN", shell_complete=complete_rule)
@option("--format", "-f", "form", type=click.Choice(LOOKAHEAD_FORMS), default="text", show_default=True)
@option("--output", "-o", type=click.Path(path_type=Path))
@shared_options
@click.pass_context
def lookahead(ctx: click.Context, *, form: LookAheadForm, output: Path | None, **asked: Unpack[Asked]) -> int:
    """The first day of each finding to come, and the last day to act."""
    set_up_logs(ctx)
    refuse_unwritable(output)
    content, lang = report_content(), language(ctx)
    request = CheckRequest(
        paths=(asked["path"],),
        as_of=asked["as_of"],
        known_at=asked["known_at"],
        contract=asked["contract"],
        compartments=visible(asked["compartments"]),
        wanted=asked["wanted"],
        key=pseudonym_key(),
        stdin=sys.stdin.buffer,
        database=asked["database"],
    )
    with progress(lambda step: content.words.get(f"step.{step}", lang)) as tell:
        tell("judge")
        found = look_ahead_at(request, asked["days"])
    put(render_lookahead(found, form, Wording(content.words, lang)), output)
    if found.refused:
        click.echo(content.words.get("lookahead.refused", lang, count=found.refused), err=True)
    return INCOMPLETE if found.refused or found.failed else 0
