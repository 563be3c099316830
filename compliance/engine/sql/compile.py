"""Quantifiers as joins: every `any`, aggregate and count of days becomes a column of its frame.

Two techniques (design.md): an equal inner column takes the outer one's place, so that the body stands
alone and is grouped once; and what can be NULL is tracked, so that a body of two truth values becomes a
plain semi or anti join. No correlated subquery is ever made.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sqlglot import exp

from compliance.engine.sql import terms
from compliance.engine.sql.dependence import RELATIONAL, Dependence, conjuncts, guarded, linked_field
from compliance.engine.sql.frame import Frame, Query
from compliance.engine.sql.scalar import Scalars
from compliance.engine.sql.setting import Setting, Tables
from compliance.engine.sql.terms import NULL, TRUE, Sql, both, column, named, same
from compliance.language.functions import CONTRACT
from compliance.language.tree import (
    Aggregate,
    Any,
    CoveredDays,
    Field,
    InParam,
    Named,
    Node,
    Not,
    Param,
    Rows,
    Step,
    Var,
    is_link,
)
from compliance.model.schema import STUBBED, entities


@dataclass
class Inner:
    """Rows that may count, beside the outer values they were met with.

    `doubts` are conditions that are true or unknown for every row; with none, every row counts.
    """

    frame: Frame
    atoms: tuple[Node, ...]
    doubts: tuple[Node, ...]

    def certain(self) -> exp.Expression:
        """Whether the row's condition is true (rather than unknown)."""
        return both(terms.is_true(self.frame.columns[node].value) for node in self.doubts)


@dataclass(frozen=True)
class Key:
    """An equality between a field of the inner row and an outer value."""

    conjunct: Node
    field: Field
    outer: Node
    absent: bool  # the outer value can be missing in a way that makes the equality unknown


