"""The shape of the code: who may import whom, how long things may get, and names that say nothing."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

ROOT = Path(__file__).resolve().parents[1]
MODULES = sorted((ROOT / "compliance").rglob("*.py"))
LONGEST_MODULE, MEDIAN_MODULE, LONGEST_FUNCTION = 400, 120, 50
EMPTY_NAMES = {
    "utils",
    "util",
    "helpers",
    "helper",
    "manager",
    "handler",
    "process",
    "data",
    "common",
    "misc",
}


def _id(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_layers_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """No module imports what its layer may not know."""
    monkeypatch.chdir(ROOT)
    assert lint_imports(no_cache=True) == EXIT_STATUS_SUCCESS


@pytest.mark.parametrize("path", MODULES, ids=_id)
def test_module_keeps_its_shape(path: Path) -> None:
    """A module is of readable length, says its job, and none of its functions is too long."""
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    assert len(text.splitlines()) <= LONGEST_MODULE
    assert path.stem not in EMPTY_NAMES
    assert not tree.body or ast.get_docstring(tree)
    long = [
        node.name for node in _functions(tree) if (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION
    ]
    assert not long


def test_modules_are_small_on_the_whole() -> None:
    """Half of the modules stay below the median that the house style asks for."""
    lengths = [len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES]
    assert median(length for length in lengths if length) <= MEDIAN_MODULE


@pytest.mark.parametrize("folder", ["rules", "cases", "reports"])
def test_content_holds_no_code(folder: str) -> None:
    """Content and code are apart."""
    assert not list((ROOT / folder).rglob("*.py"))
