"""`compliance demo`: make a small Utrecht, check it and the shipped cases, and say where to look."""

from __future__ import annotations

from pathlib import Path

import click

from compliance.cli.command import Command, language, option, shared_options
from compliance.cli.logs import set_up_logs
from compliance.cli.output import put
from compliance.cli.progress import progress
from compliance.reporting.blocks import Wording
from compliance.reporting.compose import counts_line
from compliance.reporting.render import Format, Look, render
from compliance.services.content import report_content
from compliance.services.demo import CaseRun, run_cases, run_demo
from compliance.services.verdict import verdict

REPORTS: tuple[Format, ...] = ("html", "xlsx", "json")


@click.command("demo", cls=Command)
@option("--out", type=click.Path(path_type=Path, file_okay=False), default=Path("out"), show_default=True)
@shared_options
@click.pass_context
def demo(ctx: click.Context, *, out: Path) -> int:
    """Generate, check, and print the summary and what to try next."""
    set_up_logs(ctx)
    content, lang = report_content(), language(ctx)
    say = Wording(content.words, lang)
    folder = out / "utrecht"
    with progress(lambda step: say(f"step.{step}")) as tell:
        found = run_demo(folder, tell)
        tell("render")
        for form in REPORTS:
            put(render(found.answer, form, content, Look(lang)), out / f"utrecht.{form}")
    click.echo(say("demo.made", folder=folder, rows=sum(found.made.rows.values())))
    click.echo(counts_line(found.answer, say))
    click.echo(say("demo.expected" if found.as_planted else "demo.differs", count=found.made.findings))
    click.echo(say("demo.report", path=out / "utrecht.html"))
    click.echo()
    click.echo(say("demo.cases"))
    wrong = 0
    for case in run_cases():
        click.echo(_case_line(case, say))
        wrong += case.answer.expectations is not None and verdict(case.answer, "info", None).code != 0
    click.echo()
    click.echo(say("demo.next", command=found.made.command))
    return 1 if wrong or not found.as_planted else 0


def _case_line(case: CaseRun, say: Wording) -> str:
    outcome = verdict(case.answer, "info", None)
    sign = say.name("sign", "failed" if outcome.code in (1, 3) else "compliant")
    if case.answer.expectations is None:
        sign = say.name("sign", "note")
    level = say.name("severity", "info")
    return f"  {sign} {case.name}: {say.count(f'exit.{outcome.reason}', outcome.count, level=level)}"
