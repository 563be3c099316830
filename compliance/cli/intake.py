"""`compliance intake`: take a delivery into the store, or preview it, and say what was refused and why."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import TypedDict, Unpack

import click

from compliance.cli.command import Command, language, option, shared_options
from compliance.cli.key import pseudonym_key
from compliance.cli.logs import set_up_logs
from compliance.cli.output import put, refuse_binary_terminal, refuse_unwritable
from compliance.errors import Problem, UsageError
from compliance.model.preview import Sample
from compliance.model.vault import IntakeAnswer
from compliance.reporting.refusals import INTAKE_FORMATS, IntakeFormat
from compliance.services.content import report_words
from compliance.services.refusals import refusal_report
from compliance.services.taking import TakeRequest, preview, take

INCOMPLETE = 3


class Asked(TypedDict):
    """What the options say of the delivery."""

    paths: tuple[str, ...]
    supplier: str
    store: Path | None
    database: str | None
    mapping: str | None
    contract: str | None


@click.command("intake", cls=Command)
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@option("--supplier", metavar="NAME", required=True)
@option("--store", type=click.Path(path_type=Path, file_okay=False), metavar="FOLDER")
@option("--database", metavar="URL")
@option("--mapping", metavar="NAME")
@option("--contract")
@option("--preview", "only_preview", is_flag=True)
@option("--format", "-f", "form", type=click.Choice(INTAKE_FORMATS), default="text", show_default=True)
@option("--output", "-o", type=click.Path(path_type=Path))
@shared_options
@click.pass_context
def intake(
    ctx: click.Context,
    *,
    only_preview: bool,
    form: IntakeFormat,
    output: Path | None,
    **asked: Unpack[Asked],
) -> int:
    """Take a delivery into the store; exit code 3 when anything of it was refused."""
    set_up_logs(ctx)
    refuse_unwritable(output)
    if form == "xlsx":
        refuse_binary_terminal(output)
    if asked["store"] is None and not only_preview:
        hint = "Name it with --store, or look first with --preview."
        raise UsageError(Problem("--store", "store-missing", "Intake needs a store to keep facts in.", hint))
    request = TakeRequest(key=pseudonym_key(), **asked)
    samples: tuple[Sample, ...] = ()
    if only_preview:
        answer, samples = preview(request)
    else:
        answer = take(request, _actor())
    lang = language(ctx)
    put(refusal_report(answer, form, lang, mapping=asked["mapping"], samples=samples), output)
    reason, code = _reason(answer)
    click.echo(report_words().get(f"intake.{reason}", lang), err=True)
    return code


def _reason(answer: IntakeAnswer) -> tuple[str, int]:
    """Why it ends as it does: a file refused whole, rows refused, or all taken."""
    if any(file.whole for file in answer.files):
        return "exit_whole", INCOMPLETE
    if answer.refusals:
        return "exit_refused", INCOMPLETE
    return "exit_preview" if answer.preview else "exit_taken", 0


def _actor() -> str:
    """Who ran the command, for the audit chain."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"
