"""Collects what reading gives beside facts: files, refusals, notices, and which fields which rows lack.

It decides nothing about values; the checks hand it flaws.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from compliance.errors import InputError, Problem
from compliance.model.intake import Notice, Refusal, SourceFile
from compliance.sources.standing import Stamp

# Of equal refusals in one column of one file so many are listed; the rest are counted in one line.
LISTED = 1000
MOST_GROUPS = 255  # `_lacks` is one byte
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True, order=True)
class Flaw:
    """One thing wrong with a row or a file: which column, which kind, the value's shape, what was due."""

    column: str
    code: str
    shape: str = ""
    expected: str = ""


class FileRefusedError(Exception):
    """A file or section of which nothing can be taken, with every reason."""

    def __init__(self, *flaws: Flaw) -> None:
        self.flaws = flaws
        super().__init__(", ".join(flaw.code for flaw in flaws))


@dataclass(slots=True)
class Ledger:
    """The books of one reading.

    `came` are the entities of which at least a file or section was accepted; `flawed` those of which a
    file, section or row was refused, so that absence of a row says nothing. `filled` have rows. Of `nameless`
    entities not every refused row has an id that could be read. `refused_rows` counts by file. Of `spoiled`
    entities a file was refused whole that would have brought several. `standing` are the entities whose rows
    stay in their file, with its stamp.
    """

    files: list[SourceFile] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    came: set[str] = field(default_factory=set)
    filled: set[str] = field(default_factory=set)
    flawed: set[str] = field(default_factory=set)
    refused_ids: list[tuple[str, str]] = field(default_factory=list)
    nameless: set[str] = field(default_factory=set)
    spoiled: set[str] = field(default_factory=set)
    refused_rows: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    standing: dict[str, Stamp] = field(default_factory=dict)
    groups: dict[str, list[frozenset[str]]] = field(default_factory=lambda: defaultdict(list))
    _counted: dict[tuple[str, str, str, str], int] = field(default_factory=lambda: defaultdict(int))

    def add_file(self, path: str, sha256: str) -> SourceFile:
        """The entry of a file that was opened; its number is what rows carry as `_source`."""
        file = SourceFile(len(self.files), path, sha256)
        self.files.append(file)
        return file

    def group(self, entity: str, lacked: frozenset[str]) -> int:
        """The number of the group of rows that were delivered without the `lacked` fields.

        Raises: InputError when one entity comes with more different sets of columns than can be kept.
        """
        groups = self.groups[entity]
        if lacked not in groups:
            if len(groups) >= MOST_GROUPS:
                message = f"The rows of {entity} come with more than {MOST_GROUPS} different sets of columns."
                raise InputError(Problem("", "too-many-shapes", message, "Deliver them with equal columns."))
            groups.append(lacked)
        return groups.index(lacked)

    def refuse_file(self, path: str, flaws: Iterable[Flaw], entity: str = "") -> None:
        """Nothing of the file is taken."""
        self.nameless |= {entity} if entity else set()
        self._refuse(path, entity, "", flaws)

    def refuse_row(
        self, path: str, entity: str, place: str, flaws: Iterable[Flaw], identity: object = None
    ) -> None:
        """The row at `place` is not taken; the other rows go on, except one of the same id."""
        # Half a surrogate pair cannot be stored, and so no accepted row can have such an id.
        if isinstance(identity, str) and not _SURROGATE.search(identity):
            self.refused_ids.append((entity, identity))
        elif entity:
            self.nameless.add(entity)
        self.refused_rows[path] += 1
        self._refuse(path, entity, place, flaws)

    def refuse_more(
        self, path: str, entity: str, column: str, code: str, count: int, *, named: bool = False
    ) -> None:
        """So many further rows are refused for the same reason, without listing them.

        `named` says that their ids are known elsewhere.
        """
        self.flawed.add(entity)
        self.refused_rows[path] += count
        self.nameless |= set() if named else {entity}
        self._counted[path, entity, column, code] += count

    def _refuse(self, path: str, entity: str, place: str, flaws: Iterable[Flaw]) -> None:
        if entity:
            self.flawed.add(entity)
        for flaw in flaws:
            key = (path, entity, flaw.column, flaw.code)
            self._counted[key] += 1
            if self._counted[key] <= LISTED:
                self.refusals.append(
                    Refusal(path, entity, place, flaw.column, flaw.code, flaw.shape, flaw.expected)
                )

    def all_refusals(self) -> list[Refusal]:
        """The refusals in order, with one line for each reason of which not every row is listed."""
        listed: dict[tuple[str, str, str, str], int] = defaultdict(int)
        for refusal in self.refusals:
            listed[refusal.file, refusal.entity, refusal.column, refusal.code] += 1
        more = [
            Refusal(path, entity, "…", column, "further_rows", f"{count - listed[key]} rows", code)
            for key, count in self._counted.items()
            for path, entity, column, code in (key,)
            if count > listed[key]
        ]
        return sorted(self.refusals + more)
