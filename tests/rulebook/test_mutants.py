"""A rule's mutants are every small mistake in its logic, once each, under a name that stays."""

from __future__ import annotations

from typing import Any

import pytest

from compliance.language.check import check_rule
from compliance.model.rule import Rule
from compliance.rulebook import Rulebook
from compliance.rulebook.mutants import mutants


def rule_with(book: Rulebook, **changes: Any) -> Rule:
    """The rule with as little logic as can be, and the changes."""
    bare = {
        "let": {},
        "conditions": {"x": "as_of == as_of"},
        "applies_when": None,
        "flag_when": "x",
        "needs": (),
    }
    return book.files["BRG-02"].rule.model_copy(update={**bare, **changes})


def made(book: Rulebook, text: str) -> dict[str, str]:
    """The mutants of an expression: what is done, with the text it makes."""
    rule = rule_with(book, conditions={"x": text})
    return {item.name.removeprefix("conditions.x: "): item.rule.conditions["x"] for item in mutants(rule)}


@pytest.mark.parametrize(("text", "expected"), [
    ("a < b", {"< → <=": "a <= b", "< → >=": "a >= b"}),
    ("a <= b", {"<= → <": "a < b", "<= → >": "a > b"}),
    ("a > b", {"> → >=": "a >= b", "> → <=": "a <= b"}),
    ("a >= b", {">= → >": "a > b", ">= → <": "a < b"}),
    ("a == b", {"== → !=": "a != b"}),
    ("a != b", {"!= → ==": "a == b"}),
    ("a is None", {"is → is not": "a is not None"}),
    ("a is not None", {"is not → is": "a is None"}),
    ("a in param.l", {"in → not in": "a not in param.l"}),
    ("a not in ('x', 'y')", {"not in → in": "a in ('x', 'y')"}),
    ("not a", {"not a → a": "a"}),
    ("a and b", {"and → or": "a or b", "drop a": "b", "drop b": "a"}),
    ("a or b or c", {"or → and": "a and b and c", "drop a": "b or c", "drop b": "a or c",
                     "drop c": "a or b"}),
    ("f(10)", {"10 → 11": "f(11)", "10 → 9": "f(9)"}),
    ("f(0.5)", {"0.5 → 1.5": "f(1.5)", "0.5 → -0.5": "f(-0.5)"}),
    ("f(True, 'x')", {}),
    ("a <= b < c", {"<= → <": "a < b < c", "<= → >": "a > b < c", "< → <=": "a <= b <= c",
                    "< → >=": "a <= b >= c", "drop a <= b": "b < c", "drop b < c": "a <= b"}),
    ("any(x for x in e if f)", {"drop f": "any((x for x in e))"}),
    ("any(x for x in e if f and g)", {"and → or": "any((x for x in e if f or g))",
                                      "drop f": "any((x for x in e if g))",
                                      "drop g": "any((x for x in e if f))"}),
    ("count(x for x in e if f if g)", {"drop f": "count((x for x in e if g))",
                                       "drop g": "count((x for x in e if f))"}),
])  # fmt: skip
def test_edits(book: Rulebook, text: str, expected: dict[str, str]) -> None:
    """Each comparison, number, clause and `not` is changed in each way that matters, and nothing else."""
    assert made(book, text) == expected


def test_names_tell_equal_deeds_apart(book: Rulebook) -> None:
    """The same deed twice is named by where it is done, and at last by a number."""
    assert list(made(book, "a == 'x' or b == 'x'")) == [
        "or → and", "drop a == 'x'", "drop b == 'x'", "== → != in a == 'x'", "== → != in b == 'x'",
    ]  # fmt: skip
    assert "== → != in a == b #2" in made(book, "f(a == b, a == b)")
    assert all(len(name) < 120 for name in made(book, " or ".join(f"a == 'x{n}'" for n in range(50))))


def test_every_part_of_the_logic(book: Rulebook) -> None:
    """Lets, conditions, applies_when, flag_when and needs all have mutants; evidence and words have none."""
    rule = rule_with(
        book, let={"l": "f(1)"}, conditions={"c": "a == b"}, applies_when="not c", flag_when="c and d",
        needs=("n", "m"),
    )  # fmt: skip
    found = mutants(rule)
    assert [item.name for item in found] == [
        "let.l: 1 → 2", "let.l: 1 → 0", "conditions.c: == → !=", "applies_when: not c → c",
        "applies_when: dropped",
        "flag_when: and → or", "flag_when: drop c", "flag_when: drop d", "needs: drop n", "needs: drop m",
    ]  # fmt: skip
    assert found[0].rule.let == {"l": "f(2)"}
    assert found[4].rule.applies_when is None
    assert found[-1].rule.needs == ("n",)
    assert {item.rule.id for item in found} == {rule.id}


def test_logic_that_cannot_be_read(book: Rulebook) -> None:
    """An expression that is none has no mutants; lint tells of it elsewhere."""
    assert made(book, "(((") == {}


def test_mutants_are_real_rules(book: Rulebook) -> None:
    """The checker reads a mutant as it reads the rule."""
    for mutant in mutants(book.files["BRG-02"].rule):
        checked, flaws = check_rule(mutant.rule, book.numbers.specs)
        assert checked is not None, (mutant.name, flaws)
