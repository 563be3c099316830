"""`rules list` and `rules show`: what the rule book holds."""

from __future__ import annotations

import json
from pathlib import Path

import click
from rich import box
from rich.console import Console
from rich.table import Table

from compliance.cli.command import Command, language, option, setting, shared_options
from compliance.cli.completing import complete_rule
from compliance.cli.output import text_width
from compliance.cli.rules.options import rules_folder
from compliance.model.rule import Rule
from compliance.rulebook.pages import pages
from compliance.services.book import load_book
from compliance.services.content import report_words
from compliance.services.selection import find_rule

COLUMNS = ("rule", "severity", "kind", "compartment", "stage", "title")


@click.command("list", cls=Command)
@option("--format", "-f", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@rules_folder
@shared_options
@click.pass_context
def list_rules(ctx: click.Context, *, form: str, folder: Path | None) -> int:
    """All rules, with severity and title."""
    book, _ = load_book(folder)
    rules = [rule.rule for rule in book.rules.values()]
    if form == "json":
        records = [_record(rule) for rule in rules]
        click.echo(json.dumps(records, ensure_ascii=False, indent=1))
        return 0
    words, lang = report_words(), language(ctx)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in COLUMNS:
        table.add_column(words.name("column", name, lang), no_wrap=name != "title", overflow="fold")
    for rule in rules:
        table.add_row(
            rule.id,
            f"{words.name('sign', rule.severity, lang)} {words.name('severity', rule.severity, lang)}",
            words.name("kind", rule.kind, lang),
            words.name("compartment", rule.compartment, lang),
            words.name("stage", rule.stage, lang),
            rule.title.within(lang),
        )
    Console(width=text_width(None), no_color=bool(setting(ctx, "no_color")), highlight=False).print(table)
    click.echo(words.get("rules.count", lang, count=len(rules), hash=book.hash))
    return 0


def _record(rule: Rule) -> dict[str, object]:
    return {
        "id": rule.id,
        "name": rule.name,
        "kind": rule.kind,
        "severity": rule.severity,
        "stage": rule.stage,
        "compartment": rule.compartment,
        "addressee": rule.addressee,
        "since": rule.since.isoformat(),
        "title": rule.title.model_dump(),
        "norms": [norm.citation() for norm in rule.norms],
    }


@click.command("show", cls=Command)
@click.argument("rule", shell_complete=complete_rule)
@rules_folder
@shared_options
def show_rule(*, rule: str, folder: Path | None) -> int:
    """Everything about one rule, as its page says it."""
    book, _ = load_book(folder)
    found = find_rule(book, rule)
    click.echo(pages(book)[f"{found.id}.md"], nl=False)
    return 0
