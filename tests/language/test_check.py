"""A rule is checked whole: every flaw of every key, each once, where it stands."""

from __future__ import annotations

import ast
from typing import Any

import pytest

from compliance.language import CheckedRule, Flaw, check_rule
from compliance.language.tree import Field, Named, Node
from compliance.model.rule import Rule
from compliance.rulebook.rulefile import dump_rule
from tests.language.expressions import NUMBERS, shipped

TEXT = {"nl": "x", "en": "x"}
RULE: dict[str, Any] = {
    "id": "TST-01",
    "name": "test",
    "kind": "norm",
    "severity": "low",
    "stage": "active",
    "since": "2027-01-01",
    "addressee": "contractor",
    "compartment": "contract",
    "norms": [{"source": "x"}],
    "title": TEXT,
    "why": TEXT,
    "clears": TEXT,
    "message": {"nl": "{late_days} dagen", "en": "{late_days} days"},
    "subject": "referral as r",
    "needs": ["r.service", "delivery.session_id", "late_days"],
    "number_day": "r.received_on",
    "deviates_since": "r.received_on + days(param.grace_days)",
    "about": "r.provider_id",
    "let": {
        "late_days": "days_between(r.received_on, as_of)",
        "mine": "[b for b in bridging if b.referral_id == r.id]",
    },
    "conditions": {"open": "r.ended_on is None", "late": "open and late_days > param.grace_days"},
    "applies_when": "open",
    "flag_when": "late and not any(mine)",
    "evidence": {"bridging": "mine"},
}


def check(**changes: Any) -> tuple[CheckedRule | None, list[Flaw]]:
    """The rule with these changes, checked."""
    return check_rule(Rule.model_validate({**RULE, **changes}), NUMBERS)


def test_a_rule_without_flaws() -> None:
    """Every key becomes what the engines need, and only what is used is read."""
    rule, flaws = check()
    assert flaws == []
    assert rule is not None
    assert (rule.id, rule.subject.entity, rule.shown) == ("TST-01", "referral", ("late_days",))
    assert set(rule.lets) == {"late_days"}
    assert set(rule.conditions) == {"open", "late"}
    assert isinstance(rule.applies_when, Named)
    assert isinstance(rule.about, Field)
    assert rule.deviates_since is not None
    assert [(need.label, need.node is None) for need in rule.needs] == [
        ("r.service", False), ("delivery.session_id", True), ("late_days", False),
    ]  # fmt: skip
    assert rule.reads == {
        "referral": {"id", "contract_id", "received_on", "ended_on", "service", "provider_id"},
        "bridging": {"id", "referral_id"},
        "delivery": {"id", "session_id"},
    }


def test_what_a_rule_reads_along_a_step_and_in_intervals() -> None:
    """A step reads the reference and the row's id; covered days read the days of the rows."""
    rule, flaws = check(
        subject="bridging as r", let={}, message=TEXT, needs=[], number_day="as_of", deviates_since=None,
        about=None, evidence={}, applies_when=None, conditions={"late": "r.referral.service == 'open_day'"},
        flag_when="late and covered_days(as_of, as_of, employment) > count(c for c in client)",
    )  # fmt: skip
    assert rule is not None, flaws
    assert rule.reads == {
        "bridging": {"id", "referral_id"},
        "referral": {"id", "service"},
        "employment": {"id", "first_day", "last_day"},
        "client": {"id"},
    }


def test_every_flaw_once() -> None:
    """Flaws stand at their keys, in order; what rests on a flaw is no second flaw."""
    rule, flaws = check(
        let={"late_days": "days_between(r.recieved_on, as_of) + r.foo", "mine": "[b for b in brigding]",
             "twice": "late_days + late_days"},
        conditions={"open": "r.ended_on is Non", "late": "open and late_days > param.grace_dys"},
        flag_when="late and any(mine) and zzz",
        evidence={"bridging": "mine"},
    )  # fmt: skip
    assert rule is None
    assert flaws == [
        Flaw(
            ("let", "late_days"),
            "the field referral 'recieved_on' does not exist.",
            "Did you mean received_on?",
        ),
        Flaw(("let", "late_days"), "the field referral 'foo' does not exist."),
        Flaw(("let", "mine"), "the entity or list 'brigding' does not exist.", "Did you mean bridging?"),
        Flaw(("conditions", "open"), "`is` only asks `is None` or `is not None`.", "Compare values with ==."),
        Flaw(
            ("conditions", "late"), "the number param 'grace_dys' does not exist.", "Did you mean grace_days?"
        ),
        Flaw(("flag_when",), "unknown name 'zzz'."),
    ]


def test_one_flaw_twice_in_an_expression_is_told_once() -> None:
    """The middle of a chain is compared twice and told once."""
    _, flaws = check(flag_when="1 < r.foo < 3")
    assert flaws == [Flaw(("flag_when",), "the field referral 'foo' does not exist.")]


SUBJECT_FORM = "For example: subject: referral as r"
NEED = "a need is a field, a column `entity.field` or the name of a let."


