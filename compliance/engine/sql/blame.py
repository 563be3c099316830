"""Why subjects cannot be judged, for all of them at once: what is missing, down to the row.

From an unknown value to its unknown parts: of `and` and `or` the unknown operands, of a comparison or a
function the operands without a value, of a quantifier the rows about which it is not known whether they
count, and the entity when rows of it may be lacking. Each kind of gap becomes one select over the frame of
those subjects. The reference engine answers the same question row by row.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any as Anything
from typing import ClassVar

from sqlglot import exp

from compliance.engine.sql import terms
from compliance.engine.sql.compile import Compiler
from compliance.engine.sql.frame import Frame
from compliance.engine.sql.meeting import Meeting
from compliance.engine.sql.terms import NULL, literal, named
from compliance.language.tree import (
    Aggregate,
    Any,
    Arith,
    CheckedRule,
    Const,
    CoveredDays,
    Field,
    InParam,
    IsNone,
    Named,
    Node,
    Param,
    Rows,
    Step,
)
from compliance.model.finding import Missing
from compliance.model.schema import FieldSpec, entities

_SURE = Const("", "text")  # an item that is there: leaves only the number of an `in param.…`


class Blame:
    """Gathers the selects that name what is missing for subjects of a rule."""

    def __init__(self, compiler: Compiler, rule: CheckedRule, key: Field) -> None:
        self.compiler = compiler
        self.rule = rule
        self.key = key
        self.found: list[exp.Expression] = []

    def selects(self, frame: Frame) -> list[exp.Expression]:
        """One select per kind of gap: subject, kind, field, entity, id, parameter; they may repeat."""
        for need in self.rule.needs:
            if need.column is not None:
                self._column(frame, need.column)
        for node in (*(need.node for need in self.rule.needs), self.rule.applies_when, self.rule.flag_when):
            if node is not None:
                self._unknown(frame, node)
        return self.found

    # -- output

    def _fact(self, frame: Frame, label: str, entity: str, holder: Node | None) -> None:
        """That fact is missing; `holder` is the id of the row that lacks it."""
        frame = frame.copy()
        identifier = literal("") if holder is None else self.compiler.value(frame, holder).value
        self._emit(frame, "missing_fact", field=literal(label), entity=literal(entity), id=identifier)

    def _parameter(self, frame: Frame, label: exp.Expression) -> None:
        """Nobody agreed that number."""
        self._emit(frame, "parameter_not_agreed", parameter=label)

    def _emit(self, frame: Frame, kind: str, **parts: exp.Expression) -> None:
        outputs = [
            named(frame.columns[self.key].value, "subject"),
            named(literal(kind), "kind"),
            *(named(parts.get(name, literal("")), name) for name in ("field", "entity", "id", "parameter")),
        ]
        self.found.append(frame.select(outputs))

    # -- narrowing to unknown parts

    def _unknown(self, frame: Frame, node: Node) -> None:
        """What is missing for the rows of the frame in which the node has no value."""
        part = frame.copy()
        held = self.compiler.value(part, node)
        if not held.nullable and not held.guards:
            return
        if held.value != NULL:
            part.keep(terms.missing(held))
        self._causes(part, node)

    def _causes(self, frame: Frame, node: Node) -> None:
        cause = self._BY_TYPE.get(type(node))
        if cause is not None:
            cause(self, frame, node)
            return
        for part in node.children():
            self._unknown(frame, part)

    def _column(self, frame: Frame, column: FieldSpec) -> None:
        delivered = self.compiler.tables.catalog[column.entity]
        self._gaps(frame, column.entity)
        if not delivered.delivers(column.name):
            self._fact(frame, column.label, column.entity, None)

    def _gaps(self, frame: Frame, entity: str) -> None:
        """The entity itself, or what it is made from, when rows of it may be lacking."""
        tables = self.compiler.tables
        if tables.complete(entity):
            return
        for gap in tables.gaps.get(entity, (Missing("missing_fact", field=entity, entity=entity),)):
            if gap.kind == "parameter_not_agreed":
                self._parameter(frame.copy(), literal(gap.parameter))
            else:
                self._fact(frame, gap.field, gap.entity, Const(gap.id, "text"))

    def _named(self, frame: Frame, node: Named) -> None:
        self._unknown(frame, node.node)

    def _is_none(self, frame: Frame, node: IsNone) -> None:
        self._field(frame, node.field)

    def _any(self, frame: Frame, node: Any) -> None:
        self._gaps(frame, node.rows.var.entity)
        self._undecided(frame, node.rows)

    def _listed(self, frame: Frame, node: InParam) -> None:
        self._unknown(frame, node.item)
        self._number(frame, node)

    def _field(self, frame: Frame, node: Field) -> None:
        """The field itself where its row is there, else the reference that leads to no row."""
        identifier = Field(node.row, entities()[node.row.entity].fields["id"])
        if isinstance(node.row, Step):
            self._step(frame, node, node.row)
        else:
            self._lacking(frame, node.spec, identifier)

    def _step(self, frame: Frame, node: Field, step: Step) -> None:
        reference = Field(step.base, step.reference)
        there = frame.copy()
        held = self.compiler.value(there, reference)
        if held.value != NULL:
            there.keep(exp.Not(this=terms.is_null(held.value)))
            self._lacking(there, node.spec, reference)
        self._unknown(frame, reference)

    def _lacking(self, frame: Frame, spec: FieldSpec, holder: Node) -> None:
        """The row has no value in that field; a number that parties agree is then not agreed."""
        if spec.agreed:
            self._parameter(frame.copy(), literal(spec.agreed))
        else:
            self._fact(frame, spec.label, spec.entity, holder)

    def _number(self, frame: Frame, node: Param | InParam) -> None:
        """The number, with its code, where nobody agreed it; else the code that is not there."""
        part = frame.copy()
        if isinstance(node, InParam):  # the item may be to blame alone
            held = self.compiler.scalars.value(InParam(_SURE, node.name, node.key), part.columns)
            if held.value != NULL and not held.nullable:
                return
            if held.value != NULL:
                part.keep(terms.is_null(held.value))
        self._unknown(part, self.compiler.scalars.number_day)
        if node.key is None:
            self._parameter(part, literal(node.name))
            return
        self._unknown(part, node.key)
        key = self.compiler.value(part, node.key)
        if key.value == NULL:
            return
        if key.nullable:
            part.keep(exp.Not(this=terms.is_null(key.value)))
        label = exp.DPipe(this=literal(f"{node.name}["), expression=terms.paren(key.value))
        self._parameter(part, exp.DPipe(this=label, expression=literal("]")))

    def _arithmetic(self, frame: Frame, node: Arith) -> None:
        """The sides that are unknown; of a quotient also the fields of a divisor that does not count."""
        for side in (node.left, node.right):
            self._unknown(frame, side)
        if node.op != "/":
            return
        part = frame.copy()
        for side in (node.left, node.right):
            held = self.compiler.value(part, side)
            if held.value == NULL:
                return
            if held.nullable or held.guards:
                part.keep(exp.Not(this=exp.Paren(this=terms.missing(held))))
        self._leaves(part, node.right)

    def _leaves(self, frame: Frame, node: Node) -> None:
        if isinstance(node, Named):
            self._leaves(frame, node.node)
        elif isinstance(node, Field):
            self._field(frame, node)
        elif isinstance(node, Aggregate):
            if node.value is not None:
                self._leaves(self._certain(frame, node.rows, (node.value,)), node.value)
        else:
            for part in node.children():
                if not isinstance(part, Rows):
                    self._leaves(frame, part)

    # -- rows

    def _certain(self, frame: Frame, rows: Rows, needed: Sequence[Node]) -> Frame:
        """The rows that count, beside all that is known of the outer row."""
        inner = Meeting(self.compiler, frame, rows, needed, carry=True).parts[0]
        inner.frame.keep(inner.certain())
        return inner.frame

    def _undecided(self, frame: Frame, rows: Rows) -> None:
        """Why it is not known of some rows whether they count."""
        if rows.condition is None or not self.compiler.tables.known(rows.var.entity):
            return
        for inner in Meeting(self.compiler, frame, rows, carry=True).parts:
            if not inner.doubts:
                continue
            part = inner.frame
            part.keep(terms.negated(inner.certain()))
            for doubt in inner.doubts:
                self._doubt(part, doubt)

    def _doubt(self, frame: Frame, doubt: Node) -> None:
        part = frame.copy()
        held = part.columns[doubt]
        if held.value != NULL:
            part.keep(terms.is_null(held.value))
        del part.columns[doubt]
        self._causes(part, doubt)

    def _aggregate(self, frame: Frame, node: Aggregate) -> None:
        entity = node.rows.var.entity
        self._gaps(frame, entity)
        self._undecided(frame, node.rows)
        tables = self.compiler.tables
        if not tables.known(entity):
            return
        if node.value is not None:
            self._unknown(self._certain(frame, node.rows, (node.value,)), node.value)
        if node.name in ("min", "max") and tables.complete(entity):
            self._none(frame, node)

    def _none(self, frame: Frame, node: Aggregate) -> None:
        """The smallest or largest of nothing."""
        part = frame.copy()
        counted = self.compiler.value(part, Any(node.rows))
        if counted.value == NULL:
            return
        part.keep(exp.Not(this=terms.not_false(counted.value)))
        self._fact(part, node.rows.var.entity, node.rows.var.entity, None)

    def _covered(self, frame: Frame, node: CoveredDays) -> None:
        self._unknown(frame, node.first)
        self._unknown(frame, node.last)
        entity = node.rows.var.entity
        self._gaps(frame, entity)
        self._undecided(frame, node.rows)
        for name in ("first_day", "last_day"):
            self._days(frame, node.rows, entities()[entity].fields[name])

    def _days(self, frame: Frame, rows: Rows, spec: FieldSpec) -> None:
        """The rows that count and of which that day was not delivered."""
        if not self.compiler.tables.catalog[spec.entity].lacking_groups(spec.name):
            return
        day = Field(rows.var, spec)
        inner = self._certain(frame, rows, (day,))
        held = self.compiler.value(inner, day)
        if held.unknown is not None:
            inner.keep(held.unknown)
            self._fact(inner, spec.label, spec.entity, Field(rows.var, entities()[spec.entity].fields["id"]))

    _BY_TYPE: ClassVar[dict[type[Node], Callable[[Blame, Frame, Anything], None]]] = {
        Named: _named,
        Field: _field,
        IsNone: _is_none,
        InParam: _listed,
        Param: _number,
        Any: _any,
        Aggregate: _aggregate,
        CoveredDays: _covered,
        Arith: _arithmetic,
    }
