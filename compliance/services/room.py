"""How much memory a run may take, and the private folder for what does not fit in it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from compliance.errors import Problem, UsageError
from compliance.sources.database import Room

LEAST_BYTES = 256 << 20  # below this the program itself does not fit
_PREFIX = "compliance-"


@contextmanager
def working_room(memory: int | None, folder: Path | None) -> Iterator[Room]:
    """Room for one run: a new folder that only this user can read, gone with all in it at the end.

    It stands in `folder`, else where the system keeps what is temporary. Nothing is made when neither a
    number of bytes nor a folder is asked for.

    Raises: UsageError for too little memory, and for a folder in which nothing can be made.
    """
    if memory is None and folder is None:
        yield Room()
        return
    if memory is not None and memory < LEAST_BYTES:
        hint = "Allow at least 256MiB."
        raise UsageError(Problem("--memory-limit", "memory-limit", "That is too little memory.", hint))
    try:
        private = tempfile.TemporaryDirectory(prefix=_PREFIX, dir=folder, ignore_cleanup_errors=True)
    except OSError as error:
        message = f"Nothing can be written there: {error.strerror or 'unknown reason'}."
        hint = "Name a folder that exists and that you may write in."
        raise UsageError(Problem("--spill-folder", "spill-folder", message, hint)) from None
    with private as path:
        yield Room(path, memory)
