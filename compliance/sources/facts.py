"""Reads deliveries of every kind into one in-memory database of typed facts, with what was refused and why.

The one entrance to this package: it joins the readers; how each works stands in their own modules.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO

import duckdb

from compliance.errors import InputError, Problem
from compliance.model.catalog import Catalog, Delivered
from compliance.model.intake import CaseSettings, Notice, Refusal, SourceFile
from compliance.model.schema import ABSENT_MEANS_NONE, delivered_entities, entities
from compliance.sources.bulk import Table
from compliance.sources.case import Case
from compliance.sources.database import connect, create_tables, insert_rows, seal
from compliance.sources.digest import facts_digest
from compliance.sources.districts import UTRECHT
from compliance.sources.document import MOST_BYTES, read_document
from compliance.sources.folder import STDIN, Found, find_files
from compliance.sources.messages import BROUGHT, READER, MessageRequest, message_reader
from compliance.sources.protected import ProtectedNames, shipped_names
from compliance.sources.references import STUB_SOURCE, Links
from compliance.sources.refusal import FileRefusedError, Flaw, Ledger
from compliance.sources.rows import as_text, check_row
from compliance.sources.settings import merge_settings, read_parameters, read_settings
from compliance.sources.shape import shape
from compliance.sources.tables import file_hash, load_csv, load_jsonl, load_parquet

_LOADERS = {"csv": load_csv, "parquet": load_parquet, "jsonl": load_jsonl}


@dataclass
class Facts:
    """What was delivered, typed and checked, in schema `fact` of an in-memory database.

    Every delivered entity has a table there, also one that did not come (without rows). `read` are the
    entities that were asked for, with those they refer to; `came` those of which a file or section was
    accepted. An entity of which a row was refused is in the catalog, but not complete: from what is not
    there nothing can be concluded.
    """

    connection: duckdb.DuckDBPyConnection
    catalog: Catalog
    files: list[SourceFile]
    refusals: list[Refusal]
    notices: list[Notice]
    settings: CaseSettings
    read: frozenset[str] = field(default_factory=frozenset)
    came: frozenset[str] = field(default_factory=frozenset)

    @cached_property
    def digest(self) -> str:
        """SHA-256 over the accepted facts, independent of the order of rows and files."""
        return facts_digest(self.connection, self.catalog, self.read)


def read_facts(
    paths: Sequence[str],
    *,
    entities: Collection[str],
    stdin: BinaryIO | None = None,
    key: bytes | None = None,
    contract: str | None = None,
    protected: ProtectedNames | None = None,
) -> Facts:
    """The facts of case files, data-set folders, tables, messages and stdin (`-`), merged.

    Only `entities`, and those they refer to, are read; files and sections of others are not looked at.
    `key` and `contract` are for messages: the key of pseudonyms, and the contract their rows belong to.

    Raises: UsageError for a path that is not there; InputError when a case file cannot be read at all or
        the files contradict each other.
    """
    reading = _Reading(with_targets(entities), protected or shipped_names())
    found = find_files(paths, reading.ledger)
    reading.load_cases([file for file in found if file.form in ("case", "parameters")], stdin)
    for file in found:
        if file.form in _LOADERS and file.entity in reading.wanted:
            reading.load_table(file)
    reading.load_messages([file.path for file in found if file.form == "xml"], key, contract)
    return reading.finish()


def facts_of_case(
    data: Mapping[str, Any],
    *,
    entities: Collection[str],
    name: str = "case",
    protected: ProtectedNames | None = None,
) -> Facts:
    """The facts of one case that is in memory already, in the shape of a case file.

    Raises: InputError when its top level is wrong.
    """
    reading = _Reading(with_targets(entities), protected or shipped_names())
    reading.load_case(name, b"", data)
    return reading.finish()


def with_targets(names: Collection[str]) -> frozenset[str]:
    """The entities and all they refer to, directly or not: without those no reference can be checked."""
    wanted, waiting = set(), list(names)
    while waiting:
        name = waiting.pop()
        if name not in wanted and not entities()[name].derived:
            wanted.add(name)
            waiting += [target for spec in entities()[name].fields.values() for target in spec.targets]
    return frozenset(wanted)


class _Reading:
    """One reading under way."""

    def __init__(self, wanted: frozenset[str], protected: ProtectedNames) -> None:
        self.wanted = wanted
        self.protected = protected
        self.ledger = Ledger()
        self.settings: list[tuple[str, CaseSettings]] = []
        self.connection = connect()
        create_tables(self.connection, [entities()[name] for name in delivered_entities()])

    def load_cases(self, files: Sequence[Found], stdin: BinaryIO | None) -> None:
        """All case files and parameters are read; all their problems are listed before stopping."""
        problems: list[Problem] = []
        for file in files:
            try:
                content = _content(file.path, stdin)
                data = read_document(content, "stdin" if file.path == STDIN else file.path)
                if file.form == "parameters":
                    self.settings.append((file.path, read_parameters(data, file.path)))
                else:
                    self.load_case(file.path, content, data)
            except InputError as error:
                problems += error.problems
        if problems:
            raise InputError(problems)

    def load_case(self, path: str, content: bytes, data: Any) -> None:
        """The settings and rows of one case are taken.

        Raises: InputError when its top level is wrong.
        """
        if not isinstance(data, Mapping):
            message = f"Expected a case with as_of and facts, found {shape(data)}."
            raise InputError(Problem(path, "case-shape", message, "Write at least as_of and facts."))
        self.settings.append((path, read_settings(data, path, facts=True)))
        number = self.ledger.add_file(path, hashlib.sha256(content).hexdigest()).number
        Case(self.connection, self.ledger, path, number, data["facts"], self.protected).load(self.wanted)

    def load_table(self, file: Found) -> None:
        """The rows of a table are taken, or it is refused whole."""
        number = self._open(file.path, file.entity, text=file.form != "parquet")
        if number is None:
            return
        spec = entities()[file.entity]
        target = Table(self.connection, self.ledger, spec, file.path, number, self.protected)
        try:
            _LOADERS[file.form](target)
        except FileRefusedError as error:
            self.ledger.refuse_file(file.path, error.flaws, file.entity)

    def _open(self, path: str, entity: str = "", *, text: bool = False) -> int | None:
        """The number of a file whose bytes can be read; one whose bytes cannot is refused."""
        try:
            return self.ledger.add_file(path, file_hash(path, text=text)).number
        except FileRefusedError as error:
            self.ledger.refuse_file(path, error.flaws, entity)
        except OSError as error:
            reason = Flaw("", "unreadable_file", error.strerror or "", "a file that may be read")
            self.ledger.refuse_file(path, [reason], entity)
        return None

    def load_messages(self, paths: Sequence[str], key: bytes | None, contract: str | None) -> None:
        """The rows of XML messages are taken from the reader that is plugged in."""
        if not paths:
            return
        reader = message_reader()
        if reader is None:
            for path in paths:
                self.ledger.refuse_file(
                    path, [Flaw("", "no_message_reader", expected=f"the module {READER}")]
                )
            return
        opened = {path: self._open(path, BROUGHT) for path in paths}
        numbers = {path: str(number) for path, number in opened.items() if number is not None}
        messages = reader(self._message_request(tuple(numbers), key, contract, len(paths)))
        self.ledger.notices += messages.notices
        self.ledger.came |= messages.brings & self.wanted
        for refusal in messages.refusals:
            refuse = self.ledger.refuse_row
            refuse(refusal.path, refusal.entity, refusal.place, [refusal.flaw])
        rows: dict[str, list[list[str | None]]] = {}
        for row in messages.rows:
            if row.entity not in self.wanted:
                continue
            checked = check_row(row.entity, row.values, self.protected, row.lacked)
            if checked.flaws:
                self.ledger.refuse_row(row.path, row.entity, row.place, checked.flaws, row.values.get("id"))
                continue
            group = str(self.ledger.group(row.entity, row.lacked))
            texts = [*map(as_text, checked.values.values()), group, numbers[row.path], row.place]
            rows.setdefault(row.entity, []).append(texts)
            self.ledger.came.add(row.entity)
        self.ledger.filled |= rows.keys()
        for name, texts_of_rows in rows.items():
            insert_rows(self.connection, entities()[name], texts_of_rows)

    def _message_request(
        self, paths: tuple[str, ...], key: bytes | None, contract: str | None, offered: int
    ) -> MessageRequest:
        """What the reader of messages must know, also of the rows that other files brought."""
        providers: dict[str, list[str]] = {}
        with_code = (
            "SELECT DISTINCT agb_code, id FROM fact.organisation WHERE agb_code IS NOT NULL ORDER BY ALL"
        )
        for code, organisation in self.connection.execute(with_code).fetchall():
            providers.setdefault(code, []).append(organisation)
        return MessageRequest(
            paths=paths,
            key=key,
            contract=contract,
            entities=self.wanted,
            lost=len(paths) < offered,
            contracts=self._ids("contract"),
            clients=frozenset(self._ids("client")),
            providers=providers,
        )

    def _ids(self, entity: str) -> tuple[str, ...]:
        """The different ids of the entity's rows so far."""
        rows = self.connection.execute(f'SELECT DISTINCT id FROM fact."{entity}" ORDER BY id').fetchall()
        return tuple(row[0] for row in rows)

    def finish(self) -> Facts:
        """References are checked, stubs and defaults made; from here on the database is closed to files."""
        settings = merge_settings(self.settings)
        self._add_districts()
        links = Links(self.connection, self.ledger, sorted(self.wanted))
        links.check()
        seal(self.connection)
        return Facts(
            connection=self.connection,
            catalog=self._catalog(),
            files=self.ledger.files,
            refusals=self.ledger.all_refusals(),
            notices=sorted(self.ledger.notices),
            settings=settings,
            read=self.wanted,
            came=frozenset(self.ledger.came),
        )

    def _add_districts(self) -> None:
        """Utrecht's districts hold where the facts bring none of their own."""
        ledger = self.ledger
        if "district" not in self.wanted or {"district"} & (ledger.came | ledger.flawed):
            return
        group = str(ledger.group("district", frozenset()))
        rows = [[name, title, group, str(STUB_SOURCE), ""] for name, title in UTRECHT.items()]
        insert_rows(self.connection, entities()["district"], rows)
        ledger.came.add("district")
        ledger.notices.append(Notice("default_districts", entity="district", count=len(rows)))

    def _catalog(self) -> Catalog:
        ledger = self.ledger
        came = ledger.came | ({*ABSENT_MEANS_NONE} & self.wanted)
        listed = {name for name in self.wanted if name in came or ledger.groups.get(name)}
        return Catalog(
            {
                name: Delivered(
                    complete=name in came and name not in ledger.flawed,
                    lacks=tuple(ledger.groups.get(name) or [frozenset()]),
                )
                for name in sorted(listed)
            }
        )


def _content(path: str, stdin: BinaryIO | None) -> bytes:
    """The bytes of a case file or of stdin, one more than allowed at most."""
    if path == STDIN:
        if stdin is None:
            raise InputError(Problem("-", "no-stdin", "There is nothing on standard input."))
        return stdin.read(MOST_BYTES + 1)
    try:
        with Path(path).open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        message = f"The file cannot be read: {error.strerror or 'unknown reason'}."
        raise InputError(Problem(path, "unreadable-file", message)) from None
