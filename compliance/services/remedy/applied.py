"""Facts as they would be with some edits, for as long as it takes to judge them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from compliance.model.remedy import Edit
from compliance.model.schema import entities
from compliance.sources.facts import Facts

ADDED_SOURCE = -1  # an added row stands in no file


@contextmanager
def applied(facts: Facts, edits: Sequence[Edit]) -> Iterator[None]:
    """Within, the facts hold the edits; after it they are as before, whatever happened."""
    undo: list[tuple[str, list[Any]]] = []
    try:
        # One by one: what was done is undone, also when the next cannot be done.
        undo.extend(_add(facts, edit) if edit.added else _change(facts, edit) for edit in edits)
        yield
    finally:
        for statement, values in reversed(undo):
            facts.connection.execute(statement, values)


def _table(edit: Edit) -> str:
    return f'fact."{entities()[edit.row.entity].name}"'


def _add(facts: Facts, edit: Edit) -> tuple[str, list[Any]]:
    fields = entities()[edit.row.entity].fields
    names = ["id", *(fields[change.field].name for change in edit.changes)]
    columns = ", ".join(f'"{name}"' for name in (*names, "_lacks", "_source", "_place"))
    values = [edit.row.id, *(change.after for change in edit.changes), 0, ADDED_SOURCE, ""]
    marks = ", ".join(f"${number}" for number in range(1, len(values) + 1))
    facts.connection.execute(f"INSERT INTO {_table(edit)} ({columns}) VALUES ({marks})", values)
    return f"DELETE FROM {_table(edit)} WHERE id = $1", [edit.row.id]


def _change(facts: Facts, edit: Edit) -> tuple[str, list[Any]]:
    fields = entities()[edit.row.entity].fields
    names = [fields[change.field].name for change in edit.changes]
    sets = ", ".join(f'"{name}" = ${number}' for number, name in enumerate(names, start=2))
    statement = f"UPDATE {_table(edit)} SET {sets} WHERE id = $1"
    facts.connection.execute(statement, [edit.row.id, *(change.after for change in edit.changes)])
    return statement, [edit.row.id, *(change.before for change in edit.changes)]
