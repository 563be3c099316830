"""Small deliveries on disk, and what reading them gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import duckdb
import pytest

from compliance.model.schema import delivered_entities
from compliance.sources.facts import Facts, facts_of_case, read_facts

CONTRACT = "id,title,contractor_id,first_day,last_day,funding\nc1,Wmo,o1,2027-01-01,2030-12-31,task\n"

Deliver = Callable[[Mapping[str, str | bytes]], Facts]


@pytest.fixture
def deliver(tmp_path: Path) -> Deliver:
    """Writes files into one folder, by name, and reads it; a contract is added when none is among them."""

    def read(files: Mapping[str, str | bytes]) -> Facts:
        folder = tmp_path / "set"
        folder.mkdir(exist_ok=True)
        for name, content in {"contract.csv": CONTRACT, **files}.items():
            (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
        return read_facts([str(folder)], entities=delivered_entities())

    return read


@pytest.fixture
def parquet(tmp_path: Path) -> Callable[[str], bytes]:
    """The bytes of a Parquet file with the rows of a query."""

    def make(query: str) -> bytes:
        path = tmp_path / "made.parquet"
        duckdb.sql(f"COPY ({query}) TO '{path}' (FORMAT parquet)")
        return path.read_bytes()

    return make


@pytest.fixture
def case() -> Callable[[Mapping[str, Any]], Facts]:
    """The facts of a case in memory, with a contract unless it brings one."""
    contract = {
        "id": "c1", "title": "Wmo", "contractor_id": "o1", "first_day": "2027-01-01", "funding": "task",
    }  # fmt: skip

    def read(facts: Mapping[str, Any]) -> Facts:
        return facts_of_case({"facts": {"contract": [contract], **facts}}, entities=delivered_entities())

    return read


@pytest.fixture
def column() -> Callable[..., list[Any]]:
    """The values of a column of an entity's table, in order of id."""

    def values(facts: Facts, entity: str, name: str = "id") -> list[Any]:
        rows = facts.connection.execute(f'SELECT "{name}" FROM fact."{entity}" ORDER BY id').fetchall()
        return [row[0] for row in rows]

    return values


@pytest.fixture
def codes() -> Callable[[Facts], list[tuple[str, str, str]]]:
    """The entity, column and code of every refusal, in order."""

    def of(facts: Facts) -> list[tuple[str, str, str]]:
        return [(refusal.entity, refusal.column, refusal.code) for refusal in facts.refusals]

    return of
