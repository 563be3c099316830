"""The command `compliance` and its subcommands; each is imported only when it is called."""

from __future__ import annotations

import click

import compliance
from compliance.cli.command import Group, Option, shared_options

COMMANDS = {
    "check": "compliance.cli.check:check",
    "explain": "compliance.cli.explain:explain",
    "rules": "compliance.cli.rules:rules",
    "graph": "compliance.cli.graph:graph",
    "generate": "compliance.cli.generate:generate",
    "demo": "compliance.cli.demo:demo",
    "store": "compliance.cli.store:store",
    "report": "compliance.cli.report:report",
    "release": "compliance.cli.release:release",
    "intake": "compliance.cli.intake:intake",
    "nightly": "compliance.cli.nightly:nightly",
    "findings": "compliance.cli.findings:findings",
    "remedy": "compliance.cli.remedy:remedy",
    "lookahead": "compliance.cli.lookahead:lookahead",
    "exceptions": "compliance.cli.exceptions:exceptions",
    "completion": "compliance.cli.completion:completion",
}


@click.command("main", cls=Group, modules=COMMANDS, invoke_without_command=False)
@click.version_option(compliance.__version__, prog_name="compliance", cls=Option, help="version")
@shared_options
def main() -> None:
    """Judges a public care contract by declarative rules."""
