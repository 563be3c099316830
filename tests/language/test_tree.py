"""The tree knows its parts, its types and which comparisons are links."""

from __future__ import annotations

import pytest

from compliance.language.functions import CONTRACT
from compliance.language.substitute import renamed, substituted
from compliance.language.tree import Any as AnyRow
from compliance.language.tree import Arith, Compare, Const, Field, Named, Node, Not, Rows, Type, Var, is_link
from compliance.model.schema import entities
from tests.language.expressions import value

ONE, HALF = Const(1, "int"), Arith("/", Const(1, "int"), Const(2, "int"))


def test_rows_have_no_value() -> None:
    """A row or a list is not a value, so nothing can ask for its type."""
    with pytest.raises(NotImplementedError):
        _ = CONTRACT.type


@pytest.mark.parametrize(("left", "right", "kind"), [
    ("1", "1", "int"), ("1", "1.5", "decimal"), ("1 / 2", "1.5", "ratio"), ("1", "1 / 2", "ratio"),
])  # fmt: skip
def test_types_of_arithmetic(left: str, right: str, kind: Type) -> None:
    """A quotient makes a quotient, a decimal a decimal; whole numbers stay whole."""
    assert value(f"{left} + {right}").type == kind


def test_links() -> None:
    """A comparison links where `==` meets a reference field of an iterated row, not of the subject."""
    (inner,) = [node for node in value("any(b for b in bridging if b.referral_id == r.id)").walk()
                if isinstance(node, Compare)]  # fmt: skip
    assert [link.spec.label for link in inner.links] == ["bridging.referral_id"]
    assert is_link(inner.left)
    subject = value("r.provider_id == contract.contractor_id")
    assert isinstance(subject, Compare)
    assert subject.links == ()
    (unequal,) = [node for node in value("any(b for b in bridging if b.provider_id != r.provider_id)").walk()
                  if isinstance(node, Compare)]  # fmt: skip
    assert unequal.links == ()


def test_children_and_walk() -> None:
    """Walking goes down from left to right, through names and into lists."""
    tree = value("open and any(mine)")
    kinds = [type(node) for node in tree.walk()]
    assert kinds[1] is Named
    assert kinds.index(AnyRow) < kinds.index(Rows) < len(kinds) - 1
    assert list(ONE.children()) == []


def test_substitution() -> None:
    """Every equal part is replaced, wherever it stands; a tree without it is left as it is."""
    assert substituted(HALF, {ONE: Const(3, "int")}) == Arith("/", Const(3, "int"), Const(2, "int"))
    assert substituted(HALF, {Const(9, "int"): ONE}) is HALF
    assert substituted(Not(ONE), {ONE: HALF}) == Not(HALF)


def test_renaming_a_list() -> None:
    """A renamed list is the same list with a row variable of its own, also inside its condition."""
    old = Var(entity="bridging", name="b", iterated=True)
    spec = entities()["bridging"].fields["last_day"]
    condition: Node = Compare("==", Field(old, spec), Field(old, spec))
    new = renamed(Rows(old, condition), lambda name: f"{name}_7")
    assert new.var.name == "bridging_7"
    assert {node.row for node in new.walk() if isinstance(node, Field)} == {new.var}
