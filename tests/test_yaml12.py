"""YAML 1.2 is read as it is meant, and what could surprise is refused."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
import yaml

from compliance import yaml12
from compliance.errors import InputError
from compliance.yaml12 import MAX_ALIASES, read_yaml


@pytest.fixture(params=["C parser", "pure parser"], autouse=True)
def _each_parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "pure parser":
        monkeypatch.setattr(yaml12, "_Parser", yaml.SafeLoader)


def flaws(text: str | bytes) -> list[tuple[str, str]]:
    """Place and code of each problem that reading the text raises."""
    with pytest.raises(InputError) as caught:
        read_yaml(text, "f.yaml")
    return [(problem.place, problem.code) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("NO", "NO"), ("on", "on"), ("yes", "yes"), ("2027-01-01", "2027-01-01"), ("12:30:00", "12:30:00"),
        ("true", True), ("False", False), ("null", None), ("~", None), ("", None), ("'null'", "null"),
        ("12", 12), ("-3", -3), ("01234567", 1234567), ("0o17", 15), ("0x1F", 31), ("1_000", "1_000"),
        ("2.140", Decimal("2.140")), ("1e3", Decimal(1000)), (".5", Decimal("0.5")), ("+1.5", Decimal("1.5")),
        (".inf", ".inf"), (".nan", ".nan"), ("1e999999999", "1e999999999"), ("1" * 50, "1" * 50),
        ('"12"', "12"), ("'true'", "true"), ("|-\n  12", "12"), ("-", [None]), ("=", "="), ("<<", "<<"),
    ],
)  # fmt: skip
def test_scalars(text: str, value: Any) -> None:
    """An unquoted scalar means what the core schema of YAML 1.2 says; decimals are exact."""
    found = read_yaml(f"a: {text}" if text != "-" else "a:\n  -", "f.yaml").data["a"]
    assert found == value
    assert type(found) is type(value)


def test_decimals_keep_their_digits() -> None:
    """A decimal has the digits that were written, so that a lost zero can be told."""
    assert str(read_yaml("a: 2.140", "f.yaml").data["a"]) == "2.140"


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("2.140", 'YAML would make 2.140 a number and drop its zero: put quotes around it: "2.140".'),
        ("012", 'YAML would make 012 a number and drop its zero: put quotes around it: "012".'),
        ("12", 'YAML would make 12 a number: put quotes around it: "12".'),
        ("true", 'YAML would make true a yes/no value: put quotes around it: "true".'),
        ("~", 'YAML would make ~ an empty value: put quotes around it: "~".'),
        ("text", ""),
    ],
)
def test_quote_hint(text: str, hint: str) -> None:
    """Whoever expects text can say what YAML made of it, and the cure."""
    assert read_yaml(f"a: {text}", "f.yaml").quote_hint(("a",)) == hint


def test_lines() -> None:
    """Every value has the line of its key or list item; what is not there has its parent's line."""
    document = read_yaml("# c\na:\n  - x\n  - b: 1\n    c: 2\n", "f.yaml", first_line=10)
    assert document.lines == {("a",): 11, ("a", 0): 12, ("a", 1): 13, ("a", 1, "b"): 13, ("a", 1, "c"): 14}
    assert document.line(("a", 1, "zz", 3)) == 13
    assert read_yaml("", "f.yaml").line(("a",)) == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1\nb: 2\na: 3", [("f.yaml:3:1", "yaml-equal-keys")]),
        ("1: x\ntrue: y", [("f.yaml:1:1", "yaml-key"), ("f.yaml:2:1", "yaml-key")]),
        ("? [a]\n: 1", [("f.yaml:1:3", "yaml-key")]),
        ("a: !!python/object:os.system x", [("f.yaml:1:4", "yaml-tag")]),
        ("a: !x [1]\nb: !!str 1", [("f.yaml:1:4", "yaml-tag"), ("f.yaml:2:4", "yaml-tag")]),
        ("a: 1\n---\nb: 2", [("f.yaml:2:1", "yaml-documents")]),
        ("a: *x", [("f.yaml:1:4", "yaml-alias")]),
        ("a: &x [*x]", [("f.yaml:1:8", "yaml-alias")]),
        ("a: [" + "[" * 60, [("f.yaml:1:53", "yaml-depth")]),
        (b"a: 1\nb: \xff", [("f.yaml:2", "yaml-encoding")]),
        ("a: 1\nb: \x00", [("f.yaml:2", "yaml-encoding")]),
        ("a: \ud800", [("f.yaml:1", "yaml-encoding")]),
    ],
)
def test_refusals(text: str | bytes, expected: list[tuple[str, str]]) -> None:
    """Tags, equal keys, keys that are no text, several documents, loops, depth and bad bytes are refused."""
    assert flaws(text) == expected


@pytest.mark.parametrize("text", ["a: b: c", "a: [1", "a: \x07", "\ta: 1", "a: 'x", "@x"])
def test_syntax(text: str) -> None:
    """Text that is no YAML is refused with its place, never with a stack trace."""
    ((place, code),) = flaws(text)
    assert place.startswith("f.yaml:")
    assert code == "yaml-syntax"


def test_aliases() -> None:
    """A few aliases are read; a bomb of them is refused."""
    assert read_yaml("a: &x [1]\nb: *x", "f.yaml").data == {"a": [1], "b": [1]}
    many = "a: &x 1\nb: [" + ", ".join(["*x"] * (MAX_ALIASES + 1)) + "]"
    assert flaws(many)[0][1] == "yaml-aliases"


def test_bytes() -> None:
    """Bytes are read as UTF-8, with or without a byte order mark; nothing at all is None."""
    assert read_yaml("\ufeffa: é".encode(), "f.yaml").data == {"a": "é"}
    assert read_yaml(b"# only a comment\n", "f.yaml").data is None