@pytest.mark.parametrize(("changes", "flaw"), [
    ({"subject": "referral"}, Flaw(("subject",), "subject must read `entity as x`.", SUBJECT_FORM)),
    ({"subject": "referal as r"},
     Flaw(("subject",), "the entity 'referal' does not exist.", "Did you mean referral?")),
    ({"subject": "chain as r"}, Flaw(("subject",), "chain is derived and cannot be a subject.")),
    ({"flag_when": "late_days"}, Flaw(("flag_when",), "must be true or false, and this is a whole number.")),
    ({"number_day": "1"}, Flaw(("number_day",), "must be a day, and this is a whole number.")),
    ({"number_day": "param.ban_from"},
     Flaw(("number_day",), "number_day asks for a number itself.", "Name a day of the subject.")),
    ({"about": "as_of"}, Flaw(("about",), "must be text, and this is a day.")),
    ({"deviates_since": "r.id"}, Flaw(("deviates_since",), "must be a day, and this is text.")),
    ({"conditions": {**RULE["conditions"], "r": "True"}},
     Flaw(("conditions", "r"), "the name 'r' already stands for something else.", "Choose another name.")),
    ({"let": {**RULE["let"], "as_of": "r.received_on"}},
     Flaw(("let", "as_of"), "the name 'as_of' is a word of the language.", "Choose another name.")),
    ({"needs": ["r.servce"]},
     Flaw(("needs", "0"), "the field referral 'servce' does not exist.", "Did you mean service?")),
    ({"needs": ["r.service", "delivry.day"]},
     Flaw(("needs", "1"), "the entity 'delivry' does not exist.", "Did you mean delivery?")),
    ({"needs": ["delivery.dy"]},
     Flaw(("needs", "0"), "the field delivery 'dy' does not exist.", "Did you mean day?")),
    ({"needs": ["year(as_of)"]}, Flaw(("needs", "0"), NEED)),
    ({"evidence": {"delivery": "mine"}},
     Flaw(("evidence", "delivery"), "holds rows of bridging, not of delivery.", "Call it bridging.")),
    ({"evidence": {"bridging": "minne"}},
     Flaw(("evidence", "bridging"), "the entity or list 'minne' does not exist.", "Did you mean mine?")),
    ({"message": {"nl": "{late_day}", "en": "x"}},
     Flaw(("message", "nl"), "names {late_day}, which is no let.", "Did you mean late_days?")),
    ({"message": {"nl": "x", "en": "{mine}"}},
     Flaw(("message", "en"), "names {mine}, which is no let.", "Name a let that has one value.")),
    ({"message": {"nl": "{", "en": "x"}}, Flaw(("message", "nl"), "has a brace that is not closed.")),
    ({"evidence": {"signal": "[s for s in signal]"}},
     Flaw(("compartment",), "a rule of contract may not read signal, which is supervision.")),
])  # fmt: skip
def test_flaws_of_each_key(changes: dict[str, Any], flaw: Flaw) -> None:
    """Each key says what it must hold; nothing else is told beside it."""
    rule, flaws = check(**changes)
    assert rule is None
    assert flaws == [flaw]


def test_a_message_may_name_a_let_that_has_a_flaw() -> None:
    """A let that cannot be read was told already; the message that names it is right."""
    _, flaws = check(let={**RULE["let"], "late_days": "r.foo"})
    assert [flaw.path for flaw in flaws] == [("let", "late_days")]


def test_a_rule_that_multiplies_itself() -> None:
    """Lets that double one another, or rest on one another too often, are refused before they grow."""
    doubling = {"a0": "year(as_of)", **{f"a{i}": f"a{i - 1} + a{i - 1}" for i in range(1, 40)}}
    large = "is too large with its lets filled in."
    assert check(let={**RULE["let"], **doubling})[1] == [Flaw(("let", "a11"), large, "Make it two rules.")]
    lists = {"a0": "[b for b in bridging]"}
    lists |= {f"a{i}": f"[b for b in a{i - 1} if any(a{i - 1}) and any(a{i - 1})]" for i in range(1, 40)}
    assert [flaw.message for flaw in check(let={**RULE["let"], **lists})[1]] == [large]
    chain = {"a0": "year(as_of)", **{f"a{i}": f"a{i - 1} + 1" for i in range(1, 200)}}
    assert [flaw.message for flaw in check(let={**RULE["let"], **chain})[1]] == [large]
    clauses = " or ".join(["open"] * 101)
    assert check(flag_when=clauses)[1] == [Flaw(("flag_when",), large, "Make it two rules.")]


def test_a_rule_that_is_only_large_passes() -> None:
    """Long chains that a person could write are read, walked and measured."""
    chain = {"a0": "year(as_of)", **{f"a{i}": f"a{i - 1} + 1" for i in range(1, 90)}}
    rule, flaws = check(let={**RULE["let"], **chain}, flag_when="a89 > 1 and late")
    assert flaws == []
    assert rule is not None
    assert sum(1 for _ in rule.flag_when.walk()) > 180


def nodes(rule: CheckedRule) -> list[Node | None]:
    """All trees of a rule."""
    rows = [rows for _, rows in rule.evidence]
    return [*rule.lets.values(), *rule.conditions.values(), rule.applies_when, rule.flag_when, *rows]


def printed(text: str) -> str:
    """The expression as Python's own printer writes it."""
    return ast.unparse(ast.parse(text.strip(), mode="eval"))


@pytest.mark.parametrize("rule_id", sorted(shipped().rules))
def test_rules_survive_printing(rule_id: str) -> None:
    """A shipped rule dumped and loaded is that rule; its expressions printed anew give the same trees."""
    rule, numbers = shipped().rules[rule_id], shipped().numbers.specs
    dumped = dump_rule(rule.rule)
    assert Rule.model_validate(dumped) == rule.rule
    anew: dict[str, Any] = {
        "let": {name: printed(text) for name, text in rule.rule.let.items()},
        "conditions": {name: printed(text) for name, text in rule.rule.conditions.items()},
        "flag_when": printed(rule.rule.flag_when),
    }
    again, flaws = check_rule(Rule.model_validate({**dumped, **anew}), numbers)
    assert again is not None, flaws
    assert nodes(again) == nodes(rule)
    assert again.reads == rule.reads
