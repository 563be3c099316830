"""`compliance generate`: write a lifelike data set with known violations."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from compliance.cli.command import Command, language, option, shared_options
from compliance.cli.logs import set_up_logs
from compliance.cli.progress import progress
from compliance.cli.values import day
from compliance.services.content import report_content
from compliance.services.generate import Format
from compliance.services.generate import generate as make_facts


@click.command("generate", cls=Command)
@option("--clients", type=click.IntRange(min=1), default=600, show_default=True)
@option("--deliveries", type=click.IntRange(min=1), default=20_000, show_default=True)
@option("--seed", type=click.IntRange(min=0), default=1, show_default=True)
@option("--as-of", type=day, metavar="YYYY-MM-DD")
@option(
    "--format", "-f", "form", type=click.Choice(["csv", "parquet", "jsonl"]), default="csv", show_default=True
)
@option("--out", type=click.Path(path_type=Path, file_okay=False), required=True)
@shared_options
@click.pass_context
def generate(
    ctx: click.Context,
    *,
    clients: int,
    deliveries: int,
    seed: int,
    as_of: date | None,
    form: Format,
    out: Path,
) -> int:
    """Write one file per entity, the numbers and the list of findings that checking must give."""
    set_up_logs(ctx)
    words, lang = report_content().words, language(ctx)
    chosen = {} if as_of is None else {"as_of": as_of}
    with progress(lambda step: words.get(f"step.{step}", lang)) as tell:
        tell("generate")
        made = make_facts(clients=clients, deliveries=deliveries, seed=seed, out=out, format=form, **chosen)
    rows, findings = sum(made.rows.values()), made.findings
    click.echo(words.get("generate.done", lang, rows=rows, out=made.out, findings=findings))
    click.echo(words.get("generate.next", lang, command=made.command))
    return 0
