"""Quantifiers as joins: every `any`, aggregate and count of days becomes a column of its frame.

Two techniques (design.md): an equal inner column takes the outer one's place, so that the body stands
alone and is grouped once; and what can be NULL is tracked, so that a body of two truth values becomes a
plain semi or anti join. No correlated subquery is ever made.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlglot import exp

from compliance.engine.sql import terms
from compliance.engine.sql.dependence import Dependence, relational
from compliance.engine.sql.frame import Frame, Query
from compliance.engine.sql.measures import Covered, Exists, Listed, Measure, Members, Total, length
from compliance.engine.sql.meeting import Inner, Meeting
from compliance.engine.sql.scalar import Scalars
from compliance.engine.sql.setting import Setting, Tables
from compliance.engine.sql.terms import NULL, TRUE, Sql, both, column, named, same
from compliance.language.substitute import substituted
from compliance.language.tree import (
    Aggregate,
    Any,
    CoveredDays,
    Field,
    InParam,
    Named,
    Node,
    Param,
    Rows,
    Step,
    Var,
)
from compliance.model.schema import STUBBED, entities

Collected = Any | Aggregate | Listed
_MEASURES: dict[type[Node], type[Measure]] = {Any: Exists, Aggregate: Total, Listed: Members}


class Compiler:
    """Compiles nodes of one rule for one statement."""

    def __init__(
        self, tables: Tables, setting: Setting, number_day: Node, query: Query, *, narrow: bool = False
    ) -> None:
        self.tables = tables
        self.query = query
        self.scalars = Scalars(setting, number_day)
        self.dependence = Dependence(number_day)
        # By identity, which is quick; the root is kept so that no other can take its place.
        self.reads: dict[int, tuple[Node, tuple[Field | Step, ...]]] = {}
        self.narrow = narrow  # the outer rows are few: always start from them
        self.expected: dict[tuple[str, Node | None], dict[Collected, None]] = {}

    # -- columns of a frame

    def value(self, frame: Frame, node: Node) -> Sql:
        """The node as a value over the frame, joining what it needs."""
        self.prepare(frame, node)
        return self.scalars.value(node, frame.columns)

    def prepare(self, frame: Frame, node: Node) -> None:
        """Give the frame a column for everything relational in the node."""
        if node in frame.columns:
            return
        if isinstance(node, Named):
            frame.columns[node] = self.value(frame, node.node)
        elif isinstance(node, Any | Aggregate | Listed):
            self._collected(frame, node)
        elif isinstance(node, CoveredDays):
            self._covered(frame, node)
        elif isinstance(node, Field):
            if isinstance(node.row, Step):
                self._step(frame, node.row, node)
        else:
            for child in node.children():
                self.prepare(frame, child)
            if isinstance(node, Param | InParam):
                self.prepare(frame, self.scalars.number_day)

    def rows_of(self, var: Var, nodes: Iterable[Node | None], *, always: Sequence[str] = ()) -> Frame:
        """A frame over the entity's rows, with a column for each of its fields that the nodes read."""
        alias = self.query.fresh("t")
        return Frame(
            self.query,
            self.tables.table(var.entity, alias),
            self._fields(var, alias, nodes, always),
        )

    def _fields(
        self, var: Var, alias: str, nodes: Iterable[Node | None], always: Sequence[str] = ()
    ) -> dict[Node, Sql]:
        specs = entities()[var.entity].fields
        found: dict[Node, Sql] = {}
        for name in always:
            found[Field(var, specs[name])] = self.tables.field(specs[name], alias)
        for node in (read for root in nodes if root is not None for read in self._reads(root)):
            if isinstance(node, Field):
                if node.row == var and node not in found:
                    found[node] = self.tables.field(node.spec, alias)
            elif node.base == var:
                found[Field(var, node.reference)] = self.tables.field(node.reference, alias)
        return found

    def _reads(self, root: Node) -> tuple[Field | Step, ...]:
        """The fields read and steps taken anywhere in a node; found once per node."""
        known = self.reads.get(id(root))
        if known is None:
            nodes = tuple(dict.fromkeys(node for node in root.walk() if isinstance(node, Field | Step)))
            self.reads[id(root)] = known = (root, nodes)
        return known[1]

    def _step(self, frame: Frame, step: Step, node: Field) -> None:
        if not self.tables.known(step.entity):
            frame.columns[node] = terms.UNKNOWN
            return
        reference = self.value(frame, Field(step.base, step.reference))
        if reference.value == NULL:
            frame.columns[node] = terms.UNKNOWN
            return
        alias = frame.steps.get(step)
        if alias is None:
            alias = self.query.fresh("t")
            on = exp.EQ(this=column(alias, "id"), expression=reference.value)
            frame.join(self.tables.table(step.entity, alias), on)
            frame.steps[step] = alias
        held = self.tables.field(node.spec, alias)
        if held.value == NULL or (not reference.nullable and step.entity in STUBBED):
            frame.columns[node] = held
            return
        missing = terms.is_null(column(alias, "id"))
        unknown = missing if held.unknown is None else terms.either((missing, held.unknown))
        frame.columns[node] = Sql(held.value, True, unknown, places=held.places)

    # -- groups joined back

    def expect(self, roots: Iterable[Node | None]) -> None:
        """Note what will be asked for, so that all that is asked of the same rows is measured at once."""
        for root in roots:
            for node in root.walk() if root is not None else ():
                if isinstance(node, Any | Aggregate | Listed):
                    self.expected.setdefault(_same_rows(node), {})[node] = None

    def _alike(self, frame: Frame, node: Collected) -> list[Collected]:
        """The node and all that is asked of the same rows, in terms of its own variable."""
        found: list[Collected] = [node]
        for other in self.expected.get(_same_rows(node), ()):
            value = other.value if isinstance(other, Aggregate) else None
            inside = value is None or self.dependence.of(value) <= {other.rows.var.name}
            if other != node and other not in frame.columns and inside:
                found.append(other)
        return found

    def _grouped(
        self, outer: Frame, rows: Rows, measures: Sequence[Measure], extra: Sequence[Node] = ()
    ) -> str:
        """Join to the outer frame, per combination of outer values, what was measured over the rows."""
        needed = [node for measure in measures for node in measure.reads()]
        meeting = Meeting(self, outer, rows, needed, extra=extra)
        selects = [self._measured(part, measures) for part in meeting.parts]
        union: exp.Expression = selects[0]
        if len(selects) > 1:
            union = exp.Union(this=selects[0], expression=selects[1], distinct=False)
        name = self.query.add(union, "g")
        on = both(
            same(
                self.scalars.value(atom, outer.columns).value,
                column(name, f"k{number}"),
                nullable=held.nullable,
            )
            for number, (atom, held) in enumerate(meeting.atoms.items())
        )
        outer.join(self.query.table(name), on)
        return name

    def _measured(self, part: Inner, measures: Sequence[Measure]) -> exp.Expression:
        outputs: list[exp.Expression] = []
        for number, measure in enumerate(measures):
            value, doubtful = measure.columns(self, part)
            outputs += [named(value, f"v{number}"), named(doubtful, f"u{number}")]
        keys = [self.scalars.value(atom, part.frame.columns).value for atom in part.atoms]
        group = [key for key in keys if not isinstance(key, exp.Null | exp.Literal | exp.Boolean)]
        outputs += [named(key, f"k{number}") for number, key in enumerate(keys)]
        return part.frame.select(outputs, group=group)

    def _collected(self, frame: Frame, node: Collected) -> None:
        entity = node.rows.var.entity
        if not self.tables.known(entity) or (
            isinstance(node, Aggregate) and not self.tables.complete(entity)
        ):
            frame.columns[node] = terms.UNKNOWN
            return
        asked = self._alike(frame, node)
        own = [substituted(other, {other.rows.var: node.rows.var}) for other in asked]
        measures = [_MEASURES[type(other)](other) for other in own]
        name = self._grouped(frame, node.rows, measures)
        for number, (other, measure) in enumerate(zip(asked, measures, strict=True)):
            value, doubtful = column(name, f"v{number}"), terms.is_true(column(name, f"u{number}"))
            if not measure.doubtful:
                doubtful = terms.FALSE
            if isinstance(other, Any):
                frame.columns[other] = self._found(entity, value, doubtful)
            elif isinstance(other, Listed):
                frame.columns[other] = Sql(value, nullable=True)
            else:
                frame.columns[other] = self._total(other, measure.places, value, doubtful)

    def _found(self, entity: str, value: exp.Expression, doubtful: exp.Expression) -> Sql:
        found = terms.is_true(value)
        if not self.tables.complete(entity):
            return Sql(terms.when((found, TRUE), otherwise=NULL), nullable=True)
        if doubtful == terms.FALSE:
            return Sql(found)
        return Sql(terms.when((found, TRUE), (doubtful, NULL), otherwise=terms.FALSE), nullable=True)

    def _total(self, node: Aggregate, places: int, value: exp.Expression, doubtful: exp.Expression) -> Sql:
        if not self.tables.complete(node.rows.var.entity):
            return terms.UNKNOWN
        if node.name in ("count", "distinct", "sum"):
            value = exp.Coalesce(this=value, expressions=[exp.Literal.number(0)])
            value = terms.cast(value, "BIGINT") if node.type == "int" else value
        value = terms.when((doubtful, NULL), otherwise=value)
        nullable = doubtful != terms.FALSE or node.name in ("min", "max")
        return Sql(value, nullable, terms.is_null(value) if nullable else None, places=places)

    def _covered(self, frame: Frame, node: CoveredDays) -> None:
        if not self.tables.complete(node.rows.var.entity):
            frame.columns[node] = terms.UNKNOWN
            return
        first, last = self.value(frame, node.first), self.value(frame, node.last)
        if NULL in (first.value, last.value):
            frame.columns[node] = terms.UNKNOWN
            return
        both_bounds = (node.first, node.last)
        bounds = [bound for bound in both_bounds if self.dependence.of(bound) or relational(bound)]
        covered = Covered(node)
        name = self._grouped(frame, node.rows, [covered], bounds)
        first, last = self.value(frame, node.first), self.value(frame, node.last)
        days: exp.Expression = exp.Coalesce(this=column(name, "v0"), expressions=[exp.Literal.number(0)])
        if node.uncovered:
            days = exp.Sub(this=length(first.value, last.value), expression=days)
        nulls = [terms.is_null(bound.value) for bound in (first, last) if bound.nullable]
        if covered.doubtful:
            nulls.append(terms.is_true(column(name, "u0")))
        if nulls:
            days = terms.when((terms.either(nulls), NULL), otherwise=days)
        value = terms.cast(days, "BIGINT")
        frame.columns[node] = Sql(value, bool(nulls), terms.is_null(value) if nulls else None)


def _same_rows(node: Collected) -> tuple[str, Node | None]:
    """Equal for nodes that run over the same rows, whatever their variable is called."""
    var, condition = node.rows.var, node.rows.condition
    if condition is None:
        return var.entity, None
    return var.entity, substituted(condition, {var: Var(entity=var.entity, name="", iterated=True)})
