"""Operators join values of types that go together; a comparison that can never hold is refused."""

from __future__ import annotations

from decimal import Decimal

import pytest

from compliance.language.tree import (
    And,
    Arith,
    AsOf,
    Compare,
    Const,
    Field,
    In,
    InParam,
    IsNone,
    Node,
    Not,
    Or,
    Param,
    Shift,
)
from compliance.model.schema import entities
from tests.language.expressions import R, codes, flaws, value

FIELDS = entities()["referral"].fields
GROUND = Field(R, FIELDS["refusal_ground"])
START, ENDED = Field(R, FIELDS["started_on"]), Field(R, FIELDS["ended_on"])
SERVICE = Field(R, FIELDS["service"])
ONE, TWO = Const(1, "int"), Const(2, "int")
CODES = f"Its codes: {', '.join(codes('referral.refusal_ground'))}."

READ: list[tuple[str, Node]] = [
    ("True", Const(True, "bool")),
    ("'x'", Const("x", "text")),
    ("-2", Const(-2, "int")),
    ("-2.50", Const(Decimal("-2.50"), "decimal")),
    ("not True", Not(Const(True, "bool"))),
    ("True and False", And((Const(True, "bool"), Const(False, "bool")))),
    ("True or False", Or((Const(True, "bool"), Const(False, "bool")))),
    ("1 < 2", Compare("<", ONE, TWO)),
    ("1 < 2 <= 1", And((Compare("<", ONE, TWO), Compare("<=", TWO, ONE)))),
    ("1 == 2.0", Compare("==", ONE, Const(Decimal("2.0"), "decimal"))),
    ("1 != 2", Compare("!=", ONE, TWO)),
    ("1 >= 2", Compare(">=", ONE, TWO)),
    ("1 > 1 / 2", Compare(">", ONE, Arith("/", ONE, TWO))),
    ("r.started_on is None", IsNone(START)),
    ("r.started_on is not None", Not(IsNone(START))),
    ("r.service == 'open_day'", Compare("==", SERVICE, Const("open_day", "text"))),
    ("r.service in ('open_day',)", In(SERVICE, (Const("open_day", "text"),))),
    ("r.service not in ['open_day']", Not(In(SERVICE, (Const("open_day", "text"),)))),
    ("r.refusal_ground in param.grounds", InParam(GROUND, "grounds")),
    ("r.refusal_ground not in param.grounds", Not(InParam(GROUND, "grounds"))),
    ("'full' in param.grounds_of[r.service]", InParam(Const("full", "text"), "grounds_of", SERVICE)),
    ("1 + 2 - 1", Arith("-", Arith("+", ONE, TWO), ONE)),
    ("1 * 2", Arith("*", ONE, TWO)),
    ("as_of + days(1)", Shift(AsOf(), ONE, "days", 1)),
    ("as_of - months(param.grace_days)", Shift(AsOf(), Param("grace_days", "int"), "months", -1)),
]


@pytest.mark.parametrize(("text", "tree"), READ)
def test_what_an_operator_means(text: str, tree: Node) -> None:
    """Each operator becomes the node that means it; the type of a constant is the one it is written in."""
    assert value(text) == tree
    assert value(text).type == tree.type


SHIFT = "write `day + days(n)` or `day - months(n)`."


@pytest.mark.parametrize(
    ("text", "flaw"),
    [
        ("None", "`None` is not a value. Ask for emptiness with `is None`."),
        ("''", "`''` is not a value. Ask for emptiness with `is None`."),
        ("-'x'", "`-'x'` is not part of the rule language."),
        ("-True", "`-True` is not part of the rule language."),
        ("- -1", "`- -1` is not part of the rule language."),
        ("+1", "`+1` is not part of the rule language."),
        (
            "-1e9",
            (
                "`1e9` is not a number of the rule language."
                " Write digits, at most 14 before the point and 4 after it, like 1250.50."
            ),
        ),
        ("not 1", "`1` is a whole number, where true or false is needed."),
        ("True or as_of", "`as_of` is a day, where true or false is needed."),
        ("as_of < 3", "a day cannot be compared with a whole number."),
        ("1 < 2 < 'x'", "a whole number cannot be compared with text."),
        ("True < False", "true or false has no order. Use == or !=."),
        ("r is r", "`is` only asks `is None` or `is not None`. Compare values with ==."),
        ("as_of is None", "`is None` asks about a field, and `as_of` is none."),
        ("start is None", "`is None` asks about a field, and `start` is none."),
        (
            "r.service == 'opn_day'",
            "the code of referral.service 'opn_day' does not exist. Did you mean open_day?",
        ),
        (
            "'opn_day' != service",
            "the code of referral.service 'opn_day' does not exist. Did you mean open_day?",
        ),
        (
            "r.service in ('open_day', 'opn_day')",
            "the code of referral.service 'opn_day' does not exist. Did you mean open_day?",
        ),
        ("r.service in (1,)", "text cannot be compared with a whole number."),
        ("r.service in (r.id,)", "`r.id` is not a constant."),
        ("r.service in ()", "nothing is in an empty list. Name the values: x in ('a', 'b')."),
        ("r.service in mine", "`mine` is not a list or a number."),
        ("1 in param.grace_days", "param.grace_days is one value, not a list. Compare with ==."),
        ("'ful' in param.grounds", "the code of param.grounds 'ful' does not exist. Did you mean full?"),
        (
            "r.service in param.grounds",
            f"referral.service is never a code of param.grounds. {CODES}",
        ),
        (
            "as_of in param.grounds",
            f"a code of param.grounds is needed. {CODES}",
        ),
        (
            "r.client_id == r.provider_id",
            (
                "referral.client_id and referral.provider_id name rows of different entities."
                " One names client, the other organisation."
            ),
        ),
        ("1 ** 2", "`1 ** 2`: only + - * / are known."),
        ("as_of - r.received_on", "a day - a day has no meaning. Use days_between(a, b)."),
        ("1 + 'x'", "a whole number + text has no meaning."),
        ("as_of * days(1)", f"`as_of * days(1)`: {SHIFT}"),
        ("as_of + days()", f"`as_of + days()`: {SHIFT}"),
        ("as_of + days(n=1)", f"`as_of + days(n=1)`: {SHIFT}"),
        ("as_of + days(1.5)", "`1.5` is a decimal number, where a whole number is needed."),
        ("1 + days(1)", "`1` is a whole number, where a day is needed."),
        ("days(1) + as_of", "days(…) cannot stand here. d + days(n): the day n days later"),
    ],
)
def test_what_does_not_go_together(text: str, flaw: str) -> None:
    """Values that do not go together are refused, in words for people."""
    assert flaws(text) == [flaw]


@pytest.mark.parametrize(
    "text",
    [
        "r.id == r.client_id",
        "r.service != r.end_reason",
    ],
)
def test_comparisons_that_can_never_hold(text: str) -> None:
    """Ids of different entities, and codes of different kinds, are never equal."""
    assert len(flaws(text)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "any(o for o in organisation if o.id == r.provider_id)",
        "r.provider_id == contract.contractor_id",
        "any(d for d in delivery if d.service == r.service)",
        "r.decision_nature == r.id",
        "any(c for c in control if c.holder_id == r.provider_id)",
        "r.decision_nature == r.service",
    ],
)
def test_comparisons_that_can_hold(text: str) -> None:
    """Ids of one entity, codes in common and free text may be equal."""
    assert flaws(text) == []