class Compiler:
    """Compiles nodes of one rule for one statement."""

    def __init__(
        self, tables: Tables, setting: Setting, number_day: Node, query: Query, *, narrow: bool = False
    ) -> None:
        self.tables = tables
        self.query = query
        self.scalars = Scalars(setting, number_day)
        self.dependence = Dependence(number_day)
        self.narrow = narrow  # the outer rows are few: always start from them

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
        elif isinstance(node, Any):
            self._any(frame, node)
        elif isinstance(node, Aggregate):
            self._aggregate(frame, node)
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
        for root in nodes:
            for node in root.walk() if root is not None else ():
                if isinstance(node, Field) and node.row == var and node not in found:
                    found[node] = self.tables.field(node.spec, alias)
                elif isinstance(node, Step) and node.base == var:
                    reference = Field(var, node.reference)
                    found[reference] = self.tables.field(node.reference, alias)
        return found

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

    # -- inner rows

    def inner(
        self,
        outer: Frame,
        rows: Rows,
        needed: Sequence[Node] = (),
        *,
        extra: Sequence[Node] = (),
        missing: Key | None = None,
        carry: bool = False,
    ) -> Inner:
        """The rows of an entity that may meet the condition, for every combination of outer values.

        `missing` names a key whose outer value is absent: then the rows are those for which the equality,
        and so perhaps the condition, is unknown. With `carry` every outer row keeps all its columns.
        """
        clauses = conjuncts(rows.condition)
        atoms = self._atoms(outer, rows, needed, extra)
        keys = [
            key for key in self._keys(outer, rows, atoms) if missing is None or key.outer != missing.outer
        ]
        if missing is None:
            split = next((key for key in keys if key.absent), None)
            keys = [key for key in keys if not key.absent or key is split]
        alone = {key.outer for key in keys} | ({missing.outer} if missing else set())
        if not (self.narrow or carry) and set(atoms) <= alone:
            frame = self._standalone(rows, keys, needed)
        else:
            values = self._outer_values(outer, atoms, missing, carry=carry)
            frame = self._correlated(values, rows, keys, needed)
        if missing is not None:
            frame.columns[missing.outer] = terms.UNKNOWN
            frame.columns[missing.conjunct] = terms.UNKNOWN
            held = frame.columns[missing.field]
            if held.nullable:  # an inner row whose own reference is EMPTY is not linked
                frame.keep(exp.Not(this=terms.is_null(held.value)))
        matched = {key.conjunct for key in keys}
        doubts = self._filter(frame, [clause for clause in clauses if clause not in matched])
        return Inner(frame, tuple(atoms), doubts)

    def _atoms(
        self, outer: Frame, rows: Rows, needed: Sequence[Node], extra: Sequence[Node]
    ) -> dict[Node, Sql]:
        """The outer values that the inner rows are met with, compiled over the outer frame."""
        own = frozenset((rows.var.name,))
        parts = [rows.condition, *needed]
        linked = [linked_field(clause, rows.var) for clause in conjuncts(rows.condition)]
        equal = frozenset(
            other
            for _, other in filter(None, linked)
            if self.dependence.of(other) and not self.dependence.of(other) & own
        )
        found = [
            atom for part in parts if part is not None for atom in self.dependence.outer(part, own, equal)
        ]
        unique = dict.fromkeys((*found, *extra))
        for atom in unique:
            self.prepare(outer, atom)
        return {atom: self.scalars.value(atom, outer.columns) for atom in unique}

    def _keys(self, outer: Frame, rows: Rows, atoms: dict[Node, Sql]) -> list[Key]:
        keys = []
        for clause in conjuncts(rows.condition):
            linked = linked_field(clause, rows.var)
            if linked is None or linked[1] not in atoms:
                continue
            field, other = linked
            held, met = self.tables.field(field.spec, "inner"), atoms[other]
            hashed = held.unknown is None and (not held.nullable or is_link(field))
            if hashed and met.over is None and met.value != NULL:
                sure = not met.nullable or (is_link(other) and met.unknown is None)
                keys.append(Key(clause, field, other, absent=not sure))
        return keys

    def _standalone(self, rows: Rows, keys: Sequence[Key], needed: Sequence[Node]) -> Frame:
        """The body on its own: the inner column of each equality stands for the outer value."""
        frame = self.rows_of(rows.var, (rows.condition, *needed), always=("id",))
        for key in keys:
            held = frame.columns[key.field]
            if held.nullable:
                frame.keep(exp.Not(this=terms.is_null(held.value)))
            if key.outer in frame.columns:  # two inner columns equal one outer value
                frame.keep(exp.EQ(this=held.value, expression=frame.columns[key.outer].value))
            frame.columns[key.outer] = Sql(held.value, places=held.places)
        return frame

    def _outer_values(
        self, outer: Frame, atoms: Iterable[Node], missing: Key | None, *, carry: bool
    ) -> Frame:
        """The distinct combinations of outer values; every outer row as it is with `carry`."""
        values = outer.copy()
        if missing is not None:
            values.keep(terms.is_null(self.scalars.value(missing.outer, values.columns).value))
        met = {atom: self.scalars.value(atom, values.columns) for atom in atoms}
        if missing is not None and not carry:
            del met[missing.outer]
        values.columns = {**values.columns, **met} if carry else met
        values.seal(distinct=not carry)
        return values

    def _correlated(self, values: Frame, rows: Rows, keys: Sequence[Key], needed: Sequence[Node]) -> Frame:
        """The outer values, joined with the rows that share the equal columns."""
        alias = self.query.fresh("t")
        fields = self._fields(rows.var, alias, (rows.condition, *needed), ("id",))
        on = both(
            exp.EQ(this=fields[key.field].value, expression=values.columns[key.outer].value) for key in keys
        )
        frame = Frame(self.query, values.source, {**values.columns, **fields})
        frame.join(self.tables.table(rows.var.entity, alias), on, "INNER")
        return frame

    def _filter(self, frame: Frame, clauses: Sequence[Node]) -> tuple[Node, ...]:
        """Keep rows for which no clause is false; the clauses that may still be unknown."""
        doubts: list[Node] = []
        later: list[Node] = []
        for clause in sorted(clauses, key=lambda clause: guarded(clause) is None):
            if self._ready(frame, clause):
                self._apply(frame, clause, doubts)
            elif not self._semi(frame, clause):
                later.append(clause)
        for clause in later:
            self.prepare(frame, clause)
            self._apply(frame, clause, doubts)
        return tuple(doubts)

    def _apply(self, frame: Frame, clause: Node, doubts: list[Node]) -> None:
        held = self.scalars.value(clause, frame.columns)
        if not held.nullable:
            frame.keep(_bare(held.value))
            field = guarded(clause)
            if field in frame.columns:
                frame.columns[field] = replace(frame.columns[field], nullable=False)
            return
        if held.value != NULL:
            frame.keep(terms.not_false(held.value))
        frame.columns[clause] = held
        doubts.append(clause)

    def _ready(self, frame: Frame, node: Node) -> bool:
        """Whether the node can be read from the frame's columns alone."""
        if node in frame.columns:
            return True
        if isinstance(node, RELATIONAL):
            return False
        if isinstance(node, Field):
            return node.row == CONTRACT
        if isinstance(node, Param | InParam) and not self._ready(frame, self.scalars.number_day):
            return False
        return all(self._ready(frame, child) for child in node.children())

    def _semi(self, frame: Frame, clause: Node) -> bool:
        """Whether the clause could be applied as a plain semi or anti join (two truth values only)."""
        found = clause.operand if isinstance(clause, Not) else clause
        if not isinstance(found, Any) or not self.tables.complete(found.rows.var.entity):
            return False
        alias = self.query.fresh("t")
        fields = self._fields(found.rows.var, alias, (found.rows.condition,))
        met = Frame(self.query, frame.source, {**frame.columns, **fields})
        parts = conjuncts(found.rows.condition)
        if not all(self._ready(met, part) for part in parts):
            return False
        held = [self.scalars.value(part, met.columns) for part in parts]
        if any(part.nullable for part in held):
            return False
        kind = "ANTI" if isinstance(clause, Not) else "SEMI"
        frame.join(
            self.tables.table(found.rows.var.entity, alias), both(_bare(part.value) for part in held), kind
        )
        return True

    def parts(
        self,
        outer: Frame,
        rows: Rows,
        needed: Sequence[Node] = (),
        *,
        extra: Sequence[Node] = (),
        carry: bool = False,
    ) -> list[Inner]:
        """The inner rows that outer values are met with, and those met by an outer value that is absent."""
        found = [self.inner(outer, rows, needed, extra=extra, carry=carry)]
        atoms = self._atoms(outer, rows, needed, extra)
        split = next((key for key in self._keys(outer, rows, atoms) if key.absent), None)
        if split is not None:
            found.append(self.inner(outer, rows, needed, extra=extra, missing=split, carry=carry))
        return found

    # -- groups joined back

    def _grouped(
        self,
        outer: Frame,
        rows: Rows,
        measures: _Measures,
        needed: Sequence[Node] = (),
        extra: Sequence[Node] = (),
    ) -> str:
        """Join to the outer frame, per combination of outer values, what was measured over the rows."""
        selects = [self._measure(part, measures) for part in self.parts(outer, rows, needed, extra=extra)]
        atoms = self._atoms(outer, rows, needed, extra)
        union: exp.Expression = selects[0]
        if len(selects) == 2:
            union = exp.Union(this=selects[0], expression=selects[1], distinct=False)
        name = self.query.add(union, "g")
        on = both(
            same(
                self.scalars.value(atom, outer.columns).value,
                column(name, f"k{number}"),
                nullable=atoms[atom].nullable,
            )
            for number, atom in enumerate(atoms)
        )
        outer.join(self.query.table(name), on)
        return name

    def _measure(self, part: Inner, measures: _Measures) -> exp.Expression:
        measured = [named(value, name) for name, value in measures.of(self, part)]
        keys = [self.scalars.value(atom, part.frame.columns).value for atom in part.atoms]
        group = [key for key in keys if not isinstance(key, exp.Null | exp.Literal | exp.Boolean)]
        outputs = [named(key, f"k{number}") for number, key in enumerate(keys)]
        return part.frame.select([*outputs, *measured], group=group)

    def _any(self, frame: Frame, node: Any) -> None:
        entity = node.rows.var.entity
        if not self.tables.known(entity):
            frame.columns[node] = terms.UNKNOWN
            return
        name = self._grouped(frame, node.rows, _Exists())
        found, doubtful = terms.is_true(column(name, "t")), terms.is_true(column(name, "u"))
        if self.tables.complete(entity):
            certain = terms.when((found, TRUE), (doubtful, NULL), otherwise=terms.FALSE)
            frame.columns[node] = self._two_valued(name, found) or Sql(certain, nullable=True)
        else:
            frame.columns[node] = Sql(terms.when((found, TRUE), otherwise=NULL), nullable=True)

    def _two_valued(self, name: str, found: exp.Expression) -> Sql | None:
        """`found` itself when no part of the group can be unknown."""
        select = next(part for label, part in self.query.parts if label == name)
        certain = all(
            isinstance(part.selects[-1], exp.Alias) and part.selects[-1].this == terms.FALSE
            for part in ([select.this, select.expression] if isinstance(select, exp.Union) else [select])
        )
        return Sql(found) if certain else None

    def _aggregate(self, frame: Frame, node: Aggregate) -> None:
        if not self.tables.complete(node.rows.var.entity):
            frame.columns[node] = terms.UNKNOWN
            return
        needed = () if node.value is None else (node.value,)
        total = _Total(node)
        name = self._grouped(frame, node.rows, total, needed)
        value: exp.Expression = column(name, "v")
        if node.name in ("count", "distinct") or (node.name == "sum" and node.type == "int"):
            value = terms.cast(exp.Coalesce(this=value, expressions=[exp.Literal.number(0)]), "BIGINT")
        elif node.name == "sum":
            value = exp.Coalesce(this=value, expressions=[exp.Literal.number(0)])
        doubtful = column(name, "u")
        exact = self._two_valued(name, doubtful) is not None
        if not exact:
            value = terms.when((terms.is_true(doubtful), NULL), otherwise=value)
        nullable = not exact or node.name in ("min", "max")
        unknown = terms.is_null(value) if nullable else None
        frame.columns[node] = Sql(value, nullable, unknown, places=total.places)

    def _covered(self, frame: Frame, node: CoveredDays) -> None:
        if not self.tables.complete(node.rows.var.entity):
            frame.columns[node] = terms.UNKNOWN
            return
        first, last = self.value(frame, node.first), self.value(frame, node.last)
        if first.value == NULL or last.value == NULL:
            frame.columns[node] = terms.UNKNOWN
            return
        specs = entities()[node.rows.var.entity].fields
        ends = [Field(node.rows.var, specs[name]) for name in ("first_day", "last_day")]
        bounds = [bound for bound in (node.first, node.last) if self.dependence.of(bound)]
        name = self._grouped(frame, node.rows, _Covered(node), ends, bounds)
        first, last = self.value(frame, node.first), self.value(frame, node.last)
        days: exp.Expression = exp.Coalesce(this=column(name, "v"), expressions=[exp.Literal.number(0)])
        if node.uncovered:
            days = exp.Sub(this=_length(first.value, last.value), expression=days)
        nulls = [terms.is_null(bound.value) for bound in (first, last) if bound.nullable]
        if self._two_valued(name, TRUE) is None:
            nulls.append(terms.is_true(column(name, "u")))
        if nulls:
            days = terms.when((terms.either(nulls), NULL), otherwise=days)
        value = terms.cast(days, "BIGINT")
        frame.columns[node] = Sql(value, bool(nulls), terms.is_null(value) if nulls else None)


