"""Files of a store that must be whole or not there: written aside, synced, renamed; and their hash."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

from compliance.errors import Problem, StoreError

PRIVATE = 0o600


def put_file(path: Path, content: bytes, *, mode: int = PRIVATE) -> None:
    """The file holds these bytes, also after the power failed; before that it is as it was.

    Raises: StoreError when it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(name).chmod(mode)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        sync_folder(path.parent)
    except OSError as error:
        raise unwritable(path, error) from None


def remove_file(path: Path) -> bool:
    """The file is not there, also after the power failed; whether it was.

    Raises: StoreError when it cannot be removed.
    """
    try:
        path.unlink()
        sync_folder(path.parent)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise unwritable(path, error) from None
    return True


def sync_folder(folder: Path) -> None:
    """The names in the folder are on the disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def hash_of(content: bytes) -> str:
    """`sha256:…` of these bytes."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def has_hash(path: Path, due: str) -> bool:
    """Whether the file is there and holds the bytes of that hash."""
    try:
        return hash_of(path.read_bytes()) == due
    except OSError:
        return False


def unwritable(path: Path, error: OSError) -> StoreError:
    """What to say of a place in the store where nothing can be written."""
    message = f"This place of the store cannot be written: {error.strerror or 'unknown reason'}."
    hint = "Check the free space and the rights of the folder."
    return StoreError(Problem(str(path), "store-unwritable", message, hint))


def unreadable(path: Path, error: OSError) -> StoreError:
    """What to say of a file in the store that cannot be read."""
    message = f"This file of the store cannot be read: {error.strerror or 'unknown reason'}."
    return StoreError(Problem(str(path), "store-unreadable", message, "Check the rights of the folder."))
