"""Who writes in a store does so alone: a lock beside the vault, and one in a database that others reach."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from compliance.errors import Problem, UsageError
from compliance.services.store import Store, unwritable

LOCK, HOLDER = "night.lock", "night.holder"


@contextmanager
def locked(store: Store, what: str) -> Iterator[None]:
    """Within it nobody else writes in the store; the lock goes with the process, also when that is killed.

    `what` is the command, as it is told to whoever is refused.

    Raises: UsageError when another process holds the lock, StoreError when the folder cannot be written.
    """
    holder = store.folder / HOLDER
    lock = FileLock(store.folder / LOCK, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise _refused(store.folder, *_read_holder(holder)) from None
    except OSError as error:
        raise unwritable(store.folder / LOCK, error) from None
    try:
        me = f"{what} {os.getpid()}@{socket.gethostname()}"
        with store.records.advisory_lock(f"compliance {me}") as other:
            if other is not None:
                told, since = other
                raise _refused(store.folder, told.removeprefix("compliance "), since)
            _write_holder(holder, me)
            yield
    finally:
        holder.unlink(missing_ok=True)
        lock.release()


def _refused(folder: Path, told: str, since: datetime | None) -> UsageError:
    what, _, who = told.partition(" ")
    pid, _, host = who.partition("@")
    if since is None or not host:
        message = "Another process works in this store."
    else:
        moment = since.strftime("%Y-%m-%d %H:%M:%S UTC")
        message = f"Another process works in this store: {what} (process {pid} on {host}) since {moment}."
    return UsageError(
        Problem(str(folder), "store-busy", message, "Wait until it is done, then run it again.")
    )


def _write_holder(path: Path, told: str) -> None:
    text = json.dumps({"told": told, "since": datetime.now(UTC).isoformat()})
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise unwritable(path, error) from None


def _read_holder(path: Path) -> tuple[str, datetime | None]:
    """What the holder wrote; nothing when it did not come to that yet."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return found["told"], datetime.fromisoformat(found["since"]).astimezone(UTC)
    except (OSError, ValueError, KeyError, TypeError):
        return "", None
