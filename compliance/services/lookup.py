"""Looks up, for the facts an answer shows, what they are called and where they were read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from compliance.model.finding import Judged, RowRef
from compliance.model.run import Origin
from compliance.model.schema import entities
from compliance.sources.facts import Facts

# Only what is no personal datum is shown as a name.
NAMES = {
    "organisation": "SELECT id, name FROM fact.organisation WHERE _source >= 0",
    "contract": r"SELECT id, regexp_replace(title, '\s+', ' ', 'g') FROM fact.contract",
    "district": "SELECT id, name FROM fact.district",
    "document": "SELECT id, concat_ws(' ', kind, year) FROM fact.document",
    "subcontract": (
        "SELECT s.id, concat(coalesce(p.name, s.principal_id), ' → ', coalesce(o.name, s.subcontractor_id)) "
        "FROM fact.subcontract s LEFT JOIN fact.organisation p ON p.id = s.principal_id "
        "LEFT JOIN fact.organisation o ON o.id = s.subcontractor_id"
    ),
}


def shown_facts(results: Iterable[Judged]) -> set[RowRef]:
    """The subjects and the evidence of all findings."""
    shown: set[RowRef] = set()
    for result in results:
        observation = result.observation
        if observation.outcome != "not_assessable":
            shown.add(observation.subject)
            shown.update(observation.evidence)
    return shown


def labels(facts: Facts, shown: Iterable[RowRef], organisations: Iterable[str] = ()) -> dict[RowRef, str]:
    """Names of those facts that have one."""
    wanted = {*shown, *(RowRef("organisation", name) for name in organisations)}
    found = {}
    for entity, ids in _by_entity(wanted).items():
        if entity in NAMES:
            query = f"SELECT * FROM ({NAMES[entity]}) WHERE id IN (SELECT unnest($1))"
            for row, label in _rows(facts, query, ids):
                if label:
                    found[RowRef(entity, row)] = label
    return found


def origins(facts: Facts, shown: Iterable[RowRef]) -> dict[RowRef, Origin]:
    """The file and row of those facts that were delivered; derived ones and stubs have none."""
    paths = {file.number: file.path for file in facts.files}
    found = {}
    for entity, ids in _by_entity(shown).items():
        if not entities()[entity].derived:
            query = (
                f"SELECT id, _source, _place FROM fact.{entity} "
                "WHERE id IN (SELECT unnest($1)) AND _source >= 0"
            )
            for row, source, place in _rows(facts, query, ids):
                found[RowRef(entity, row)] = Origin(paths[source], place)
    return found


def _by_entity(refs: Iterable[RowRef]) -> dict[str, list[str]]:
    grouped: defaultdict[str, list[str]] = defaultdict(list)
    for ref in sorted(refs):
        grouped[ref.entity].append(ref.id)
    return grouped


def _rows(facts: Facts, query: str, ids: list[str]) -> Iterator[tuple[Any, ...]]:
    yield from facts.connection.execute(query, [ids]).fetchall()
