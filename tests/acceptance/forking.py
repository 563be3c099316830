"""Calls of the command line as processes that start at once and can be killed: forked from one that has
everything imported already.

As a program it reads one call per line (JSON: arguments, and a file for what the call prints), and answers
with the number of the process, then, when that has ended, with how it ended.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import IO, Self


@dataclass(frozen=True, slots=True)
class Ended:
    """How a call ended: its exit code, negative when a signal ended it, and what it printed."""

    code: int
    printed: str


class Calls:
    """Starts calls one at a time; a context manager."""

    def __init__(self, folder: Path) -> None:
        self._printed = folder / "printed.txt"
        command = [sys.executable, "-m", "tests.acceptance.forking"]
        self._server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own program

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._input.close()
        self._server.wait()
        self._output.close()

    def call(self, arguments: Sequence[str], *, kill_after: float | None = None) -> Ended:
        """The call, run to its end, or killed so many seconds after its start unless it ended before."""
        print(json.dumps([list(arguments), str(self._printed)]), file=self._input, flush=True)
        process = int(self._output.readline())
        killer = threading.Timer(kill_after or 0, _kill, [process])
        if kill_after is not None:
            killer.start()
        code = int(self._output.readline())
        killer.cancel()
        return Ended(code, self._printed.read_text(encoding="utf-8"))

    @property
    def _input(self) -> IO[str]:
        assert self._server.stdin is not None
        return self._server.stdin

    @property
    def _output(self) -> IO[str]:
        assert self._server.stdout is not None
        return self._server.stdout


def _kill(process: int) -> None:
    """All of the group: what a call starts itself goes with it, as when a machine loses its power."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process, signal.SIGKILL)


def serve() -> None:
    """Answers every line of standard input until it ends."""
    for name in (
        "cli.nightly",
        "cli.intake",
        "cli.check",
        "cli.store",
        "engine.sql.engine",
        "services.store",
    ):
        import_module(f"compliance.{name}")
    call = import_module("compliance.cli.edge").call
    for line in sys.stdin:
        arguments, printed = json.loads(line)
        child = os.fork()
        if not child:
            _become(printed)
            os._exit(_code(call, arguments))
        _answer(child)
        _, status = os.waitpid(child, 0)
        _answer(os.waitstatus_to_exitcode(status))


def _answer(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


def _code(call: Callable[[list[str]], int], arguments: list[str]) -> int:
    code = call(arguments)
    sys.stdout.flush()
    sys.stderr.flush()
    return code


def _become(printed: str) -> None:
    """A call of its own: its own group of processes, nothing to read, and its words in the file."""
    os.setpgid(0, 0)
    with open(os.devnull, "rb") as nothing, Path(printed).open("wb") as out:  # noqa: PTH123 - a device
        os.dup2(nothing.fileno(), 0)
        os.dup2(out.fileno(), 1)
        os.dup2(out.fileno(), 2)


if __name__ == "__main__":
    serve()