class _Measures:
    """What is measured over inner rows; `u`, whether anything was unknown, always comes last."""

    def of(self, compiler: Compiler, part: Inner) -> list[tuple[str, exp.Expression]]:
        raise NotImplementedError


class _Exists(_Measures):
    """Whether a row meets the condition."""

    def of(self, compiler: Compiler, part: Inner) -> list[tuple[str, exp.Expression]]:
        if not part.doubts:
            return [("t", exp.GT(this=_rows(), expression=exp.Literal.number(0))), ("u", terms.FALSE)]
        certain = part.certain()
        return [("t", _some(certain)), ("u", _some(terms.negated(certain)))]


@dataclass
class _Total(_Measures):
    """A count, sum, least or greatest value over the rows that count."""

    node: Aggregate
    places: int = 0

    def of(self, compiler: Compiler, part: Inner) -> list[tuple[str, exp.Expression]]:
        frame = part.frame
        if self.node.value is not None:
            compiler.prepare(frame, self.node.value)
        doubts = [] if not part.doubts else [terms.negated(part.certain())]
        if self.node.value is None:
            value: exp.Expression = _rows()
        else:
            held = compiler.scalars.value(self.node.value, frame.columns)
            self.places = held.places
            if held.nullable:
                doubts.append(terms.is_null(held.value))
            value = _AGGREGATES[self.node.name](held.value)
        return [("v", value), ("u", _some(terms.either(doubts)) if doubts else terms.FALSE)]


