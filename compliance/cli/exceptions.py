"""`compliance exceptions`: asked by one person, approved by another, taken back, listed."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TypedDict, Unpack

import click

from compliance.cli.check import visible
from compliance.cli.command import Command, Group, language, option, shared_options
from compliance.cli.completing import complete_rule
from compliance.cli.logs import set_up_logs
from compliance.cli.output import put
from compliance.cli.store.options import store_options
from compliance.cli.values import day
from compliance.model.excepting import ExceptionsShown
from compliance.reporting.blocks import Wording
from compliance.reporting.exceptions import EXCEPTIONS_FORMS, ExceptionsForm, render_exceptions
from compliance.services.check import AMSTERDAM
from compliance.services.content import report_content
from compliance.services.exceptions import Asked, approve, list_exceptions, request, revoke
from compliance.services.moments import next_moment
from compliance.services.selection import COMPARTMENTS
from compliance.services.store import open_store

COMMANDS = {name: f"compliance.cli.exceptions:{name}_" for name in ("request", "approve", "revoke", "list")}
_form = option(
    "--format", "-f", "form", type=click.Choice(EXCEPTIONS_FORMS), default="text", show_default=True
)
_by = option("--by", envvar="COMPLIANCE_USER", required=True, metavar="NAME")


@click.command("exceptions", cls=Group, modules=COMMANDS)
@shared_options
def exceptions() -> None:
    """Exceptions (tenzij) of the store."""


class Wish(TypedDict):
    """What the arguments of a request say."""

    rule: str
    subject: str
    reason: str
    first_day: date | None
    last_day: date
    by: str
    contract: str | None
    store: Path
    database: str | None


@click.command("request", cls=Command)
@click.argument("rule", shell_complete=complete_rule)
@click.argument("subject")
@option("--reason", required=True)
@option("--first-day", type=day, metavar="YYYY-MM-DD")
@option("--last-day", type=day, metavar="YYYY-MM-DD", required=True)
@_by
@option("--contract")
@_form
@store_options
@shared_options
@click.pass_context
def request_(ctx: click.Context, *, form: ExceptionsForm, **wish: Unpack[Wish]) -> int:
    """Ask for an exception; it holds for nothing until somebody else approves it."""
    set_up_logs(ctx)
    asked = Asked(
        rule=wish["rule"],
        subject=wish["subject"],
        reason=wish["reason"],
        first_day=wish["first_day"] or _today(),
        last_day=wish["last_day"],
        by=wish["by"],
        contract=wish["contract"],
    )
    with open_store(wish["store"], wish["database"]) as opened:
        found = request(opened, asked, now=next_moment(opened, datetime.now(UTC)))
    return _shown(ctx, found, form)


@click.command("approve", cls=Command)
@click.argument("number", type=click.IntRange(min=1))
@_by
@_form
@store_options
@shared_options
@click.pass_context
def approve_(
    ctx: click.Context, *, number: int, by: str, form: ExceptionsForm, store: Path, database: str | None
) -> int:
    """Approve an exception that somebody else asked for."""
    set_up_logs(ctx)
    with open_store(store, database) as opened:
        found = approve(opened, number, by, as_of=_today(), now=next_moment(opened, datetime.now(UTC)))
    return _shown(ctx, found, form)


@click.command("revoke", cls=Command)
@click.argument("number", type=click.IntRange(min=1))
@option("--reason", required=True)
@_by
@_form
@store_options
@shared_options
@click.pass_context
def revoke_(
    ctx: click.Context,
    *,
    number: int,
    reason: str,
    by: str,
    form: ExceptionsForm,
    store: Path,
    database: str | None,
) -> int:
    """Take an exception back; the record of it stays."""
    set_up_logs(ctx)
    with open_store(store, database) as opened:
        found = revoke(opened, number, by, reason, as_of=_today(), now=next_moment(opened, datetime.now(UTC)))
    return _shown(ctx, found, form)


@click.command("list", cls=Command)
@option("--as-of", type=day, metavar="YYYY-MM-DD")
@option("--contract")
@option("--compartment", "compartments", multiple=True, type=click.Choice([*COMPARTMENTS, "all"]))
@option("--all", "keep_all", is_flag=True)
@_form
@store_options
@shared_options
@click.pass_context
def list_(
    ctx: click.Context,
    *,
    as_of: date | None,
    contract: str | None,
    compartments: tuple[str, ...],
    keep_all: bool,
    form: ExceptionsForm,
    store: Path,
    database: str | None,
) -> int:
    """The exceptions that are asked for or in force; with --all also those that are over."""
    set_up_logs(ctx)
    with open_store(store, database) as opened:
        found = list_exceptions(
            opened,
            as_of=as_of or _today(),
            compartments=visible(compartments),
            contract=contract,
            keep_all=keep_all,
        )
    return _shown(ctx, found, form)


def _shown(ctx: click.Context, found: ExceptionsShown, form: ExceptionsForm) -> int:
    put(render_exceptions(found, form, Wording(report_content().words, language(ctx))), None)
    return 0


def _today() -> date:
    return datetime.now(UTC).astimezone(AMSTERDAM).date()
