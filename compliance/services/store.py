"""A store: a folder with a vault, and a database with records."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Self

from compliance.errors import Problem, StoreError, UsageError
from compliance.services.log import log
from compliance.store.records import Records, default_url
from compliance.store.vault import Vault

FOLDERS = ("vault", "inbox", "processed", "reports")
CHECKPOINTS = "checkpoints.jsonl"


@dataclass(frozen=True)
class Store:
    """A store that was opened; use as a context manager, or close it.

    `database` is the URL of the records: never shown, since it may hold a password (`records.name` may be).
    """

    folder: Path
    records: Records
    database: str

    @cached_property
    def vault(self) -> Vault:
        """The vault of the store, opened when it is first asked for.

        A lost one is never made anew: where runs were kept there was a vault.
        """
        return Vault.open(self.folder / "vault", create=not self.records.contracts())

    @property
    def inbox(self) -> Path:
        return self.folder / "inbox"

    @property
    def reports(self) -> Path:
        return self.folder / "reports"

    @property
    def checkpoints(self) -> Path:
        return self.folder / CHECKPOINTS

    def close(self) -> None:
        self.records.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_store(folder: Path, database: str | None = None, *, create: bool = False) -> Store:
    """The store in this folder; `create` makes folder and records where they are not there yet.

    Without `database` its records are in compliance.db in the folder.

    Raises: UsageError for a folder that holds no store, or for records of another schema; StoreError for a
    folder that cannot be written, or a database that cannot be reached.
    """
    url = database or default_url(folder)
    if create:
        make_folders(folder)
        if Records.create(url, datetime.now(UTC)):
            log.info("records_made")
    elif not is_store(folder):
        message = "There is no store in this folder."
        hint = "Name the folder with --store, or make a store there with: compliance store upgrade"
        raise UsageError(Problem(str(folder), "store-folder", message, hint))
    return Store(folder, Records.open(url), url)


def is_store(folder: Path) -> bool:
    """Whether a store was made in this folder; no for what cannot be a path at all."""
    return os.path.isdir(folder / "vault")  # noqa: PTH112 - it does not raise


def make_folders(folder: Path) -> None:
    """The folder with those below it, which others than this user and its group cannot enter.

    Raises: UsageError for a folder full of other things, StoreError when they cannot be made.
    """
    if folder.is_dir() and not is_store(folder) and any(folder.iterdir()):
        message = "This folder holds other things, and no store is made among them."
        raise UsageError(Problem(str(folder), "store-folder", message, "Name a new or an empty folder."))
    try:
        for name in FOLDERS:
            (folder / name).mkdir(mode=0o750, parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(folder, error) from None


def unwritable(place: Path, error: OSError) -> StoreError:
    """What is said of a place in the store where nothing can be written."""
    message = f"This place of the store cannot be written: {os.strerror(error.errno or 0)}."
    return StoreError(Problem(str(place), "store-write", message, "Mend that and run the command again."))
