"""Gathers, from the code itself, every message that it can say: texts with {} for what is filled in."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import compliance

ROOT = Path(compliance.__file__).parent
# Whose arguments a reader sees, and from the how-manieth on (0 is the first).
TOLD = {
    "Problem": 2, "Flaw": 2, "Placed": 9, "flaw": 1, "_flaw": 1, "_unreadable": 2, "_misshapen": 3,
    "refuse": 2, "_refuse": 2, "matching": 2, "_wrong": 1, "_EqualKeysError": 0, "ValueError": 0,
    "UsageError": 0, "BadParameter": 0, "lose": 1, "_refuse_references": 1,
    "_refuse_all": 3, "_unfit": 0, "_run_problem": 2, "_broken": 0,
}  # fmt: skip
# Functions that give a part of a message.
PARTS = {
    "shape", "_text_shape", "known_name", "expected", "_bounds", "_kind", "_json_shape", "closest", "_loss",
    "_read_one", "_read_day", "_read_codes", "refusal_problem",
}  # fmt: skip
READ = (
    "errors.py", "yaml12.py", "model/number.py", "sources/**/*.py", "store/**/*.py", "services/**/*.py",
    "cli/**/*.py",
)  # fmt: skip
# Rule authors read English; so do those who mend an installation.
ENGLISH = ("rulebook", "services/rulebook.py")


def said() -> dict[str, str]:
    """Every text, with the place in the code where it stands."""
    found: dict[str, str] = {}
    for pattern in READ:
        for path in sorted(ROOT.glob(pattern)):
            place = path.relative_to(ROOT).as_posix()
            if not place.startswith(ENGLISH):
                for node in ast.parse(path.read_text(encoding="utf-8")).body:
                    for text in _texts_below(node):
                        found.setdefault(text, place)
    return found


def _texts_below(node: ast.AST) -> Iterator[str]:
    functions = [item for item in ast.walk(node) if isinstance(item, ast.FunctionDef)]
    for function in functions:
        named = _assigned(function)
        for item in ast.walk(function):
            if isinstance(item, ast.Call) and _name(item.func) in TOLD:
                told = item.args[TOLD[_name(item.func)] :]
                wanted = ("shape", "expected", "message", "hint")
                told += [keyword.value for keyword in item.keywords if keyword.arg in wanted]
                for argument in told:
                    yield from _texts(argument, named)
            elif isinstance(item, ast.Return) and item.value is not None and function.name in PARTS:
                yield from _texts(item.value, named)


def _assigned(function: ast.FunctionDef) -> dict[str, list[ast.expr]]:
    """What is assigned to each name in the function."""
    named: dict[str, list[ast.expr]] = {}
    for item in ast.walk(function):
        if isinstance(item, ast.AugAssign) and isinstance(item.target, ast.Name):
            named.setdefault(item.target.id, []).append(item.value)
        if isinstance(item, ast.Assign):
            for target, value in (pair for goal in item.targets for pair in _pairs(goal, item.value)):
                if isinstance(target, ast.Name):
                    named.setdefault(target.id, []).append(value)
    return named


def _pairs(target: ast.expr, value: ast.expr) -> list[tuple[ast.expr, ast.expr]]:
    """What is assigned to what, also when several names are at once."""
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        return [*zip(target.elts, value.elts, strict=True)]
    return [(target, value)]


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _texts(node: ast.expr, named: dict[str, list[ast.expr]]) -> Iterator[str]:
    """The texts that an expression can be, also by way of names."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    elif isinstance(node, ast.BinOp):
        for one in _texts(node.left, named):
            yield from (f"{one}{other}" for other in _texts(node.right, named))
    else:
        rest = {key: value for key, value in named.items() if not _is_name(node, key)}
        for part in _parts(node, named):
            yield from _texts(part, rest)


def _is_name(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _parts(node: ast.expr, named: dict[str, list[ast.expr]]) -> list[ast.expr]:
    """What an expression chooses from or consists of."""
    if isinstance(node, ast.Name):
        return named.get(node.id, [])
    if isinstance(node, ast.IfExp):
        return [node.body, node.orelse]
    if isinstance(node, ast.BoolOp):
        return node.values
    if isinstance(node, ast.Tuple):
        return node.elts
    return [node.value] if isinstance(node, ast.Starred) else []