@dataclass
class _Covered(_Measures):
    """Days in the union of intervals: each interval adds what lies beyond the furthest end before it."""

    node: CoveredDays

    def of(self, compiler: Compiler, part: Inner) -> list[tuple[str, exp.Expression]]:
        frame, node = part.frame, self.node
        specs = entities()[node.rows.var.entity].fields
        first = compiler.scalars.value(node.first, frame.columns).value
        last = compiler.scalars.value(node.last, frame.columns).value
        start = frame.columns[Field(node.rows.var, specs["first_day"])]
        end = frame.columns[Field(node.rows.var, specs["last_day"])]
        doubts = [] if not part.doubts else [terms.negated(part.certain())]
        doubts += [day.unknown for day in (start, end) if day.unknown is not None]
        begin = terms.call("greatest", start.value, first)
        open_end = exp.Coalesce(this=end.value, expressions=[last]) if end.nullable else end.value
        stop = terms.call("least", open_end, last)
        touches = exp.LTE(this=begin, expression=stop)
        partition = [frame.columns[atom].value for atom in part.atoms]
        columns: dict[Node, Sql] = {atom: frame.columns[atom] for atom in part.atoms}
        begins, stops, doubted = _Slot("begins"), _Slot("stops"), _Slot("doubted")
        reached = _Slot("reached")
        columns[begins] = Sql(begin)
        columns[stops] = Sql(terms.when((touches, stop), otherwise=NULL), nullable=True)
        columns[doubted] = Sql(terms.either(doubts) if doubts else terms.FALSE)
        columns[reached] = Sql(_reached(columns[stops].value, begin, partition), nullable=True)
        frame.columns = columns
        frame.seal()
        begin, stop = frame.columns[begins].value, frame.columns[stops].value
        furthest = frame.columns[reached].value
        after = exp.Add(this=furthest, expression=exp.Literal.number(1))
        fresh = _length(terms.call("greatest", begin, after), stop)
        days = terms.when((terms.is_null(stop), exp.Literal.number(0)), otherwise=fresh)
        unknown = frame.columns[doubted].value
        return [("v", exp.Sum(this=days)), ("u", terms.FALSE if unknown == terms.FALSE else _some(unknown))]


