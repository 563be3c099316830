"""The log: structlog on stderr, in the form and from the weight asked for; never personal data."""

from __future__ import annotations

import logging
import sys

import click

from compliance.cli.command import setting
from compliance.cli.variables import warn_of_unknown_variables
from compliance.services.log import log

DEFAULT_LEVEL = "warning"


def set_up_logs(ctx: click.Context) -> None:
    """From now on the log goes to stderr, as the shared options say."""
    form = setting(ctx, "log_format") or "console"
    level = logging.getLevelNamesMapping()[str(setting(ctx, "log_level") or DEFAULT_LEVEL).upper()]
    colour = not setting(ctx, "no_color") and sys.stderr.isatty()
    log.set_up(level, lambda: _begin(level, as_json=form == "json", colour=colour))
    warn_of_unknown_variables(ctx)


def _begin(level: int, *, as_json: bool, colour: bool) -> None:
    import structlog  # noqa: PLC0415 - loaded only when something is said

    writer = (
        structlog.processors.JSONRenderer(sort_keys=True)
        if as_json
        else structlog.dev.ConsoleRenderer(colors=colour)
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            writer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
