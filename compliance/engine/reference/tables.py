"""The rows of an entity as they count on a day, found by what they are linked to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from compliance.engine.reference.values import EMPTY, UNKNOWN, State, known
from compliance.engine.reference.world import Fact
from compliance.model.finding import Missing
from compliance.model.schema import EntitySpec, entities


class Table:
    """The rows of an entity in the view.

    `gaps` say why rows may be lacking; when there are none the rows are all there are.
    """

    def __init__(self, rows: Iterable[Fact], gaps: Iterable[Missing] = ()) -> None:
        self.rows = tuple(rows)
        self.gaps = frozenset(gaps)
        self.by_id: Mapping[str, Fact] = {row.id: row for row in self.rows}
        self._indexes: dict[str, dict[State, list[Fact]]] = {}

    @property
    def complete(self) -> bool:
        return not self.gaps

    def linked(self, name: str, value: State) -> list[Fact]:
        """The rows that may equal the value in that field: those that do, and those without a value in it."""
        index = self._indexes.get(name)
        if index is None:
            groups: defaultdict[State, list[Fact]] = defaultdict(list)
            for row in self.rows:
                held = row[name]
                groups[held if known(held) else UNKNOWN].append(row)
            self._indexes[name] = index = dict(groups)
        return index.get(value, []) + index.get(UNKNOWN, [])


def seen(row: Fact, spec: EntitySpec, as_of: date) -> Fact | None:
    """The row as it counts on the day, or None when it does not exist yet.

    Norm: facts.md, "The view as of a day": a row whose anchor lies in the future is not there; an event in
    the future has not happened, and what describes it is empty with it. Plan days are read as they are.
    """
    if spec.anchor and _in_future(row[spec.anchor], as_of):
        return None
    changes: dict[str, bool | None] = {}
    for name, held in row.values.items():
        field = spec.fields[name]
        event = name if field.kind == "event" else field.describes
        if event and not field.anchor and _in_future(row[event], as_of):
            changes[name] = EMPTY
        elif held is EMPTY and field.empty_is is not None:
            changes[name] = field.empty_is
    return replace(row, values={**row.values, **changes}) if changes else row


def _in_future(day: State, as_of: date) -> bool:
    return isinstance(day, date) and day > as_of


def not_delivered(entity: str) -> Missing:
    """Rows of the entity may exist that nobody delivered."""
    return Missing("missing_fact", field=entity, entity=entity)


def lacking(row: Fact, name: str) -> Missing:
    """That row has no value in that field."""
    return lacked(row.entity, name, row.id)


def lacked(entity: str, name: str, identifier: str) -> Missing:
    """The row of that id has no value in that field; for a number that parties agree, it is not agreed."""
    agreed = entities()[entity].fields[name].agreed
    if agreed:
        return Missing("parameter_not_agreed", parameter=agreed)
    return Missing("missing_fact", field=f"{entity}.{name}", entity=entity, id=identifier)
