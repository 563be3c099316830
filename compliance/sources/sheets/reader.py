"""Reads all spreadsheets of a run: each file through the mapping that recognises it, whole or not at all."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from compliance.model.intake import Notice
from compliance.sources.folder import unknown_flaw
from compliance.sources.messages import MessageRefusal, MessageRequest, MessageRow, Messages
from compliance.sources.naming import folded_word
from compliance.sources.parties import ORGANISATION, parties_of
from compliance.sources.protected import shipped_names
from compliance.sources.refusal import FileRefusedError, Flaw
from compliance.sources.shape import shown_name
from compliance.sources.sheets.cells import Cell
from compliance.sources.sheets.mapping import SheetMapping
from compliance.sources.sheets.recognise import Header, find_header, protected_flaws
from compliance.sources.sheets.rowreader import Ground, RecordReader
from compliance.sources.sheets.shipped import chosen_mappings
from compliance.sources.sheets.tables import Sheet

_SHOWN = 30


@dataclass
class _Books:
    """All files of a run under way."""

    request: MessageRequest
    mappings: Sequence[SheetMapping]
    ground: Ground
    rows: list[MessageRow] = field(default_factory=list)
    refusals: list[MessageRefusal] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    brings: set[str] = field(default_factory=set)
    spoiled: set[str] = field(default_factory=set)
    used_key: bool = False

    def read(self, path: str) -> None:
        """The rows of one file, or why none of it is taken."""
        brought: frozenset[str] = frozenset()
        try:
            sheets = open_sheets(
                path, formulas=any(each.formats.formulas == "value" for each in self.mappings)
            )
            headers, others = self._headers(path, sheets)
            brought = frozenset(record.entity for each in headers for record in each.mapping.records)
            flaws = [flaw for header in headers for flaw in protected_flaws(header, self.ground.protected)]
            if (
                not flaws
                and any(_needs_contract(each.mapping) for each in headers)
                and not self.ground.contract
            ):
                due = "the contract named (--contract), or exactly one row of contract delivered"
                flaws = [
                    Flaw("contract_id", "contract_unclear", f"{len(self.request.contracts)} contracts", due)
                ]
            if flaws:
                raise FileRefusedError(*flaws)  # noqa: TRY301 - refused in one place, with what it would have brought
            found = [*self._read_sheets(path, headers)]
        except FileRefusedError as error:
            self._refuse(path, error.flaws, brought)
            return
        except OSError as error:
            reason = Flaw("", "unreadable_file", error.strerror or "", "a file that may be read")
            self._refuse(path, [reason], brought)
            return
        self.brings |= brought
        self._keep(found)
        self.notices += [Notice("sheet_skipped", path, "", shown_name(name)) for name in others]
        self.notices += [note for header in headers for note in _header_notices(path, header)]

    def _refuse(self, path: str, flaws: Sequence[Flaw], brought: frozenset[str]) -> None:
        self.refusals += [MessageRefusal(path, flaw) for flaw in flaws]
        self.spoiled |= brought

    def _headers(self, path: str, sheets: Sequence[Sheet]) -> tuple[list[Header], list[str]]:
        """The sheets that a mapping recognises, and the names of the others.

        Raises: FileRefusedError when there is none.
        """
        found = [(sheet, find_header(sheet, self.mappings)) for sheet in sheets]
        headers = [header for _, header in found if header is not None]
        if headers:
            return headers, [sheet.name for sheet, header in found if header is None]
        if Path(path).suffix.lower() == ".csv" and self.request.mapping is None:
            raise FileRefusedError(unknown_flaw(path))
        names = ", ".join(mapping.mapping for mapping in self.mappings)
        due = f"a sheet with the columns of a mapping, one of: {names}"
        raise FileRefusedError(Flaw("", "no_mapping", f"{len(sheets)} sheets", due))

    def _read_sheets(self, path: str, headers: Sequence[Header]) -> Iterator[MessageRow | MessageRefusal]:
        totals = 0
        for header in headers:
            readers = [RecordReader(header, record, self.ground) for record in header.mapping.records]
            words = tuple(folded_word(word) for word in header.mapping.rows.totals)
            for number, cells in header.sheet.rows(header.width):
                if number <= header.row or not _is_filled(header, cells):
                    continue
                if _is_total(cells, words):
                    totals += 1
                    continue
                for reader in readers:
                    found = reader.read(number, cells)
                    if isinstance(found, list):
                        yield from found
                    elif found is not None:
                        yield found
            self.used_key = self.used_key or any(reader.used_key for reader in readers)
        if totals:
            self.notices.append(Notice("total_rows", path, count=totals))

    def _keep(self, found: Sequence[MessageRow | MessageRefusal]) -> None:
        """Refusals as they are; rows once, and organisations as the parties that they are."""
        seen: dict[tuple[str, object], MessageRow] = {}
        for item in found:
            if isinstance(item, MessageRefusal):
                self.refusals.append(item)
            elif item.entity == ORGANISATION:
                self.ground.parties.bring(item)
            else:
                earlier = seen.setdefault((item.entity, item.values["id"]), item)
                if earlier is item or dict(earlier.values) != dict(item.values):
                    self.rows.append(item)


def open_sheets(path: str, *, formulas: bool = False) -> list[Sheet]:
    """The sheets of a workbook or CSV file.

    Raises: FileRefusedError.
    """
    # The library of workbooks is large: it is loaded only for one.
    if Path(path).suffix.lower() == ".csv":
        from compliance.sources.sheets.delimited import open_delimited  # noqa: PLC0415

        return open_delimited(path)
    from compliance.sources.sheets.workbook import open_workbook  # noqa: PLC0415

    return open_workbook(path, formulas=formulas)


def _is_filled(header: Header, cells: Sequence[Cell]) -> bool:
    """Whether any column that is read holds something."""
    return any(at < len(cells) and cells[at].kind != "empty" for at in header.columns.values())


def _is_total(cells: Sequence[Cell], words: tuple[str, ...]) -> bool:
    first = next((cell for cell in cells if cell.kind != "empty"), None)
    return first is not None and first.kind == "text" and folded_word(first.text.split(":")[0]) in words


def _needs_contract(mapping: SheetMapping) -> bool:
    return any(source.contract for record in mapping.records for source in record.fields.values())


def _header_notices(path: str, header: Header) -> Iterator[Notice]:
    where = header.sheet.place(header.row)
    yield Notice("mapping_recognised", path, "", f"{header.mapping.mapping}, {where}")
    if header.unread:
        names = [shown_name(header.headings[at]) for at in header.unread]
        more = "" if len(names) <= _SHOWN else ", …"
        yield Notice("columns_not_read", path, "", ", ".join(names[:_SHOWN]) + more, len(names))


def read_messages(request: MessageRequest) -> Messages:
    """The facts in these spreadsheets, what was refused, and which mapping recognised what.

    Raises: UsageError for an unknown or broken mapping.
    """
    contract = request.contract or (request.contracts[0] if len(request.contracts) == 1 else None)
    ground = Ground(
        path="",
        contract=contract,
        parties=parties_of(request),
        protected=request.protected or shipped_names(),
        key=request.key or secrets.token_bytes(32),
        supplier=request.supplier,
    )
    books = _Books(request, chosen_mappings(request.mapping), ground)
    for path in sorted(request.paths):
        books.ground = Ground(path, contract, ground.parties, ground.protected, ground.key, ground.supplier)
        books.read(path)
    if books.used_key and request.key is None:
        books.notices.append(Notice("random_pseudonym_key", entity="person"))
    return Messages(
        rows=[*ground.parties.rows(), *books.rows],
        refusals=books.refusals,
        notices=[*books.notices, *ground.parties.notices()],
        brings=frozenset(books.brings),
        spoiled=frozenset(books.spoiled),
    )
