"""Expression text to typed tree, by Python's own parser; nothing in an expression can call Python."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import get_args

from compliance.language import functions
from compliance.language.scope import Refused, Scope, unknown_name
from compliance.language.substitute import renamed
from compliance.language.tree import (
    NUMBERS,
    Aggregate,
    And,
    Any,
    Arith,
    AsOf,
    Call,
    Compare,
    Comparison,
    Const,
    CoveredDays,
    Field,
    In,
    InParam,
    IsNone,
    Node,
    Not,
    Or,
    Param,
    Row,
    Rows,
    Shift,
    Step,
    Type,
    Var,
)
from compliance.model.schema import entities

COMPARISONS: dict[type[ast.cmpop], Comparison] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}
ARITHMETIC = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
ORDERED: tuple[Type, ...] = ("day", "text", *NUMBERS)


def parse(text: str) -> ast.expr:
    """The expression as Python's parser reads it. Raises: Refused."""
    try:
        return ast.parse(text.strip(), mode="eval").body
    except SyntaxError as error:
        near = f" near column {error.offset}" if error.offset else ""
        raise Refused(f"cannot be read as an expression{near}: {error.msg}.") from None
    except (RecursionError, MemoryError, ValueError):
        raise Refused("cannot be read: nested too deeply.", "Split it over several lets.") from None


def read_value(text: str, scope: Scope) -> Node:
    """The typed tree of an expression that has a single value. Raises: Refused."""
    return _Reader(scope).value(parse(text))


def read_let(text: str, scope: Scope) -> Node | Rows:
    """The typed tree of a `let`: a value, or the rows of a list. Raises: Refused."""
    tree = parse(text)
    reader = _Reader(scope)
    return reader.rows(tree) if reader.is_rows(tree) else reader.value(tree)


def read_rows(text: str, scope: Scope) -> Rows:
    """The rows that a list expression or a list's name gives. Raises: Refused."""
    return _Reader(scope).rows(parse(text))


