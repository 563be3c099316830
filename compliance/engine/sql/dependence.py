"""Which rows a value depends on: what may be computed before, or apart from, an iteration."""

from __future__ import annotations

from collections.abc import Iterator

from compliance.language.functions import CONTRACT
from compliance.language.tree import (
    Aggregate,
    And,
    Any,
    Compare,
    Const,
    CoveredDays,
    Field,
    InParam,
    IsNone,
    Named,
    Node,
    Not,
    Or,
    Param,
    Row,
    Rows,
    Step,
    Var,
)

RELATIONAL = (Any, Aggregate, CoveredDays)


class Dependence:
    """Answers which variables a node reads, numbers included: a number is read on the rule's number day."""

    def __init__(self, number_day: Node) -> None:
        self.number_day = number_day
        self.known: dict[Node, frozenset[str]] = {}

    def of(self, node: Node) -> frozenset[str]:
        """The variables that the node reads and does not iterate itself; the contract is no variable."""
        found = self.known.get(node)
        if found is None:
            found = self.known[node] = self._of(node)
        return found

    def _of(self, node: Node) -> frozenset[str]:
        if isinstance(node, Var):
            return frozenset() if node == CONTRACT else frozenset((node.name,))
        names: frozenset[str] = frozenset()
        for child in node.children():
            names |= self.of(child)
        if isinstance(node, Param | InParam):
            names |= self.of(self.number_day)
        if isinstance(node, RELATIONAL):
            names -= {node.rows.var.name}
        return names

    def outer(self, node: Node, own: frozenset[str], equal: frozenset[Node]) -> Iterator[Node]:
        """The largest parts of a node that read rows from outside and none of `own`.

        A part that reads the outside only through values in `equal` is no part of its own: those values
        have an equal column inside, from which it can be made.
        """
        names = self.of(node)
        if not names - own:
            return
        whole = node in equal or not (names & own or self._made_of(node, own, equal))
        if whole and not isinstance(node, Row | Rows):
            yield node
            return
        if isinstance(node, RELATIONAL):
            own = own | {node.rows.var.name}
        elif isinstance(node, Rows):
            own = own | {node.var.name}
        # A condition is met clause by clause (`meeting`), so that its parts are asked for as they are there.
        for child in conjuncts(node.condition) if isinstance(node, Rows) else node.children():
            if not isinstance(child, Row):
                yield from self.outer(child, own, equal)
        if isinstance(node, Param | InParam):
            yield from self.outer(self.number_day, own, equal)

    def _made_of(self, node: Node, own: frozenset[str], equal: frozenset[Node]) -> bool:
        """Whether all that the node reads from outside are values in `equal`, without another relation."""
        if node in equal or not self.of(node) - own:
            return True
        if isinstance(node, Field | Named | Param | InParam | Row | Rows) or relational(node):
            return False
        return all(self._made_of(child, own, equal) for child in node.children())


def conjuncts(node: Node | None) -> list[Node]:
    """The parts that must all hold, with negation brought to them where it divides."""
    if node is None:
        return []
    if isinstance(node, And):
        return [part for operand in node.operands for part in conjuncts(operand)]
    if isinstance(node, Not):
        inner = node.operand
        if isinstance(inner, Or):
            return [part for operand in inner.operands for part in conjuncts(Not(operand))]
        if isinstance(inner, Not):
            return conjuncts(inner.operand)
    return [node]


def linked_field(node: Node, var: Var) -> tuple[Field, Node] | None:
    """For an equality with a field of `var`, that field and the other side."""
    if isinstance(node, Compare) and node.op == "==":
        for side, other in ((node.left, node.right), (node.right, node.left)):
            if isinstance(side, Field) and side.row == var and not isinstance(other, Const):
                return side, other
    return None


def guarded(node: Node) -> Field | None:
    """The field that certainly has a value where the node is true: of `x.f is not None`."""
    if isinstance(node, Not) and isinstance(node.operand, IsNone):
        return node.operand.field
    return None


def relational(node: Node) -> bool:
    """Whether the node needs another relation: a quantifier, or a field one step away."""
    return any(
        isinstance(part, RELATIONAL) or (isinstance(part, Field) and isinstance(part.row, Step))
        for part in node.walk()
    )
