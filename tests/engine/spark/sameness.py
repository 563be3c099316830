"""What Spark says differently of a world than DuckDB, rule by rule and subject by subject."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from compliance.engine.spark.engine import SparkEngine
from compliance.engine.spark.session import judging_session
from compliance.engine.sql.engine import SqlEngine
from compliance.language.tree import CheckedRule
from compliance.model.catalog import Catalog
from compliance.model.finding import Evaluation
from compliance.model.number import Numbers
from tests.engine.worlds import database_of, setting_of, world_of


def both(
    spark: Any, connection: Any, catalog: Catalog, setting: Any, rules: Sequence[CheckedRule], folder: Path
) -> tuple[Evaluation, Evaluation]:
    """All outcomes by DuckDB and by Spark over the facts of the connection."""
    asked = (catalog, setting.contract_id, setting.as_of, setting.numbers)
    first = SqlEngine(connection, *asked).evaluate(rules, keep_all=True)
    with SparkEngine(judging_session(spark), connection, *asked, folder=folder) as engine:
        return first, engine.evaluate(rules, keep_all=True)


def differing(
    spark: Any,
    case: dict[str, Any],
    rules: Sequence[CheckedRule],
    folder: Path,
    numbers: Numbers | None = None,
) -> list[str]:
    """What Spark says differently of a case: any part of an observation, a count or a failed rule."""
    world, setting = world_of(case["facts"]), setting_of(case, numbers)
    with database_of(world) as connection:
        return told(*both(spark, connection, world.catalog, setting, rules, folder))


def told(first: Evaluation, second: Evaluation) -> list[str]:
    """How the second differs from the first; nothing when they are equal."""
    keyed = [{(one.rule, one.subject): one for one in found.observations} for found in (first, second)]
    pairs = ((keyed[0].get(key), keyed[1].get(key)) for key in sorted(keyed[0].keys() | keyed[1].keys()))
    found = [f"DuckDB: {one}\n Spark: {other}" for one, other in pairs if one != other]
    failed = [{failure.rule for failure in evaluation.failures} for evaluation in (first, second)]
    found += [f"{rule} fails in one of them" for rule in sorted(failed[0] ^ failed[1])]
    if not found and first.observations != second.observations:
        found.append("the order differs")
    return found if found or first.counts == second.counts else ["the counts differ"]
