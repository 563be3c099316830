"""Names, fields, steps and numbers are known to the model and the rule, or refused with the closest one."""

from __future__ import annotations

import pytest

from compliance.language.functions import CONTRACT
from compliance.language.names import NameReader
from compliance.language.syntax import parse
from compliance.language.tree import AsOf, Const, Field, Named, Node, Param, Step, Var
from compliance.model.schema import entities
from tests.language.expressions import R, flaws, scope, value


def field(row: Var | Step, name: str) -> Field:
    """The field of a row."""
    return Field(row, entities()[row.entity].fields[name])


def step(row: Var, name: str, entity: str) -> Step:
    """The row that a reference names."""
    return Step(entity=entity, base=row, reference=entities()[row.entity].fields[name])


READ: list[tuple[str, Node]] = [
    ("as_of", AsOf()),
    ("r.received_on", field(R, "received_on")),
    ("contract.first_day", field(CONTRACT, "first_day")),
    ("r.client.id", field(step(R, "client_id", "client"), "id")),
    ("start", Named("start", field(R, "started_on"))),
    ("param.grace_days", Param("grace_days", "int")),
    ("param.ban_from", Param("ban_from", "day")),
    ("param.wait_days[r.service]", Param("wait_days", "int", field(R, "service"))),
    ("param.wait_days['open_day']", Param("wait_days", "int", Const("open_day", "text"))),
    ("param.wait_days[service]", Param("wait_days", "int", Named("service", field(R, "service")))),
    ("param.wait_days[r.decision_nature]", Param("wait_days", "int", field(R, "decision_nature"))),
]


@pytest.mark.parametrize(("text", "tree"), READ)
def test_what_a_leaf_stands_for(text: str, tree: Node) -> None:
    """A name, a field, a step along a reference and a number become the node that means them."""
    assert value(text) == tree


SERVICES = "ambulatory, specialist_day, open_day, short_stay, household_help."
ALONE = "cannot stand alone here. Write param.name, or as_of."


@pytest.mark.parametrize(
    ("text", "flaw"),
    [
        ("strat", "unknown name 'strat'. Did you mean start?"),
        ("zzz", "unknown name 'zzz'."),
        ("z" * 200, f"unknown name '{'z' * 59}…'."),
        ("param", f"the word 'param' {ALONE}"),
        ("as_of.year", f"the word 'as_of' {ALONE}"),
        ("mine", "'mine' is a list. Write any(mine) or count(mine)."),
        ("r", "'r' is a row. Name one of its fields: r.…"),
        ("start.year", "'start' has no fields."),
        ("(1).real", "`1` is not a row."),
        ("r.recieved_on", "the field referral 'recieved_on' does not exist. Did you mean received_on?"),
        ("r.clint.id", "the step referral 'clint' does not exist. Did you mean client?"),
        ("r.received_on.id", "the step referral 'received_on' does not exist."),
        ("param.grace_dys", "the number param 'grace_dys' does not exist. Did you mean grace_days?"),
        ("param.wait_days", "param.wait_days depends on referral.service. Write param.wait_days[…]."),
        (
            "param.grace_days[r.service]",
            "param.grace_days does not depend on a code. Write param.grace_days.",
        ),
        ("param.grounds", "param.grounds is a list of codes. Write `x in param.grounds`."),
        ("r[0]", "`r[0]` is not a list or a number."),
        (
            "param.wait_days['opn_day']",
            "the code of referral.service 'opn_day' does not exist. Did you mean open_day?",
        ),
        ("param.wait_days['x']", f"the code of referral.service 'x' does not exist. Its codes: {SERVICES}"),
        (
            "param.wait_days[r.end_reason]",
            f"referral.end_reason is never a code of referral.service. Its codes: {SERVICES}",
        ),
        (
            "param.wait_days[r.client_id]",
            f"referral.client_id is never a code of referral.service. Its codes: {SERVICES}",
        ),
        ("param.wait_days[r.id]", f"referral.id is never a code of referral.service. Its codes: {SERVICES}"),
        ("param.wait_days[1]", "`1` is a whole number, where text is needed."),
    ],
)
def test_names_that_are_refused(text: str, flaw: str) -> None:
    """A wrong name is told once, with what it is or the closest that exists."""
    assert flaws(text) == [flaw]


def test_a_step_to_rows_of_several_entities() -> None:
    """A reference that may name a person or an organisation cannot be followed."""
    text = "any(c for c in control if c.holder.id == 'x')"
    assert flaws(text) == ["control.holder_id may name rows of several entities."]


def test_all_flaws_of_one_expression() -> None:
    """One flaw does not hide another in the same expression."""
    assert flaws("r.foo and zzz and param.x and r.id") == [
        "the field referral 'foo' does not exist.",
        "unknown name 'zzz'.",
        "the number param 'x' does not exist.",
        "`r.id` is text, where true or false is needed.",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "broken",
        "not broken",
        "1 + broken",
        "broken + days(1)",
        "as_of - days(broken)",
        "broken == 'x'",
        "broken < 3",
        "broken in ('x', 'y')",
        "'x' in (broken,)",
        "broken in param.grounds",
        "broken is None",
        "broken.first_day < as_of",
        "broken.client.id == 'x'",
        "any(broken)",
        "count(broken)",
        "any(b for b in broken if b.x)",
        "sum(b.hours for b in broken)",
        "param.wait_days[broken]",
        "own(broken, as_of)",
        "covers(r.provider_id, broken)",
        "in_force(broken, as_of)",
        "in_force(contract, broken)",
        "overlaps(contract, as_of, broken)",
        "year(broken)",
        "date(broken, 1, 1)",
        "first(as_of, broken)",
        "uncovered_days(as_of, broken, mine)",
        "covered_days(as_of, as_of, broken)",
        "any(b for b in bridging if broken)",
        "min(b.first_day for b in mine if broken)",
        "count(b for b in bridging if b.first_day < broken and b.last_day > broken)",
        "count(distinct(broken for b in bridging))",
        "any(broken for b in bridging)",
        "r.id == 'x' or broken",
        "1 < broken < 3",
        "sum(broken for b in bridging)",
    ],
)
def test_what_rests_on_a_flaw_is_silent(text: str) -> None:
    """What could not be read was told where it stands; its uses are no flaws of their own."""
    assert flaws(text) == []


def test_a_list_with_a_flaw_keeps_its_entity() -> None:
    """Of a list whose condition cannot be read the entity is known, so its other flaws are found."""
    assert flaws("any(b for b in bridging if b.foo and b.bar)") == [
        "the field bridging 'foo' does not exist.",
        "the field bridging 'bar' does not exist.",
    ]


def test_a_leaf_reader_knows_no_forms() -> None:
    """Which forms of expression there are is known in one place, above the readers of leaves."""
    source = parse("r.id")
    with pytest.raises(NotImplementedError):
        NameReader(source, scope()).read(source.tree)
