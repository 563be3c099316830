"""Lists hold rows of one entity, and a name stands for one thing only."""

from __future__ import annotations

import pytest

from compliance.language.read import read_let, read_rows
from compliance.language.tree import And, Rows
from tests.language.expressions import flaws, list_flaws, scope

LIST = "Write [x for x in … if …]."


def rows(text: str) -> Rows:
    """The rows of a list without flaws."""
    found, refusals = read_rows(text, scope())
    assert not refusals
    assert isinstance(found, Rows)
    return found


def test_conditions_of_a_list_add_up() -> None:
    """A list from a list meets both conditions; a list without any holds all rows."""
    found = rows("[b for b in mine if b.last_day is None and b.first_day < as_of if b.provider_id == 'o1']")
    assert isinstance(found.condition, And)
    assert len(found.condition.operands) == 4
    assert rows("bridging").condition is None
    assert rows("[b for b in bridging]").condition is None
    assert rows("mine").condition is not None


def test_a_let_is_a_list_or_a_value() -> None:
    """Brackets and the name of a list make a list; everything else is a value."""
    assert isinstance(read_let("mine", scope())[0], Rows)
    assert isinstance(read_let("[b for b in mine]", scope())[0], Rows)
    assert not isinstance(read_let("count(mine)", scope())[0], Rows)
    assert read_let("bridging", scope())[1][0].message == "unknown name 'bridging'."


@pytest.mark.parametrize(
    ("text", "flaw"),
    [
        ("1", f"`1` is not a list. {LIST}"),
        ("start", f"'start' is not a list. {LIST}"),
        ("r", f"'r' is not a list. {LIST}"),
        ("minne", "the entity or list 'minne' does not exist. Did you mean mine?"),
        ("[b.id for b in mine]", f"a list holds rows. {LIST}"),
        ("[r for b in mine]", "'r' is a row. Name one of its fields: r.…"),
        (
            "[b for b in mine for c in mine]",
            "one `for` at a time. Nest another any(…) or count(…) in the condition.",
        ),
        ("[b async for b in mine]", "one `for` at a time. Nest another any(…) or count(…) in the condition."),
        ("[b for b, c in mine]", "the variable after `for` must be one name."),
        ("[b for b in r]", f"'r' is not a list. {LIST}"),
        ("[b for b in brigding]", "the entity or list 'brigding' does not exist. Did you mean bridging?"),
        ("[r for r in mine]", "the name 'r' already stands for something else. Choose another name."),
        ("[param for param in mine]", "the name 'param' is a word of the language. Choose another name."),
        ("[b for b in mine if b.id]", "`b.id` is text, where true or false is needed."),
        ("[b for b in mine if b.foo]", "the field bridging 'foo' does not exist."),
    ],
)
def test_lists_that_are_refused(text: str, flaw: str) -> None:
    """What is no list of rows is refused, and what would be one is shown."""
    assert list_flaws(text) == [flaw]


def test_a_list_is_no_value() -> None:
    """A list where one value is needed is refused with the functions that take it."""
    assert flaws("[b for b in mine]") == ["`[b for b in mine]` is a list. Write any([…]) or count([…])."]
    assert flaws("any(1)") == ["`1`: write `x for x in … if …`."]
