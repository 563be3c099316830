"""The command line: reads options, calls the use cases, prints answers; decides nothing about facts."""

from __future__ import annotations

import gc
import os


def main() -> None:
    """The command `compliance`; ends the process with its exit code."""
    # Trees and rows live until the end: looking for garbage among them at every turn finds none.
    gc.set_threshold(50_000, 20, 100)
    # No plugin of another package may change what is checked; looking for them takes time as well.
    os.environ["PYDANTIC_DISABLE_PLUGINS"] = "__all__"
    from compliance.cli.edge import run  # noqa: PLC0415 - imported late, so that completion stays fast

    run()
