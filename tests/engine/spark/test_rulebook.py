"""Spark says of every rule and subject what DuckDB says, down to values, evidence and what is missing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from typing import Any

import pytest

from compliance.engine.sql.engine import SqlEngine
from compliance.language.tree import CheckedRule
from compliance.model.rule import Example
from compliance.model.schema import delivered_entities, entities
from compliance.services.check import CheckRequest, lay_ground
from compliance.services.generate import DEFAULT_AS_OF, generate
from compliance.services.selection import COMPARTMENTS
from compliance.testing.worlds import example_world
from tests.engine import random_worlds
from tests.engine.sql.odd_numbers import NUMBERS
from tests.engine.sql.random_rules import checked, write_rule
from tests.engine.sql.small_worlds import small_case
from tests.engine.sql.test_language import CASES, FACTS
from tests.engine.worlds import case_file, case_of, rulebook

pytest.importorskip("pyspark", reason="pyspark is not installed: make spark")
pytest.importorskip("pyarrow", reason="pyarrow is not installed: make spark")
from compliance.engine.spark.engine import SparkEngine
from compliance.engine.spark.session import judging_session
from tests.engine.spark.sameness import both, differing, told

CONFORMANCE = Path(__file__).parents[1] / "conformance"
FEW = ("ACC-08", "BIB-06", "BRG-02", "PRO-01", "SRO-01", "SUB-01")
RULES = tuple(rulebook().rules.values())
AT_ONCE = 4  # most of the time a statement waits for its turn, not for the machine
# Where the two databases could differ: the ends of months, days that are none, many digits, an overflow.
EDGES = [
    ("referral", "date(year(s.received_on), 2, 28) + months(12) == date(2028, 2, 28)"),
    ("referral", "date(2028, 1, 31) + months(1) == date(2028, 2, 29)"),
    ("referral", "date(2028, 2, 29) - months(12) == date(2027, 2, 28)"),
    ("annual_account", "date(s.year, 2, 29) > as_of or date(s.year + 2, 2, 29) > as_of"),
    ("annual_account", "date(s.year, 13, 1) > as_of"),
    ("referral", "days_in_year(s.received_on) == 365 and day_of_year(s.received_on) == 32"),
    ("annual_account", "s.total_assets_eur * 1.0001 > 99999999999999.99 * 100"),
    ("annual_account", "s.total_assets_eur * s.total_assets_eur > 1"),
    ("annual_account", "s.total_assets_eur * s.total_assets_eur * s.total_assets_eur > 1"),
    ("annual_account", "sum(a.total_assets_eur for a in annual_account) > 99999999999999.99 * 99"),
]
EXAMPLES = [
    (rule, example, f"{rule.id}: {example.name}")
    for rule in RULES
    for example in rulebook().files[rule.id].read_examples()[0]
]


def world(seed: int, *, gaps: bool) -> dict[str, Any]:
    """A dense world in which every entity has rows; with `gaps` some columns and an entity are not there."""
    random = random_worlds.seeded(seed)
    as_of = random.choice(random_worlds.AS_OF)
    sizes = {name: random_worlds.MOST_ROWS.get(name, 4) for name in delivered_entities()}
    maker = random_worlds._Maker(seed, as_of, sizes)
    facts = {name: maker.rows(entities()[name]) for name in sizes}
    if gaps:
        del facts[random.choice(sorted(facts.keys() - {"contract"}))]
        for name in random.sample(sorted(facts), 3):
            random_worlds._drop_columns(random, name, facts[name])
    numbers = {name: random.choice(options) for name, options in random_worlds.NUMBERS.items()}
    if gaps:
        numbers = {name: value for name, value in numbers.items() if random.random() < 0.8}
    return {"as_of": as_of.isoformat(), "parameters": numbers, "facts": facts}


@pytest.mark.spark
def test_six_rules_over_a_world_with_gaps(spark: Any, tmp_path: Path) -> None:
    """Six rules of every shape give the same in Spark, where not all was delivered or agreed."""
    rules = [rulebook().rules[name] for name in FEW]
    assert not differing(spark, world(1, gaps=True), rules, tmp_path)


@pytest.mark.spark
def test_the_language(spark: Any, tmp_path: Path) -> None:
    """Every fact of the language that has a rule of its own holds in Spark; an overflow fails its rule."""
    flags = [(entity, flag) for entity, flag, _ in CASES]
    flags += [(entity, flag) for entity, flag in EDGES]
    rules = [
        checked(
            {"subject": f"{entity} as s", "conditions": {"c": flag}, "flag_when": "c", "message": "x"}, at
        )
        for at, (entity, flag) in enumerate(flags, 1)
    ]
    assert not differing(spark, case_of("2027-03-31", **FACTS), rules, tmp_path, NUMBERS)


@pytest.mark.spark
def test_examples_of_all_rules(spark: Any, tmp_path: Path) -> None:
    """Every example of every rule is judged alike."""

    def judged(number: int, rule: CheckedRule, example: Example, name: str) -> list[str]:
        facts, setting = example_world(rule, example, rulebook().numbers.replaced(example.parameters)[0])
        folder = tmp_path / str(number)
        folder.mkdir()
        found = both(spark, facts.connection.cursor(), facts.catalog, setting, [rule], folder)
        return [f"{name}: {words}" for words in told(*found)]

    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = list(pool.map(lambda item: judged(item[0], *item[1]), enumerate(EXAMPLES)))
    assert len(found) > 200
    assert not [words for words in found if words]


@pytest.mark.spark
def test_files_that_were_checked_before(spark: Any, tmp_path: Path) -> None:
    """Spark reads a data set of Parquet files itself, and judges it as DuckDB does."""
    folder = tmp_path / "facts"
    generate(clients=100, deliveries=2000, seed=1, out=folder)
    rules = [rulebook().rules[name].id for name in FEW]
    request = CheckRequest((str(folder),), DEFAULT_AS_OF, compartments=COMPARTMENTS, wanted=rules)
    ground = lay_ground(request)
    asked = (ground.facts.catalog, ground.contract, ground.as_of, ground.numbers)
    first = SqlEngine(ground.facts.connection, *asked).evaluate(ground.rules, keep_all=True)
    with SparkEngine(judging_session(spark), None, *asked, folder=folder) as engine:
        assert not told(first, engine.evaluate(ground.rules, keep_all=True))


@pytest.mark.spark
@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_worlds_of_the_specification(number: int, spark: Any, tmp_path: Path) -> None:
    """The worlds that come with the specification are judged alike by all rules."""
    assert not differing(spark, case_file(CONFORMANCE / f"world-{number}.json"), RULES, tmp_path)


@pytest.mark.spark
@pytest.mark.parametrize("seed", range(10, 15))
def test_random_worlds(seed: int, spark: Any, tmp_path: Path) -> None:
    """Dense worlds of odd days, ids and gaps are judged alike by all rules."""
    assert not differing(spark, world(seed, gaps=seed < 13), RULES, tmp_path)


@pytest.mark.spark
@pytest.mark.parametrize("seed", range(16))
def test_random_rules(seed: int, spark: Any, tmp_path: Path) -> None:
    """Rules that nobody wrote, over worlds with and without gaps, are judged alike."""
    random = Random(seed)  # noqa: S311 - rules and worlds, not secrets
    case = small_case(random, gaps=seed % 3 > 0)
    parts = [write_rule(random.choice, depth=1 + seed % 4) for _ in range(6)]
    rules = [checked(part, number) for number, part in enumerate(parts, 1)]
    assert not differing(spark, case, rules, tmp_path, NUMBERS), parts
