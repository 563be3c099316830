"""Functions take what they say they take."""

from __future__ import annotations

import pytest

from compliance.language import functions
from compliance.language.tree import (
    Aggregate,
    AsOf,
    Call,
    CoveredDays,
    Field,
    Node,
    Rows,
    Type,
)
from compliance.language.tree import Any as AnyRow
from tests.language.expressions import flaws, value


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("days_between(as_of, as_of)", "int"),
        ("year(as_of)", "int"),
        ("date(2027, 2, 28)", "day"),
        ("date(year(as_of), 1, 1)", "day"),
        ("day_of_year(as_of)", "int"),
        ("days_in_year(as_of)", "int"),
        ("first(as_of, start)", "day"),
        ("earliest(as_of, start, r.ended_on)", "day"),
        ("latest(as_of, start)", "day"),
        ("any(mine)", "bool"),
        ("any(b for b in mine)", "bool"),
        ("count(mine)", "int"),
        ("count(b for b in bridging if b.last_day is None)", "int"),
        ("count(distinct(b.provider_id for b in mine))", "int"),
        ("sum(d.hours for d in delivery)", "decimal"),
        ("sum(c.year for c in contract_year)", "int"),
        ("min(b.first_day for b in mine)", "day"),
        ("max(d.hours for d in delivery if d.client_id == r.client_id)", "decimal"),
        ("max(b.id for b in mine)", "text"),
        ("covered_days(as_of, as_of, mine)", "int"),
        ("uncovered_days(as_of, as_of, bridging)", "int"),
        ("own(r.provider_id, as_of)", "bool"),
        ("covers(contract.contractor.id, as_of)", "bool"),
        ("in_force(contract, as_of)", "bool"),
        ("overlaps(contract, as_of, as_of)", "bool"),
        ("any(b for b in bridging if in_force(b.referral.contract, b.first_day))", "bool"),
    ],
)
def test_types_of_results(text: str, kind: Type) -> None:
    """A function's result has the type that its meaning says."""
    assert value(text).type == kind


def test_trees_of_functions() -> None:
    """A scalar is a call; what runs over rows keeps the rows and the value per row."""
    assert value("year(as_of)") == Call("year", (AsOf(),), "int")
    total = value("sum(d.hours for d in delivery)")
    assert isinstance(total, Aggregate)
    assert isinstance(total.value, Field)
    assert total.rows.condition is None
    found = value("uncovered_days(as_of, as_of, bridging)")
    assert isinstance(found, CoveredDays)
    assert found.uncovered


def test_two_uses_of_one_list_stay_apart() -> None:
    """Every use of a list has a row variable of its own."""
    both = value("any(mine) and any(mine)")
    first, second = both.children()
    assert isinstance(first, AnyRow)
    assert isinstance(second, AnyRow)
    assert first.rows.var != second.rows.var
    assert first.rows.condition != second.rows.condition


LIST = "Write [x for x in … if …]."


@pytest.mark.parametrize(
    ("text", "flaw"),
    [
        ("yeer(as_of)", "the function 'yeer' does not exist. Did you mean year?"),
        ("r.id.upper()", "`r.id.upper` is not a function of the rule language."),
        ("year(d=as_of)", "year(…) takes no named arguments."),
        ("year()", "year(…) takes 1 argument."),
        ("year(as_of, as_of)", "year(…) takes 1 argument."),
        ("days_between(as_of)", "days_between(…) takes 2 arguments."),
        ("first(as_of)", "first(…) takes at least 2 arguments."),
        ("year(1)", "`1` is a whole number, where a day is needed."),
        ("date(2027, 2, 30)", "that day does not exist. Write date(year, month, day of month)."),
        ("date(99999999999999, 1, 1)", "that day does not exist. Write date(year, month, day of month)."),
        ("own(r.provider_id)", f"own(…) takes 2 arguments. {functions.MACROS['own']}"),
        ("own(r.client_id, as_of)", "own(…) asks for the id of an organisation first."),
        ("covers(1, as_of)", "covers(…) asks for the id of an organisation first."),
        ("covers(r.provider_id, 1)", "`1` is a whole number, where a day is needed."),
        ("in_force(r, as_of)", "in_force(…) asks for a row with first_day and last_day first."),
        ("in_force(1, as_of)", "`1` is not a row."),
        ("overlaps(contract, as_of)", f"overlaps(…) takes 3 arguments. {functions.MACROS['overlaps']}"),
        ("overlaps(contract, as_of, 1)", "`1` is a whole number, where a day is needed."),
        (
            "covered_days(as_of, as_of)",
            f"covered_days(…) takes 3 arguments. {functions.COLLECTORS['covered_days']}",
        ),
        ("covered_days(as_of, as_of, [c for c in client])", "client has no first_day and last_day."),
        ("covered_days(as_of, as_of, 1)", f"`1` is not a list. {LIST}"),
        (
            "distinct(b.id for b in mine)",
            f"distinct(…) cannot stand here. {functions.COLLECTORS['distinct']}",
        ),
        ("any()", f"any(…) takes 1 argument. {functions.COLLECTORS['any']}"),
        ("any(b.id for b in mine)", "any(…) runs over rows. Write any(x for x in …)."),
        ("sum(mine)", "sum(…) needs a value per row. Write sum(x.f for x in …)."),
        ("sum(b for b in mine)", "a value per row is needed. Name a field of bridging."),
        ("sum(b.id for b in mine)", "sum(…) cannot run over text."),
        ("sum(c.year / 2 for c in contract_year)", "sum(…) cannot run over a quotient."),
        ("min(r.ended_on is None for b in mine)", "min(…) cannot run over true or false."),
        ("max(c.year / 2 for c in contract_year)", "max(…) cannot run over a quotient."),
    ],
)
def test_arguments_that_are_refused(text: str, flaw: str) -> None:
    """A wrong argument is refused with the function's form."""
    assert flaws(text) == [flaw]


def test_every_function_is_known_by_its_form() -> None:
    """The words of each function begin with, or show, how it is written."""
    assert set(functions.NAMES) == {*functions.SCALARS, *functions.MACROS, *functions.COLLECTORS}
    assert all(name in words for name, words in {**functions.MACROS, **functions.COLLECTORS}.items())
    assert all(item.meaning for item in functions.SCALARS.values())


def names(tree: Node) -> set[str]:
    """The entities of which a tree looks at rows."""
    return {node.var.entity for node in tree.walk() if isinstance(node, Rows)}


def test_own_and_covers_look_at_the_chain() -> None:
    """Own is the contractor or a participant; a subcontractor is covered besides."""
    assert names(value("own(r.provider_id, as_of)")) == {"participant"}
    assert names(value("covers(r.provider_id, as_of)")) == {"participant", "subcontract"}
