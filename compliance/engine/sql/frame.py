"""A frame: a relation under construction whose columns are the values of nodes.

Rules are compiled by extending frames: the subject's rows first, then a column for every quantifier. A
frame can be sealed into a common table expression, so that further relations can be made from it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlglot import exp

from compliance.engine.sql import terms
from compliance.engine.sql.terms import Sql, both, column, named
from compliance.language.tree import Node, Row


@dataclass
class Query:
    """The common table expressions of one statement, in order."""

    parts: list[tuple[str, exp.Select]] = field(default_factory=list)
    names: int = 0

    def fresh(self, prefix: str) -> str:
        """A name that nothing else in the statement has."""
        self.names += 1
        return f"{prefix}{self.names}"

    def add(self, select: exp.Expression, prefix: str = "q") -> str:
        """The name of a new common table expression."""
        name = self.fresh(prefix)
        self.parts.append((name, select))  # type: ignore[arg-type]
        return name

    def table(self, name: str) -> exp.Expression:
        """A use of a common table expression, under its own name."""
        return terms.table(name)

    def statement(self, select: exp.Select) -> exp.Select:
        """The select with the expressions before it; one that is used twice is computed once."""
        if self.parts:
            selects = [part for _, part in self.parts] + [select]
            uses = Counter(found.name for part in selects for found in part.find_all(exp.Table))
            ctes = [
                exp.CTE(
                    this=part,
                    alias=exp.TableAlias(this=terms.identifier(name)),
                    materialized=uses[name] > 1,
                )
                for name, part in self.parts
            ]
            select.set("with_", exp.With(expressions=ctes))
        return select


@dataclass
class Frame:
    """Rows with a column per node; joins and filters gather until the frame is sealed."""

    query: Query
    source: exp.Expression
    columns: dict[Node, Sql]
    joins: list[exp.Join] = field(default_factory=list)
    where: list[exp.Expression] = field(default_factory=list)
    sealed: str | None = None
    steps: dict[Row, str] = field(default_factory=dict)

    def join(self, relation: exp.Expression, on: exp.Expression, kind: str = "LEFT") -> None:
        """Join a relation; `kind` is LEFT, SEMI, ANTI or empty for an inner join."""
        side, word = ("LEFT", "") if kind == "LEFT" else ("", kind)
        self.joins.append(exp.Join(this=relation, side=side or None, kind=word or None, on=on))
        self.sealed = None

    def keep(self, condition: exp.Expression) -> None:
        """Keep only rows for which the condition is true."""
        if condition != terms.TRUE:
            self.where.append(condition)
            self.sealed = None

    def select(
        self,
        outputs: Sequence[exp.Expression],
        *,
        distinct: bool = False,
        group: Sequence[exp.Expression] = (),
    ) -> exp.Select:
        """A select of some outputs over the frame's rows."""
        select = exp.Select(expressions=list(outputs))
        select.set("from_", exp.From(this=self.source))
        if self.joins:
            select.set("joins", list(self.joins))
        if self.where:
            select.set("where", exp.Where(this=both(self.where)))
        if group:
            select.set("group", exp.Group(expressions=list(group)))
        if distinct:
            select.set("distinct", exp.Distinct())
        return select

    def seal(self, *, distinct: bool = False) -> str:
        """The name of a common table expression that holds the frame's rows and columns."""
        if self.sealed and not distinct:
            return self.sealed
        outputs: list[exp.Expression] = []
        stored: dict[Node, _Stored] = {}
        for number, (node, sql) in enumerate(self.columns.items()):
            stored[node] = _store(sql, f"c{number}", outputs)
        name = self.query.add(self.select(outputs or [named(terms.TRUE, "nothing")], distinct=distinct), "f")
        self.source, self.joins, self.where = self.query.table(name), [], []
        self.columns = {node: item.read(name) for node, item in stored.items()}
        self.steps = {}
        self.sealed = name
        return name

    def copy(self) -> Frame:
        """The same sealed rows, to be filtered or joined on their own."""
        name = self.seal()
        return Frame(self.query, self.query.table(name), dict(self.columns), sealed=name)


@dataclass(frozen=True)
class _Stored:
    """How a value lies in columns of a sealed frame."""

    sql: Sql
    name: str

    def read(self, relation: str) -> Sql:
        sql = self.sql
        if _constant(sql.value) and sql.over is None:
            return sql
        unknown = sql.unknown
        if unknown is not None and unknown != terms.TRUE:
            unknown = column(relation, f"{self.name}_unknown")
        if sql.over is None:
            return Sql(column(relation, self.name), sql.nullable, unknown, places=sql.places)
        return Sql(
            column(relation, self.name),
            sql.nullable,
            unknown,
            column(relation, f"{self.name}_over"),
            sql.over_places,
            (column(relation, f"{self.name}_guard"),) if sql.guards else (),
            sql.places,
        )


def _store(sql: Sql, name: str, outputs: list[exp.Expression]) -> _Stored:
    stored = _Stored(sql, name)
    if _constant(sql.value) and sql.over is None:
        return stored
    outputs.append(named(sql.value, name))
    if sql.unknown is not None and sql.unknown != terms.TRUE:
        outputs.append(named(sql.unknown, f"{name}_unknown"))
    if sql.over is not None:
        outputs.append(named(sql.over, f"{name}_over"))
        if sql.guards:
            outputs.append(named(both(sql.guards), f"{name}_guard"))
    return stored


def _constant(value: exp.Expression) -> bool:
    return isinstance(value, exp.Literal | exp.Boolean | exp.Null)
