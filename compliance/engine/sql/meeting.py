"""Where the rows of an entity meet the values of an outer frame.

The outer values a condition reads are its atoms. An atom that must equal an inner column is a key: the
inner column can take its place, and then the inner rows stand alone; otherwise the distinct atoms are
joined with the inner rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from sqlglot import exp

from compliance.engine.sql import terms
from compliance.engine.sql.dependence import conjuncts, linked_field
from compliance.engine.sql.filtering import keep_possible
from compliance.engine.sql.frame import Frame
from compliance.engine.sql.terms import NULL, Sql, both
from compliance.language.tree import Field, Node, Rows, is_link

if TYPE_CHECKING:
    from compliance.engine.sql.compile import Compiler


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

    def uncertain(self) -> list[exp.Expression]:
        """The condition by which a row does not certainly count; none where every row does."""
        return [terms.negated(self.certain())] if self.doubts else []


@dataclass(frozen=True)
class Key:
    """An equality between a field of the inner row and an outer value.

    `absent`: the outer value can be missing in a way that makes the equality unknown.
    """

    conjunct: Node
    field: Field
    outer: Node
    absent: bool


class Meeting:
    """Rows of an entity and an outer frame, which is given a column for every atom.

    `needed` are values per inner row that will be asked for, `extra` outer values to keep beside them. With
    `carry` every outer row keeps all its columns, where otherwise equal outer values are taken together.
    """

    def __init__(
        self,
        compiler: Compiler,
        outer: Frame,
        rows: Rows,
        needed: Sequence[Node] = (),
        *,
        extra: Sequence[Node] = (),
        carry: bool = False,
    ) -> None:
        self.compiler = compiler
        self.outer = outer
        self.rows = rows
        self.reads = (rows.condition, *needed)
        self.clauses = conjuncts(rows.condition)
        self.carry = carry
        self.atoms = self._atoms(extra)
        keys = self._keys()
        # One key may be absent and is met apart; others like it stay conditions.
        self.split = next((key for key in keys if key.absent), None)
        self.keys = [key for key in keys if not key.absent or key is self.split]

    @cached_property
    def parts(self) -> tuple[Inner, ...]:
        """The inner rows that outer values are met with, and those met by an outer value that is absent."""
        found = self._inner(self.keys)
        if self.split is None:
            return (found,)
        return found, self._unlinked(self.split)

    def _atoms(self, extra: Sequence[Node]) -> dict[Node, Sql]:
        """The outer values that the inner rows are met with, compiled over the outer frame."""
        dependence, own = self.compiler.dependence, frozenset((self.rows.var.name,))
        linked = [found for clause in self.clauses if (found := linked_field(clause, self.rows.var))]
        equal = frozenset(
            other for _, other in linked if dependence.of(other) and not dependence.of(other) & own
        )
        read = (*self.clauses, *self.reads[1:])  # a part outside is met as the clauses are, one by one
        unique = dict.fromkeys(
            [atom for part in read if part is not None for atom in dependence.outer(part, own, equal)]
        )
        unique.update(dict.fromkeys(extra))
        return {atom: self.compiler.value(self.outer, atom) for atom in unique}

    def _keys(self) -> list[Key]:
        keys = []
        for clause in self.clauses:
            linked = linked_field(clause, self.rows.var)
            if linked is None or linked[1] not in self.atoms:
                continue
            field, other = linked
            held, met = self.compiler.tables.field(field.spec, "inner"), self.atoms[other]
            hashed = held.unknown is None and (not held.nullable or is_link(field))
            if hashed and met.over is None and met.value != NULL:
                sure = not met.nullable or (is_link(other) and met.unknown is None)
                keys.append(Key(clause, field, other, absent=not sure))
        return keys

    def _inner(self, keys: Sequence[Key], missing: Key | None = None) -> Inner:
        """The rows that may meet the condition; `missing` is a key whose outer value is absent."""
        alone = {key.outer for key in (*keys, *([missing] if missing else []))}
        if not (self.compiler.narrow or self.carry) and self.atoms.keys() <= alone:
            frame = self._standalone(keys)
        else:
            frame = self._correlated(self._outer_values(missing), keys)
        if missing is not None:
            frame.columns[missing.outer] = terms.UNKNOWN
            frame.columns[missing.conjunct] = terms.UNKNOWN
        matched = {key.conjunct for key in keys}
        left = [clause for clause in self.clauses if clause not in matched]
        return Inner(frame, tuple(self.atoms), keep_possible(self.compiler, frame, left))

    def _unlinked(self, split: Key) -> Inner:
        """The rows for which the equality, and so perhaps the condition, is unknown."""
        found = self._inner([key for key in self.keys if key.outer != split.outer], split)
        held = found.frame.columns[split.field]
        if held.nullable:  # an inner row whose own reference is EMPTY is not linked
            found.frame.keep(exp.Not(this=terms.is_null(held.value)))
        return found

    def _standalone(self, keys: Sequence[Key]) -> Frame:
        """The body on its own: the inner column of each equality stands for the outer value."""
        frame = self.compiler.rows_of(self.rows.var, self.reads, always=("id",))
        for key in keys:
            held = frame.columns[key.field]
            if held.nullable:
                frame.keep(exp.Not(this=terms.is_null(held.value)))
            if key.outer in frame.columns:  # two inner columns equal one outer value
                frame.keep(exp.EQ(this=held.value, expression=frame.columns[key.outer].value))
            frame.columns[key.outer] = Sql(held.value, places=held.places)
        return frame

    def _outer_values(self, missing: Key | None) -> Frame:
        """The distinct combinations of outer values; every outer row as it is with `carry`."""
        values, scalars = self.outer.copy(), self.compiler.scalars
        if missing is not None:
            values.keep(terms.is_null(scalars.value(missing.outer, values.columns).value))
        met = {atom: scalars.value(atom, values.columns) for atom in self.atoms}
        if missing is not None and not self.carry:
            del met[missing.outer]
        values.columns = {**values.columns, **met} if self.carry else met
        values.seal(distinct=not self.carry)
        return values

    def _correlated(self, values: Frame, keys: Sequence[Key]) -> Frame:
        """The outer values, joined with the rows that share the equal columns."""
        rows = self.compiler.rows_of(self.rows.var, self.reads, always=("id",))
        pairs = [(rows.columns[key.field].value, values.columns[key.outer].value) for key in keys]
        frame = Frame(self.outer.query, values.source, {**values.columns, **rows.columns})
        frame.join(rows.source, both(exp.EQ(this=one, expression=other) for one, other in pairs), "INNER")
        return frame
