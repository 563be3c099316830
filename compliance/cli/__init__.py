"""The command line: reads options, calls the use cases, prints answers; decides nothing about facts."""

from __future__ import annotations


def main() -> None:
    """The command `compliance`; ends the process with its exit code."""
    from compliance.cli.edge import run  # noqa: PLC0415 - imported late, so that completion stays fast

    run()
