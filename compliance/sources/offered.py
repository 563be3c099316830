"""Reads one delivery of a supplier, to be kept: rows are checked, what they refer to is not looked for yet.

References to rows of earlier deliveries are for the vault's view to follow. Beside facts a delivery may take
rows back: a file withdrawn.csv, or a section `withdrawn` of a case file, with entity and id.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import duckdb

from compliance.errors import InputError
from compliance.model.fields import ID_LENGTH
from compliance.model.intake import Notice, Refusal
from compliance.model.schema import delivered_entities
from compliance.model.vault import Groups, Lost, OfferedFile, Withdrawal
from compliance.sources.bsn import passes_bsn_test
from compliance.sources.facts import CASE_FORMS, Reading, as_mapped
from compliance.sources.folder import find_files
from compliance.sources.known import Known
from compliance.sources.messages import MessageRequest
from compliance.sources.protected import ProtectedNames, shipped_names
from compliance.sources.references import Links
from compliance.sources.refusal import FileRefusedError, Flaw
from compliance.sources.shape import known_name, shape
from compliance.sources.tables import file_hash

WITHDRAWN = "withdrawn"
_WITHDRAWN_FILE = f"{WITHDRAWN}.csv"
_COLUMNS = ("entity", "id")


@dataclass(frozen=True, slots=True)
class Delivered:
    """One delivery as read: `taken` files, `known` ones that were skipped, and rows in `fact.<entity>`.

    `again` are the numbers of taken files that earlier deliveries brought, and that were read along.
    The database is open to files still, so that the rows can be compared and kept.
    """

    connection: duckdb.DuckDBPyConnection
    taken: tuple[OfferedFile, ...]
    known: tuple[OfferedFile, ...]
    came: Mapping[str, Groups]
    refusals: tuple[Refusal, ...]
    refused_rows: Mapping[str, int]
    lost: tuple[Lost, ...]
    withdrawals: tuple[Withdrawal, ...]
    notices: tuple[Notice, ...] = ()
    again: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What must be known to read a supplier's delivery.

    `taken` are hashes of files taken in before; `along` messages of earlier deliveries, read along since a
    fact may be assembled from several. `key` and `contract` are for messages, `mapping` for spreadsheets.
    """

    supplier: str
    key: bytes | None = field(default=None, repr=False)
    contract: str | None = None
    mapping: str | None = None
    known: Known = field(default_factory=Known)
    taken: Collection[str] = ()
    along: Sequence[str] = ()


def read_delivery(
    paths: Sequence[str], circumstances: Circumstances, *, protected: ProtectedNames | None = None
) -> Delivered:
    """The rows of all entities in these files and folders, with what was refused and why.

    A file that cannot be read is refused whole, and the others go on.

    Raises: UsageError for a path that is not there, InputError for a folder with nothing to read.
    """
    wanted = frozenset(delivered_entities())
    reading = _Delivery(wanted, protected or shipped_names())
    reading.taken, reading.along = circumstances.taken, circumstances.along
    reading.base = MessageRequest(
        (), circumstances.key, circumstances.contract, wanted, known=circumstances.known,
        supplier=circumstances.supplier, mapping=circumstances.mapping, protected=reading.protected,
    )  # fmt: skip
    found = [as_mapped(file, paths, circumstances.mapping) for file in find_files(paths, reading.ledger)]
    withdrawn = [file for file in found if Path(file.path).name == _WITHDRAWN_FILE]
    found = [file for file in found if file not in withdrawn]
    for file in found:
        if file.form in CASE_FORMS:
            reading.load_one(file)
    for file in withdrawn:
        reading.load_withdrawn(file.path)
    if any(file.form == "xml" for file in found):
        offered = {Path(file.path).resolve() for file in found}
        again = [path for path in circumstances.along if Path(path).resolve() not in offered]
        found += [replace(file, form="xml") for file in find_files(again, reading.ledger)] if again else []
    reading.load_files(found)
    return reading.delivered(circumstances.known)


