"""`compliance report`: one audience's report of a kept night."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import click

from compliance.cli.command import Command, language, option, shared_options
from compliance.cli.logs import set_up_logs
from compliance.cli.output import put, refuse_binary_terminal, refuse_unwritable
from compliance.cli.progress import progress
from compliance.cli.store.options import store_options
from compliance.errors import Problem, UsageError, closest
from compliance.model.night import NightReceipt
from compliance.reporting.night.audience import Audience, ReportForm
from compliance.reporting.night.render import render_night
from compliance.reporting.words import clean
from compliance.services.audiences import find_audience
from compliance.services.content import report_content
from compliance.services.locking import locked
from compliance.services.nightly.followup import KeptNight
from compliance.services.nightly.views import Views
from compliance.services.nightreport import report_answer
from compliance.services.release import make_draft
from compliance.services.store import Store, open_store

BINARY: tuple[ReportForm, ...] = ("xlsx", "pdf")
BROKEN = 3


@click.command("report", cls=Command)
@click.argument("audience", metavar="AUDIENCE")
@option("--run", type=click.IntRange(min=1))
@option("--contract")
@option("--format", "-f", "form", type=click.Choice(get_args(ReportForm)))
@option("--output", "-o", type=click.Path(path_type=Path))
@store_options
@shared_options
@click.pass_context
def report(
    ctx: click.Context,
    *,
    audience: str,
    run: int | None,
    contract: str | None,
    form: ReportForm | None,
    output: Path | None,
    store: Path,
    database: str | None,
) -> int:
    """What an audience may see of a night; one that leaves the municipality is a draft until released."""
    set_up_logs(ctx)
    refuse_unwritable(output)
    reader = find_audience(audience)
    wanted = form or reader.formats[0]
    if wanted not in reader.formats:
        hint = f"It has: {', '.join(reader.formats)}."
        message = f"The report for {audience} is not made as {wanted}."
        raise UsageError(Problem("--format", "report-format", message, hint))
    if wanted in BINARY:
        refuse_binary_terminal(output)
    with open_store(store, database) as opened:
        receipt = find_run(opened, run, contract)
        made = _made(ctx, opened, receipt, reader, wanted)
    put(made, output)
    return 0 if receipt.complete else BROKEN


def _made(
    ctx: click.Context, store: Store, receipt: NightReceipt, audience: Audience, form: ReportForm
) -> bytes:
    """The report's bytes; of one that must be released first those of its draft, which is kept."""
    content, lang = report_content(), language(ctx)
    with progress(lambda step: content.words.get(f"step.{step}", lang)) as tell:
        tell("read")
        answer = report_answer(KeptNight(store, receipt, Views(store), lang), audience)
        tell("render")
        if not audience.release:
            return render_night(answer, audience, form, content, lang)
        with locked(store, "report"):
            draft = make_draft(store, answer, audience, form, content, lang, at=datetime.now(UTC))
    told = {"report": draft.report, "place": clean(str(store.folder / draft.file))}
    click.echo(content.words.get("night_text.draft", lang, **told), err=True)
    return (store.folder / draft.file).read_bytes()


def find_run(store: Store, run: int | None, contract: str | None) -> NightReceipt:
    """The run asked for, else the last one of the contract.

    Raises: UsageError when there is none, or when several contracts were judged and none is named.
    """
    if run is not None:
        found = store.records.run(run)
        if found is None or contract not in (None, found.contract):
            hint = "See: compliance store info."
            raise UsageError(Problem("--run", "run-unknown", f"There is no run {run}.", hint))
        return found
    known = store.records.contracts()
    if not known:
        message, hint = "No night was kept in this store yet.", "Run: compliance nightly"
        raise UsageError(Problem("--store", "no-run", message, hint))
    if contract is None and len(known) > 1:
        message = f"{len(known)} contracts were judged in this store."
        raise UsageError(Problem("--contract", "contract-which", message, f"Name one: {', '.join(known)}."))
    last = store.records.last_run(contract or known[0])
    if last is None:
        message = f"There is no night of contract {contract}."
        raise UsageError(Problem("--contract", "contract-unknown", message, closest(contract or "", known)))
    return last
