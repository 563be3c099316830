"""Text becomes a tree only where it is short, flat and visible; numbers keep every digit."""

from __future__ import annotations

import warnings
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.language.read import read_let, read_rows, read_value
from compliance.language.scope import BLANK
from compliance.language.syntax import parse
from compliance.language.tree import Const
from tests.language.expressions import flaws, scope, value

DEEP = "is nested too deeply. Split it over several lets."
LONG = "is longer than 4000 characters. Split it over several lets."
HIDDEN = "holds a sign that cannot be seen. Type it anew."
UNREAD = "cannot be read as an expression"
DIGITS = (
    "is not a number of the rule language."
    " Write digits, at most 14 before the point and 4 after it, like 1250.50."
)


@pytest.mark.parametrize(
    ("text", "flaw"),
    [
        ("(" * 10_000 + "1" + ")" * 10_000, LONG),
        ("'" + "a" * 1_000_000 + "'", LONG),
        ("9" * 5_000, LONG),
        ("(" * 300 + "1" + ")" * 300, f"{UNREAD} near column 201: too many nested parentheses."),
        ("-" * 3_999 + "1", DEEP),
        ("not " * 900 + "True", DEEP),
        ("r" + ".client" * 500, DEEP),
        ("1" + "+1" * 1_900, DEEP),
        ("1" + "+1" * 50, DEEP),
        ("\0", HIDDEN),
        ("r.id == 'a\x00'", HIDDEN),
        ("r.id == 'a\ud800'", HIDDEN),
        ("r.\u202eid", HIDDEN),
        ("", f"{UNREAD}: invalid syntax."),
        ("  # nothing", f"{UNREAD}: invalid syntax."),
        ("r.id ==", f"{UNREAD}: invalid syntax."),
        ("1or 2", f"{UNREAD} near column 1: invalid decimal literal."),
    ],
)
def test_text_that_is_refused(text: str, flaw: str) -> None:
    """What is too long, too deep, hidden or no expression is refused in words."""
    assert flaws(text) == [flaw]


HOSTILE = (
    "lambda: 1", "r.__class__", "().__class__.__base__", "(x := 1)", "f'{r.id}'", "any(*r)", "any(**r)",
    "any(x async for x in bridging)", "[x async for x in bridging]", "await r", "yield 1", "1j", "b'x'",
    "...",
    "__import__('os')", "eval('1')", "r.id.upper()", "{1: 2}", "{1}", "[1, 2]", "(1, 2)", "r[0:1]", "param",
    "1 if True else 2", "1e400", "9" * 3_999, "as_of.year", "0x10", "~1", "r ** 2", "'\\ud800'", "'\\d'",
    "{**r}", "[*r]", "any(x for x in __builtins__)", "contract.model_fields", "open('/etc/passwd')",
)  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_can_call_python(text: str) -> None:
    """Whatever else Python's grammar offers is refused in words, wherever it stands, without a warning."""
    for read in (read_value, read_let, read_rows):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            node, refusals = read(text, scope())
        assert node == BLANK
        assert refusals
        assert all(refusal.message and len(refusal.message) < 300 for refusal in refusals)


@given(st.text(alphabet="r.id bx()[]'\"=<>!,:+-*/0129\\\n\tparmforisntd{}@#\0é", max_size=60))
def test_any_text_gets_an_answer(text: str) -> None:
    """No text, however malformed, ends in anything but a tree or refusals."""
    node, refusals = read_value(text, scope())
    assert (node == BLANK) == bool(refusals) or "broken" in text


@given(st.integers(0, 10**14 - 1), st.integers(0, 9999), st.integers(1, 4))
def test_decimals_are_exact(whole: int, part: int, places: int) -> None:
    """A decimal is the number that its digits say, though no binary fraction could hold it."""
    written = f"{whole}.{part:0{places}d}"[: len(str(whole)) + 1 + places]
    assert value(written) == Const(Decimal(written), "decimal")
    assert value(f"-{written}") == Const(-Decimal(written), "decimal")


def test_decimals_where_floats_differ() -> None:
    """Digits beyond a float's precision stay, and the places written stay."""
    found = value("12345678901234.5678")
    assert isinstance(found, Const)
    assert str(found.value) == "12345678901234.5678"
    assert value("0.10") == Const(Decimal("0.10"), "decimal")
    assert str(value("0.10")) == str(Const(Decimal("0.10"), "decimal"))
    assert value("99999999999999") == Const(99999999999999, "int")


@pytest.mark.parametrize(
    "text",
    ["1e5", "1E-5", "0.00001", "1_000", "0x10", "0b1", "1.", ".5", "1.23456", "100000000000000", "1e400"],
)
def test_numbers_in_another_form(text: str) -> None:
    """A number is digits with at most four decimals, as facts and the contract's numbers are."""
    assert flaws(text) == [f"`{text}` {DIGITS}"]


def test_a_part_is_quoted_as_written() -> None:
    """A message quotes the author's own words in one line, and not too many of them."""
    source = parse("(r.id\n  ==   'a')")
    assert source.quote(source.tree) == "`r.id == 'a'`"
    source = parse("r.id == '" + "a" * 100 + "'")
    assert source.quote(source.tree) == "`r.id == '" + "a" * 50 + "…`"
