"""Which rows of the vault have outlived their term, and which of those another row still needs.

Every version counts, also of rows that were withdrawn or wait: they stand in the files like any other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from compliance.model.schema import entities
from compliance.services.retention.policy import Counting, Term

RECORDED = "_recorded_at"


class Rows(Protocol):
    """The rows of a vault: of each id ever delivered the last version that says something, id first;
    and the values of those that are not withdrawn.
    """

    def every_row(self, entity: str, fields: Sequence[str]) -> list[tuple[Any, ...]]: ...

    def current_values(self, entity: str, fields: Sequence[str]) -> list[tuple[Any, ...]]: ...


@dataclass(frozen=True, slots=True)
class Due:
    """By term and entity the ids of rows that may go; `held` counts those that wait for another row."""

    rows: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    held: Mapping[str, int] = field(default_factory=dict)


def due_rows(vault: Rows, terms: Iterable[Term], as_of: date) -> Due:
    """The rows whose term has passed on that day.

    Raises: StoreError when the vault cannot be read.
    """
    applied = [term for term in terms if term.span(as_of) is not None]
    search = _Search(vault, {entity: term for term in applied for entity in term.facts}, as_of)
    over = {entity: search.over(entity) for entity in search.terms}
    gone = search.without_needed({entity: set(ids) for entity, ids in over.items()})
    rows = {
        term.name: {entity: tuple(sorted(gone[entity])) for entity in term.facts if gone[entity]}
        for term in applied
    }
    held = {entity: len(ids - gone[entity]) for entity, ids in sorted(over.items())}
    return Due(
        {name: found for name, found in rows.items() if found},
        {entity: count for entity, count in held.items() if count},
    )


@dataclass(frozen=True)
class _Table:
    """Rows of an entity, with the place of each field in them."""

    rows: list[tuple[Any, ...]]
    places: Mapping[str, int]

    def pairs(self, name: str) -> Iterator[tuple[str, Any]]:
        """Each id with the value of that field."""
        place = self.places[name]
        return ((row[0], row[place]) for row in self.rows)


class _Search:
    """One look at the vault: each entity is read once, with the fields that decide."""

    def __init__(self, vault: Rows, terms: Mapping[str, Term], as_of: date) -> None:
        self.vault, self.terms, self.as_of = vault, terms, as_of
        self._tables: dict[str, _Table] = {}

    def over(self, entity: str) -> set[str]:
        """The ids whose own term has passed."""
        term, counting = self.terms[entity], self.terms[entity].facts[entity]
        if counting.goes_with is not None:
            return self._with_parent(entity, counting.goes_with)
        days = self._days(entity, counting)
        return {key for key, day in days if day is not None and term.is_over(day, self.as_of)}

    def without_needed(self, gone: dict[str, set[str]]) -> dict[str, set[str]]:
        """Of these ids those that no row needs which stays; what goes with another row stays with it too."""
        changed = True
        while changed:
            changed = False
            for entity, needed in self._needed(gone):
                if needed & gone[entity]:
                    gone[entity] -= needed
                    changed = True
        return gone

    def _days(self, entity: str, counting: Counting) -> Iterator[tuple[str, date | None]]:
        """Each id with the day from which it counts; of a row taken back at the latest when it came last."""
        table = self._table(entity)
        recorded = table.places[RECORDED]
        places = [table.places[name] for name in counting.counted_from]
        there = {row[0] for row in self.vault.current_values(entity, ["id"])}
        for row in table.rows:
            known = [row[place] for place in places if row[place] is not None]
            if not known and (counting.unreferenced or row[0] not in there):
                known = [row[recorded].date()]
            yield row[0], max(known, default=None)

    def _with_parent(self, entity: str, reference: str) -> set[str]:
        """The ids of rows that go with a row that is over, or whose own never came."""
        parent = self._target(entity, reference)
        over, there = self.over(parent), {row[0] for row in self._table(parent).rows}
        table, term = self._table(entity), self.terms[entity]
        alone = {key for key, at in table.pairs(RECORDED) if term.is_over(at.date(), self.as_of)}
        return {
            key
            for key, other in table.pairs(reference)
            if other in over or (other not in there and key in alone)
        }

    def _needed(self, gone: Mapping[str, set[str]]) -> Iterator[tuple[str, set[str]]]:
        """Entities with ids that must stay, as things are."""
        for other, spec in entities().items():
            for each in spec.fields.values():
                targets = [] if spec.derived else [name for name in each.targets if name in self.terms]
                for target in targets:
                    going = gone.get(other, set())
                    pairs = self._table(other).pairs(each.name)
                    yield target, {value for key, value in pairs if value is not None and key not in going}
        for entity, term in self.terms.items():
            reference = term.facts[entity].goes_with
            if reference is not None:
                parent = self._target(entity, reference)
                stay = {row[0] for row in self._table(parent).rows} - gone.get(parent, set())
                yield entity, {key for key, value in self._table(entity).pairs(reference) if value in stay}

    def _target(self, entity: str, reference: str) -> str:
        (target,) = entities()[entity].fields[reference].targets
        return target

    def _table(self, entity: str) -> _Table:
        if entity not in self._tables:
            spec = entities()[entity]
            names = [name for name, each in spec.fields.items() if each.targets or each.type == "day"]
            names.append(RECORDED)
            rows = self.vault.every_row(entity, names)
            self._tables[entity] = _Table(rows, {name: place for place, name in enumerate(names, start=1)})
        return self._tables[entity]
