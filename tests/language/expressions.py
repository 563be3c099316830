"""Expressions about a referral `r`, read with a few numbers in reach."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from compliance.language.functions import CONTRACT
from compliance.language.read import Reading, read_let, read_rows, read_value
from compliance.language.scope import BLANK, Scope
from compliance.language.tree import Named, Node, Var
from compliance.model.number import NumberSpec
from compliance.model.rule import Bilingual
from compliance.model.schema import entities
from compliance.rulebook import Rulebook, read

RULES = Path(__file__).parents[2] / "rules"
WORDS = Bilingual(nl="n", en="e")


def number(name: str, kind: str = "int", keyed_by: str | None = None, codes_of: str = "") -> NumberSpec:
    """A number that nobody agreed; it depends on, or lists, the codes of a field."""
    return NumberSpec(
        name=name, unit="day", type=kind, meaning=WORDS, source="s", status="to_agree",  # type: ignore[arg-type]
        keyed_by=keyed_by, keys=codes(keyed_by or ""), choices=codes(codes_of),
    )  # fmt: skip


def codes(label: str) -> tuple[str, ...]:
    """The codes of a field, by entity and name."""
    entity, _, name = label.partition(".")
    return entities()[entity].fields[name].codes if label else ()


NUMBERS = {
    spec.name: spec
    for spec in (
        number("grace_days"),
        number("ban_from", "day"),
        number("least_pct", "decimal"),
        number("wait_days", keyed_by="referral.service"),
        number("grounds", "codes", codes_of="referral.refusal_ground"),
        number("grounds_of", "codes", keyed_by="referral.service", codes_of="referral.refusal_ground"),
    )
}
R = Var(entity="referral", name="r", iterated=False)


@cache
def scope() -> Scope:
    """The subject, the contract, a list, a value of each sort and something that could not be read."""
    found = Scope(NUMBERS).bind("contract", CONTRACT).bind("r", R)
    for name, text in (
        ("mine", "[b for b in bridging if b.referral_id == r.id]"),
        ("start", "r.started_on"),
        ("service", "r.service"),
        ("open", "r.ended_on is None"),
    ):
        node, refusals = read_let(text, found)
        assert not refusals
        found = found.bind(name, node if name == "mine" else Named(name, node))
    return found.bind("broken", BLANK)


def value(text: str) -> Node:
    """The tree of an expression without flaws."""
    node, refusals = read_value(text, scope())
    assert not refusals, [refusal.message for refusal in refusals]
    return node


def flaws(text: str) -> list[str]:
    """What is wrong with an expression, each message with its hint."""
    return told(read_value(text, scope()))


def list_flaws(text: str) -> list[str]:
    """What is wrong with an expression that must be a list."""
    return told(read_rows(text, scope()))


def told(reading: Reading) -> list[str]:
    """The messages of a reading."""
    _, refusals = reading
    return [f"{refusal.message} {refusal.hint}".strip() for refusal in refusals]


@cache
def shipped() -> Rulebook:
    """The rule book that is shipped."""
    book, problems = read({str(path.relative_to(RULES)): path.read_text() for path in RULES.rglob("*.yaml")})
    assert not problems
    return book
