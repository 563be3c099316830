"""`compliance completion`: the script with which a shell completes commands and options."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from compliance.cli.command import Command, shared_options

SHELLS = ("bash", "zsh", "fish")


@click.command("completion", cls=Command)
@click.argument("shell", type=click.Choice(SHELLS))
@shared_options
@click.pass_context
def completion(ctx: click.Context, *, shell: str) -> int:
    """Print the script; load it with `eval "$(compliance completion bash)"`."""
    kind = get_completion_class(shell)
    if kind is None:
        raise click.UsageError(f"There is no completion for {shell}.")
    maker = kind(ctx.find_root().command, {}, "compliance", "_COMPLIANCE_COMPLETE")
    click.echo(maker.source())
    return 0
