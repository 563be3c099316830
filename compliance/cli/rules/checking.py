"""`rules lint` and `rules test`: every mistake in the rule book, and a test of its examples."""

from __future__ import annotations

from pathlib import Path

import click

from compliance.cli.command import Command, language, option, shared_options
from compliance.cli.completing import complete_rule
from compliance.cli.progress import progress
from compliance.cli.rules.options import CHANGED, rules_folder, tell_problems
from compliance.services.book import load_book
from compliance.services.content import report_words
from compliance.services.rulebook import lint_rules
from compliance.services.selection import find_rule
from compliance.testing import run_tests
from compliance.testing.worlds import prepare_both


@click.command("lint", cls=Command)
@rules_folder
@shared_options
@click.pass_context
def lint(ctx: click.Context, *, folder: Path | None) -> int:
    """All flaws of the rule book, with file and line; exit code 1 when there are any."""
    found = lint_rules(folder)
    tell_problems(found.problems)
    words, lang = report_words(), language(ctx)
    click.echo(words.get("rules.lint", lang, rules=found.rules, flaws=len(found.problems)), err=True)
    return CHANGED if found.problems else 0


@click.command("test", cls=Command)
@click.argument("rules", nargs=-1, shell_complete=complete_rule)
@option("--mutants/--no-mutants", "with_mutants", default=True, help="mutants")
@rules_folder
@shared_options
@click.pass_context
def run_rule_tests(
    ctx: click.Context, *, rules: tuple[str, ...], with_mutants: bool, folder: Path | None
) -> int:
    """Judge every example by both engines, and see that examples notice every mutant; else exit code 1."""
    words, lang = report_words(), language(ctx)
    book, _ = load_book(folder)
    only = {find_rule(book, name).id for name in rules} or None
    with progress(lambda step: words.get(f"step.{step}", lang)) as tell:
        tell("test")
        report = run_tests(book, prepare_both, only=only, with_mutants=with_mutants)
    for issue in report.issues:
        click.echo(str(issue))
    told = {"examples": report.examples, "mutants": report.mutants, "issues": len(report.issues)}
    click.echo(words.get("rules.test", lang, **told), err=True)
    return CHANGED if report.issues else 0