class _Reader:
    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    # -- values

    def value(self, tree: ast.expr) -> Node:
        readers: dict[type[ast.expr], Callable[[ast.expr], Node]] = {
            ast.Constant: self._constant,
            ast.UnaryOp: self._unary,
            ast.BoolOp: self._logic,
            ast.Compare: self._compare,
            ast.BinOp: self._arithmetic,
            ast.Call: self._call,
            ast.Attribute: self._attribute,
            ast.Subscript: self._keyed_param,
            ast.Name: self._name,
        }
        reader = readers.get(type(tree))
        if reader is None:
            raise Refused(f"{ast.unparse(tree)!r} is not part of the rule language.")
        return reader(tree)

    def truth(self, tree: ast.expr) -> Node:
        node = self.value(tree)
        if node.type != "bool":
            raise Refused(f"{ast.unparse(tree)!r} is a {node.type}, where true or false is needed.")
        return node

    def typed(self, tree: ast.expr, kind: Type) -> Node:
        node = self.value(tree)
        if node.type != kind:
            raise Refused(f"{ast.unparse(tree)!r} is a {node.type}, where a {kind} is needed.")
        return node

    def _constant(self, tree: ast.expr) -> Node:
        assert isinstance(tree, ast.Constant)
        value = tree.value
        if isinstance(value, bool):
            return Const(value, "bool")
        if isinstance(value, int):
            return Const(value, "int")
        if isinstance(value, float):
            return Const(Decimal(ast.unparse(tree)), "decimal")
        if isinstance(value, str):
            return Const(value, "text")
        raise Refused(f"{ast.unparse(tree)!r} is not a value.", "Ask for emptiness with `is None`.")

    def _unary(self, tree: ast.expr) -> Node:
        assert isinstance(tree, ast.UnaryOp)
        if isinstance(tree.op, ast.Not):
            return Not(self.truth(tree.operand))
        if isinstance(tree.op, ast.USub):
            operand = self.value(tree.operand)
            if isinstance(operand, Const) and isinstance(operand.value, int | Decimal):
                return replace(operand, value=-operand.value)
        raise Refused(f"{ast.unparse(tree)!r} is not part of the rule language.")

    def _logic(self, tree: ast.expr) -> Node:
        assert isinstance(tree, ast.BoolOp)
        operands = tuple(self.truth(operand) for operand in tree.values)
        return And(operands) if isinstance(tree.op, ast.And) else Or(operands)

    def _compare(self, tree: ast.expr) -> Node:
        assert isinstance(tree, ast.Compare)
        sides = [tree.left, *tree.comparators]
        pairs = [
            self._pair(left, operator, right)
            for left, operator, right in zip(sides, tree.ops, sides[1:], strict=False)
        ]
        return pairs[0] if len(pairs) == 1 else And(tuple(pairs))

    def _pair(self, left: ast.expr, operator: ast.cmpop, right: ast.expr) -> Node:
        if isinstance(operator, ast.Is | ast.IsNot):
            return self._is_none(left, right, negated=isinstance(operator, ast.IsNot))
        if isinstance(operator, ast.In | ast.NotIn):
            found = self._in(left, right)
            return Not(found) if isinstance(operator, ast.NotIn) else found
        return self._comparison(COMPARISONS[type(operator)], self.value(left), self.value(right))

    def _comparison(self, op: Comparison, left: Node, right: Node) -> Node:
        same = left.type == right.type or (left.type in NUMBERS and right.type in NUMBERS)
        if not same:
            raise Refused(f"a {left.type} cannot be compared with a {right.type}.")
        if op not in ("==", "!=") and left.type not in ORDERED:
            raise Refused(f"a {left.type} has no order.", "Use == or !=.")
        for side, other in ((left, right), (right, left)):
            if isinstance(side, Field) and isinstance(other, Const):
                _known_code(side, other)
        return Compare(op, left, right)

    def _is_none(self, left: ast.expr, right: ast.expr, *, negated: bool) -> Node:
        if not (isinstance(right, ast.Constant) and right.value is None):
            raise Refused("`is` only asks `is None` or `is not None`.", "Compare values with ==.")
        node = self.value(left)
        if not isinstance(node, Field):
            raise Refused(f"`is None` asks about a field, and {ast.unparse(left)!r} is none.")
        return Not(IsNone(node)) if negated else IsNone(node)

    def _in(self, left: ast.expr, right: ast.expr) -> Node:
        item = self.value(left)
        if isinstance(right, ast.Tuple | ast.List):
            choices = tuple(self._choice(item, choice) for choice in right.elts)
            return In(item, choices)
        name, key = self._param_parts(right)
        if self.scope.numbers[name].type != "codes":
            raise Refused(f"param.{name} is one value, not a list.", "Compare with ==.")
        return InParam(item, name, key)

    def _choice(self, item: Node, tree: ast.expr) -> Const:
        choice = self.value(tree)
        if not isinstance(choice, Const):
            raise Refused(f"{ast.unparse(tree)!r} is not a constant.")
        self._comparison("==", item, choice)
        return choice

    def _arithmetic(self, tree: ast.expr) -> Node:
        assert isinstance(tree, ast.BinOp)
        op = ARITHMETIC.get(type(tree.op))
        if op is None:
            raise Refused(f"{ast.unparse(tree)!r}: only + - * / are known.")
        shift = self._shift(tree, op)
        if shift is not None:
            return shift
        left, right = self.value(tree.left), self.value(tree.right)
        if left.type not in NUMBERS or right.type not in NUMBERS:
            hint = "Use days_between(a, b)." if "day" in (left.type, right.type) else ""
            raise Refused(f"{left.type} {op} {right.type} has no meaning.", hint)
        return Arith(op, left, right)  # type: ignore[arg-type]  # the keys of ARITHMETIC are these four

    def _shift(self, tree: ast.BinOp, op: str) -> Node | None:
        """`day + days(n)` and its like; None when neither side is a length of time."""
        right = tree.right
        if not (isinstance(right, ast.Call) and _function(right) in ("days", "months")):
            return None
        if op not in "+-" or len(right.args) != 1 or right.keywords:
            raise Refused(f"{ast.unparse(tree)!r}: write `day + days(n)` or `day - months(n)`.")
        amount = self.typed(right.args[0], "int")
        unit = "days" if _function(right) == "days" else "months"
        return Shift(self.typed(tree.left, "day"), amount, unit, 1 if op == "+" else -1)

    def _attribute(self, tree: ast.expr) -> Node:
        assert isinstance(tree, ast.Attribute)
        if isinstance(tree.value, ast.Name) and tree.value.id == "param":
            return self._param(tree, None)
        row = self.row(tree.value)
        fields = entities()[row.entity].fields
        if tree.attr not in fields:
            raise unknown_name(f"the field {row.entity}", tree.attr, fields)
        return Field(row, fields[tree.attr])

    def row(self, tree: ast.expr) -> Row:
        """The row that a name or a step along a reference stands for."""
        if isinstance(tree, ast.Name):
            binding = self.scope.find(tree.id)
            if isinstance(binding, Row):
                return binding
            raise Refused(f"{tree.id!r} has no fields.")
        if isinstance(tree, ast.Attribute):
            base = self.row(tree.value)
            fields = entities()[base.entity].fields
            reference = fields.get(f"{tree.attr}_id")
            if reference is None or reference.type != "ref":
                steps = [name.removesuffix("_id") for name, spec in fields.items() if spec.type == "ref"]
                raise unknown_name(f"the step {base.entity}", tree.attr, steps)
            if len(reference.targets) > 1:
                raise Refused(f"{base.entity}.{reference.name} may name rows of several entities.")
            return Step(entity=reference.targets[0], base=base, reference=reference)
        raise Refused(f"{ast.unparse(tree)!r} is not a row.")

    def _keyed_param(self, tree: ast.expr) -> Node:
        assert isinstance(tree, ast.Subscript)
        return self._param(tree.value, tree.slice)

    def _param(self, tree: ast.expr, key: ast.expr | None) -> Node:
        name, key_node = self._param_parts(
            tree if key is None else ast.Subscript(tree, key, ctx=ast.Load())  # type: ignore[arg-type]
        )
        kind = self.scope.numbers[name].type
        if kind == "codes":
            raise Refused(f"param.{name} is a list of codes.", f"Write `x in param.{name}`.")
        return Param(name, kind, key_node)

    def _param_parts(self, tree: ast.expr) -> tuple[str, Node | None]:
        key = None
        if isinstance(tree, ast.Subscript):
            tree, key = tree.value, tree.slice
        if not (
            isinstance(tree, ast.Attribute) and isinstance(tree.value, ast.Name) and tree.value.id == "param"
        ):
            raise Refused(f"{ast.unparse(tree)!r} is not a list or a number.")
        if tree.attr not in self.scope.numbers:
            raise unknown_name("the number param", tree.attr, self.scope.numbers)
        keyed = self.scope.numbers[tree.attr].keyed_by
        if keyed and key is None:
            raise Refused(f"param.{tree.attr} depends on {keyed}.", f"Write param.{tree.attr}[…].")
        if key is not None and not keyed:
            raise Refused(f"param.{tree.attr} does not depend on a code.", f"Write param.{tree.attr}.")
        return tree.attr, None if key is None else self.typed(key, "text")

    def _name(self, tree: ast.expr) -> Node:
        assert isinstance(tree, ast.Name)
        if tree.id == "as_of":
            return AsOf()
        binding = self.scope.find(tree.id)
        if isinstance(binding, Rows):
            raise Refused(f"{tree.id!r} is a list.", f"Write any({tree.id}) or count({tree.id}).")
        if isinstance(binding, Row):
            raise Refused(f"{tree.id!r} is a row.", f"Name one of its fields: {tree.id}.…")
        return binding

    # -- functions

    def _call(self, tree: ast.expr) -> Node:
        assert isinstance(tree, ast.Call)
        name = _function(tree)
        if tree.keywords:
            raise Refused(f"{name}(…) takes no named arguments.")
        if name in functions.SCALARS:
            return self._scalar(name, tree.args)
        if name in functions.MACROS:
            return self._macro(name, tree.args)
        if name in ("any", "count", "sum", "min", "max"):
            return self._collect(name, tree.args)
        if name in ("covered_days", "uncovered_days"):
            first, last, listed = _arguments(name, tree.args, 3)
            bounds = self.typed(first, "day"), self.typed(last, "day")
            return CoveredDays(*bounds, self._intervals(listed), uncovered=name == "uncovered_days")
        if name in ("days", "months", "distinct"):
            raise Refused(f"{name}(…) cannot stand here.", functions.COLLECTORS[name])
        raise unknown_name("the function", name, functions.NAMES)

    def _scalar(self, name: str, args: list[ast.expr]) -> Node:
        function = functions.SCALARS[name]
        if len(args) < len(function.arguments) or (
            not function.variadic and len(args) != len(function.arguments)
        ):
            raise Refused(f"{name}(…) takes {len(function.arguments)} arguments.")
        kinds = [*function.arguments, *(function.arguments[-1:] * len(args))]
        nodes = tuple(self.typed(arg, kind) for arg, kind in zip(args, kinds, strict=False))
        return Call(name, nodes, function.result)

    def _macro(self, name: str, args: list[ast.expr]) -> Node:
        if name in ("own", "covers"):
            organisation, day = _arguments(name, args, 2)
            node = self.value(organisation)
            if not (isinstance(node, Field) and (node.spec.type == "ref" or node.spec.name == "id")):
                raise Refused(f"{name}(…) asks for the id of an organisation first.")
            make = functions.own if name == "own" else functions.covers
            return make(node, self.typed(day, "day"), self.scope.unique("_"))
        row = self.row(args[0]) if args else None
        if row is None or not {"first_day", "last_day"} <= entities()[row.entity].fields.keys():
            raise Refused(f"{name}(…) asks for a row with first_day and last_day first.")
        if name == "in_force":
            (_, day) = _arguments(name, args, 2)
            return functions.in_force(row, self.typed(day, "day"))
        (_, first, last) = _arguments(name, args, 3)
        return functions.overlaps(row, self.typed(first, "day"), self.typed(last, "day"))

    # -- rows

    def _collect(self, name: str, args: list[ast.expr]) -> Node:
        (tree,) = _arguments(name, args, 1)
        if name == "count" and isinstance(tree, ast.Call) and _function(tree) == "distinct":
            (inner,) = _arguments("distinct", tree.args, 1)
            rows, element = self._generator(inner)
            return Aggregate("distinct", rows, self._element(element, rows))
        if self.is_rows(tree):
            if name not in ("any", "count"):
                raise Refused(f"{name}(…) needs a value per row.", f"Write {name}(x.f for x in …).")
            rows = self.rows(tree)
            return Any(rows) if name == "any" else Aggregate("count", rows, None)
        rows, element = self._generator(tree)
        if name in ("any", "count"):
            if element != rows.var:
                raise Refused(f"{name}(…) runs over rows.", f"Write {name}(x for x in …).")
            return Any(rows) if name == "any" else Aggregate("count", rows, None)
        value = self._element(element, rows)
        if name == "sum" and value.type not in NUMBERS:
            raise Refused(f"sum(…) adds numbers, not a {value.type}.")
        if value.type == "ratio" or value.type not in ORDERED:
            raise Refused(f"{name}(…) cannot run over a {value.type}.")
        return Aggregate(name, rows, value)  # type: ignore[arg-type]  # one of count, sum, min, max

    def _element(self, element: Node, rows: Rows) -> Node:
        if isinstance(element, Row):
            raise Refused("a value per row is needed.", f"Name a field of {rows.var.entity}.")
        return element

    def _intervals(self, tree: ast.expr) -> Rows:
        rows = self.rows(tree)
        if not {"first_day", "last_day"} <= entities()[rows.var.entity].fields.keys():
            raise Refused(f"{rows.var.entity} has no first_day and last_day.")
        return rows

    def is_rows(self, tree: ast.expr) -> bool:
        """Whether the expression is a list of rows: a comprehension in brackets or the name of a list."""
        if isinstance(tree, ast.Name):
            return isinstance(self.scope.names.get(tree.id), Rows)
        return isinstance(tree, ast.ListComp)

    def rows(self, tree: ast.expr) -> Rows:
        """The rows of a list."""
        if isinstance(tree, ast.Name):
            binding = self.scope.names.get(tree.id)
            if isinstance(binding, Rows):
                return renamed(binding, self.scope.unique)
            if binding is None and tree.id in entities():
                var = Var(entity=tree.id, name=self.scope.unique(tree.id), iterated=True)
                return Rows(var, None)
            raise Refused(f"{tree.id!r} is not a list.", "Write [x for x in … if …].")
        if not isinstance(tree, ast.ListComp):
            raise Refused(f"{ast.unparse(tree)!r} is not a list.", "Write [x for x in … if …].")
        rows, element = self._generator(tree)
        if element != rows.var:
            raise Refused("a list holds rows.", "Write [x for x in … if …].")
        return rows

    def _generator(self, tree: ast.expr) -> tuple[Rows, Node]:
        """The rows that `element for x in source if conditions` runs over, and its element."""
        if not isinstance(tree, ast.GeneratorExp | ast.ListComp):
            raise Refused(f"{ast.unparse(tree)!r}: write `x for x in … if …`.")
        if len(tree.generators) != 1 or tree.generators[0].is_async:
            raise Refused("one `for` at a time.", "Nest another any(…) or count(…) in the condition.")
        generator = tree.generators[0]
        if not isinstance(generator.target, ast.Name):
            raise Refused("the variable after `for` must be one name.")
        source = self._source(generator.iter)
        inner = _Reader(self.scope.bind(generator.target.id, source.var))
        clauses = [inner.truth(condition) for condition in generator.ifs]
        if source.condition is not None:
            clauses.insert(0, source.condition)
        condition = And(tuple(_flat(clauses))) if len(clauses) > 1 else next(iter(clauses), None)
        element = tree.elt
        is_row = isinstance(element, ast.Name) and element.id == generator.target.id
        return Rows(source.var, condition), source.var if is_row else inner.value(element)

    def _source(self, tree: ast.expr) -> Rows:
        if isinstance(tree, ast.Name) and tree.id not in self.scope.names and tree.id not in entities():
            lists = [name for name, binding in self.scope.names.items() if isinstance(binding, Rows)]
            raise unknown_name("the entity or list", tree.id, [*entities(), *lists])
        return self.rows(tree)


def _flat(clauses: list[Node]) -> list[Node]:
    return [part for node in clauses for part in (node.operands if isinstance(node, And) else (node,))]


def _function(tree: ast.Call) -> str:
    if not isinstance(tree.func, ast.Name):
        raise Refused(f"{ast.unparse(tree.func)!r} is not a function of the rule language.")
    return tree.func.id


def _arguments(name: str, args: list[ast.expr], count: int) -> list[ast.expr]:
    if len(args) != count:
        noun = "argument" if count == 1 else "arguments"
        raise Refused(f"{name}(…) takes {count} {noun}.", functions.COLLECTORS.get(name, ""))
    return args


def _known_code(side: Field, constant: Const) -> None:
    codes = side.spec.codes
    if codes and constant.value not in codes:
        raise unknown_name(f"the code of {side.spec.label}", str(constant.value), codes)


assert set(get_args(Comparison)) == set(COMPARISONS.values())
