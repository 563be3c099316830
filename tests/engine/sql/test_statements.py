"""The shape of what is asked of the database: joins throughout, never a question per row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlglot import exp

from compliance.engine.sql.database import Answer, DuckDb
from compliance.engine.sql.engine import SqlEngine
from compliance.language.tree import CheckedRule
from compliance.model.schema import delivered_entities
from tests.engine.sql.small_worlds import judged
from tests.engine.worlds import DISTRICTS, case_of, database_of, rulebook, setting_of, world_of

FACTS: dict[str, Any] = {
    **{name: [] for name in delivered_entities() if name != "contract"},
    "organisation": [{"id": "o1", "name": "A"}, {"id": "o2", "name": "B"}],
    "person": [{"id": "p1"}],
    "client": [{"id": "k1"}],
    "subcontract": [
        {
            "id": "s1", "contract_id": "c1", "principal_id": "o1", "subcontractor_id": "o2",
            "kind": "client_bound", "client_id": "k1", "first_day": "2027-02-01", "last_day": "2027-12-31",
        },
    ],
    "delivery": [
        {
            "id": f"d{day}", "contract_id": "c1", "client_id": "k1", "provider_id": "o2", "person_id": "p1",
            "service": "ambulatory", "day": f"2027-01-0{day}", "hours": "1",
        }
        for day in (1, 2)
    ],
    "credential": [{"id": "v1", "person_id": "p1", "kind": "vog", "issued_on": "2027-01-02"}],
    "district": DISTRICTS,
}  # fmt: skip


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[exp.Expression]:
    """Every statement about a rule, as it was asked."""
    found: list[exp.Expression] = []
    run = DuckDb.run

    def noted(database: DuckDb, statement: exp.Expression, *parameters: Any) -> Answer:
        if statement.args.get("with_"):  # what is asked of the view alone holds no parts
            found.append(statement)
        return run(database, statement, *parameters)

    monkeypatch.setattr(DuckDb, "run", noted)
    return found


def asked(rule: CheckedRule) -> None:
    """The rule is judged over the facts, all of them delivered in full."""
    case = case_of(parameters={"vog_max_age_months": 36}, **FACTS)
    world, setting = world_of(case["facts"]), setting_of(case)
    with database_of(world) as connection:
        engine = SqlEngine(connection, world.catalog, setting.contract_id, setting.as_of, setting.numbers)
        assert not engine.evaluate([rule]).failures


def questions(statement: exp.Expression) -> Iterator[exp.Expression]:
    """Queries that stand elsewhere than as a whole statement or under a name of their own."""
    yield from statement.find_all(exp.Exists, exp.Lateral, exp.Subquery)
    for query in statement.find_all(exp.Select):
        if not isinstance(query.parent, exp.CTE | exp.Union | exp.Create | None):
            yield query


@pytest.mark.parametrize("identifier", sorted(rulebook().rules))
def test_no_statement_asks_a_question_per_row(identifier: str, statements: list[exp.Expression]) -> None:
    """No statement of any shipped rule holds a correlated subquery."""
    asked(rulebook().rules[identifier])
    assert statements
    assert not [found for statement in statements for found in questions(statement)]


@pytest.mark.parametrize("identifier", ["SUB-01", "PRO-01", "SUB-12"])
def test_a_body_of_two_truth_values_is_a_semi_or_anti_join(
    identifier: str, statements: list[exp.Expression]
) -> None:
    """Where nothing is unknown, "no row such that" is an anti join."""
    asked(rulebook().rules[identifier])
    kinds = {join.args.get("kind") for join in statements[0].find_all(exp.Join)}
    assert kinds & {"SEMI", "ANTI"}


def test_the_facts_of_these_tests_are_whole() -> None:
    """The rules that must become anti joins are judged alike by both engines on these facts."""
    rules = [rulebook().rules[name] for name in ("SUB-01", "PRO-01", "SUB-12")]
    first, second = judged(case_of(parameters={"vog_max_age_months": 36}, **FACTS), rules)
    assert first.observations == second.observations
