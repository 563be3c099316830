"""Which rules are judged."""

from __future__ import annotations

import pytest

from compliance.errors import UsageError
from compliance.rulebook import Rulebook
from compliance.services.book import load_book
from compliance.services.selection import find_rule, readable_entities, select_rules


@pytest.fixture(scope="module")
def book() -> Rulebook:
    """The shipped rule book."""
    return load_book()[0]


def names(book: Rulebook, **asked: object) -> list[str]:
    """The ids of the rules selected."""
    wanted = {"compartments": ("contract",), **asked}
    return [rule.id for rule in select_rules(book, **wanted)]  # type: ignore[arg-type]


def test_a_compartment_selects_its_own_rules(book: Rulebook) -> None:
    """Contract brings no rule of Bibob; Bibob brings only its own."""
    assert not {"BIB-01", "BIB-07"} & set(names(book))
    assert "BIB-09" in names(book)
    assert set(names(book, compartments=("bibob",))) == {f"BIB-0{number}" for number in range(1, 7)}


def test_patterns_name_rules_by_id_or_name(book: Rulebook) -> None:
    """`*` stands for anything; case does not matter; skipped ones go."""
    assert names(book, wanted=["brg-0?"], skipped=["BRG-01"]) == ["BRG-02", "BRG-03", "BRG-04", "BRG-05"]
    assert names(book, wanted=["gap-in-bridging-care"]) == ["BRG-02"]


def test_severity_leaves_out_what_is_lower(book: Rulebook) -> None:
    """Only rules at least as severe remain."""
    assert "SUB-13" not in names(book, least="high")
    assert set(names(book, least="critical")) >= {"ACC-01", "SUB-01", "COV-01"}


def test_a_pattern_without_a_hit_is_refused(book: Rulebook) -> None:
    """A typo never silently selects nothing; the nearest id is named."""
    with pytest.raises(UsageError, match="Did you mean SUB-"):
        names(book, wanted=["SUB-O1"])
    with pytest.raises(UsageError, match="NOPE"):
        names(book, skipped=["NOPE*"])


def test_nothing_left_is_refused(book: Rulebook) -> None:
    """A selection that leaves no rule is a mistake, not a clean answer."""
    with pytest.raises(UsageError, match="No rule"):
        names(book, wanted=["BIB-01"])


def test_find_rule_by_id_or_name(book: Rulebook) -> None:
    """Both find the same rule; an unknown one is refused."""
    assert find_rule(book, "brg-02") is find_rule(book, "gap-in-bridging-care")
    with pytest.raises(UsageError, match="There is no rule XYZ"):
        find_rule(book, "XYZ")


def test_a_reader_of_the_contract_sees_no_bibob() -> None:
    """What may not be seen is not even read."""
    assert not {"bibob_inquiry", "bibob_measure", "signal", "incident"} & readable_entities(["contract"])
    assert readable_entities(["bibob"]) == readable_entities(["contract"]) | {
        "bibob_inquiry",
        "bibob_measure",
    }
