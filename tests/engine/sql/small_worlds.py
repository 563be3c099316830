"""Worlds of the few entities that random rules speak of, and what the engines say differently of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from random import Random
from typing import Any

from compliance.engine.reference import ReferenceEngine
from compliance.engine.sql.engine import SqlEngine
from compliance.language.tree import CheckedRule
from compliance.model.finding import Evaluation
from compliance.model.schema import delivered_entities, entities
from tests.engine import random_worlds
from tests.engine.sql.odd_numbers import NUMBERS
from tests.engine.sql.random_expressions import POOL, WORLD
from tests.engine.worlds import database_of, setting_of, world_of


def small_case(random: Random, *, gaps: bool) -> dict[str, Any]:
    """A case of at most six rows of each; with `gaps` also entities and columns that were not delivered."""
    as_of = random.choice(random_worlds.AS_OF)
    sizes = dict.fromkeys(delivered_entities(), 0)
    sizes |= {name: random.randint(0, min(6, random_worlds.MOST_ROWS.get(name, 4))) for name in POOL}
    maker = random_worlds._Maker(random.getrandbits(32), as_of, {**sizes, "contract": 1})
    facts = {name: maker.rows(entities()[name]) for name in WORLD}
    if random.random() < 0.5:
        facts["contract"].append(maker.row(entities()["contract"], 1))
    if gaps and random.random() < 0.4:
        del facts[random.choice(POOL)]
    for name in random.sample(sorted(facts), random.randint(0, 3) if gaps else 0):
        random_worlds._drop_columns(random, name, facts[name])
    agreed = [name for name in sorted(random_worlds.NUMBERS) if random.random() < 0.5]
    parameters = {name: random.choice(random_worlds.NUMBERS[name]) for name in agreed}
    return {"as_of": as_of.isoformat(), "parameters": parameters, "facts": facts}


def judged(case: dict[str, Any], rules: Sequence[CheckedRule]) -> tuple[Evaluation, Evaluation]:
    """What the reference engine says of a case, and what the set-based engine says."""
    world, setting = world_of(case["facts"]), setting_of(case, NUMBERS)
    first = ReferenceEngine(world, setting).evaluate(rules, keep_all=True)
    with database_of(world) as connection:
        engine = SqlEngine(connection, world.catalog, setting.contract_id, setting.as_of, setting.numbers)
        return first, engine.evaluate(rules, keep_all=True)


def differing(case: dict[str, Any], rules: Sequence[CheckedRule]) -> list[str]:
    """What the engines say differently: observations down to every part, counts and failures."""
    first, second = judged(case, rules)
    keyed = [{(one.rule, one.subject): one for one in found.observations} for found in (first, second)]
    keys: Iterable[Any] = sorted(keyed[0].keys() | keyed[1].keys())
    pairs = [(keyed[0].get(key), keyed[1].get(key)) for key in keys]
    found = [f"reference: {one}\n compiled: {other}" for one, other in pairs if one != other]
    found += [f"{failure.rule}: {failure.message}" for failure in second.failures]
    return found if found or first.counts == second.counts else ["the counts differ"]
