"""Names, fields, steps along references and numbers: the leaves of an expression."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Self, TypeVar

from compliance.language.codes import check_code
from compliance.language.scope import (
    BLANK,
    MOST_NODES,
    Binding,
    Blank,
    Scope,
    ToldError,
    UnreadableError,
    fits,
    too_large,
    unknown_name,
)
from compliance.language.syntax import Source
from compliance.language.tree import AsOf, Field, Node, Param, Row, Rows, Step, Type
from compliance.model.schema import entities

TYPE_WORDS: Mapping[Type, str] = {
    "bool": "true or false",
    "day": "a day",
    "int": "a whole number",
    "decimal": "a decimal number",
    "ratio": "a quotient",
    "text": "text",
}
R = TypeVar("R", bound="NameReader")


class NameReader:
    """Reads the leaves of one expression, and keeps what it refuses.

    What cannot be read becomes BLANK, so that the rest is read too: all flaws are told, each once.
    """

    def __init__(self, source: Source, scope: Scope) -> None:
        self.source = source
        self.scope = scope
        self.refusals: list[UnreadableError] = []
        self.filled_in = [0]  # nodes that the names used so far stand for

    def within(self, scope: Scope) -> Self:
        """A reader of a part of the same expression, where other names are in reach."""
        reader = type(self)(self.source, scope)
        reader.refusals, reader.filled_in = self.refusals, self.filled_in
        return reader

    def read(self, tree: ast.expr) -> Node:
        """The typed tree of a value. Raises: UnreadableError."""
        raise NotImplementedError

    def attempt(self, read: Callable[[], Node]) -> Node:
        """What `read` gives; BLANK, and the refusal kept, when it or a part of it cannot be read."""
        try:
            node = read()
        except ToldError:
            return BLANK
        except UnreadableError as refusal:
            self.refusals.append(refusal)
            return BLANK
        return BLANK if _has_blank(node) else node

    def value(self, tree: ast.expr) -> Node:
        """The typed tree of a value, or BLANK."""
        return self.attempt(lambda: self.read(tree))

    def typed(self, tree: ast.expr, kind: Type) -> Node:
        """The typed tree of a value of that type, or BLANK."""

        def read() -> Node:
            node = self.value(tree)
            if not fits(node, kind):
                found, due = TYPE_WORDS[node.type], TYPE_WORDS[kind]
                raise UnreadableError(f"{self.source.quote(tree)} is {found}, where {due} is needed.")
            return node

        return self.attempt(read)

    def find(self, name: str) -> Binding:
        """What a name stands for. Raises: UnreadableError, also when too much is filled in by names."""
        found = self.scope.find(name)
        self.filled_in[0] += self.scope.extents[name].nodes
        if self.filled_in[0] > MOST_NODES:
            raise too_large()
        return found

    def read_name(self, tree: ast.Name) -> Node:
        """The value that a name stands for."""
        if tree.id == "as_of":
            return AsOf()
        binding = self.find(tree.id)
        if isinstance(binding, Rows):
            raise UnreadableError(f"{tree.id!r} is a list.", f"Write any({tree.id}) or count({tree.id}).")
        if isinstance(binding, Row):
            raise UnreadableError(f"{tree.id!r} is a row.", f"Name one of its fields: {tree.id}.…")
        return binding

    def read_attribute(self, tree: ast.Attribute) -> Node:
        """The field of a row, or a number."""
        if isinstance(tree.value, ast.Name) and tree.value.id == "param":
            return self.read_param(tree)
        row = self.row(tree.value)
        fields = entities()[row.entity].fields
        if tree.attr not in fields:
            raise unknown_name(f"the field {row.entity}", tree.attr, fields)
        return Field(row, fields[tree.attr])

    def row(self, tree: ast.expr) -> Row:
        """The row that a name or a step along a reference stands for. Raises: UnreadableError."""
        if isinstance(tree, ast.Name):
            binding = self.find(tree.id)
            if isinstance(binding, Row):
                return binding
            raise UnreadableError(f"{tree.id!r} has no fields.")
        if not isinstance(tree, ast.Attribute):
            raise UnreadableError(f"{self.source.quote(tree)} is not a row.")
        base = self.row(tree.value)
        fields = entities()[base.entity].fields
        reference = fields.get(f"{tree.attr}_id")
        if reference is None or reference.type != "ref":
            steps = [name.removesuffix("_id") for name, spec in fields.items() if spec.type == "ref"]
            raise unknown_name(f"the step {base.entity}", tree.attr, steps)
        if len(reference.targets) > 1:
            raise UnreadableError(f"{reference.label} may name rows of several entities.")
        return Step(entity=reference.targets[0], base=base, reference=reference)

    def read_param(self, tree: ast.expr) -> Node:
        """A number that is one value."""
        name, key = self.param(tree)
        kind = self.scope.numbers[name].type
        if kind == "codes":
            raise UnreadableError(f"param.{name} is a list of codes.", f"Write `x in param.{name}`.")
        return Param(name, kind, key)

    def param(self, tree: ast.expr) -> tuple[str, Node | None]:
        """The name of a number, and the code on which its value depends. Raises: UnreadableError."""
        named, key = (tree.value, tree.slice) if isinstance(tree, ast.Subscript) else (tree, None)
        if not (
            isinstance(named, ast.Attribute)
            and isinstance(named.value, ast.Name)
            and named.value.id == "param"
        ):
            raise UnreadableError(f"{self.source.quote(tree)} is not a list or a number.")
        name = named.attr
        if name not in self.scope.numbers:
            raise unknown_name("the number param", name, self.scope.numbers)
        number = self.scope.numbers[name]
        if key is None:
            if number.keyed_by:
                raise UnreadableError(
                    f"param.{name} depends on {number.keyed_by}.", f"Write param.{name}[…]."
                )
            return name, None
        if not number.keyed_by:
            raise UnreadableError(f"param.{name} does not depend on a code.", f"Write param.{name}.")
        node = self.typed(key, "text")
        check_code(node, number.keys, number.keyed_by)
        return name, node


def _has_blank(node: Node) -> bool:
    """Whether a part of the tree is blank; a list stays what it is, since its entity is known."""
    if isinstance(node, Rows):
        return False
    return any(
        isinstance(part, Blank) or (isinstance(part, Rows) and isinstance(part.condition, Blank))
        for part in node.children()
    )
