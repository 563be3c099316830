"""Finds the smallest changes of facts that clear one finding, each proved by judging again.

First every lever by itself, moved no further than needed; where that is not enough two levers, then all
levers of one kind with what is not needed left out again. Bounded: what it does not find may still exist.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import combinations, groupby

from compliance.engine.reference.remedy_levers import FieldLever, find_levers
from compliance.engine.reference.remedy_moves import Move, Mover, put_together
from compliance.engine.reference.remedy_policy import fits, sensible
from compliance.engine.reference.remedy_rows import NewRow
from compliance.engine.reference.remedy_values import (
    LARGEST,
    Clears,
    beyond_clears,
    nearest_amount,
    nearest_day,
    plain_values,
    unit_of,
)
from compliance.engine.reference.remedy_world import Bench
from compliance.model.finding import Value
from compliance.model.remedy import Nature, Remedy
from compliance.model.schema import entities

KEPT = 3  # remedies kept of each nature
PAIRED = 40  # moves of which all pairs are tried
ENOUGH = 10**12  # an amount that is enough if any is


def find_remedies(bench: Bench) -> tuple[Remedy, ...]:
    """The smallest remedies of the bench's subject, acts first; none where its rule finds nothing.

    Each clears the finding when the rule is judged again in the changed world.
    """
    subject = bench.begin()
    if subject is None or bench.outcome((), bench.as_of) != "finding":
        return ()
    search = _Search(bench, Mover(bench, find_levers(subject)))
    found = list(search.singles())
    if not any(one.nature == "act" for one in found):
        found += search.together("act")
    if not found:
        found += search.together("correct")
    return _smallest(found)


def _smallest(found: Iterable[Remedy]) -> tuple[Remedy, ...]:
    """Of each nature the smallest few; none that changes what another one does, or the like of other rows."""
    kept: list[Remedy] = []
    for one in sorted(set(found), key=lambda one: (one.nature != "act", one.size, _words(one))):
        alike = [other for other in kept if other.nature == one.nature]
        same = any(_kinds(other) == _kinds(one) or {*_words(other)} <= {*_words(one)} for other in alike)
        if len(alike) < KEPT and not same:
            kept.append(one)
    return tuple(kept)


def _words(one: Remedy) -> tuple[str, ...]:
    return tuple(f"{edit.row} {change.field}" for edit in one.edits for change in edit.changes)


def _kinds(one: Remedy) -> list[tuple[str, bool, str]]:
    return sorted(
        (edit.row.entity, edit.added, change.field) for edit in one.edits for change in edit.changes
    )


class _Search:
    """One search over the levers of a finding."""

    def __init__(self, bench: Bench, mover: Mover) -> None:
        self.bench = bench
        self.mover = mover
        self._nearest: dict[tuple[str, str], int] = {}

    def proved(self, moves: Sequence[Move]) -> Iterator[Remedy]:
        """The remedy of the moves, when judging again says that it is one."""
        edits = put_together(moves)
        cleared = None if edits is None else self.bench.clears(edits)
        if edits is not None and cleared is not None:
            yield Remedy(edits, *cleared, shift=sum(move.shift for move in moves))

    def clear(self, moves: Sequence[Move]) -> bool:
        return any(True for _ in self.proved(moves))

    # -- one lever

    def singles(self) -> Iterator[Remedy]:
        """Of each lever by itself the nearest act that clears; where there is none the nearest correction."""
        for row in self.mover.levers.rows:
            added = [*self._row(row, "act")] or self._row(row, "correct")
            yield from added
        for lever in self.mover.levers.fields:
            found = [*self._field(lever, "act")] or self._field(lever, "correct")
            yield from found

    def _field(self, lever: FieldLever, nature: Nature) -> Iterator[Remedy]:
        before = self.mover.before(lever)

        def clears(value: Value) -> bool:
            if value == before or not fits(lever.spec, value) or not sensible(lever.spec, value):
                return False
            move = self.mover.field(lever, value)
            return move.edit.nature == nature and self.clear([move])

        found = self._solved(lever, before, clears)
        if found is not None:
            origin = self.bench.as_of if before is None and lever.spec.type == "day" else before
            bound = beyond_clears(lever.spec, origin, found[0], clears)
            yield from self.proved([self.mover.field(lever, found[0], bound)])

    def _solved(self, lever: FieldLever, before: Value, clears: Clears) -> tuple[Value] | None:
        """The value nearest to what stands there that clears, in a tuple since it may be None."""
        spec = lever.spec
        if spec.type == "day":
            origin = before if isinstance(before, date) else self.bench.as_of
            day = nearest_day(self.mover.days_of(lever), origin, clears)
            if day is None and before is not None and clears(None):
                return (None,)
            return None if day is None else (day,)
        if before is None:
            values = self.mover.fill_in(lever)
        elif spec.type in ("decimal", "int"):
            return self._amount(lever, before, clears)  # type: ignore[arg-type]  # a number stands there
        else:
            values = plain_values(spec, before)
        return next(((value,) for value in values if clears(value)), None)

    def _amount(self, lever: FieldLever, before: Decimal | int, clears: Clears) -> tuple[Value] | None:
        """The nearest amount that clears; of rows alike, only one that shifts less than those before."""
        kind = (lever.entity, lever.spec.name)
        amount = nearest_amount(lever.spec, before, clears, self._nearest.get(kind, LARGEST))
        if amount is None:
            return None
        steps = int(abs(Decimal(amount) - Decimal(before)) / Decimal(unit_of(lever.spec)))
        self._nearest[kind] = max(1, steps - 1)
        return (amount,)

    def _row(self, row: NewRow, nature: Nature) -> Iterator[Remedy]:
        as_of, days = self.bench.as_of, self.mover.row_days(row)
        if row.amount is not None:
            yield from self._row_with_amount(row, nature)
            return

        def clears(day: Value) -> bool:
            if not isinstance(day, date):
                return False
            move = self.mover.row(row, day)
            return move.edit.nature == nature and self.clear([move])

        found = nearest_day(days, as_of, clears)
        if found is not None:
            bound = beyond_clears(entities()[row.entity].fields[row.day], as_of, found, clears)
            yield from self.proved([self.mover.row(row, found, bound=bound)])

    def _row_with_amount(self, row: NewRow, nature: Nature) -> Iterator[Remedy]:
        """The row on the latest day that will do, with no larger amount than needed."""
        spec = entities()[row.entity].fields[str(row.amount)]
        for day in reversed(self.mover.row_days(row)):
            most = self.mover.row(row, day, ENOUGH)
            if most.edit.nature != nature or not self.clear([most]):
                continue

            def clears(amount: Value, day: date = day) -> bool:
                return self.clear([self.mover.row(row, day, amount)])

            amount = nearest_amount(spec, 0, clears)
            if amount is not None:
                yield from self.proved([self.mover.row(row, day, amount, "at_least")])
            return

    # -- several levers

    def together(self, nature: Nature) -> list[Remedy]:
        """Remedies of two moves; when there are none, of more: all of one kind, else all there are."""
        moves = self.mover.usual(nature)
        pairs = combinations(moves[:PAIRED], 2)
        found = [one for pair in pairs if pair[0].lever != pair[1].lever for one in self.proved(pair)]
        if found:
            return found
        by_kind = sorted(moves, key=lambda move: move.kind)
        groups = [list(group) for _, group in groupby(by_kind, key=lambda move: move.kind)]
        for group in (*groups, moves):
            found += self._few_of(group)
        return found

    def _few_of(self, moves: Sequence[Move]) -> Iterator[Remedy]:
        """Of moves that together clear, those without which they do not; the nearest of each lever first."""
        for choice in (_first_of_each(moves), _first_of_each(list(reversed(moves)))):
            kept = list(choice)
            if len(kept) < 2 or not self.clear(kept):
                continue
            for move in reversed(choice):
                rest = [other for other in kept if other is not move]
                if self.clear(rest):
                    kept = rest
            yield from self.proved(kept)
            return


def _first_of_each(moves: Iterable[Move]) -> list[Move]:
    chosen: dict[FieldLever | NewRow, Move] = {}
    for move in moves:
        chosen.setdefault(move.lever, move)
    return list(chosen.values())
