"""`compliance store`: what is in a store, its schema, whether it is whole, and what may go."""

from __future__ import annotations

import click

from compliance.cli.command import Group, shared_options

PLACE = "compliance.cli.store.keeping"
COMMANDS = {
    "info": f"{PLACE}:info",
    "upgrade": f"{PLACE}:upgrade",
    "verify": f"{PLACE}:verify",
    "purge": "compliance.cli.purge:purge",
}


@click.command("store", cls=Group, modules=COMMANDS)
@shared_options
def store() -> None:
    """A store: folder and database."""
