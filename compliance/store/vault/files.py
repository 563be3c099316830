"""Writes files so that they are there whole or not at all: aside, synced, renamed, the folder synced.

Every point at which a process can be killed lies in one of these functions.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from compliance.errors import Problem, StoreError
from compliance.model.segments import file_flaw

ASIDE = ".new-"  # a file that is being written; the next writer removes what was left behind
_CHUNK = 1 << 20


def aside(path: Path) -> Path:
    """Where a file is written before it gets its name."""
    return path.with_name(f"{ASIDE}{path.name}")


def sync_file(path: Path) -> None:
    """The bytes of the file are on disk."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def sync_folder(path: Path) -> None:
    """The names in the folder are on disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def name_file(path: Path) -> None:
    """The file that was written aside has its own name."""
    os.replace(aside(path), path)  # noqa: PTH105 - one call, which tests can make fail


def write_file(path: Path, content: bytes) -> None:
    """The file holds these bytes, on disk, or is as it was before."""
    with aside(path).open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    name_file(path)
    sync_folder(path.parent)


def hash_of(path: Path) -> str:
    """The SHA-256 of the file's bytes.

    Raises: OSError.
    """
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


@contextmanager
def writing_told(folder: Path) -> Iterator[None]:
    """What keeps files from being written is said in words, with what to do.

    Raises: StoreError.
    """
    try:
        yield
    except OSError as error:
        raise _not_written(folder, error.strerror or "unknown reason") from error
    except duckdb.IOException as error:
        raise _not_written(folder, _reason(error)) from error
    except duckdb.OutOfMemoryException as error:
        raise _not_written(folder, "not enough memory") from error


def _not_written(folder: Path, reason: str) -> StoreError:
    message = f"The vault cannot be written: {reason}."
    hint = "Nothing was changed. Make room, or give write access, and offer it again."
    return StoreError(Problem(str(folder), "vault-write", message, hint))


def _reason(error: duckdb.Error) -> str:
    """The operating system's words in an error of the database, without what surrounds them."""
    words = {os.strerror(number) for number in (*range(1, 40), 122)}
    return next((word for word in sorted(words, key=len, reverse=True) if word in str(error)), "disk error")


def torn(path: Path) -> StoreError:
    """The error for a file of the vault that is not as it was written."""
    return StoreError(torn_problem(path))


def torn_problem(path: Path) -> Problem:
    """A file of the vault is not as it was written: which, and what to do."""
    return file_flaw(path, gone=not path.exists())
