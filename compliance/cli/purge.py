"""`compliance store purge`: what outlived its term is removed, or with --dry-run only told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import click

from compliance.cli.command import Command, language, option, shared_options
from compliance.cli.key import audit_key
from compliance.cli.logs import set_up_logs
from compliance.cli.store.options import store_options
from compliance.cli.values import day
from compliance.reporting.words import Lang, Words, clean
from compliance.services.content import report_words
from compliance.services.locking import locked
from compliance.services.retention import Plan, Term, pending, plan_purge, policy_hash, shipped_policy
from compliance.services.retention import purge as purge_store
from compliance.services.store import Store, open_store
from compliance.services.storekeeping import set_checkpoint

FILES_SHOWN = 20


@click.command("purge", cls=Command)
@option("--as-of", type=day, metavar="YYYY-MM-DD", envvar=None, help="purge-day")
@option("--dry-run", is_flag=True, envvar=None)
@option("--by", required=True, envvar=None, metavar="NAME")
@store_options
@shared_options
@click.pass_context
def purge(
    ctx: click.Context, *, as_of: date | None, dry_run: bool, by: str, store: Path, database: str | None
) -> int:
    """What has outlived its term is gone for good, with a report; --dry-run removes nothing."""
    set_up_logs(ctx)
    words, lang, key = report_words(), language(ctx), audit_key()
    terms = shipped_policy()
    with open_store(store, database) as opened:
        if dry_run:
            lines = _planned(opened, terms, as_of, by, words, lang)
        else:
            with locked(opened, "purge"):
                lines = _purged(opened, terms, as_of, by, words, lang)
                set_checkpoint(opened, key, datetime.now(UTC))
    click.echo("\n".join(lines))
    return 0


def _planned(
    store: Store, terms: tuple[Term, ...], as_of: date | None, by: str, words: Words, lang: Lang
) -> list[str]:
    left = pending(store.folder)
    lines = [words.get("purge.interrupted", lang, by=left.by)] if left is not None else []
    plan = plan_purge(store, terms, as_of=as_of, by=by, now=datetime.now(UTC))
    lines += [words.get("purge.would", lang, day=plan.as_of), *_told(plan, words, lang)]
    return [*lines, *_undecided(terms, plan.as_of, words, lang)]


def _purged(
    store: Store, terms: tuple[Term, ...], as_of: date | None, by: str, words: Words, lang: Lang
) -> list[str]:
    lines: list[str] = []
    made = purge_store(store, terms, as_of=as_of, by=by, now=datetime.now(UTC), policy=policy_hash())
    for done in made:
        if done.finished:
            lines.append(words.get("purge.finished", lang, by=done.plan.by))
        lines += [words.get("purge.did", lang, day=done.plan.as_of), *_told(done.plan, words, lang)]
        if done.report is not None:
            lines.append(words.get("purge.report", lang, place=clean(str(done.report))))
    return lines


def _told(plan: Plan, words: Words, lang: Lang) -> Iterator[str]:
    if plan.empty:
        yield f"  {words.get('purge.nothing', lang)}"
    for term, found in plan.rows.items():
        for entity, ids in found.items():
            yield f"  {term}: {len(ids)} × {words.name('entity', entity, lang)}"
    findings = sum(len(names) for names in plan.findings.values())
    if findings:
        yield f"  {words.count('purge.findings', lang, findings)}"
    for file in plan.files[:FILES_SHOWN]:
        yield f"  {clean(file.path)} ({words.name('purge_why', file.why, lang)})"
    if len(plan.files) > FILES_SHOWN:
        yield f"  {words.get('purge.more_files', lang, count=len(plan.files) - FILES_SHOWN)}"
    for entity, count in plan.held.items():
        yield f"  {words.get('purge.held', lang, count=count, entity=words.name('entity', entity, lang))}"


def _undecided(terms: tuple[Term, ...], as_of: date, words: Words, lang: Lang) -> Iterator[str]:
    """The terms that nobody adopted yet: what they are about stays."""
    for term in terms:
        if term.span(as_of) is None:
            yield words.get("purge.undecided", lang, term=term.name, meaning=term.meaning.within(lang))
