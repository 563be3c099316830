"""Moves: one lever given one value, as an edit with its nature and its shift; and several put together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from compliance.engine.reference.remedy_levers import FieldLever, Levers
from compliance.engine.reference.remedy_policy import fits, nature_of
from compliance.engine.reference.remedy_rows import ANY_TEXT, NewRow
from compliance.engine.reference.remedy_values import Bound, plain_values
from compliance.engine.reference.remedy_world import Bench, Edits
from compliance.engine.reference.values import known
from compliance.model.finding import RowRef, Value
from compliance.model.remedy import Change, Edit, Nature
from compliance.model.schema import entities

DAY = timedelta(days=1)
NEAR = 8  # days tried for a field that moves together with others
FAR = 10**9  # the shift of taking a value away, or of filling one in


@dataclass(frozen=True, slots=True)
class Move:
    """One edit of one lever; `shift` in days or in steps of the lattice (cents)."""

    lever: FieldLever | NewRow
    edit: Edit
    shift: int

    @property
    def kind(self) -> tuple[str, ...]:
        """Moves of one kind do the same to different rows."""
        if isinstance(self.lever, FieldLever):
            return (self.lever.entity, self.lever.spec.name)
        return (self.lever.entity, "")


class Mover:
    """Makes the moves of a search."""

    def __init__(self, bench: Bench, levers: Levers) -> None:
        self.bench = bench
        self.levers = levers
        self.days = sorted({*levers.days, bench.as_of})
        self._numbers = {row: number for number, row in enumerate(levers.rows, start=1)}
        self._rows = {(row.entity, row.id): row for rows in bench.world.facts.values() for row in rows}

    def before(self, lever: FieldLever) -> Value:
        """What stands in the field, None when nothing does."""
        held = self._rows[lever.entity, lever.row].values[lever.spec.name]
        return held if known(held) else None  # type: ignore[return-value]  # delivered rows hold no fractions

    def field(self, lever: FieldLever, value: Value, bound: Bound = "exactly") -> Move:
        """The field of a row set to the value, or emptied."""
        before, as_of = self.before(lever), self.bench.as_of
        free = before is None and lever.spec.type != "day"
        change = Change(lever.spec.name, before, value, free=free, bound=bound)
        nature = nature_of(lever.spec, before, value, as_of)
        edit = Edit(RowRef(lever.entity, lever.row), added=False, nature=nature, changes=(change,))
        return Move(lever, edit, _shift(before if before is not None else as_of, value))

    def row(self, row: NewRow, day: date, amount: Value = None, bound: Bound = "exactly") -> Move:
        """A row added on the day, with the amount where it has one."""
        fields = entities()[row.entity].fields
        values = {
            name: day if name in row.free and fields[name].type == "day" else value
            for name, value in (*row.values, (row.day, day))
        }
        if row.amount is not None:
            values[row.amount] = amount
        changes = tuple(
            Change(
                name, None, value, free=name in row.free,
                bound=bound if name == (row.amount or row.day) else "exactly",
            )
            for name, value in sorted(values.items())
        )  # fmt: skip
        nature: Nature = "act" if day >= self.bench.as_of else "correct"
        ref = RowRef(row.entity, f"new-{self._numbers[row]}")
        shift = abs((day - self.bench.as_of).days)
        shift += int(amount * 100) if isinstance(amount, Decimal | int) else 0
        return Move(row, Edit(ref, added=True, nature=nature, changes=changes), shift)

    def days_of(self, lever: FieldLever) -> list[date]:
        """The days to try in the field: those of the rule and their neighbours; of events none to come."""
        before, as_of = self.before(lever), self.bench.as_of
        near = [*self.days, before] if isinstance(before, date) else self.days
        days = {day + DAY * shift for day in near for shift in (-1, 0, 1) if date.min < day < date.max}
        if lever.spec.kind == "event" or lever.spec.anchor:
            days = {day for day in days if day <= as_of}
        return sorted(days)

    def row_days(self, row: NewRow) -> list[date]:
        """The days on which an added row may begin: those the rule names for it and of the rule itself."""
        days = {*self.levers.rows[row], *self.days, self.bench.as_of}
        return sorted(day for day in days if day <= self.bench.as_of)

    def usual(self, nature: Nature) -> list[Move]:
        """The moves of all levers that are tried together with others, nearest first."""
        found = [move for lever in self.levers.fields for move in self._usual_field(lever, nature)]
        for row in self.levers.rows:
            if row.amount is None:
                days = sorted(self.levers.rows[row] | {self.bench.as_of}, reverse=True)
                moves = [self.row(row, day) for day in days if day <= self.bench.as_of]
                found += [move for move in moves if move.edit.nature == nature][:NEAR]
        return found

    def _usual_field(self, lever: FieldLever, nature: Nature) -> list[Move]:
        spec, before = lever.spec, self.before(lever)
        if spec.type == "day":
            origin = before if isinstance(before, date) else self.bench.as_of
            values = _nearest(self.days_of(lever), origin)
            values += [] if before is None else [None]
        elif before is None:
            values = self.fill_in(lever)
        else:
            values = plain_values(spec, before)
        fitting = [value for value in values if fits(spec, value) and value != before]
        moves = [self.field(lever, value) for value in fitting]
        return [move for move in moves if move.edit.nature == nature][:NEAR]

    def fill_in(self, lever: FieldLever) -> list[Value]:
        """What may stand for a value that is to be filled in."""
        spec = lever.spec
        plain: dict[str, list[Value]] = {
            "text": [ANY_TEXT], "int": [1, 0], "decimal": [Decimal(0)], "bool": [True, False],
            "code": list(spec.codes),
        }  # fmt: skip
        return plain.get(spec.type, [])


def _nearest(days: Iterable[date], origin: date) -> list[Value]:
    return [*sorted(days, key=lambda day: abs((day - origin).days))]


def put_together(moves: Iterable[Move]) -> Edits | None:
    """The edits of the moves with one edit per row; None when two of them want the same field."""
    rows: dict[RowRef, Edit] = {}
    for move in moves:
        edit = move.edit
        held = rows.get(edit.row)
        if held is None:
            rows[edit.row] = edit
            continue
        names = {change.field for change in held.changes}
        if edit.added or names & {change.field for change in edit.changes}:
            return None
        nature: Nature = "act" if held.nature == edit.nature == "act" else "correct"
        changes = tuple(sorted((*held.changes, *edit.changes), key=lambda change: change.field))
        rows[edit.row] = replace(held, changes=changes, nature=nature)
    return tuple(rows[ref] for ref in sorted(rows))


def _shift(before: Value, after: Value) -> int:
    if isinstance(before, date) and isinstance(after, date):
        return abs((after - before).days)
    if isinstance(before, Decimal | int) and isinstance(after, Decimal | int):
        return int(abs(Decimal(after) - Decimal(before)) * 100)
    return FAR
