"""The four worlds that come with the specification: both engines find what it says they hold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from compliance.engine.reference import ReferenceEngine
from compliance.engine.sql.engine import SqlEngine
from compliance.model.finding import Evaluation
from tests.engine.worlds import case_file, database_of, rulebook, setting_of, world_of

FOLDER = Path(__file__).parent / "conformance"
NOT_LISTED = {"FIN-01"}
FINDINGS_ONLY = {"SUB-05", "PRO-04", "BIB-06", "SUB-13"}


@pytest.mark.parametrize("number", [1, 2, 3, 4])
@pytest.mark.parametrize("engine", ["reference", "compiled"])
def test_world(number: int, engine: str) -> None:
    """Findings and not-assessable subjects are those of the specification, of every rule that it lists."""
    expected = case_file(FOLDER / f"world-{number}.expected.json")
    found = evaluated(case_file(FOLDER / f"world-{number}.json"), engine)
    assert subjects(found) == {
        rule: {kind: sorted(ids) for kind, ids in kinds.items()} for rule, kinds in expected.items()
    }


def evaluated(case: Mapping[str, Any], engine: str) -> Evaluation:
    """What an engine says of a case, by all rules."""
    world, setting, rules = world_of(case["facts"]), setting_of(case), rulebook().rules.values()
    if engine == "reference":
        return ReferenceEngine(world, setting).evaluate(rules)
    with database_of(world) as connection:
        compiled = SqlEngine(connection, world.catalog, setting.contract_id, setting.as_of, setting.numbers)
        return compiled.evaluate(rules)


def subjects(found: Evaluation) -> dict[str, dict[str, list[str]]]:
    """Per rule and outcome the subjects, as the specification lists them."""
    listed: defaultdict[str, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for one in found.observations:
        hidden = one.rule in FINDINGS_ONLY and one.outcome != "finding"
        if one.rule not in NOT_LISTED and not hidden:
            listed[one.rule][one.outcome].append(str(one.subject))
    return {rule: {kind: sorted(ids) for kind, ids in kinds.items()} for rule, kinds in listed.items()}
