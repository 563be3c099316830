"""`compliance rules`: the rule book, each verb in a module that is imported only when it is called."""

from __future__ import annotations

import click

from compliance.cli.command import Group, shared_options

PLACE = "compliance.cli.rules"
COMMANDS = {
    "list": f"{PLACE}.reading:list_rules",
    "show": f"{PLACE}.reading:show_rule",
    "lint": f"{PLACE}.checking:lint",
    "test": f"{PLACE}.checking:run_rule_tests",
    "docs": f"{PLACE}.writing:docs",
    "schema": f"{PLACE}.writing:schema",
    "lock": f"{PLACE}.writing:lock",
    "new": f"{PLACE}.writing:new",
}


@click.command("rules", cls=Group, modules=COMMANDS)
@shared_options
def rules() -> None:
    """The rule book."""
