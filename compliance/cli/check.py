"""`compliance check`: judge once, print the answer, end with the exit code that it deserves."""

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
from compliance.cli.output import put, refuse_binary_terminal, refuse_unwritable, text_width, wants_colour
from compliance.cli.progress import progress
from compliance.cli.values import day, moment, size
from compliance.model.entities import Compartment
from compliance.model.rule import SEVERITIES, Severity
from compliance.reporting.render import BINARY, FORMATS, Format, Look, render
from compliance.services.check import CheckRequest
from compliance.services.check import check as check_facts
from compliance.services.content import report_content
from compliance.services.room import working_room
from compliance.services.selection import COMPARTMENTS
from compliance.services.spark import ENGINES, EngineName, judged_by
from compliance.services.verdict import read_allowed, verdict
from compliance.sources.database import Room


class Asked(TypedDict):
    """What the options say of what is judged, and how the run may end."""

    paths: tuple[str, ...]
    as_of: date | None
    known_at: datetime | None
    contract: str | None
    database: str | None
    compartments: tuple[str, ...]
    wanted: tuple[str, ...]
    skipped: tuple[str, ...]
    severity: Severity | None
    keep_all: bool
    provenance: bool
    fail_on: Severity
    allowed: str | None
    engine: EngineName
    master: str | None
    memory: int | None
    spill_folder: Path | None


@click.command("check", cls=Command)
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@option("--as-of", type=day, metavar="YYYY-MM-DD")
@option("--known-at", type=moment, metavar="MOMENT")
@option("--contract")
@option("--database", metavar="URL")
@option("--compartment", "compartments", multiple=True, type=click.Choice([*COMPARTMENTS, "all"]))
@option("--rule", "-r", "wanted", multiple=True, metavar="PATTERN", shell_complete=complete_rule)
@option("--skip-rule", "skipped", multiple=True, metavar="PATTERN", shell_complete=complete_rule)
@option("--severity", type=click.Choice(SEVERITIES))
@option("--all", "keep_all", is_flag=True)
@option("--provenance", is_flag=True)
@option("--fail-on", type=click.Choice(SEVERITIES), default="info", show_default=True)
@option("--max-not-assessable", "allowed", metavar="N|N%")
@option("--engine", type=click.Choice(ENGINES), default="duckdb", show_default=True)
@option("--master", metavar="URL")
@option("--memory-limit", "memory", type=size, metavar="SIZE")
@option("--spill-folder", type=click.Path(path_type=Path), metavar="FOLDER")
@option("--format", "-f", "form", type=click.Choice(FORMATS), default="text", show_default=True)
@option("--output", "-o", type=click.Path(path_type=Path))
@shared_options
@click.pass_context
def check(ctx: click.Context, *, form: Format, output: Path | None, **asked: Unpack[Asked]) -> int:
    """Judge a case file, a data set folder or `-` (stdin) once; keeps nothing."""
    set_up_logs(ctx)
    refuse_unwritable(output)
    gate = None if asked["allowed"] is None else read_allowed(asked["allowed"])
    if form in BINARY:
        refuse_binary_terminal(output)
    content, lang = report_content(), language(ctx)
    with (
        working_room(asked["memory"], asked["spill_folder"]) as room,
        progress(lambda step: content.words.get(f"step.{step}", lang)) as tell,
    ):
        request = _request(asked, room)
        with judged_by(asked["engine"], asked["master"]) as make_engine:
            answer = check_facts(request, on_step=tell, make_engine=make_engine)
        tell("render")
        look = Look(lang, request.provenance, wants_colour(ctx, output), text_width(output))
        rendered = render(answer, form, content, look)
    put(rendered, output)
    outcome = verdict(answer, asked["fail_on"], gate)
    level = content.words.name("severity", asked["fail_on"], lang)
    click.echo(content.words.count(f"exit.{outcome.reason}", lang, outcome.count, level=level), err=True)
    return outcome.code


def _request(asked: Asked, room: Room) -> CheckRequest:
    return CheckRequest(
        paths=asked["paths"],
        as_of=asked["as_of"],
        known_at=asked["known_at"],
        contract=asked["contract"],
        database=asked["database"],
        compartments=visible(asked["compartments"]),
        wanted=asked["wanted"],
        skipped=asked["skipped"],
        severity=asked["severity"],
        keep_all=asked["keep_all"],
        provenance=asked["provenance"],
        key=pseudonym_key(),
        stdin=sys.stdin.buffer,
        room=room,
    )


def visible(asked: tuple[str, ...]) -> tuple[Compartment, ...]:
    """The compartments asked for, in their fixed order; `all` is all of them, none the contract alone."""
    wanted = set(COMPARTMENTS) if "all" in asked else set(asked) or {"contract"}
    return tuple(name for name in COMPARTMENTS if name in wanted)
