"""One tree, two dialects: how each writes the neutral functions, and that neither shows in the other."""

from __future__ import annotations

import re
from typing import Any

import pytest
import sqlglot
from sqlglot import exp

from compliance.engine.sql.database import Answer, DuckDb, Parameters, spark_text
from compliance.engine.sql.dialect import DuckDbWriter
from compliance.engine.sql.engine import SqlEngine
from compliance.engine.sql.terms import NULL, call, column, literal, named, selecting, table, when
from tests.engine.sql.test_statements import FACTS
from tests.engine.worlds import case_of, database_of, rulebook, setting_of, world_of

DAY, NUMBER = column("t", "d"), column("t", "n")
BOTH = [
    (
        call("days_later", DAY, NUMBER),
        '"t"."d" + "t"."n"',
        "DATE_ADD(`t`.`d`, CAST(`t`.`n` AS INT))",
    ),
    (
        call("months_later", DAY, NUMBER),
        'CAST("t"."d" + TO_MONTHS("t"."n") AS DATE)',
        "ADD_MONTHS(`t`.`d`, `t`.`n`)",
    ),
    (
        call("days_between", DAY, column("t", "e")),
        '"t"."e" - "t"."d"',
        "CAST(DATEDIFF(`t`.`e`, `t`.`d`) AS BIGINT)",
    ),
    (call("year_of", DAY), 'YEAR("t"."d")', "CAST(YEAR(`t`.`d`) AS BIGINT)"),
    (call("day_of_year", DAY), 'DAYOFYEAR("t"."d")', "CAST(DAYOFYEAR(`t`.`d`) AS BIGINT)"),
    (
        call("days_in_year", DAY),
        'DAYOFYEAR(MAKE_DATE(YEAR("t"."d"), 12, 31))',
        "CAST(DAYOFYEAR(MAKE_DATE(YEAR(`t`.`d`), 12, 31)) AS BIGINT)",
    ),
    (
        call("day_of", NUMBER, NUMBER.copy(), NUMBER.copy()),
        'TRY(MAKE_DATE("t"."n", "t"."n", "t"."n"))',
        "TRY_CAST(FORMAT_STRING('%04d-%02d-%02d', `t`.`n`, `t`.`n`, `t`.`n`) AS DATE)",
    ),
    (
        call("first_ids", NUMBER, literal(20)),
        'ROW(COUNT("t"."n"), MIN("t"."n", 20))',
        "STRUCT(COUNT(`t`.`n`), SLICE(ARRAY_SORT(COLLECT_LIST(`t`.`n`)), 1, 20))",
    ),
    (call("ids", NUMBER), 'LIST("t"."n")', "COLLECT_LIST(`t`.`n`)"),
    (call("given_ids"), "UNNEST(CAST($1 AS TEXT[]))", "EXPLODE(FROM_JSON(:p1, 'ARRAY<STRING>'))"),
]


@pytest.mark.parametrize(("tree", "duckdb", "spark"), BOTH)
def test_a_neutral_function_in_both_dialects(tree: exp.Expression, duckdb: str, spark: str) -> None:
    """The same tree is written as each database says it."""
    assert tree.copy().sql(dialect=DuckDbWriter) == duckdb
    assert spark_text(tree.copy())[0] == spark


def test_a_constant_keeps_every_sign_of_it_in_spark() -> None:
    """Quotes and backslashes of an id are escaped, and a `${…}` is only text."""
    written = spark_text(literal("a'b\\c\"${env:PATH}"))[0]
    assert written == "'a\\'b\\\\c\"${env:PATH}'"


def test_relations_of_a_schema_have_one_name_in_spark_and_facts_are_told() -> None:
    """`fact.client` is the temporary view `fact__client`; who runs the statement hears that it reads it."""
    tree = selecting([named(column("c", "id"), "id")], table("client", "fact", "c"))
    assert spark_text(tree) == ("SELECT `c`.`id` AS `id` FROM `fact__client` AS `c`", {"client"})


def test_a_text_of_duckdb_is_read_with_its_parameters() -> None:
    """Numbered and named parameters get names that Spark takes."""
    written, facts = spark_text("SELECT id FROM view.control WHERE first_day <= $day AND id = $1")
    assert written == "SELECT id FROM `view__control` WHERE first_day <= :day AND id = :p1"
    assert not facts


def test_a_condition_that_is_never_known_is_left_out_in_spark() -> None:
    """Spark takes no bare NULL for a condition; a case of nothing else is its other value."""
    some = when((NULL, literal("x")), (column("t", "b"), literal("y")), otherwise=literal("z"))
    assert spark_text(some)[0] == "CASE WHEN `t`.`b` THEN 'y' ELSE 'z' END"
    assert spark_text(when((NULL, literal("x")), otherwise=literal("z")))[0] == "('z')"


def test_statements_of_all_rules_are_sql_of_spark(monkeypatch: pytest.MonkeyPatch) -> None:
    """No word of DuckDB's own is left in what the shipped rules ask of Spark."""
    written: list[str] = []
    run = DuckDb.run

    def noted(database: DuckDb, statement: exp.Expression, parameters: Parameters = ()) -> Answer:
        written.append(spark_text(statement.copy())[0])
        return run(database, statement, parameters)

    monkeypatch.setattr(DuckDb, "run", noted)
    case: dict[str, Any] = case_of(parameters={"vog_max_age_months": 36}, **FACTS)
    world, setting = world_of(case["facts"]), setting_of(case)
    with database_of(world) as connection:
        engine = SqlEngine(connection, world.catalog, setting.contract_id, setting.as_of, setting.numbers)
        assert not engine.evaluate(rulebook().rules.values(), keep_all=True).failures
    assert len(written) > len(rulebook().rules)
    foreign = re.compile(r"MATERIALIZED|TO_MONTHS|\bLIST\(|\bROW\(|UNNEST|TRY\(|VARCHAR|\$\d")
    assert not [text for text in written if foreign.search(text)]
    assert all(sqlglot.parse_one(text, read="spark") for text in written)
