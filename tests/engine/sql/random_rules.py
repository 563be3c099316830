"""Rules made at random: what they say is senseless; both engines must read the same sense in them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from compliance.language.check import check_rule
from compliance.language.tree import CheckedRule
from compliance.model.rule import Rule
from tests.engine.sql.odd_numbers import NUMBERS
from tests.engine.sql.random_expressions import POOL, Choose, Names, Writer

SUBJECTS = ("referral", "bridging", "subcontract", "organisation", "delivery", "person", "contract")


def write_rule(choose: Choose, *, depth: int = 3, pool: tuple[str, ...] = POOL) -> dict[str, Any]:
    """The parts of a rule as its file would state them."""
    writer = Writer(choose, pool=pool)
    entity = choose(SUBJECTS)
    names = Names((("s", entity),))
    lets: dict[str, str] = {}
    shown: list[str] = []
    for number in range(choose((0, 1, 2, 3))):
        kind = choose(("int", "day", "rows", "decimal", "ratio", "text", "bool"))
        name = f"n{number}"
        if kind == "rows":
            element, source = writer.source(names, depth - 1)
            lets[name] = f"[{element} {source}]"
            names = replace(names, lists=(*names.lists, (name, writer.made[element])))
        else:
            lets[name] = writer.value(kind, names, depth - 1)
            names = replace(names, values=(*names.values, (name, kind)))
            shown.append(name)
    conditions = {}
    for name in ("c0", "c1")[: choose((1, 2))]:
        conditions[name] = writer.truth(names, depth)
        names = replace(names, values=(*names.values, (name, "bool")))
    return _parts(writer, entity, names, lets, conditions, shown)


def _parts(
    writer: Writer,
    entity: str,
    names: Names,
    lets: dict[str, str],
    conditions: dict[str, str],
    shown: list[str],
) -> dict[str, Any]:
    choose = writer.choose
    found: dict[str, Any] = {"subject": f"{entity} as s", "let": lets, "conditions": conditions}
    found["flag_when"] = choose(("c0", "c0", writer.truth(names, 2)))
    if writer.chance(3):
        found["applies_when"] = choose((list(conditions)[-1], writer.truth(names, 1)))
    if writer.chance(3):
        needs = [*(name for name in shown if name in lets), *writer.fields("day", names)]
        found["needs"] = [choose([*needs, "delivery.day", "bridging.provider_id", "referral.refused_on"])]
    if writer.chance(4):
        day = choose([*writer.fields("day", names), "contract.last_day"])
        rare = f"min(z.first_day for z in subcontract if z.first_day >= {day})"
        found["number_day"] = choose((day, day, f"first({day}, as_of)", f"({day} - months(1))", rare))
    if writer.chance(3):
        found["deviates_since"] = writer.day(names, 1)
    if writer.chance(3):
        found["about"] = writer.text(names, 1)
    evidence = dict(reversed([(held, name) for name, held in names.lists]))
    if writer.chance(2):
        element, source = writer.source(names, 1)
        evidence[writer.made[element]] = f"[{element} {source}]"
    found["evidence"] = evidence
    found["message"] = " ".join(f"{{{name}}}" for name in shown) or "x"
    return found


def checked(parts: dict[str, Any], number: int = 1) -> CheckedRule:
    """The rule with those parts, in no words, typed."""
    words = {"nl": "x", "en": "x"}
    raw = {
        "id": f"TST-{number:02}", "name": "test", "kind": "norm", "severity": "low", "stage": "active",
        "since": "2027-01-01", "addressee": "contractor", "compartment": "contract",
        "norms": [{"source": "x"}], "title": words, "why": words, "clears": words,
        **parts, "message": {"nl": parts["message"], "en": parts["message"]},
    }  # fmt: skip
    rule, flaws = check_rule(Rule.model_validate(raw), NUMBERS.specs)
    assert rule is not None, (flaws, parts)
    return rule
