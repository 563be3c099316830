"""`compliance nightly`: the night over a store, told in a few lines."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Literal

import click

from compliance.cli.check import visible
from compliance.cli.command import Command, language, option, shared_options
from compliance.cli.key import audit_key, pseudonym_key
from compliance.cli.logs import set_up_logs
from compliance.cli.output import put, refuse_unwritable
from compliance.cli.progress import progress
from compliance.cli.store.options import store_options
from compliance.cli.values import day
from compliance.errors import Problem
from compliance.model.rule import SEVERITIES, Severity
from compliance.reporting.blocks import Wording
from compliance.reporting.findings.summary import NightSummary, summary_json, summary_text
from compliance.services.content import report_content
from compliance.services.nightly.followup import Unfinished
from compliance.services.nightly.night import NightRequest
from compliance.services.nightly.night import nightly as run_night
from compliance.services.nightly.verdict import night_verdict
from compliance.services.selection import COMPARTMENTS
from compliance.services.verdict import read_allowed


@click.command("nightly", cls=Command)
@option("--as-of", type=day, metavar="YYYY-MM-DD")
@option("--contract")
@option("--compartment", "compartments", multiple=True, type=click.Choice([*COMPARTMENTS, "all"]))
@option("--fail-on", type=click.Choice(SEVERITIES), default="info", show_default=True)
@option("--max-not-assessable", "allowed", metavar="N|N%")
@option("--format", "-f", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@option("--output", "-o", type=click.Path(path_type=Path))
@store_options
@shared_options
@click.pass_context
def nightly(
    ctx: click.Context,
    *,
    as_of: date | None,
    contract: str | None,
    compartments: tuple[str, ...],
    fail_on: Severity,
    allowed: str | None,
    form: Literal["text", "json"],
    output: Path | None,
    store: Path,
    database: str | None,
) -> int:
    """Take in, judge, compare with the last run, keep, report, notify; safe to run twice and to kill."""
    set_up_logs(ctx)
    refuse_unwritable(output)
    gate = None if allowed is None else read_allowed(allowed)
    words, lang = report_content().words, language(ctx)
    request = NightRequest(
        store=store,
        database=database,
        as_of=as_of,
        contract=contract,
        compartments=visible(compartments),
        key=pseudonym_key(),
        audit_key=audit_key(),
        lang=lang,
    )
    with progress(lambda step: words.get(f"step.{step}", lang)) as tell:
        outcome = run_night(request, tell)
    say = Wording(words, lang)
    summary = NightSummary(
        answers=[(one.answer, one.again) for one in outcome.contracts],
        offered=outcome.told(request.compartments),
        unfinished=[(one.run, one.step, _problem(one, say)) for one in outcome.unfinished],
    )
    put(summary_json(summary) if form == "json" else summary_text(summary, say), output)
    verdict = night_verdict(outcome, fail_on, gate)
    level = words.name("severity", fail_on, lang)
    if not outcome.contracts:
        click.echo(words.get("nightly.no_contract", lang), err=True)
    click.echo(words.count(verdict.reason, lang, verdict.count, level=level), err=True)
    return verdict.code


def _problem(unfinished: Unfinished, say: Wording) -> str:
    problem: Problem = unfinished.problems[0]
    return say.told(problem.message)
