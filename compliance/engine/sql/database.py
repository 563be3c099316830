"""What the engine asks of a database: statements run, relations of the view defined, tables filled.

The one base of every database that rules can be judged in; each adds only how it takes a text, and how rows
made in Python come into it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, NamedTuple, Protocol, Self

import duckdb
import sqlglot
from sqlglot import exp

from compliance.engine.sql import terms
from compliance.engine.sql.dialect import DuckDbWriter, SparkWriter

VIEW = "view"
FACTS = "fact"
Parameters = Sequence[Any] | Mapping[str, Any]
Statement = exp.Expression | str  # a tree, or a text in DuckDB's SQL


class Connection(Protocol):
    """What is asked of a connection to DuckDB."""

    def execute(self, query: str, parameters: Any = None, /) -> Any: ...

    def cursor(self) -> Connection: ...


class Answer(NamedTuple):
    """The rows of a statement, with the names of their columns."""

    names: tuple[str, ...]
    rows: list[Any]


class Database(ABC):
    """A database that holds the delivered facts in schema `fact`, and gets the view in schema `view`."""

    errors: ClassVar[tuple[type[Exception], ...]]  # what a statement that cannot be finished raises

    @abstractmethod
    def open_view(self) -> None:
        """There is a place for the view's relations."""

    @abstractmethod
    def run(self, statement: exp.Expression, parameters: Parameters = ()) -> Answer:
        """The statement's rows; `$1` and so on in it stand for the parameters."""

    @abstractmethod
    def ask(self, text: str, parameters: Parameters = ()) -> Answer:
        """The rows of a text in DuckDB's SQL, with `$1` or `$name` for the parameters."""

    @abstractmethod
    def define(self, name: str, select: Statement, *, stored: bool = False) -> None:
        """The view has a relation of that name, in place of any before; `stored` is computed once."""

    @abstractmethod
    def fill(self, name: str, columns: Mapping[str, str], rows: Sequence[Sequence[Any]]) -> None:
        """The view has a table of that name with these rows; `columns` are names with DuckDB's types."""

    @abstractmethod
    def cursor(self) -> Self:
        """The same database, for another thread."""


class DuckDb(Database):
    """A connection to DuckDB."""

    errors = (duckdb.Error,)

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def open_view(self) -> None:
        self.connection.execute(f"CREATE SCHEMA IF NOT EXISTS {VIEW}")

    def run(self, statement: exp.Expression, parameters: Parameters = ()) -> Answer:
        return self.ask(statement.sql(dialect=DuckDbWriter, copy=False), parameters)

    def ask(self, text: str, parameters: Parameters = ()) -> Answer:
        found = self.connection.execute(text, parameters or None)
        return Answer(tuple(item[0] for item in found.description), found.fetchall())

    def define(self, name: str, select: Statement, *, stored: bool = False) -> None:
        kind = "TABLE" if stored else "VIEW"
        if isinstance(select, str):
            self.connection.execute(f'CREATE OR REPLACE {kind} {VIEW}."{name}" AS {select}')
            return
        made = exp.Create(this=terms.table(name, VIEW), kind=kind, expression=select, replace=True)
        self.connection.execute(made.sql(dialect=DuckDbWriter, copy=False))

    def fill(self, name: str, columns: Mapping[str, str], rows: Sequence[Sequence[Any]]) -> None:
        listed = ", ".join(f'"{column}" {kind}' for column, kind in columns.items())
        self.connection.execute(f'CREATE OR REPLACE TABLE {VIEW}."{name}" ({listed})')
        if rows:
            lists = [list(values) for values in zip(*rows, strict=True)]
            kinds = enumerate(columns.values(), 1)
            unnested = ", ".join(f"unnest(${number}::{kind}[])" for number, kind in kinds)
            self.connection.execute(f'INSERT INTO {VIEW}."{name}" SELECT {unnested}', lists)

    def cursor(self) -> DuckDb:
        return DuckDb(self.connection.cursor())


def spark_text(statement: Statement) -> tuple[str, set[str]]:
    """A statement as Spark's SQL, and the entities of which it reads the delivered facts."""
    tree = sqlglot.parse_one(statement, read="duckdb") if isinstance(statement, str) else statement
    facts = {table.name for table in tree.find_all(exp.Table) if table.db == FACTS}
    return tree.sql(dialect=SparkWriter, copy=False), facts
