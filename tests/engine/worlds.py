"""Worlds for tests of the engines: a case's facts as plain rows, and the same rows in a database."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from compliance.engine.reference.engine import ReferenceEngine
from compliance.engine.reference.world import EVERYWHERE, Fact, Setting, World
from compliance.language.check import check_rule
from compliance.language.tree import CheckedRule
from compliance.model.catalog import Catalog, Delivered
from compliance.model.number import Numbers
from compliance.model.rule import Rule
from compliance.model.schema import SCOPE_BITS, STUBBED, FieldSpec, delivered_entities, entities
from compliance.rulebook.book import Rulebook, read

RULES = Path(__file__).parents[2] / "rules"
LACKS = "_lacks"  # beside the fields of a row: the names of fields it was delivered without
Facts = Mapping[str, Sequence[Mapping[str, Any]]]
DISTRICTS = [{"id": "west", "name": "West"}, {"id": "oost", "name": "Oost"}]


@cache
def rulebook() -> Rulebook:
    """The shipped rule book; a rule with a flaw is left out, since another test tells of it."""
    files = {str(path.relative_to(RULES)): path.read_text("utf-8") for path in RULES.rglob("*.yaml")}
    book, _ = read(files)
    return book


def setting_of(case: Mapping[str, Any], numbers: Numbers | None = None) -> Setting:
    """The contract, day and numbers of a case."""
    own, problems = (rulebook().numbers if numbers is None else numbers).replaced(case.get("parameters", {}))
    assert not problems
    (contract, *_) = case["facts"]["contract"]
    return Setting(contract["id"], date.fromisoformat(str(case["as_of"])), own)


def world_of(facts: Facts) -> World:
    """The facts of a case as rows with typed values, with stubs for references without a row."""
    facts = {"participant": [], "district": DISTRICTS, **facts}
    rows = {
        name: [_fact(name, raw, number) for number, raw in enumerate(raws)] for name, raws in facts.items()
    }
    for name, stubs in _stubs(rows).items():
        rows[name] = [*rows.get(name, []), *stubs]
    found = {name: tuple(rows[name]) for name in rows}
    groups = {name: _groups(found[name]) for name in found}
    delivered = {name: Delivered(name in facts, tuple(groups[name])) for name in found}
    return World(found, Catalog(delivered))


def _fact(entity: str, raw: Mapping[str, Any], number: int) -> Fact:
    spec = entities()[entity]
    lacks = frozenset(raw.get(LACKS, ()))
    values = {name: _typed(spec.fields[name], raw.get(name)) for name in spec.fields}
    values.update(dict.fromkeys(lacks))
    return Fact(entity, raw["id"], values, lacks, EVERYWHERE, 0, f"facts.{entity}[{number}]")


def _typed(spec: FieldSpec, raw: Any) -> Any:
    if raw is None:
        return None
    if spec.type == "day":
        return date.fromisoformat(str(raw))
    return Decimal(str(raw)) if spec.type == "decimal" else raw


def _stubs(rows: Mapping[str, Iterable[Fact]]) -> dict[str, list[Fact]]:
    """A row known only by its id for each organisation, person and client without a row."""
    known = {name: {row.id for row in rows.get(name, ())} for name in STUBBED}
    scopes: defaultdict[tuple[str, str], int] = defaultdict(int)
    for spec, row, target in _references(rows):
        if len(spec.targets) == 1 and spec.targets[0] in STUBBED and target not in known[spec.targets[0]]:
            scopes[spec.targets[0], target] |= SCOPE_BITS[entities()[row.entity].compartment]
    for _, row, target in [found for found in _references(rows) if len(found[0].targets) > 1]:
        if target not in known["organisation"] | known["person"] and ("organisation", target) not in scopes:
            scopes["person", target] |= SCOPE_BITS[entities()[row.entity].compartment]
    stubs: dict[str, list[Fact]] = defaultdict(list)
    for (entity, identifier), bits in scopes.items():
        fields = entities()[entity].fields
        values = {**dict.fromkeys(fields), "id": identifier}
        stubs[entity].append(Fact(entity, identifier, values, frozenset(fields) - {"id"}, bits))
    return stubs


def _references(rows: Mapping[str, Iterable[Fact]]) -> Iterator[tuple[FieldSpec, Fact, str]]:
    for name, facts in rows.items():
        for spec in entities()[name].fields.values():
            for row in facts if spec.type == "ref" else ():
                target = row.values[spec.name]
                if isinstance(target, str):
                    yield spec, row, target


def _groups(rows: Iterable[Fact]) -> list[frozenset[str]]:
    return [frozenset(), *sorted({row.lacks for row in rows} - {frozenset()}, key=sorted)]


TYPES = {"day": "DATE", "int": "BIGINT", "bool": "BOOLEAN"}


def column_type(spec: FieldSpec) -> str:
    """The type of the field's column in schema `fact`."""
    if spec.type == "decimal":
        return f"DECIMAL(18,{spec.places})"
    return TYPES.get(spec.type, "VARCHAR")


