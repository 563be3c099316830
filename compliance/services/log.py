"""The log of the use cases: structlog, loaded at the first word that is heard; never personal data.

Most calls say nothing: the library is a fifth of their start-up.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


class Log:
    """Words for the operator, with named details; those below the level that is on are not said.

    `begin` sets the library up; it is called before the first word and never twice.
    """

    def __init__(self) -> None:
        self._level = logging.WARNING
        self._begin: Callable[[], None] | None = None

    def set_up(self, level: int, begin: Callable[[], None]) -> None:
        """From now on words of that level and above are said, as `begin` arranges."""
        self._level, self._begin = level, begin

    def info(self, event: str, **details: Any) -> None:
        self._say("info", event, details)

    def warning(self, event: str, **details: Any) -> None:
        self._say("warning", event, details)

    def error(self, event: str, **details: Any) -> None:
        self._say("error", event, details)

    def _say(self, level: str, event: str, details: dict[str, Any]) -> None:
        if LEVELS[level] < self._level:
            return
        import structlog  # noqa: PLC0415 - see the module

        if self._begin is not None:
            self._begin()
            self._begin = None
        getattr(structlog.get_logger(), level)(event, **details)


log = Log()