class _Delivery(Reading):
    """The reading of one delivery under way."""

    def __init__(self, wanted: frozenset[str], protected: ProtectedNames) -> None:
        super().__init__(wanted, protected)
        self.withdrawals: list[Withdrawal] = []

    def load_one(self, file: Any) -> None:
        """A case file, or JSON of a national format, is taken, or refused whole."""
        try:
            self.load_cases([file], None)
        except InputError as error:
            flaws = [Flaw("", "unreadable_case", expected=problem.message) for problem in error.problems]
            self.ledger.refuse_file(file.path, flaws)

    def load_case(self, path: str, content: bytes, data: Any) -> None:
        """The rows of one case are taken, and what it withdraws.

        Raises: InputError when its top level is wrong.
        """
        rows: Any = None
        if isinstance(data, Mapping) and isinstance(facts := data.get("facts"), Mapping):
            rows = facts.get(WITHDRAWN)
            data = {**data, "facts": {name: part for name, part in facts.items() if name != WITHDRAWN}}
        before = len(self.ledger.files)
        super().load_case(path, content, data)
        if rows is not None and len(self.ledger.files) > before:
            self._withdraw_section(path, before, rows)

    def _withdraw_section(self, path: str, number: int, rows: Any) -> None:
        where = f"facts.{WITHDRAWN}"
        if not isinstance(rows, list):
            flaw = Flaw("", "not_a_list", shape(rows), "a list of rows; [] says there are none")
            self.ledger.refuse_row(path, "", where, [flaw])
            return
        for at, row in enumerate(rows):
            values = row if isinstance(row, Mapping) and set(row) == set(_COLUMNS) else {}
            self._withdraw(path, number, f"{where}[{at}]", values.get("entity"), values.get("id"))

    def load_withdrawn(self, path: str) -> None:
        """The ids of a file of withdrawals are taken, or it is refused whole."""
        number = self._open(path, text=True)
        if number is None:
            return
        try:
            for place, entity, row in _withdrawn_rows(path):
                self._withdraw(path, number, place, entity, row)
        except FileRefusedError as error:
            self.ledger.refuse_file(path, error.flaws)

    def _withdraw(self, path: str, number: int, place: str, entity: object, row: object) -> None:
        if entity not in delivered_entities():
            flaw = Flaw("entity", "unknown_entity", shape(entity), known_name(entity, delivered_entities()))
        elif not isinstance(row, str) or not row:
            flaw = Flaw("id", "required_empty", shape(row), "the id of the row to take back")
        else:
            self.withdrawals.append(Withdrawal(str(entity), row, number, place))
            return
        self.ledger.refuse_row(path, "", place, [flaw])

    def delivered(self, known: Known) -> Delivered:
        """All that was read; rows of equal ids are refused, and references that no row can have."""
        ledger = self.ledger
        links = Links(self.connection, ledger, sorted(self.wanted))
        links.check_own([organisation.id for organisation in known.organisations])
        refusals = [one for one in ledger.all_refusals() if one.file not in self.along]
        whole = {one.file for one in refusals if one.whole_file}
        files = [OfferedFile(one.number, one.path, one.sha256, one.path in whole) for one in ledger.files]
        unopened = sorted(whole - {one.path for one in ledger.files})
        files += [
            OfferedFile(len(files) + at, path, _hash_of_any(path), whole=True)
            for at, path in enumerate(unopened)
        ]
        return Delivered(
            connection=self.connection,
            taken=tuple(files),
            known=tuple(OfferedFile(-1, path, sha256) for path, sha256 in self.skipped),
            came={
                name: tuple(tuple(sorted(group)) for group in ledger.groups.get(name) or [frozenset()])
                for name in sorted(ledger.came)
            },
            refusals=tuple(refusals),
            refused_rows=dict(ledger.refused_rows),
            lost=tuple(self._lost(refusals)),
            withdrawals=tuple(self.withdrawals),
            notices=tuple(sorted(one for one in ledger.notices if one.file not in self.along)),
            again=frozenset(one.number for one in files if one.path in self.along),
        )

    def _lost(self, refusals: Sequence[Refusal]) -> Iterator[Lost]:
        """The refused rows by id; of an entity of which a file, or a row without a known id, was: None."""
        now = {one.entity for one in refusals if one.entity}
        rows = self.connection.execute("SELECT DISTINCT entity, id FROM refused").fetchall()
        for entity, row in sorted({*rows, *self.ledger.refused_ids}):
            if entity in now:
                # Kept are only ids that an accepted row could have: never what may be a person's number.
                fit = not passes_bsn_test(row) and len(row) <= ID_LENGTH and row.isprintable()
                yield entity, row if fit else None
        for entity in sorted(self.ledger.nameless & now | self.ledger.spoiled):
            yield entity, None


def _hash_of_any(path: str) -> str:
    """The hash of a file that was refused before it was read; empty when its bytes cannot be had."""
    try:
        return file_hash(path, text=False)
    except (OSError, FileRefusedError):
        return ""


def _withdrawn_rows(path: str) -> Iterator[tuple[str, str, str]]:
    """Row number, entity and id of each line.

    Raises: FileRefusedError for other columns, or a file that is no CSV.
    """
    with Path(path).open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, strict=True)
        try:
            header = [name.strip() for name in next(reader, [])]
            if sorted(header) != sorted(_COLUMNS):
                raise FileRefusedError(Flaw("", "no_header", f"{len(header)} other names", "entity,id"))
            for number, row in enumerate(reader, start=2):
                if row:
                    values = dict(zip(header, row, strict=False))
                    yield str(number), values.get("entity", ""), values.get("id", "")
        except csv.Error:
            due = "values with commas between, in double quotes where they hold a comma, quote or line break"
            raise FileRefusedError(Flaw("", "broken_csv", "", due)) from None
