"""Shows what is going on, on stderr, only at a terminal and only when it takes longer than two seconds."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock, Timer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console
    from rich.status import Status

PATIENCE = 2.0  # seconds


@contextmanager
def progress(words: Callable[[str], str], *, colour: bool = True) -> Iterator[Callable[[str], None]]:
    """Gives a function to call with the name of each step that begins; `words` turns it into a text."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console  # noqa: PLC0415 - loaded only at a terminal

    shown = _Shown(Console(stderr=True, no_color=not colour))
    timer = Timer(PATIENCE, shown.start)
    timer.daemon = True
    timer.start()
    try:
        yield lambda step: shown.tell(words(step))
    finally:
        timer.cancel()
        shown.stop()


class _Shown:
    """A line that spins once it was started, and is gone when stopped."""

    def __init__(self, console: Console) -> None:
        self._status: Status = console.status("")
        self._lock = Lock()
        self._running = self._done = False

    def start(self) -> None:
        with self._lock:
            if not self._done:
                self._running = True
                self._status.start()

    def tell(self, text: str) -> None:
        self._status.update(text)

    def stop(self) -> None:
        with self._lock:
            self._done = True
            if self._running:
                self._status.stop()
