"""When only one input differs between two nights, no change has any other cause; with the whole rule book."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from compliance.model.schema import entities
from compliance.services.content import content_folder
from compliance.services.nightly.books import current_book
from compliance.sources.document import read_document
from tests.services.nightly.simulation import Simulation

pytestmark = pytest.mark.usefixtures("bare")
CASES = sorted((content_folder("cases") / "trouble").glob("*.yaml"))
TAKEN_BACK = ("delivery", "subcontract", "referral", "signal", "control", "credential", "document")


def causes(world: Simulation) -> set[tuple[str, ...]]:
    """The causes of all that stands otherwise after this night."""
    return {why for _, why in world.pass_night().values()}


def whole(entity: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """The row with every field of its entity: what the case leaves out is empty, not undelivered."""
    return {name: row.get(name, "") for name in entities()[entity].fields}


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_single_input_is_the_only_cause(tmp_path: Path, path: Path) -> None:
    """First only days pass, then only numbers differ, then only rows are taken back."""
    case = read_document(path.read_bytes(), path.name)
    world = Simulation.begin(
        tmp_path, f"sqlite:///{tmp_path}/records.db", (), date.fromisoformat(str(case["as_of"]))
    )
    world.rules = content_folder("rules")
    facts = case["facts"]
    world.set_numbers(**case.get("parameters", {}))
    world.offer(**{entity: [whole(entity, row) for row in rows] for entity, rows in facts.items()})
    world.pass_night()
    world.day += timedelta(days=200)
    assert causes(world) <= {("time",)}
    world.day -= timedelta(days=1)  # the same day again
    numbers = current_book().rulebook.numbers
    world.set_numbers(
        **{name: 1 for name in numbers.specs if numbers[name].type == "int" and not numbers[name].keyed_by}
    )
    assert causes(world) <= {("number",)}
    world.day -= timedelta(days=1)
    gone = [(entity, row["id"]) for entity in TAKEN_BACK for row in facts.get(entity, ())[:1]]
    world.offer(withdrawn=[{"entity": entity, "id": name} for entity, name in gone])
    assert causes(world) <= {("late_fact",)}
