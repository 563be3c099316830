"""Workbooks and tables as suppliers make them, and what reading them gives."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from compliance.model.schema import delivered_entities
from compliance.sources.facts import Facts, read_facts

Change = Callable[[str, bytes], bytes | None]
CONTRACT = "id,title,contractor_id,first_day,last_day,funding\nc1,Wmo,o1,2027-01-01,2030-12-31,task\n"
SROI = ("Inspanning-ID", "Opdrachtnemer", "KVK-nummer", "Type bouwblok", "Startdatum", "Waarde toegekend")
ENTRY = ("i1", "Wijkkracht", "01234567", "Leerbaan", "04-01-2027", "1.234,56")


def save_book(path: Path, sheets: dict[str, Iterable[Sequence[Any]]]) -> Path:
    """A workbook with these sheets."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def save_table(path: Path, rows: Iterable[Sequence[str]], encoding: str = "cp1252", sign: str = ";") -> Path:
    """A CSV file as a spreadsheet program saves it."""
    path.write_bytes("\r\n".join(sign.join(row) for row in rows).encode(encoding))
    return path


def read_file(path: Path, **settings: Any) -> Facts:
    """The facts of one file, with a contract beside it."""
    contract = path.parent / "contract.csv"
    contract.write_text(CONTRACT)
    return read_facts(
        [str(contract), str(path)],
        entities=delivered_entities(),
        key=bytes(32),
        **{"contract": "c1", **settings},
    )


def codes(facts: Facts) -> list[tuple[str, str, str]]:
    """Place, column and reason of every refusal."""
    return [(one.place, one.column, one.code) for one in facts.refusals]


def values(facts: Facts, query: str) -> list[tuple[Any, ...]]:
    """The rows that a query gives."""
    return facts.connection.execute(query).fetchall()


def rewritten(path: Path, change: Change, extra: dict[str, bytes] | None = None) -> Path:
    """The package with its parts changed."""
    made = path.with_name(f"made-{path.name}")
    with zipfile.ZipFile(path) as package, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for name in package.namelist():
            content = change(name, package.read(name))
            if content is not None:
                target.writestr(name, content)
        for name, content in (extra or {}).items():
            target.writestr(name, content)
    path.unlink()
    return made