@dataclass(frozen=True, slots=True)
class _Slot(Node):
    """A column that no node of the rule stands for."""

    name: str


def _reached(
    stop: exp.Expression, begin: exp.Expression, partition: Sequence[exp.Expression]
) -> exp.Expression:
    """The furthest end among the intervals before this one."""
    return exp.Window(
        this=exp.Max(this=stop),
        partition_by=list(partition),
        order=exp.Order(expressions=[exp.Ordered(this=begin), exp.Ordered(this=stop)]),
        spec=exp.WindowSpec(
            kind="ROWS",
            start="UNBOUNDED",
            start_side="PRECEDING",
            end=exp.Literal.number(1),
            end_side="PRECEDING",
        ),
    )


def _length(first: exp.Expression, last: exp.Expression) -> exp.Expression:
    """The number of days from first to last, both included; 0 when last lies before first."""
    days = exp.Add(
        this=exp.Sub(this=terms.paren(last), expression=terms.paren(first)), expression=exp.Literal.number(1)
    )
    return terms.call("greatest", exp.Literal.number(0), days)


def _rows() -> exp.Expression:
    return exp.Count(this=exp.Star())


def _some(condition: exp.Expression) -> exp.Expression:
    return exp.Coalesce(this=exp.LogicalOr(this=condition), expressions=[exp.false()])


_AGGREGATES = {
    "sum": lambda value: exp.Sum(this=value),
    "min": lambda value: exp.Min(this=value),
    "max": lambda value: exp.Max(this=value),
    "distinct": lambda value: exp.Count(this=exp.Distinct(expressions=[value])),
}


def _bare(value: exp.Expression) -> exp.Expression:
    """A condition that filters, without the guard that turns NULL into false."""
    if isinstance(value, exp.Coalesce) and value.expressions == [terms.FALSE]:
        return value.this
    return value


__all__ = ["Compiler", "Inner", "Key"]
