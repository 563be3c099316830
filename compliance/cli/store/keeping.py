"""`compliance store info`, `upgrade` and `verify`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from compliance.cli.command import Command, language, shared_options
from compliance.cli.key import audit_key
from compliance.cli.logs import set_up_logs
from compliance.cli.store.options import store_options
from compliance.reporting.words import Lang, Words, clean
from compliance.services.content import report_content, report_phrases
from compliance.services.store import open_store
from compliance.services.storekeeping import StoreInfo, store_info, upgrade_store, verify_store

BROKEN = 3


@click.command("info", cls=Command)
@store_options
@shared_options
@click.pass_context
def info(ctx: click.Context, *, store: Path, database: str | None) -> int:
    """What is in the store."""
    set_up_logs(ctx)
    words, lang = report_content().words, language(ctx)
    with open_store(store, database) as opened:
        click.echo("\n".join(_info_lines(store_info(opened), words, lang)))
    return 0


@click.command("upgrade", cls=Command)
@store_options
@shared_options
@click.pass_context
def upgrade(ctx: click.Context, *, store: Path, database: str | None) -> int:
    """The store gets the schema that this version needs; one that is not there is made."""
    set_up_logs(ctx)
    words, lang = report_content().words, language(ctx)
    before, after = upgrade_store(store, database, datetime.now(UTC))
    key = "same" if before == after else "upgraded" if before else "made"
    click.echo(words.get(f"store.{key}", lang, before=before, after=after, store=clean(str(store))))
    return 0


@click.command("verify", cls=Command)
@store_options
@shared_options
@click.pass_context
def verify(ctx: click.Context, *, store: Path, database: str | None) -> int:
    """Everything in the store that is not as it was kept."""
    set_up_logs(ctx)
    words, lang = report_content().words, language(ctx)
    key = audit_key()
    problems = verify_store(store, database, key)
    phrases = report_phrases()
    for problem in problems:
        told = [problem.message, problem.hint]
        text = " ".join(phrases.dutch(each) if lang == "nl" else each for each in told if each)
        click.echo(clean(f"{problem.place}: {text}"))
    if key is None:
        click.echo(words.get("store.no_key", lang))
    click.echo(words.get("store.broken" if problems else "store.whole", lang, count=len(problems)))
    return BROKEN if problems else 0


def _info_lines(found: StoreInfo, words: Words, lang: Lang) -> list[str]:
    records = found.records
    lines: list[tuple[str, dict[str, object]]] = [
        ("folder", {"value": clean(str(found.folder))}),
        ("database", {"value": clean(records.database)}),
        ("revision", {"value": records.revision}),
        ("size", {"value": _megabytes(records.size_bytes)}),
        ("vault", {"value": _megabytes(found.vault_bytes)}),
        ("deliveries", {"count": found.deliveries, "files": found.files, "rows": found.rows}),
        ("moment", {"value": _moment(found.last_moment, words, lang)}),
        ("runs", {"count": records.rows["run"]}),
        *(
            ("run", {"contract": clean(run.contract), "number": run.number, "day": run.as_of.isoformat()})
            for run in found.last_runs
        ),
        ("exceptions", {"count": records.rows["exception"]}),
        ("reports", {"count": records.rows["report"]}),
        ("waiting", {"count": found.waiting}),
        ("audit", {"count": records.rows["audit"], "points": records.rows["checkpoint"]}),
    ]
    return [words.get(f"store.info.{key}", lang, **values) for key, values in lines]


def _moment(moment: datetime | None, words: Words, lang: Lang) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S UTC") if moment else words.get("store.info.never", lang)


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB"
