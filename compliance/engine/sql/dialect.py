"""The few expressions that databases write differently, and who writes a whole statement for which one.

The compiler makes one tree for every database. What they do not share stands in that tree as a call of one
of the neutral functions below (`terms.call`), and each dialect says how it writes that. Everything else is
sqlglot's.

| neutral | it is |
|---|---|
| `days_later(day, n)`, `months_later(day, n)` | the day moved; in a month without it, to the last day |
| `days_between(first, last)` | how many days the last lies after the first, as a whole number of 64 bits |
| `year_of(day)`, `day_of_year(day)`, `days_in_year(day)` | such a number |
| `day_of(year, month, day)` | that day, NULL when it does not exist |
| `first_ids(id, n)` | over a group: how many ids, with the first n of them in order |
| `ids(id)` | over a group: the list of them |
| `given_ids()` | a row for each of the ids that are the statement's parameter |
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.dialects.spark import Spark
from sqlglot.generators.duckdb import DuckDBGenerator
from sqlglot.generators.spark import SparkGenerator

Written = Callable[..., exp.Expression]


def _named(name: str, *args: exp.Expression) -> exp.Expression:
    return exp.Anonymous(this=name, expressions=list(args))


def _paren(value: exp.Expression) -> exp.Expression:
    return value if isinstance(value, exp.Column | exp.Literal | exp.Paren) else exp.Paren(this=value)


def _cast(value: exp.Expression, kind: str) -> exp.Expression:
    return exp.Cast(this=value, to=exp.DataType.build(kind, dialect="duckdb"))


def _number(value: int) -> exp.Expression:
    return exp.Literal.number(value)


# -- DuckDB

_DUCKDB: dict[str, Written] = {
    "days_later": lambda day, days: exp.Add(this=_paren(day), expression=_paren(days)),
    "months_later": lambda day, months: _cast(
        exp.Add(this=_paren(day), expression=_named("to_months", months)), "DATE"
    ),
    "days_between": lambda first, last: exp.Sub(this=_paren(last), expression=_paren(first)),
    "year_of": lambda day: _named("year", day),
    "day_of_year": lambda day: _named("dayofyear", day),
    "days_in_year": lambda day: _named(
        "dayofyear", _named("make_date", _named("year", day), _number(12), _number(31))
    ),
    "day_of": lambda year, month, day: _named("try", _named("make_date", year, month, day)),
    "first_ids": lambda identifier, most: _named(
        "row", exp.Count(this=identifier), _named("min", identifier.copy(), most)
    ),
    "ids": lambda identifier: _named("list", identifier),
    "given_ids": lambda: _named("unnest", _cast(exp.Parameter(this=exp.Literal.number(1)), "VARCHAR[]")),
}


# -- Spark: its functions of days give 32 bits, and a day that does not exist is an error, not NULL


def _long(value: exp.Expression) -> exp.Expression:
    return _cast(value, "BIGINT")


def _spark_day(year: exp.Expression, month: exp.Expression, day: exp.Expression) -> exp.Expression:
    written = _named("format_string", exp.Literal.string("%04d-%02d-%02d"), year, month, day)
    return exp.TryCast(this=written, to=exp.DataType.build("DATE"))


def _spark_first(identifier: exp.Expression, most: exp.Expression) -> exp.Expression:
    listed = _named("array_sort", _named("collect_list", identifier.copy()))
    return _named("struct", exp.Count(this=identifier), _named("slice", listed, _number(1), most))


_SPARK: dict[str, Written] = {
    "days_later": lambda day, days: _named("date_add", day, _cast(days, "INTEGER")),
    "months_later": lambda day, months: _named("add_months", day, months),
    "days_between": lambda first, last: _long(_named("datediff", last, first)),
    "year_of": lambda day: _long(_named("year", day)),
    "day_of_year": lambda day: _long(_named("dayofyear", day)),
    "days_in_year": lambda day: _long(
        _named("dayofyear", _named("make_date", _named("year", day), _number(12), _number(31)))
    ),
    "day_of": _spark_day,
    "first_ids": _spark_first,
    "ids": lambda identifier: _named("collect_list", identifier),
    "given_ids": lambda: _named(
        "explode",
        _named(
            "from_json",
            exp.Parameter(this=exp.Literal.number(1)),
            exp.Literal.string("ARRAY<STRING>"),
        ),
    ),
}


def _writing(functions: Mapping[str, Written]) -> Callable[[Any, exp.Anonymous], str]:
    """Writes a call: a neutral one as the dialect has it, any other as it stands."""

    def write(generator: Any, called: exp.Anonymous) -> str:
        make = functions.get(called.name)
        text: str = (
            generator.anonymous_sql(called) if make is None else generator.sql(make(*called.expressions))
        )
        return text

    return write


def _sure_case(generator: Any, case: exp.Case) -> str:
    """A bare NULL is no condition in Spark, and would never hold."""
    ifs = [branch for branch in case.args["ifs"] if not isinstance(branch.this.unnest(), exp.Null)]
    if not ifs:
        return str(generator.sql(exp.Paren(this=case.args["default"])))
    case.set("ifs", ifs)
    return str(generator.case_sql(case))


def _flat_table(generator: Any, named: exp.Table) -> str:
    """A temporary view has no schema in Spark: its name holds it."""
    schema = named.args.get("db")
    if schema is not None:
        named = named.copy()
        named.set("db", None)
        named.set("this", exp.Identifier(this=flat_name(schema.name, named.name), quoted=True))
    text: str = generator.table_sql(named)
    return text


def _plain_cte(generator: Any, part: exp.CTE) -> str:
    """Spark decides itself what it computes once."""
    part.set("materialized", None)
    text: str = generator.cte_sql(part)
    return text


def _parameter(_: Any, parameter: exp.Parameter | exp.Placeholder) -> str:
    return f":{parameter_name(parameter.name)}"


def flat_name(schema: str, name: str) -> str:
    """The one name of a relation where there are no schemas."""
    return f"{schema}__{name}"


def parameter_name(name: str | int) -> str:
    """The name of a statement's parameter where numbers are no names."""
    return f"p{name}" if str(name).isdigit() else str(name)


class DuckDbWriter(DuckDB):
    """DuckDB's SQL."""

    class Generator(DuckDBGenerator):
        """DuckDB's own words, and the neutral functions."""

        TRANSFORMS: ClassVar[dict[Any, Any]] = {
            **DuckDBGenerator.TRANSFORMS,
            exp.Anonymous: _writing(_DUCKDB),
        }


class SparkWriter(Spark):
    """Spark's SQL, over temporary views."""

    class Generator(SparkGenerator):
        """Spark's own words, and the neutral functions."""

        TRANSFORMS: ClassVar[dict[Any, Any]] = {
            **SparkGenerator.TRANSFORMS,
            exp.Anonymous: _writing(_SPARK),
            exp.Case: _sure_case,
            exp.CTE: _plain_cte,
            exp.Parameter: _parameter,
            exp.Placeholder: _parameter,
            exp.Table: _flat_table,
            exp.TryCast: lambda generator, tried: generator.cast_sql(tried, safe_prefix="TRY_"),
        }
