"""Comparisons that can never hold: unknown codes, codes of different kinds, ids of different entities."""

from __future__ import annotations

from collections.abc import Collection

from compliance.language.scope import Blank, UnreadableError, unknown_name
from compliance.language.tree import Const, Field, Named, Node


def check_pair(left: Node, right: Node) -> None:
    """Two values that are compared can be equal. Raises: UnreadableError."""
    left, right = _bare(left), _bare(right)
    for side, other in ((left, right), (right, left)):
        if isinstance(side, Field) and side.spec.codes and isinstance(other, Const | Field):
            check_code(other, side.spec.codes, side.spec.label)
    if isinstance(left, Field) and isinstance(right, Field):
        _check_ids(left, right)


def check_code(node: Node, codes: Collection[str], label: str) -> None:
    """The text can be one of the codes that `label` has; free text can be. Raises: UnreadableError."""
    node = _bare(node)
    if isinstance(node, Const):
        if node.value not in codes:
            flaw = unknown_name(f"the code of {label}", str(node.value), codes)
            raise UnreadableError(flaw.message, flaw.hint or f"Its codes: {', '.join(codes)}.")
    elif isinstance(node, Field):
        never = bool(_targets(node)) if not node.spec.codes else not set(codes) & set(node.spec.codes)
        if never:
            message = f"{node.spec.label} is never a code of {label}."
            raise UnreadableError(message, f"Its codes: {', '.join(codes)}.")
    elif not isinstance(node, Blank):
        raise UnreadableError(f"a code of {label} is needed.", f"Its codes: {', '.join(codes)}.")


def _check_ids(left: Field, right: Field) -> None:
    targets = [_targets(side) for side in (left, right)]
    if all(targets) and not set(targets[0]) & set(targets[1]):
        message = f"{left.spec.label} and {right.spec.label} name rows of different entities."
        raise UnreadableError(message, f"One names {targets[0][0]}, the other {targets[1][0]}.")


def _targets(field: Field) -> tuple[str, ...]:
    """The entities of which the field may hold an id; none for other fields."""
    return (field.spec.entity,) if field.spec.name == "id" else field.spec.targets


def _bare(node: Node) -> Node:
    while isinstance(node, Named):
        node = node.node
    return node
