"""The outermost edge: errors become a list of problems on stderr, and every way out has its exit code."""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from types import TracebackType
from typing import NoReturn

import click

from compliance.cli.app import main as group
from compliance.cli.command import keep_language, known_language
from compliance.errors import ComplianceError
from compliance.reporting.words import LANGS, Lang, clean
from compliance.services.content import report_phrases

PREFIX = "COMPLIANCE"
USAGE, BROKEN = 2, 3
INTERRUPTED, PIPE_CLOSED = 128 + signal.SIGINT, 128 + signal.SIGPIPE


def run(arguments: Sequence[str] | None = None) -> NoReturn:
    """Runs the command line and ends the process."""
    sys.excepthook = _broken
    code = call(arguments)
    sys.stdout.flush()
    sys.stderr.flush()
    # All is written and closed by now; taking a hundred modules down one by one is a tenth of a small call.
    os._exit(code)


def call(arguments: Sequence[str] | None = None) -> int:
    """The exit code of one call; every documented error is printed, not raised."""
    given = list(arguments) if arguments is not None else sys.argv[1:]
    kept: dict[str, str] = {}  # the call keeps its language here, for the time that its context is gone
    try:
        code = group.main(
            args=given,
            prog_name="compliance",
            standalone_mode=False,
            auto_envvar_prefix=PREFIX,
            obj=kept,
        )
        sys.stdout.flush()
    except click.Abort:
        return INTERRUPTED
    except KeyboardInterrupt:
        return INTERRUPTED
    except click.ClickException as error:
        _show_usage(error, _language(given, kept))
        return USAGE
    except click.exceptions.Exit as error:
        return error.exit_code
    except ComplianceError as error:
        for line in problem_lines(error, _language(given, kept)):
            click.echo(line, err=True)
        return error.exit_code
    except BrokenPipeError:
        # Whoever read us has enough; nothing more may be written, also not when Python closes stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    return code if isinstance(code, int) else 0


def problem_lines(error: ComplianceError, lang: Lang = "en") -> list[str]:
    """Every problem on a line of its own, in order of place; a count when there are several."""
    said = [replace(p, message=_told(p.message, lang), hint=_told(p.hint, lang)) for p in error.problems]
    lines = [clean(f"{_told('error', lang)}: {problem}") for problem in said]
    return [*lines, _told(f"{len(lines)} errors", lang)] if len(lines) > 1 else lines


def _show_usage(error: click.ClickException, lang: Lang) -> None:
    """What click itself has against the command line, after how it is used."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        error.show()
        return
    ctx = error.ctx if isinstance(error, click.UsageError) else None
    if ctx is not None:
        keep_language(ctx, lang)
        click.echo(ctx.get_usage(), err=True)
        click.echo(_told(f"Try '{ctx.command_path} --help' for help.", lang) + "\n", err=True)
    click.echo(f"{_told('Error', lang)}: {_told(error.format_message(), lang)}", err=True)


def _told(text: str, lang: Lang) -> str:
    """A message of the code in the reader's language; as it is when the content is what is missing."""
    try:
        return text if lang == "en" else report_phrases().dutch(text)
    except (ComplianceError, OSError):
        return text


def _language(given: Sequence[str], kept: Mapping[str, str]) -> Lang:
    """The language of what stopped the call: as asked, even when the call was not read that far."""
    named = [after for before, after in pairwise(given) if before == "--lang"]
    named += [word.partition("=")[2] for word in given if word.startswith("--lang=")]
    return known_language(next((word for word in named if word in LANGS), kept.get("lang")))


def _broken(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """An error nobody foresaw must not look like findings (exit code 1): the run is incomplete."""
    traceback.print_exception(kind, error, trace)
    sys.stderr.write("This is a defect of compliance itself; please report it with the lines above.\n")
    sys.stderr.flush()
    os._exit(BROKEN)
