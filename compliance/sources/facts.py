"""Reads deliveries of every kind into one in-memory database of typed facts, with what was refused and why.

The one entrance to this package: it joins the readers; how each works stands in their own modules.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
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
from compliance.sources.database import UNBOUNDED, Room, connect, create_tables, insert_rows, seal
from compliance.sources.digest import facts_digest
from compliance.sources.districts import UTRECHT
from compliance.sources.document import MOST_BYTES, read_document
from compliance.sources.folder import STDIN, Found, find_files, unknown_flaw
from compliance.sources.known import Known, joined, known_here
from compliance.sources.messages import BROUGHT, READER, READERS, MessageRequest, message_reader
from compliance.sources.national import national_form, read_lines
from compliance.sources.plugged import Desk
from compliance.sources.protected import ProtectedNames, shipped_names
from compliance.sources.references import STUB_SOURCE, Links
from compliance.sources.refusal import FileRefusedError, Flaw, Ledger
from compliance.sources.settings import merge_settings, read_parameters, read_settings
from compliance.sources.shape import shape
from compliance.sources.standing import Stamp, settle, stamp_of
from compliance.sources.tables import file_hash, is_canonical, load_csv, load_jsonl, load_parquet

CASE_FORMS = ("case", "parameters", "json")
_LOADERS = {"csv": load_csv, "parquet": load_parquet, "jsonl": load_jsonl}


@dataclass
class Facts:
    """What was delivered, typed and checked, in schema `fact` of an in-memory database.

    Every delivered entity has a table there, also one that did not come (without rows). `read` are the
    entities that were asked for, with those they refer to; `came` those of which a file or section was
    accepted. An entity of which a row was refused is in the catalog, but not complete: from what is not
    there nothing can be concluded. `standing` are the files that are read until the end.
    """

    connection: duckdb.DuckDBPyConnection
    catalog: Catalog
    files: list[SourceFile]
    refusals: list[Refusal]
    notices: list[Notice]
    settings: CaseSettings
    read: frozenset[str] = field(default_factory=frozenset)
    came: frozenset[str] = field(default_factory=frozenset)
    standing: tuple[Stamp, ...] = ()

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
    known: Known | None = None,
    supplier: str = "",
    mapping: str | None = None,
    room: Room = UNBOUNDED,
) -> Facts:
    """The facts of case files, data-set folders, tables, messages and stdin (`-`), merged.

    Only `entities`, and those they refer to, are read; files and sections of others are not looked at.
    `key` and `contract` are for messages: the key of pseudonyms, and the contract their rows belong to.
    `known` is what earlier deliveries brought, `supplier` who delivers now, `mapping` the one to read
    spreadsheets with. `room` bounds the memory; files that stay in place are `standing`, and must not change
    while the facts are used.

    Raises: UsageError for a path that is not there; InputError when a case file cannot be read at all or
        the files contradict each other.
    """
    reading = Reading(with_targets(entities), protected or shipped_names(), room)
    reading.base = MessageRequest(
        (), key, contract, reading.wanted, known=known or Known(), supplier=supplier, mapping=mapping,
        protected=reading.protected,
    )  # fmt: skip
    found = [as_mapped(file, paths, mapping) for file in find_files(paths, reading.ledger)]
    try:
        reading.load_cases([file for file in found if file.form in CASE_FORMS], stdin)
        reading.load_files(found)
        return reading.finish()
    except duckdb.OutOfMemoryException:
        message = "The facts do not fit in the memory that is allowed, nor in the folder beside it."
        hint = "Allow more with --memory-limit, or name a folder with more room with --spill-folder."
        raise InputError(Problem("", "memory-full", message, hint)) from None


def as_mapped(file: Found, paths: Sequence[str], mapping: str | None) -> Found:
    """A table that is named itself, with a mapping to read it by, is read by that unless it is canonical."""
    if mapping is None or file.form != "csv" or file.path not in paths or is_canonical(file.path):
        return file
    return Found(file.path, "sheet")


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
    reading = Reading(with_targets(entities), protected or shipped_names())
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


class Reading:
    """One reading under way.

    Files whose hash is in `taken` were taken in before: they are skipped and only listed, but for those at
    the paths in `along`.
    """

    def __init__(self, wanted: frozenset[str], protected: ProtectedNames, room: Room = UNBOUNDED) -> None:
        self.wanted = wanted
        self.protected = protected
        self.ledger = Ledger()
        self.settings: list[tuple[str, CaseSettings]] = []
        self.base = MessageRequest((), None, None, wanted, protected=protected)
        self.documents: dict[str, dict[str, Any]] = {}
        self.numbers: dict[str, str] = {}  # of the files of plugged-in readers, by path
        self.taken: Collection[str] = ()
        self.along: Collection[str] = ()
        self.in_place = room.in_place
        self.skipped: list[tuple[str, str]] = []
        self.connection = connect(room)
        create_tables(self.connection, [entities()[name] for name in delivered_entities()])

    def load_cases(self, files: Sequence[Found], stdin: BinaryIO | None) -> None:
        """All case files and parameters are read; all their problems are listed before stopping."""
        problems: list[Problem] = []
        for file in files:
            name = "stdin" if file.path == STDIN else file.path
            try:
                content = _content(file.path, stdin)
                data = read_document(content, name)
            except InputError as error:
                if file.form == "json":  # one of many in a folder: the others go on
                    reason = error.problems[0].code.replace("-", "_")
                    self.ledger.refuse_file(file.path, [Flaw("", reason, expected="one whole JSON document")])
                else:
                    problems += error.problems
                continue
            form = national_form(data) if file.form != "parameters" else None
            try:
                if form is not None:
                    self._keep_document(form, file.path, hashlib.sha256(content).hexdigest(), data)
                elif file.form == "json":
                    self.ledger.refuse_file(file.path, [unknown_flaw(file.path)])
                elif file.form == "parameters":
                    self.settings.append((file.path, read_parameters(data, file.path)))
                else:
                    self.load_case(file.path, content, data)
            except InputError as error:
                problems += error.problems
        if problems:
            raise InputError(problems)

    def load_files(self, found: Sequence[Found]) -> None:
        """The rows of all files that are no case are taken."""
        for file in found:
            if file.form in _LOADERS and file.entity in self.wanted:
                self.load_table(file)
            elif file.form == "lines":
                self.load_lines(file.path)
        for form in READERS:
            self.load_messages(form, [file.path for file in found if file.form == form])

    def _admit(self, path: str, sha256: str) -> int | None:
        """The number of a file to be read; one that was taken in before is skipped."""
        if sha256 in self.taken and path not in self.along:
            self.skipped.append((path, sha256))
            return None
        return self.ledger.add_file(path, sha256).number

    def load_lines(self, path: str) -> None:
        """A file with an object on each line is kept for its reader, or refused whole."""
        try:
            data = read_lines(path)
            form = national_form(data)
            if form is None:
                self.ledger.refuse_file(path, [unknown_flaw(path)])
            else:
                self._keep_document(form, path, file_hash(path, text=True), data)
        except FileRefusedError as error:
            self.ledger.refuse_file(path, error.flaws)
        except OSError as error:
            reason = Flaw("", "unreadable_file", error.strerror or "", "a file that may be read")
            self.ledger.refuse_file(path, [reason])

    def _keep_document(self, form: str, path: str, sha256: str, data: Any) -> None:
        """The data of a JSON file in a national format wait for their reader."""
        number = self._admit(path, sha256)
        if number is not None:
            self.documents.setdefault(form, {})[path] = data
            self.numbers[path] = str(number)

    def load_case(self, path: str, content: bytes, data: Any) -> None:
        """The settings and rows of one case are taken.

        Raises: InputError when its top level is wrong.
        """
        if not isinstance(data, Mapping):
            message = f"Expected a case with as_of and facts, found {shape(data)}."
            raise InputError(Problem(path, "case-shape", message, "Write at least as_of and facts."))
        self.settings.append((path, read_settings(data, path, facts=True)))
        number = self._admit(path, hashlib.sha256(content).hexdigest())
        if number is None:
            return
        Case(self.connection, self.ledger, path, number, data["facts"], self.protected).load(self.wanted)

    def load_table(self, file: Found) -> None:
        """The rows of a table are taken, or it is refused whole."""
        stamp = stamp_of(file.path) if self.in_place else None  # before its bytes are read
        number = self._open(file.path, file.entity, text=file.form != "parquet")
        if number is None:
            return
        spec = entities()[file.entity]
        settle(self.connection, self.ledger.standing, file.entity)  # it is not the only file any more
        target = Table(self.connection, self.ledger, spec, file.path, number, self.protected, stamp)
        try:
            _LOADERS[file.form](target)
        except FileRefusedError as error:
            self.ledger.refuse_file(file.path, error.flaws, file.entity)

    def _open(self, path: str, entity: str = "", *, text: bool = False) -> int | None:
        """The number of a file whose bytes can be read; one whose bytes cannot is refused."""
        try:
            return self._admit(path, file_hash(path, text=text))
        except FileRefusedError as error:
            self.ledger.refuse_file(path, error.flaws, entity)
        except OSError as error:
            reason = Flaw("", "unreadable_file", error.strerror or "", "a file that may be read")
            self.ledger.refuse_file(path, [reason], entity)
        return None

    def load_messages(self, form: str, paths: Sequence[str]) -> None:
        """The rows of messages of this form are taken from the reader that is plugged in."""
        documents = self.documents.get(form, {})
        if not paths and not documents:
            return
        reader = message_reader() if form == "xml" else message_reader(form)
        if reader is None:
            absent = Flaw("", "no_message_reader", expected=f"the module {READER}")
            for path in (*paths, *documents):
                self.ledger.refuse_file(path, [absent if form == "xml" else unknown_flaw(path)])
            return
        opened = {path: self._open(path, BROUGHT if form == "xml" else "") for path in paths}
        numbers = {path: str(number) for path, number in opened.items() if number is not None}
        if not numbers and not documents:
            return
        lost = len({*paths} - {path for path, _ in self.skipped}) > len(numbers)
        request = self._message_request((*numbers, *documents), documents, lost=lost)
        for name in tuple(self.ledger.standing):
            settle(self.connection, self.ledger.standing, name)
        desk = Desk(self.connection, self.ledger, self.wanted, self.protected)
        desk.take(reader(request), {**numbers, **self.numbers})

    def _message_request(
        self, paths: tuple[str, ...], documents: Mapping[str, Any], *, lost: bool
    ) -> MessageRequest:
        """What a reader of messages must know, also of the rows that other files brought."""
        known = joined(self.base.known, known_here(self.connection))
        providers: dict[str, list[str]] = {}
        for code, organisation in sorted((each.agb_code, each.id) for each in known.organisations):
            if code:
                providers.setdefault(code, []).append(organisation)
        return replace(
            self.base,
            paths=paths,
            documents=documents,
            lost=lost,
            contracts=known.contracts,
            clients=known.clients,
            providers=providers,
            known=known,
        )

    def finish(self) -> Facts:
        """References are checked, stubs and defaults made; from here on the database is closed to files."""
        settings = merge_settings(self.settings)
        self._add_districts()
        self.link()
        stamps = tuple(self.ledger.standing.values())
        seal(self.connection, [str(Path(stamp.path).absolute()) for stamp in stamps])
        return Facts(
            connection=self.connection,
            catalog=self._catalog(),
            files=self.ledger.files,
            refusals=self.ledger.all_refusals(),
            notices=sorted(self.ledger.notices),
            settings=settings,
            read=self.wanted,
            came=frozenset(self.ledger.came),
            standing=stamps,
        )

    def link(self) -> None:
        """References are checked, and stubs made."""
        Links(self.connection, self.ledger, sorted(self.wanted)).check()

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
