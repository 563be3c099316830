"""`compliance demo`: make a small Utrecht, check it, judge it on two nights, and say where to look."""

from __future__ import annotations

from pathlib import Path

import click

from compliance.cli.command import Command, language, option, shared_options
from compliance.cli.logs import set_up_logs
from compliance.cli.output import put
from compliance.cli.progress import progress
from compliance.reporting.blocks import Wording, reference_text
from compliance.reporting.compose import counts_line
from compliance.reporting.render import Format, Look, render
from compliance.services.content import report_content
from compliance.services.demo import CaseRun, run_cases, run_demo
from compliance.services.twonights import Happening, TwoNights, run_two_nights
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
        nights = run_two_nights(found.made, out / "store", lang, tell)
        tell("render")
        for form in REPORTS:
            put(render(found.answer, form, content, Look(lang)), out / f"utrecht.{form}")
    click.echo(say("demo.made", folder=folder, rows=sum(found.made.rows.values())))
    click.echo(counts_line(found.answer, say))
    click.echo(say("demo.expected" if found.as_planted else "demo.differs", count=found.made.findings))
    click.echo(say("demo.report", path=out / "utrecht.html"))
    click.echo()
    _tell_nights(nights, say)
    click.echo()
    click.echo(say("demo.cases"))
    wrong = 0
    for case in run_cases():
        click.echo(_case_line(case, say))
        wrong += case.answer.expectations is not None and verdict(case.answer, "info", None).code != 0
    click.echo()
    click.echo(say("demo.next", command=found.made.command, store=nights.store))
    return 1 if wrong or not found.as_planted or not all(nights.seen) else 0


def _tell_nights(nights: TwoNights, say: Wording) -> None:
    """What the second night shows of what happened since the first, and where to read on."""
    stands = sum(one.stands for one in nights.first.standings)
    click.echo(
        say("demo.nights", store=nights.store, day=nights.first.receipt.as_of.isoformat(), count=stands)
    )
    for happening, seen in zip(nights.happenings, nights.seen, strict=True):
        click.echo(_happening_line(happening, seen, say))
    report = nights.store / "reports" / str(nights.second.receipt.number) / f"manager-{say.lang}.html"
    click.echo(say("demo.report", path=report))


def _happening_line(happening: Happening, seen: bool, say: Wording) -> str:
    sign = say.name("sign", "compliant" if seen else "failed")
    told = say("demo.shows" if seen else "demo.missed", rule=happening.rule,
               subject=reference_text(happening.subject, say), state=say.name("standing", happening.state),
               cause=say.name("cause", happening.cause))  # fmt: skip
    return f"  {sign} {say(f'demo.happening.{happening.name}')}: {told}"


def _case_line(case: CaseRun, say: Wording) -> str:
    outcome = verdict(case.answer, "info", None)
    sign = say.name("sign", "failed" if outcome.code in (1, 3) else "compliant")
    if case.answer.expectations is None:
        sign = say.name("sign", "note")
    level = say.name("severity", "info")
    return f"  {sign} {case.name}: {say.count(f'exit.{outcome.reason}', outcome.count, level=level)}"
