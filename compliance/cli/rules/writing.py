"""`rules docs`, `schema`, `lock` and `new`: files made from the rules; with --check nothing is written."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import click

from compliance.cli.command import Command, language, option, shared_options
from compliance.cli.output import put
from compliance.cli.rules.options import CHANGED, check_only, rules_folder, tell_problems
from compliance.cli.values import day
from compliance.services import rulebook as book
from compliance.services.content import report_words

DOCS = Path("docs")
SCHEMA = "rule.schema.json"


@click.command("docs", cls=Command)
@option(
    "--output", "-o", "target", type=click.Path(path_type=Path), default=DOCS, show_default=True, envvar=None
)
@check_only
@rules_folder
@shared_options
@click.pass_context
def docs(ctx: click.Context, *, target: Path, check_only: bool, folder: Path | None) -> int:
    """Write a page per rule and the pages of facts; with --check, exit code 1 when one is out of date."""
    if check_only:
        problems = book.check_docs(target, folder)
        tell_problems(problems)
        return CHANGED if problems else 0
    written = book.write_docs(target, folder)
    click.echo(report_words().get("rules.written", language(ctx), count=len(written), place=target), err=True)
    return 0


@click.command("schema", cls=Command)
@option("--output", "-o", type=click.Path(path_type=Path), envvar=None)
@check_only
@shared_options
@click.pass_context
def schema(ctx: click.Context, *, output: Path | None, check_only: bool) -> int:
    """Print the JSON Schema of a rule file; with --check, compare it with the one in docs."""
    text = book.schema_text()
    if not check_only:
        put(text.encode(), output)
        return 0
    path = output or DOCS / SCHEMA
    same = path.is_file() and path.read_text(encoding="utf-8") == text
    if not same:
        click.echo(report_words().get("rules.stale", language(ctx), place=path))
    return 0 if same else CHANGED


@click.command("lock", cls=Command)
@check_only
@rules_folder
@shared_options
@click.pass_context
def lock(ctx: click.Context, *, check_only: bool, folder: Path | None) -> int:
    """Record what each rule says; with --check, exit code 1 when the record is out of date."""
    if check_only:
        problems = book.check_lock(folder)
        tell_problems(problems)
        return CHANGED if problems else 0
    path = book.write_rule_lock(folder)
    click.echo(report_words().get("rules.locked", language(ctx), place=path), err=True)
    return 0


@click.command("new", cls=Command)
@click.argument("rule")
@click.argument("name")
@click.argument("subject")
@option("--since", type=day, metavar="YYYY-MM-DD", help="since")
@rules_folder
@shared_options
@click.pass_context
def new(
    ctx: click.Context, *, rule: str, name: str, subject: str, since: date | None, folder: Path | None
) -> int:
    """Begin a rule: RULE is its id (ACC-09), NAME what is wrong (in-kebab-case), SUBJECT an entity."""
    first = since or datetime.now(UTC).date()
    path = book.write_new_rule(rule, name, subject, first.isoformat(), folder)
    click.echo(report_words().get("rules.new", language(ctx), place=path))
    return 0
