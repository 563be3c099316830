"""`compliance release list`, `approve` and `withdraw`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click

from compliance.cli.command import Command, language, option, shared_options
from compliance.cli.logs import set_up_logs
from compliance.cli.store.options import store_options
from compliance.reporting.words import Lang, Words, clean
from compliance.services.content import report_words
from compliance.services.locking import locked
from compliance.services.release import Listed, list_reports
from compliance.services.release import approve as approve_report
from compliance.services.release import withdraw as withdraw_report
from compliance.services.store import open_store


@click.command("list", cls=Command)
@option("--run", type=click.IntRange(min=1))
@store_options
@shared_options
@click.pass_context
def list_(ctx: click.Context, *, run: int | None, store: Path, database: str | None) -> int:
    """The reports that need a release, the newest run first."""
    set_up_logs(ctx)
    words, lang = report_words(), language(ctx)
    with open_store(store, database) as opened:
        found = list_reports(opened, run=run)
    for item in found:
        click.echo("\n".join(_lines(item, words, lang)))
    if not found:
        click.echo(words.get("release.none", lang))
    return 0


@click.command("approve", cls=Command)
@click.argument("report", metavar="REPORT")
@option("--by", required=True, envvar=None, metavar="NAME")
@option("--incomplete", is_flag=True, envvar=None)
@store_options
@shared_options
@click.pass_context
def approve(
    ctx: click.Context, *, report: str, by: str, incomplete: bool, store: Path, database: str | None
) -> int:
    """A named person lets the report leave the municipality, in exactly the bytes that were drafted."""
    set_up_logs(ctx)
    words, lang = report_words(), language(ctx)
    with open_store(store, database) as opened, locked(opened, "release"):
        made, place = approve_report(opened, report, by=by, at=datetime.now(UTC), incomplete=incomplete)
    told = words.get("release.done", lang, report=made.report, by=made.released_by, place=clean(str(place)))
    click.echo(told)
    click.echo(words.get("release.hash", lang, sha256=made.final_sha256))
    return 0


@click.command("withdraw", cls=Command)
@click.argument("report", metavar="REPORT")
@option("--by", required=True, envvar=None, metavar="NAME")
@option("--reason", required=True, envvar=None, metavar="TEXT")
@store_options
@shared_options
@click.pass_context
def withdraw(
    ctx: click.Context, *, report: str, by: str, reason: str, store: Path, database: str | None
) -> int:
    """A released report may no longer leave; that it once was released stays on record."""
    set_up_logs(ctx)
    words, lang = report_words(), language(ctx)
    with open_store(store, database) as opened, locked(opened, "release"):
        made, place = withdraw_report(opened, report, by=by, reason=reason, at=datetime.now(UTC))
    click.echo(words.get("release.undone", lang, report=made.report, place=clean(str(place))))
    return 0


def _lines(item: Listed, words: Words, lang: Lang) -> Iterator[str]:
    made = item.report
    yield words.get(
        "release.line", lang, report=made.report, state=words.name("release", made.state, lang),
        run=made.run, audience=words.name("audience", made.audience, lang),
    )  # fmt: skip
    yield f"  {clean(str(item.place))}"
    yield f"  {words.get('release.made', lang, at=_moment(made.made_at))}"
    if made.released_at is not None:
        told = words.get("release.released_by", lang, by=made.released_by, at=_moment(made.released_at))
        yield f"  {told}"
    if made.withdrawn_at is not None:
        at, by = _moment(made.withdrawn_at), made.withdrawn_by
        yield f"  {words.get('release.withdrawn_by', lang, by=by, at=at, reason=made.reason)}"
    if not item.complete:
        yield f"  ! {words.get('release.incomplete', lang)}"
    if not item.intact:
        yield f"  ! {words.get('release.changed', lang)}"


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
