"""The outermost edge: errors become a list of problems on stderr, and every way out has its exit code."""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Sequence
from types import TracebackType
from typing import NoReturn

import click

from compliance.cli.app import main as group
from compliance.errors import ComplianceError
from compliance.reporting.words import clean

PREFIX = "COMPLIANCE"
USAGE, BROKEN = 2, 3
INTERRUPTED, PIPE_CLOSED = 128 + signal.SIGINT, 128 + signal.SIGPIPE


def run(arguments: Sequence[str] | None = None) -> NoReturn:
    """Runs the command line and ends the process."""
    sys.excepthook = _broken
    sys.exit(call(arguments))


def call(arguments: Sequence[str] | None = None) -> int:
    """The exit code of one call; every documented error is printed, not raised."""
    try:
        code = group.main(
            args=list(arguments) if arguments is not None else None,
            prog_name="compliance",
            standalone_mode=False,
            auto_envvar_prefix=PREFIX,
        )
        sys.stdout.flush()
    except click.Abort:
        return INTERRUPTED
    except KeyboardInterrupt:
        return INTERRUPTED
    except click.ClickException as error:
        error.show()
        return USAGE
    except click.exceptions.Exit as error:
        return error.exit_code
    except ComplianceError as error:
        for line in problem_lines(error):
            click.echo(line, err=True)
        return error.exit_code
    except BrokenPipeError:
        # Whoever read us has enough; nothing more may be written, also not when Python closes stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    return code if isinstance(code, int) else 0


def problem_lines(error: ComplianceError) -> list[str]:
    """Every problem on a line of its own, in order of place; a count when there are several."""
    lines = [clean(f"error: {problem}") for problem in error.problems]
    return [*lines, f"{len(lines)} errors"] if len(lines) > 1 else lines


def _broken(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """An error nobody foresaw must not look like findings (exit code 1): the run is incomplete."""
    traceback.print_exception(kind, error, trace)
    sys.stderr.write("This is a defect of compliance itself; please report it with the lines above.\n")
    sys.stderr.flush()
    os._exit(BROKEN)
