"""A number has a value only where somebody agreed one; a case may bring its own."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from compliance.model.number import Numbers, NumberSpec
from compliance.model.rule import Bilingual

MEANING = Bilingual(nl="n", en="e")
EARLY, LATER = date(2015, 1, 1), date(2028, 1, 1)


def spec(name: str = "n", **changes: Any) -> NumberSpec:
    """A number of whole days, agreed, with the changes."""
    defaults: dict[str, Any] = {"unit": "day", "type": "int", "status": "agreed", "segments": ((EARLY, 10),)}
    return NumberSpec(name=name, meaning=MEANING, source="s", **{**defaults, **changes})


def numbers(*specs: NumberSpec) -> Numbers:
    """These numbers by name."""
    return Numbers({item.name: item for item in specs})


KEYED: dict[str, Any] = {"keyed_by": "incident.kind", "keys": ("calamity", "violence")}
CODES: dict[str, Any] = {
    "type": "codes",
    "unit": "code",
    "choices": ("a", "b"),
    "segments": ((None, ("a",)),),
}


def test_value_by_day() -> None:
    """The value is that of the last segment that began; before the first there is none."""
    found = numbers(spec(segments=((EARLY, 10), (LATER, 20))))
    days = (date(2014, 12, 31), EARLY, date(2027, 12, 31), LATER, None)
    assert [found.value("n", None, day) for day in days] == [None, 10, 10, 20, None]


def test_value_on_an_unknown_day() -> None:
    """On an unknown day only a value that always holds is one."""
    assert spec(segments=((None, 5),)).value(None, None) == 5
    assert spec(segments=((None, 5), (LATER, 6))).value(None, None) is None
    assert spec(segments=((None, 5), (LATER, 6))).value(None, EARLY) == 5


@pytest.mark.parametrize(("status", "value"), [
    ("agreed", 10), ("by_reference", 10), ("technical", 10), ("proposed", None), ("to_agree", None),
])  # fmt: skip
def test_only_some_statuses_count(status: Any, value: int | None) -> None:
    """What is only proposed, or still to be agreed, has no value."""
    assert spec(status=status).value(None, EARLY) == value


def test_keyed() -> None:
    """A number by code has a value for the codes that were agreed, and no other."""
    number = spec(segments=((EARLY, {"calamity": 1}),), **KEYED)
    assert [number.value(key, LATER) for key in ("calamity", "violence", None)] == [1, None, None]


def test_container() -> None:
    """Numbers are found by name, and a name that is none is a mistake of the caller."""
    found = numbers(spec("a"), spec("b"))
    assert (list(found), len(found), "a" in found, "c" in found) == (["a", "b"], 2, True, False)
    assert found["a"].name == "a"
    with pytest.raises(KeyError):
        found.value("c")


def test_a_case_replaces_a_value_for_all_days() -> None:
    """A case's number holds on every day, whatever its status was, and the original stays as it was."""
    before = numbers(spec("n", status="to_agree", segments=()), spec("m"))
    after, problems = before.replaced({"n": 3})
    assert not problems
    assert after.value("n", None, date(1999, 1, 1)) == after.value("n", None, None) == 3
    assert after["n"].set_by_case
    assert after.value("m", None, LATER) == 10
    assert before.value("n", None, LATER) is None


def test_a_map_replaces_only_the_codes_it_names() -> None:
    """Other codes keep their value, on the days on which they had it."""
    before = numbers(spec(segments=((EARLY, {"calamity": 1}),), **KEYED))
    after, _ = before.replaced({"n": {"violence": 7}})
    assert after.value("n", "violence", date(1999, 1, 1)) == after.value("n", "violence", LATER) == 7
    assert after.value("n", "calamity", LATER) == 1
    assert after.value("n", "calamity", date(1999, 1, 1)) is None
    always = numbers(spec(segments=((None, {"calamity": 1}),), **KEYED)).replaced({"n": {"calamity": 2}})[0]
    assert always["n"].segments == ((None, {"calamity": 2}),)


