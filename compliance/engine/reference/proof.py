"""Makes the proof of one outcome: every named step of a rule, and the facts and numbers behind it.

Of a condition only the parts that decided it are shown: of a
false `and` the false clauses, of a true `or` the true ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from compliance.engine.reference.blame import blame
from compliance.engine.reference.engine import about_of, evidence_of, missing_of, outcome_of, values_of
from compliance.engine.reference.evaluate import Names, Subject
from compliance.engine.reference.values import EMPTY, UNKNOWN, State, known, shown
from compliance.engine.reference.world import Fact
from compliance.language import tree
from compliance.language.tree import Node, Type
from compliance.model.explanation import (
    Held,
    Proof,
    Quantified,
    Role,
    StateName,
    Step,
    UsedFact,
    UsedNumber,
)
from compliance.model.finding import RowRef

ROWS_SHOWN = 20  # rows looked into per quantifier; its counts are always whole


def prove(subject: Subject) -> Proof:
    """The proof of what the subject's rule says of it."""
    rule, outcome = subject.rule, outcome_of(subject)
    evidence = {
        (row.entity, row.id): row
        for _, rows in rule.evidence
        for row, _, state in subject.judged(rows)
        if state is True
    }
    return Proof(
        rule=rule.id,
        subject=RowRef(subject.row.entity, subject.row.id),
        outcome=outcome,
        steps=tuple(_steps(subject)),
        values=values_of(subject),
        evidence=tuple(_whole(evidence[ref.entity, ref.id]) for ref in evidence_of(subject)),
        missing=missing_of(subject) if outcome == "not_assessable" else (),
        norms=rule.rule.norms,
        about=about_of(subject),
    )


def _steps(subject: Subject) -> Iterator[Step]:
    rule, content = subject.rule, subject.rule.rule
    for name, node in rule.lets.items():
        yield _step(subject, name, "let", content.let[name], node)
    for name, node in rule.conditions.items():
        yield _step(subject, name, "condition", content.conditions[name], node)
    for need in rule.needs:
        if isinstance(need.node, tree.Field):
            yield _step(subject, need.label, "need", need.label, need.node)
    if rule.applies_when is not None:
        yield _step(subject, "applies_when", "applies_when", content.applies_when or "", rule.applies_when)
    yield _step(subject, "flag_when", "flag_when", content.flag_when, rule.flag_when)


def _step(subject: Subject, name: str, role: Role, text: str, node: Node) -> Step:
    state = subject.value(node)
    trace = _Trace(subject)
    trace.follow(node, subject.names)
    return Step(
        name=name,
        role=role,
        text=" ".join(text.split()),
        state=_state(state),
        value=shown(state, node.type),
        uses=tuple(trace.uses),
        facts=trace.facts(),
        numbers=tuple(trace.numbers),
        rows=tuple(trace.rows),
        missing=() if known(state) else tuple(sorted(set(blame(subject, node)))),
    )


class _Trace:
    """Follows a node to the facts, numbers and rows that its value rests on."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self.uses: dict[str, None] = {}
        self.numbers: dict[UsedNumber, None] = {}
        self.rows: list[Quantified] = []
        self._fields: dict[tuple[str, str], tuple[Fact, dict[str, Held]]] = {}

    def facts(self) -> tuple[UsedFact, ...]:
        return tuple(
            UsedFact(RowRef(*key), tuple(held.values()), row.source, row.place)
            for key, (row, held) in sorted(self._fields.items(), key=lambda item: item[0])
        )

    def follow(self, node: Node, names: Names) -> None:
        """Everything that decided the node's value is noted."""
        if isinstance(node, tree.Named):
            self.uses[node.name] = None
        elif isinstance(node, tree.Field):
            self._field(node.row, node.spec.name, node.type, names)
        elif isinstance(node, tree.And | tree.Or):
            for operand in self._decisive(node, names):
                self.follow(operand, names)
        elif isinstance(node, tree.Any | tree.Aggregate):
            value = node.value if isinstance(node, tree.Aggregate) else None
            kind = node.name if isinstance(node, tree.Aggregate) else "any"
            self._quantified(kind, node.rows, value, names)
        elif isinstance(node, tree.CoveredDays):
            self.follow(node.first, names)
            self.follow(node.last, names)
            self._quantified("uncovered_days" if node.uncovered else "covered_days", node.rows, None, names)
        else:
            if isinstance(node, tree.Param | tree.InParam):
                self._number(node, names)
            for part in node.children():
                self.follow(part, names)

    def _decisive(self, node: tree.And | tree.Or, names: Names) -> Iterable[Node]:
        """The operands that made the whole what it is: those of the same truth."""
        whole = self.subject.truth(node, names)
        return (operand for operand in node.operands if self.subject.truth(operand, names) is whole)

    def _field(self, row: tree.Row, name: str, kind: Type, names: Names) -> None:
        if isinstance(row, tree.Step):
            self._field(row.base, row.reference.name, "text", names)
        fact = self.subject.row_of(row, names)
        if fact is not None:
            _, held = self._fields.setdefault((fact.entity, fact.id), (fact, {}))
            held[name] = _held(fact, name, kind)

    def _number(self, node: tree.Param | tree.InParam, names: Names) -> None:
        state = None if node.key is None else self.subject.value(node.key, names)
        key = state if isinstance(state, str) else ""
        spec = self.subject.view.setting.numbers[node.name]
        found = self.subject.number(node, names)
        used = UsedNumber(node.name, key, found, spec.status, spec.source)
        if spec.is_set(key):
            used = replace(used, status="set_by_case", source="parameters")
        self.numbers[used] = None

    def _quantified(self, kind: str, rows: tree.Rows, value: Node | None, names: Names) -> None:
        table = self.subject.table(rows)
        found = sorted(self.subject.judged(rows, names), key=lambda item: (item[2] is UNKNOWN, item[0].id))
        doubts = sum(state is UNKNOWN for _, _, state in found)
        refs = tuple(RowRef(row.entity, row.id) for row, _, _ in found[:ROWS_SHOWN])
        self.rows.append(
            Quantified(
                kind, rows.var.entity, len(table.rows), len(found) - doubts, doubts, table.complete, refs
            )
        )
        for row, inner, _ in found[:ROWS_SHOWN]:
            self._field(rows.var, "id", "text", inner)
            if kind.endswith("covered_days"):
                for name in ("first_day", "last_day"):
                    self._fields[row.entity, row.id][1][name] = _held(row, name, "day")
            for part in (rows.condition, value):
                if part is not None:
                    self.follow(part, inner)


def _held(row: Fact, name: str, kind: Type) -> Held:
    state = row[name]
    return Held(name, _state(state), shown(state, kind))


def _whole(row: Fact) -> UsedFact:
    """The fact with every field that was read and holds a value."""
    held = tuple(
        Held(name, "value", value)  # type: ignore[arg-type]  # rows as delivered hold no fractions
        for name, value in row.values.items()
        if name not in row.lacks and value is not EMPTY
    )
    return UsedFact(RowRef(row.entity, row.id), held, row.source, row.place)


def _state(state: State) -> StateName:
    if state is UNKNOWN:
        return "unknown"
    return "empty" if state is EMPTY else "value"
