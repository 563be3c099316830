"""Finds, reads and replaces the manifest and its chapters, and clears away what no manifest names."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from pathlib import Path

from compliance.errors import Problem, StoreError
from compliance.model.segments import RESTORE
from compliance.model.vault import Arrival
from compliance.store.vault.files import ASIDE, torn, write_file
from compliance.store.vault.manifest import (
    NAME,
    Chapter,
    Manifest,
    chapter_from_bytes,
    chapter_to_bytes,
    from_bytes,
    to_bytes,
)
from compliance.store.vault.segments import FOLDER

MOST_INLINE = 200  # deliveries in the manifest itself; then they get a chapter of their own
OURS = re.compile(r"(?:[a-z_]+\.\d{8,}\.parquet|arrivals\.\d{8,}\.json)")


class Library:
    """The files of one vault, of which the manifest was read last at `sha256`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sha256 = ""
        self._manifest = Manifest()
        self._chapters: dict[str, tuple[Arrival, ...]] = {}

    @property
    def path(self) -> Path:
        return self.folder / NAME

    def exists(self) -> bool:
        return self.path.is_file()

    def load(self) -> Manifest:
        """The manifest as it stands on disk.

        Raises: StoreError when it cannot be read.
        """
        try:
            content = self.path.read_bytes()
        except OSError as error:
            message = f"The vault cannot be read: {error.strerror or 'unknown reason'}."
            raise StoreError(Problem(str(self.path), "vault-read", message, RESTORE)) from error
        sha256 = hashlib.sha256(content).hexdigest()
        if sha256 != self.sha256:
            self._manifest, self.sha256 = from_bytes(content, str(self.path)), sha256
        return self._manifest

    def arrivals(self, manifest: Manifest) -> tuple[Arrival, ...]:
        """All deliveries, in order.

        Raises: StoreError when a chapter is not as it was written.
        """
        found = [one for chapter in manifest.chapters for one in self._chapter(chapter)]
        return (*found, *manifest.arrivals)

    def _chapter(self, chapter: Chapter) -> tuple[Arrival, ...]:
        if chapter.sha256 not in self._chapters:
            path = self.folder / chapter.path
            try:
                content = path.read_bytes()
            except OSError as error:
                raise torn(path) from error
            if hashlib.sha256(content).hexdigest() != chapter.sha256:
                raise torn(path)
            self._chapters[chapter.sha256] = chapter_from_bytes(content)
        return self._chapters[chapter.sha256]

    def commit(self, manifest: Manifest) -> None:
        """The vault is as this manifest says: the next generation of it is on disk.

        Raises: OSError; the vault is as before then, or, when only the folder could not be synced, as after.
        """
        (self.folder / FOLDER).mkdir(exist_ok=True)
        if len(manifest.arrivals) >= MOST_INLINE:
            manifest = self._with_chapter(manifest)
        manifest = replace(manifest, generation=manifest.generation + 1, previous=self.sha256)
        write_file(self.path, to_bytes(manifest))
        self.load()

    def _with_chapter(self, manifest: Manifest) -> Manifest:
        first, last = manifest.arrivals[0].number, manifest.arrivals[-1].number
        content = chapter_to_bytes(manifest.arrivals)
        name = f"arrivals.{first:08d}.json"
        write_file(self.folder / name, content)
        chapter = Chapter(name, hashlib.sha256(content).hexdigest(), first, last)
        return replace(manifest, chapters=(*manifest.chapters, chapter), arrivals=())

    def sweep(self, manifest: Manifest) -> None:
        """What a killed write, or a compaction, left behind is gone; unknown files stay.

        Raises: OSError.
        """
        named = {self.folder / name for name in manifest.files}
        for folder in (self.folder, self.folder / FOLDER):
            if folder.is_dir():
                for path in folder.iterdir():
                    if is_leftover(path) and path not in named:
                        path.unlink()


def is_leftover(path: Path) -> bool:
    """Whether the file, when no manifest names it, is one that the vault itself left behind."""
    return path.name.startswith(ASIDE) or OURS.fullmatch(path.name) is not None
