"""Lists of rows: `x for x in … if …`, a list in brackets, and the name of a list."""

from __future__ import annotations

import ast

from compliance.language.names import NameReader
from compliance.language.scope import BLANK, Blank, UnreadableError, unknown_name
from compliance.language.substitute import renamed
from compliance.language.tree import And, Node, Row, Rows, Var
from compliance.model.schema import entities

LIST_FORM = "Write [x for x in … if …]."


class ListReader(NameReader):
    """Reads lists of rows."""

    def is_rows(self, tree: ast.expr) -> bool:
        """Whether the expression is a list of rows: a comprehension in brackets or the name of a list."""
        if isinstance(tree, ast.Name):
            return isinstance(self.scope.names.get(tree.id), Rows | Blank)
        return isinstance(tree, ast.ListComp)

    def rows(self, tree: ast.expr) -> Rows:
        """The rows of a list. Raises: UnreadableError."""
        if isinstance(tree, ast.Name):
            return self._named_rows(tree.id)
        if not isinstance(tree, ast.ListComp):
            raise UnreadableError(f"{self.source.quote(tree)} is not a list.", LIST_FORM)
        rows, element = self.generator(tree)
        if element not in (rows.var, BLANK):
            raise UnreadableError("a list holds rows.", LIST_FORM)
        return rows

    def intervals(self, tree: ast.expr) -> Rows:
        """The rows of a list that have a first and a last day. Raises: UnreadableError."""
        rows = self.rows(tree)
        if not has_days(rows.var):
            raise UnreadableError(f"{rows.var.entity} has no first_day and last_day.")
        return rows

    def generator(self, tree: ast.expr) -> tuple[Rows, Node]:
        """The rows that `element for x in source if conditions` runs over, and its element.

        Raises: UnreadableError.
        """
        if not isinstance(tree, ast.GeneratorExp | ast.ListComp):
            raise UnreadableError(f"{self.source.quote(tree)}: write `x for x in … if …`.")
        if len(tree.generators) != 1 or tree.generators[0].is_async:
            raise UnreadableError("one `for` at a time.", "Nest another any(…) or count(…) in the condition.")
        (generator,) = tree.generators
        if not isinstance(generator.target, ast.Name):
            raise UnreadableError("the variable after `for` must be one name.")
        source = self.rows(generator.iter)
        inner = self.within(self.scope.bind(generator.target.id, source.var))
        clauses = [] if source.condition is None else [source.condition]
        clauses += [inner.typed(condition, "bool") for condition in generator.ifs]
        element = tree.elt
        is_row = isinstance(element, ast.Name) and element.id == generator.target.id
        return Rows(source.var, _conjunction(clauses)), source.var if is_row else inner.value(element)

    def _named_rows(self, name: str) -> Rows:
        if name not in self.scope.names:
            if name in entities():
                return Rows(Var(entity=name, name=self.scope.unique(name), iterated=True), None)
            lists = [known for known, binding in self.scope.names.items() if isinstance(binding, Rows)]
            raise unknown_name("the entity or list", name, [*entities(), *lists])
        binding = self.find(name)
        if isinstance(binding, Rows):
            return renamed(binding, self.scope.unique)
        raise UnreadableError(f"{name!r} is not a list.", LIST_FORM)


def has_days(row: Row) -> bool:
    """Whether the row is an interval: it has a first and a last day."""
    return {"first_day", "last_day"} <= entities()[row.entity].fields.keys()


def _conjunction(clauses: list[Node]) -> Node | None:
    if BLANK in clauses:
        return BLANK
    if len(clauses) <= 1:
        return clauses[0] if clauses else None
    return And(
        tuple(part for node in clauses for part in (node.operands if isinstance(node, And) else (node,)))
    )
