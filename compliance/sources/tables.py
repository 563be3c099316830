"""Opens delivered tables (CSV, Parquet, JSON lines) for the bulk loader, each in its own way.

It says what is wrong with a file as a whole, or with a line that is no row; values are not judged here.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from compliance.model.schema import EntitySpec
from compliance.sources.bulk import Relation, Table, check_columns, check_types, text_kinds
from compliance.sources.database import insert_texts, literal, quoted
from compliance.sources.document import read_json_line
from compliance.sources.refusal import FileRefusedError, Flaw
from compliance.sources.rows import as_text

_CHUNK = 1 << 20
_RAW = "raw_rows"
_PLACE = "_row"
_SURROGATE = re.compile("[\ud800-\udfff]")
_FITTING = frozenset(((bool, "bool"), (int, "int"), (int, "decimal"), (Decimal, "decimal")))


def literal_path(path: str) -> str:
    """The path as an SQL literal that names this one file: absolute, and nothing in it is a pattern."""
    escaped = "".join(f"[{letter}]" if letter in "*?[" else letter for letter in str(Path(path).absolute()))
    return literal(escaped)


def file_hash(path: str, *, text: bool) -> str:
    """The SHA-256 of the file's bytes; of a text file also its encoding is checked.

    Raises: FileRefusedError for an empty file, and for text that is not UTF-8 or holds NUL.
    """
    digest, decoder, size = hashlib.sha256(), codecs.getincrementaldecoder("utf-8")(), 0
    with Path(path).open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            if text:
                _check_text(decoder, chunk, size)
            size += len(chunk)
    if not size:
        due = "at least the names of the columns"
        if path.lower().endswith(".xml"):
            due = "one whole XML document, nested no deeper than a message is"
        raise FileRefusedError(Flaw("", "empty_file", "0 bytes", due))
    if text:
        _check_text(decoder, b"", size, final=True)
    return digest.hexdigest()


def _check_text(decoder: codecs.IncrementalDecoder, chunk: bytes, start: int, *, final: bool = False) -> None:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError as error:
        at = f"byte {start + error.start + 1}"
        raise FileRefusedError(Flaw("", "not_utf8", at, "text in UTF-8")) from None
    if b"\x00" in chunk:
        at = f"byte {start + chunk.index(0) + 1}"
        raise FileRefusedError(Flaw("", "nul_byte", at, "text without NUL bytes")) from None


def load_parquet(target: Table) -> None:
    """The rows of a Parquet file are loaded; its row 1 is its first.

    Raises: FileRefusedError, with nothing taken.
    """
    source = f"read_parquet({literal_path(target.path)}, file_row_number=true, hive_partitioning=false)"
    connection = target.connection
    try:
        described = connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()
        kinds = {name: kind for name, kind, *_ in described if name != "file_row_number"}
        lacked = check_columns(target.spec, list(kinds), target.protected)
        kinds = check_types(connection, target.spec, source, kinds)
        (rows,) = connection.execute(f"SELECT count(*) FROM {source}").fetchall()[0]
        target.load(Relation(source, "file_row_number + 1", kinds, rows, lasting=True), lacked)
    except duckdb.OutOfMemoryException:  # that is no flaw of the file
        raise
    except duckdb.Error:
        raise FileRefusedError(Flaw("", "broken_parquet", expected="a whole Parquet file")) from None


def load_csv(target: Table) -> None:
    """The rows of a CSV file are loaded; row 1 is the header.

    The database reads it; a file in which it finds a line that is no row is read line by line instead,
    so that the other rows go on.

    Raises: FileRefusedError, with nothing taken.
    """
    names = _header(target.path)
    lacked = check_columns(target.spec, names, target.protected)
    columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in names)
    source = (
        f"read_csv({literal_path(target.path)}, auto_detect=false, header=true, delim=',', quote='\"', "
        f"escape='\"', nullstr='', columns={{{columns}}}, hive_partitioning=false)"
    )
    try:
        target.connection.execute(f"CREATE OR REPLACE TEMP TABLE {_RAW} AS SELECT * FROM {source}")
        place = "rowid + 2"
        if len(names) == 1:  # an empty line, which is skipped elsewhere, is read as a row of one empty value
            target.connection.execute(f"DELETE FROM {_RAW} WHERE {quoted(names[0])} IS NULL")
    except duckdb.Error:
        _create_raw(target.connection, names)
        _insert_raw(target.connection, names, _csv_rows(target, len(names)))
        place = _PLACE
    _load_raw(target, names, place, lacked)


def is_canonical(path: str) -> bool:
    """Whether a CSV file has the header of one of ours: names with commas between, `id` among them."""
    try:
        return "id" in _header(path)
    except (FileRefusedError, OSError, UnicodeDecodeError):
        return False


def _header(path: str) -> list[str]:
    with Path(path).open(encoding="utf-8-sig", newline="") as file:
        try:
            return [name.strip() for name in next(csv.reader(file, strict=True), [])]
        except csv.Error:
            raise FileRefusedError(Flaw("", "broken_csv", "row 1", "names with commas between")) from None


def _csv_rows(target: Table, width: int) -> Iterator[list[str | None]]:
    """The rows as texts, after their number; a row with more or fewer values is refused."""
    number = 1
    with Path(target.path).open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, strict=True)
        next(reader)
        try:
            for number, row in enumerate(reader, start=2):
                if not row:
                    continue
                if len(row) == width:
                    yield [str(number), *row]
                    continue
                flaw = Flaw("", "broken_row", f"{len(row)} values", f"{width} values with commas between")
                target.ledger.refuse_row(target.path, target.spec.name, str(number), [flaw])
        except csv.Error:
            at = f"row {number + 1}"
            due = "values with commas between, in double quotes where they hold a comma, quote or line break"
            raise FileRefusedError(Flaw("", "broken_csv", at, due)) from None


def load_jsonl(target: Table) -> None:
    """The objects of a JSON-lines file are loaded; the row is its line. An omitted field is empty.

    Raises: FileRefusedError, with nothing taken.
    """
    names = list(target.spec.fields)
    _create_raw(target.connection, names)
    _insert_raw(target.connection, names, _json_rows(target))
    _load_raw(target, names, _PLACE, frozenset())


def _json_rows(target: Table) -> Iterator[list[str | None]]:
    """The rows as texts, after their number; what is no object with values of the right kind is refused."""
    spec, path = target.spec, target.path
    with Path(path).open(encoding="utf-8-sig") as file:
        for number, line in enumerate(file, start=1):
            if not line.strip():
                continue
            try:
                data = read_json_line(line)
            except (ValueError, RecursionError) as error:
                flaw = Flaw("", "broken_json", _json_shape(error), "one JSON object on a line")
                target.ledger.refuse_row(path, spec.name, str(number), [flaw])
                continue
            if not isinstance(data, dict):
                flaw = Flaw("", "not_an_object", "no object", "one JSON object on a line")
                target.ledger.refuse_row(path, spec.name, str(number), [flaw])
                continue
            texts = _as_texts(spec, data, escapes="\\u" in line)
            if texts is not None:
                yield [str(number), *texts]
                continue
            flaws = target.flaws(data, frozenset())
            target.ledger.refuse_row(path, spec.name, str(number), flaws, data.get("id"))


def _json_shape(error: ValueError | RecursionError) -> str:
    """What is wrong with a line of JSON, without a word of it."""
    if isinstance(error, RecursionError):
        return "values nested very deeply"
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} at character {error.pos + 1}"
    return "equal keys, or a number that is none"


def _as_texts(spec: EntitySpec, data: Mapping[str, Any], *, escapes: bool) -> list[str | None] | None:
    """The values in order of field, or None when a key or a kind of value is not the field's."""
    if not data.keys() <= spec.fields.keys():
        return None
    texts: list[str | None] = []
    for name, field in spec.fields.items():
        value = data.get(name)
        if value is None or (type(value) is str and not escapes):
            texts.append(value)
        elif _fits(value, field.type):
            texts.append(as_text(value))
        else:
            return None
    return texts


def _fits(value: Any, kind: str) -> bool:
    """Whether a JSON value may stand for a field of this type."""
    if isinstance(value, str):
        return not _SURROGATE.search(value)
    if isinstance(value, Decimal) and "E" in str(value):
        return False  # written with an exponent, which no column of text may have either
    return (type(value), kind) in _FITTING


def _create_raw(connection: duckdb.DuckDBPyConnection, names: Sequence[str]) -> None:
    columns = [f"{_PLACE} BIGINT", *(f"{quoted(name)} VARCHAR" for name in names)]
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {_RAW} ({', '.join(columns)})")


def _insert_raw(
    connection: duckdb.DuckDBPyConnection, names: Sequence[str], rows: Iterable[list[str | None]]
) -> None:
    insert_texts(connection, _RAW, {_PLACE: "BIGINT", **text_kinds(names)}, rows)


def _load_raw(target: Table, names: Sequence[str], place: str, lacked: frozenset[str]) -> None:
    (rows,) = target.connection.execute(f"SELECT count(*) FROM {_RAW}").fetchall()[0]
    target.load(Relation(_RAW, place, text_kinds(names), rows), lacked)
    target.connection.execute(f"DROP TABLE {_RAW}")
