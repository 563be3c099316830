"""Turns one row of a recognised sheet into the facts that its mapping says, or the cells that are wrong."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from compliance.model.schema import FieldSpec, entities
from compliance.sources.bsn import PSEUDONYMISED, passes_bsn_test
from compliance.sources.messages import MessageRefusal, MessageRow
from compliance.sources.parties import ORGANISATION, Parties, UnclearPartyError
from compliance.sources.protected import ProtectedNames
from compliance.sources.refusal import Flaw
from compliance.sources.rows import check_row
from compliance.sources.shape import shown_name
from compliance.sources.sheets.cells import EMPTY, Cell
from compliance.sources.sheets.columns import columns_of
from compliance.sources.sheets.mapping import Made, Party, Record, Source
from compliance.sources.sheets.recognise import Header
from compliance.sources.sheets.values import BadCellError, as_day, read_value

_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}")
_DIGITS_DUE = {"kvk_number": "8 digits", "agb_code": "8 digits"}


@dataclass(frozen=True, slots=True)
class Ground:
    """What every row of a file is read with."""

    path: str
    contract: str | None
    parties: Parties
    protected: ProtectedNames
    key: bytes = field(repr=False)
    supplier: str = ""


class _ColumnError(Exception):
    """A column of the row is wrong."""

    def __init__(self, column: str, flaw: Flaw) -> None:
        self.column = column
        self.flaw = flaw
        super().__init__(flaw.code)


@dataclass
class RecordReader:
    """Reads one record of a mapping out of the rows of one sheet."""

    header: Header
    record: Record
    ground: Ground
    used_key: bool = False

    @cached_property
    def specs(self) -> Mapping[str, FieldSpec]:
        return entities()[self.record.entity].fields

    @cached_property
    def lacked(self) -> frozenset[str]:
        """The fields that no column of this sheet brings."""
        brought = {"id"}
        for name, source in self.record.fields.items():
            columns = [*columns_of(source)]
            if not columns or any(column in self.header.columns for column in columns):
                brought.add(name)
        if isinstance(self.record.id, Party):
            brought |= {
                name
                for name in ("kvk_number", "agb_code")
                if name in self.record.fields and getattr(self.record.id, name) in self.header.columns
            }
        return frozenset(self.specs) - brought

    def read(self, number: int, cells: Sequence[Cell]) -> MessageRow | list[MessageRefusal] | None:
        """The row of facts, the refusals of its cells, or None where this record is not for the row."""
        if any(self._cell(cells, column).kind == "empty" for column in self.record.when):
            return None
        values: dict[str, str | None] = {}
        wrong: list[tuple[str, Flaw]] = []
        unread: set[str] = set()
        for name in ("id", *self.record.fields):
            try:
                if name not in self.lacked:
                    values[name] = self._field(name, cells)
            except _ColumnError as error:
                wrong.append((error.column, error.flaw))
                unread.add(name)
        typed: Mapping[str, Any] | None = None
        if "id" not in unread:  # what is wrong elsewhere in the row is said at once
            entity, protected = self.record.entity, self.ground.protected
            checked = check_row(entity, values, protected, self.lacked | unread)
            wrong += [(self._column(flaw.column), flaw) for flaw in checked.flaws]
            typed = checked.values
        if wrong:
            told = dict.fromkeys(wrong)
            return [self._refusal(number, column, flaw, values.get("id")) for column, flaw in told]
        place = self.header.sheet.place(number)
        return MessageRow(self.record.entity, values, self.ground.path, place, self.lacked, typed)

    def _cell(self, cells: Sequence[Cell], column: str | None) -> Cell:
        at = self.header.columns.get(column) if column else None
        return cells[at] if at is not None and at < len(cells) else EMPTY

    def _column(self, name: str) -> str:
        """The first column that a field is made of, or the field's own name."""
        part = self.record.id if name == "id" else self.record.fields.get(name)
        return (
            next((each for each in columns_of(part) if each in self.header.columns), name) if part else name
        )

    def _refusal(self, number: int, column: str, flaw: Flaw, identity: str | None) -> MessageRefusal:
        place = self.header.sheet.place(number, self.header.letters(column))
        named = Flaw(shown_name(self.header.heading(column)), flaw.code, flaw.shape, flaw.expected)
        return MessageRefusal(self.ground.path, named, place, self.record.entity, identity)

    def _field(self, name: str, cells: Sequence[Cell]) -> str | None:
        """Raises: _ColumnError."""
        if name == "id":
            return self._identity(self.record.id, cells, self.record.entity)
        return self._value(self.specs[name], self.record.fields[name], cells)

    def _value(self, spec: FieldSpec, source: Source, cells: Sequence[Cell]) -> str | None:
        """Raises: _ColumnError."""
        if source.constant is not None:
            return source.constant
        if source.contract:
            return self.ground.contract
        if source.organisation is not None:
            return self._identity(source.organisation, cells, ORGANISATION, spec)
        if source.made is not None:
            return self._identity(source.made, cells, spec.targets[0] if spec.targets else "", spec)
        try:
            return read_value(self._cell(cells, source.column), spec, source, self.header.mapping.formats)
        except BadCellError as error:
            raise _ColumnError(str(source.column), error.flaw) from None

    def _identity(
        self, part: Made | Party, cells: Sequence[Cell], entity: str, spec: FieldSpec | None = None
    ) -> str | None:
        """The id that these columns make; None when they are empty and the field may be.

        Raises: _ColumnError.
        """
        if isinstance(part, Made):
            made = self._made(part, cells, entity)
            if made is None and spec is None:
                raise _ColumnError(
                    part.columns[0], Flaw("", "required_empty", "empty", "a value to know the row by")
                )
            return made
        numbers = {name: self._number(part, name, cells) for name in ("kvk_number", "agb_code")}
        own = self._made(part.id, cells, entity) if part.id else None
        if not any(numbers.values()) and own is None and spec is not None and self._blank(part, cells):
            return None
        try:
            return self.ground.parties.identity(numbers["kvk_number"], numbers["agb_code"], own or "")
        except UnclearPartyError as error:
            first = next(columns_of(part))
            raise _ColumnError(first, error.flaw) from None

    def _blank(self, part: Party, cells: Sequence[Cell]) -> bool:
        return all(self._cell(cells, column).kind == "empty" for column in columns_of(part))

    def _number(self, part: Party, name: str, cells: Sequence[Cell]) -> str:
        """The eight digits in the column of that number; empty when it is.

        Raises: _ColumnError.
        """
        column = getattr(part, name)
        cell = self._cell(cells, column)
        if cell.kind == "empty":
            return ""
        text = re.sub(r"[ .]", "", cell.text)
        if cell.kind in ("number", "text") and re.fullmatch(r"\d{7,8}", text, re.ASCII):
            return text.zfill(8)
        found = f"text of {len(cell.text)} characters" if cell.kind == "text" else "something else"
        raise _ColumnError(column, Flaw("", "wrong_pattern", found, _DIGITS_DUE[name]))

    def _made(self, part: Made, cells: Sequence[Cell], entity: str) -> str | None:
        """Raises: _ColumnError for a cell that cannot go into an id, or holds what may be a BSN."""
        texts = []
        for column in part.columns:
            cell = self._cell(cells, column)
            if cell.kind == "empty":
                texts.append("")
            elif cell.kind in ("text", "number", "day"):
                texts.append(as_day(cell.text, self.header.mapping.formats) or cell.text)
            else:
                due = "a value to know the row by"
                raise _ColumnError(column, Flaw("", "wrong_type", "something else", due))
            if entity in PSEUDONYMISED and not part.secret and passes_bsn_test(cell.text):
                raise _ColumnError(column, Flaw("", "bsn_like", "9 digits", "a pseudonym, never a BSN"))
        if not any(texts):
            return None
        supplier = "" if part.shared else self.ground.supplier
        if part.secret:
            self.used_key = True
            told = "|".join((supplier, *texts)).encode("utf-8", "replace")
            return f"{part.prefix}{hmac.digest(self.ground.key, told, 'sha256').hex()[:40]}"
        # Two suppliers may each have a number 1001: the id says whose it is.
        parts = [*([supplier] if supplier else []), *(_slug(text) for text in texts)]
        return part.prefix + "-".join(parts)


def _slug(text: str) -> str:
    """The text as part of an id: itself when it is short and plain, else its digest."""
    if _SAFE.fullmatch(text):
        return text
    return hashlib.sha256(text.casefold().encode("utf-8", "replace")).hexdigest()[:16] if text else "0"