def database_of(world: World) -> duckdb.DuckDBPyConnection:
    """A database with schema `fact` that holds the world as reading its files would have left it."""
    connection = duckdb.connect()
    connection.execute("CREATE SCHEMA fact")
    for name in delivered_entities():
        specs = list(entities()[name].fields.values())
        columns = [f'"{spec.name}" {column_type(spec)}' for spec in specs]
        columns += ["_lacks UTINYINT NOT NULL", "_source INTEGER", "_place VARCHAR"]
        columns += ["_scope UTINYINT NOT NULL"] if name in STUBBED else []
        connection.execute(f"CREATE TABLE fact.{name} ({', '.join(columns)})")
        groups = world.catalog[name].lacks
        rows = [
            [*(row.values[spec.name] for spec in specs), groups.index(row.lacks), row.source, row.place]
            + ([row.scope] if name in STUBBED else [])
            for row in world.facts.get(name, ())
        ]
        if rows:
            marks = ", ".join("?" * len(columns))
            connection.executemany(f"INSERT INTO fact.{name} VALUES ({marks})", rows)
    return connection


CONTRACT = {"id": "c1", "title": "Wmo", "contractor_id": "o1", "first_day": "2027-01-01", "funding": "task"}
WORDS = {"nl": "x", "en": "x"}


def rule_of(subject: str, flag_when: str = "True", *, shown: Sequence[str] = (), **parts: Any) -> CheckedRule:
    """A rule with that logic, in no words; `shown` are the lets that its message names."""
    message = " ".join(f"{{{name}}}" for name in shown) or "x"
    raw: dict[str, Any] = {
        "id": "TST-01",
        "name": "test",
        "kind": "norm",
        "severity": "low",
        "stage": "active",
        "since": "2027-01-01",
        "addressee": "contractor",
        "compartment": "contract",
        "norms": [{"source": "x"}],
        "title": WORDS,
        "why": WORDS,
        "clears": WORDS,
        "message": {"nl": message, "en": message},
        "subject": subject,
        "conditions": {"always": "True"},
        "flag_when": flag_when,
        **parts,
    }
    checked, flaws = check_rule(Rule.model_validate(raw), rulebook().numbers.specs)
    assert checked is not None, flaws
    return checked


def case_of(
    as_of: str = "2027-06-01", parameters: Mapping[str, Any] | None = None, **facts: Any
) -> dict[str, Any]:
    """A case with a plain contract, unless the facts bring their own."""
    return {"as_of": as_of, "parameters": dict(parameters or {}), "facts": {"contract": [CONTRACT], **facts}}


def engine_of(case: Mapping[str, Any]) -> ReferenceEngine:
    """The reference engine over a case."""
    return ReferenceEngine(world_of(case["facts"]), setting_of(case))


def case_file(path: Path) -> dict[str, Any]:
    """A case file in JSON."""
    found = json.loads(path.read_text("utf-8"))
    assert isinstance(found, dict)
    return found
