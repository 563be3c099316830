"""`compliance remedy`: what would clear one finding."""

from __future__ import annotations

import sys
from datetime import date, datetime
from pathlib import Path

import click

from compliance.cli.command import Command, language, option, shared_options
from compliance.cli.completing import complete_rule
from compliance.cli.key import pseudonym_key
from compliance.cli.logs import set_up_logs
from compliance.cli.output import put, refuse_unwritable
from compliance.cli.progress import progress
from compliance.cli.values import day, moment
from compliance.reporting.blocks import Wording
from compliance.reporting.remedy import REMEDY_FORMS, RemedyForm, render_remedy
from compliance.services.check import CheckRequest
from compliance.services.content import report_content
from compliance.services.remedy import find_remedy

INCOMPLETE = 3


@click.command("remedy", cls=Command)
@click.argument("path")
@click.argument("rule", shell_complete=complete_rule)
@click.argument("subject")
@option("--as-of", type=day, metavar="YYYY-MM-DD")
@option("--known-at", type=moment, metavar="MOMENT")
@option("--contract")
@option("--database", metavar="URL")
@option("--format", "-f", "form", type=click.Choice(REMEDY_FORMS), default="text", show_default=True)
@option("--output", "-o", type=click.Path(path_type=Path))
@shared_options
@click.pass_context
def remedy(
    ctx: click.Context,
    *,
    path: str,
    rule: str,
    subject: str,
    as_of: date | None,
    known_at: datetime | None,
    contract: str | None,
    database: str | None,
    form: RemedyForm,
    output: Path | None,
) -> int:
    """The smallest change of facts that clears the finding, proved by judging again."""
    set_up_logs(ctx)
    refuse_unwritable(output)
    content, lang = report_content(), language(ctx)
    request = CheckRequest(
        paths=(path,),
        as_of=as_of,
        known_at=known_at,
        contract=contract,
        key=pseudonym_key(),
        stdin=sys.stdin.buffer,
        database=database,
    )
    with progress(lambda step: content.words.get(f"step.{step}", lang)) as tell:
        tell("judge")
        found = find_remedy(request, rule, subject)
    put(render_remedy(found, form, Wording(content.words, lang)), output)
    if found.refused:
        click.echo(content.words.get("explain.refused", lang, count=found.refused), err=True)
        return INCOMPLETE
    return 0