def test_a_map_does_not_adopt_what_was_only_proposed() -> None:
    """Setting one code of a proposed number gives the others no value."""
    before = numbers(spec(status="proposed", segments=((EARLY, {"calamity": 1}),), **KEYED))
    after, _ = before.replaced({"n": {"violence": 7}})
    assert [after.value("n", key, LATER) for key in ("calamity", "violence")] == [None, 7]


@pytest.mark.parametrize(("changes", "raw", "value"), [
    ({}, 0, 0),
    ({"type": "decimal", "unit": "pct"}, 12, Decimal(12)),
    ({"type": "decimal", "unit": "pct"}, Decimal("12.5"), Decimal("12.5")),
    ({"type": "decimal", "unit": "pct"}, "12.50", Decimal("12.50")),
    ({"type": "day", "unit": "date"}, "2028-01-01", LATER),
    ({"type": "day", "unit": "date"}, LATER, LATER),
    (CODES, ["b", "a"], ("b", "a")),
    (CODES, [], ()),
])  # fmt: skip
def test_values_of_each_type(changes: dict[str, Any], raw: Any, value: Any) -> None:
    """Each type of number takes what a YAML or JSON file can write for it."""
    after, problems = numbers(spec(**{**changes, "status": "to_agree"})).replaced({"n": raw})
    assert not problems
    assert after.value("n", None, LATER) == value


@pytest.mark.parametrize(("changes", "raw", "message"), [
    ({}, "12", "Text where a whole number, like 10, is due."),
    ({}, 1.5, "A binary float where a whole number, like 10, is due."),
    ({}, Decimal("1.5"), "A number where a whole number, like 10, is due."),
    ({}, True, "A yes/no value where a whole number, like 10, is due."),
    ({}, None, "Nothing where a whole number, like 10, is due."),
    ({}, object(), "Something else where a whole number, like 10, is due."),
    ({}, -1, "The value must lie between 0 and 36500."),
    ({}, 36_501, "The value must lie between 0 and 36500."),
    ({"type": "decimal", "unit": "pct"}, 1.5, "A binary float where a decimal number, like 12.5, is due."),
    ({"type": "decimal", "unit": "pct"}, "1.23456", "Text where a decimal number, like 12.5, is due."),
    ({"type": "decimal", "unit": "eur"}, 10**10, "The value must lie between 0 and 1000000000."),
    ({"type": "day", "unit": "date"}, "2027-02-30", "That day does not exist."),
    ({"type": "day", "unit": "date"}, 2027, "A number where a day is due."),
    (CODES, "a", "Text where a list of codes is due."),
    (CODES, {"a": 1}, "A map where a list of codes is due."),
    (CODES, ["c"], "There is no code c."),
    (CODES, [["a"]], "There is no code (not a code)."),
    (CODES, ["a", "a"], "A code stands in the list twice."),
    (KEYED, [1], "It depends on incident.kind and needs a value per code."),
])  # fmt: skip
def test_wrong_values(changes: dict[str, Any], raw: Any, message: str) -> None:
    """A value of another kind is a problem with its place, and changes nothing."""
    before = numbers(spec(**{**changes, "segments": ()}))
    after, (problem,) = before.replaced({"n": raw})
    assert (problem.place, problem.message) == ("parameters.n", message)
    assert after == before


def test_unknown_names_and_codes() -> None:
    """An unknown name or code gets the closest known one, or where to look."""
    found = numbers(spec("uptake_days"), spec("kinds", segments=(), **KEYED))
    _, problems = found.replaced(
        {"uptake_day": 1, "zzz": 1, "kinds": {"calamit": 1, "zzz": 2, "violence": "x", 'a"b': 1}}
    )
    assert [(problem.place, problem.hint) for problem in problems] == [
        ("parameters.uptake_day", "Did you mean uptake_days?"),
        ("parameters.zzz", "The numbers stand in rules/parameters.yaml."),
        ("parameters.kinds.calamit", "Did you mean calamity?"),
        ("parameters.kinds.zzz", "One of: calamity, violence."),
        ("parameters.kinds.violence", ""),
        ("parameters.kinds.(not a code)", "One of: calamity, violence."),
    ]
