"""`compliance findings`: how findings stand, the life of one, what two runs differ in."""

from __future__ import annotations

from pathlib import Path
from typing import TypedDict, Unpack, get_args

import click

from compliance.cli.check import visible
from compliance.cli.command import Command, Group, language, option, shared_options
from compliance.cli.completing import complete_rule
from compliance.cli.logs import set_up_logs
from compliance.cli.output import put, refuse_unwritable
from compliance.cli.store.options import store_options
from compliance.model.night import State
from compliance.model.rule import SEVERITIES, Severity
from compliance.reporting.blocks import Wording
from compliance.reporting.findings.render import (
    FORMS,
    FindingsForm,
    render_diff,
    render_findings,
    render_life,
)
from compliance.services.content import report_content
from compliance.services.findings import Wanted, diff_findings, list_findings, show_finding
from compliance.services.selection import COMPARTMENTS
from compliance.services.store import open_store

INCOMPLETE = 3
COMMANDS = {
    "list": "compliance.cli.findings:list_",
    "show": "compliance.cli.findings:show",
    "diff": "compliance.cli.findings:diff",
}
_seen = option("--compartment", "compartments", multiple=True, type=click.Choice([*COMPARTMENTS, "all"]))
_form = option("--format", "-f", "form", type=click.Choice(FORMS), default="text", show_default=True)
_output = option("--output", "-o", type=click.Path(path_type=Path))


@click.command("findings", cls=Group, modules=COMMANDS)
@shared_options
def findings() -> None:
    """Findings out of the store."""


class Asked(TypedDict):
    """What the options say of which findings."""

    run: int | None
    contract: str | None
    compartments: tuple[str, ...]
    states: tuple[State, ...]
    wanted: tuple[str, ...]
    severity: Severity | None
    subject: str | None
    store: Path
    database: str | None


@click.command("list", cls=Command)
@option("--run", type=click.IntRange(min=1))
@option("--contract")
@_seen
@option("--state", "states", multiple=True, type=click.Choice(get_args(State)))
@option("--rule", "-r", "wanted", multiple=True, metavar="PATTERN", shell_complete=complete_rule)
@option("--severity", type=click.Choice(SEVERITIES))
@option("--subject")
@_form
@_output
@store_options
@shared_options
@click.pass_context
def list_(ctx: click.Context, *, form: FindingsForm, output: Path | None, **asked: Unpack[Asked]) -> int:
    """How findings stand after a run."""
    set_up_logs(ctx)
    refuse_unwritable(output)
    wanted = Wanted(
        compartments=visible(asked["compartments"]),
        states=asked["states"],
        rules=asked["wanted"],
        severity=asked["severity"],
        subject=asked["subject"],
    )
    with open_store(asked["store"], asked["database"]) as opened:
        found = list_findings(opened, wanted, run=asked["run"], contract=asked["contract"])
    put(render_findings(found, form, Wording(report_content().words, language(ctx))), output)
    return 0 if found.receipt.complete else INCOMPLETE


@click.command("show", cls=Command)
@click.argument("finding", metavar="FINGERPRINT | RULE SUBJECT", nargs=-1, required=True)
@option("--contract")
@_seen
@_form
@_output
@store_options
@shared_options
@click.pass_context
def show(
    ctx: click.Context,
    *,
    finding: tuple[str, ...],
    contract: str | None,
    compartments: tuple[str, ...],
    form: FindingsForm,
    output: Path | None,
    store: Path,
    database: str | None,
) -> int:
    """The whole life of one finding."""
    set_up_logs(ctx)
    refuse_unwritable(output)
    if len(finding) > 2:
        raise click.UsageError(f"Got unexpected extra argument ({finding[2]})")
    with open_store(store, database) as opened:
        life = show_finding(opened, finding, visible(compartments), contract)
    put(render_life(life, form, Wording(report_content().words, language(ctx))), output)
    return 0


@click.command("diff", cls=Command)
@click.argument("runs", metavar="[RUN [RUN]]", nargs=-1, type=click.IntRange(min=1))
@option("--contract")
@_seen
@_form
@_output
@store_options
@shared_options
@click.pass_context
def diff(
    ctx: click.Context,
    *,
    runs: tuple[int, ...],
    contract: str | None,
    compartments: tuple[str, ...],
    form: FindingsForm,
    output: Path | None,
    store: Path,
    database: str | None,
) -> int:
    """What changed from one run to another, and why."""
    set_up_logs(ctx)
    refuse_unwritable(output)
    if len(runs) > 2:
        raise click.UsageError(f"Got unexpected extra argument ({runs[2]})")
    first, last = (runs[0] if runs else None, runs[1] if len(runs) > 1 else None)
    with open_store(store, database) as opened:
        found = diff_findings(opened, visible(compartments), first=first, last=last, contract=contract)
    put(render_diff(found, form, Wording(report_content().words, language(ctx))), output)
    return 0
