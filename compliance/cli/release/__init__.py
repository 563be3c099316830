"""`compliance release`: which reports wait for somebody to let them go, and letting them go."""

from __future__ import annotations

import click

from compliance.cli.command import Group, shared_options

PLACE = "compliance.cli.release.releasing"
COMMANDS = {
    "list": f"{PLACE}:list_",
    "approve": f"{PLACE}:approve",
    "withdraw": f"{PLACE}:withdraw",
}


@click.command("release", cls=Group, modules=COMMANDS)
@shared_options
def release() -> None:
    """Reports that leave the municipality only after somebody released them."""
