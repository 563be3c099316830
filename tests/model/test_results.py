"""What judging gives, and what a check answers, as plain values."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.errors import ComplianceError, InputError, Problem, RulebookError, UsageError, closest
from compliance.model.amounts import half_up
from compliance.model.catalog import Catalog, Delivered
from compliance.model.finding import Counts, Failure, Missing, RowRef, fingerprint
from compliance.model.intake import Refusal
from compliance.model.rule import Bilingual, Norm
from compliance.model.run import CheckAnswer, Receipt, severity_rank, sum_counts


@given(st.fractions(min_value=-(10**9), max_value=10**9))
def test_half_up_is_within_half_a_cent(number: Fraction) -> None:
    """What is shown differs at most half a cent from what is true, and mirrors around zero."""
    found = half_up(number)
    assert abs(Fraction(found) - number) <= Fraction(1, 200)
    assert half_up(-number) == -found
    assert found.as_tuple().exponent == -2


@pytest.mark.parametrize(("number", "shown"), [
    (Fraction(1, 200), "0.01"), (Fraction(-1, 200), "-0.01"), (Fraction(1, 3), "0.33"),
    (Fraction(2, 3), "0.67"),
    (Fraction(0), "0.00"), (Fraction(12345, 1000), "12.35"),
])  # fmt: skip
def test_half_goes_away_from_zero(number: Fraction, shown: str) -> None:
    """Exactly half a cent is shown as a whole one."""
    assert half_up(number) == Decimal(shown)


def test_what_was_delivered() -> None:
    """A field that every group lacks was not delivered; an entity that did not come is incomplete."""
    catalog = Catalog({"referral": Delivered(True, (frozenset(), frozenset({"refused_on"})))})
    assert "referral" in catalog
    assert "delivery" not in catalog
    assert catalog["referral"].lacking_groups("refused_on") == (1,)
    assert catalog["referral"].delivers("refused_on")
    assert not Delivered(True, (frozenset({"day"}),)).delivers("day")
    assert not catalog["delivery"].complete


def test_words_for_what_is_missing_and_refused() -> None:
    """Each thing has the one short name by which reports know it."""
    assert str(RowRef("referral", "r1")) == "referral/r1"
    assert (
        str(Missing("missing_fact", field="referral.ended_on", entity="referral", id="r1"))
        == "referral.ended_on"
    )
    assert str(Missing("parameter_not_agreed", parameter="grace_days")) == "grace_days"
    assert Refusal("a.csv", "delivery", "", "", "not_utf8").whole_file
    assert not Refusal("a.csv", "delivery", "3", "day", "not_a_day").whole_file


def test_words_of_a_rule() -> None:
    """A norm is cited in one line; a bilingual text answers in the language asked for."""
    assert Norm(source="Wmo", article="2.140", theme="5").citation() == "Wmo, art. 2.140, thema 5"
    assert Norm(source="Wmo").citation() == "Wmo"
    assert [Bilingual(nl="ja", en="yes").within(lang) for lang in ("nl", "en")] == ["ja", "yes"]


def test_fingerprints() -> None:
    """A fingerprint names rule, contract and subject; no two run together, and it never changes."""
    found = fingerprint("TST-01", "c1", RowRef("referral", "r1"))
    assert found == fingerprint("TST-01", "c1", RowRef("referral", "r1"))
    assert len({found, fingerprint("TST-01", "c1r", RowRef("eferral", "r1")),
                fingerprint("TST-01", "c1", RowRef("referral", "r2")),
                fingerprint("TST-01", "c2", RowRef("referral", "r1"))}) == 4  # fmt: skip
    assert len(json.dumps(found)) == 18


def test_an_answer_counts_what_was_assessed_and_whether_it_is_complete() -> None:
    """Findings and compliant ones are assessed; one refusal or failure makes a run incomplete."""
    receipt = Receipt("c1", date(2027, 1, 1), None, ("contract",), "sha256:x", 1)
    counts = sum_counts({"A": Counts(1, 2, 3, 4), "B": Counts(5, 6, 7, 8)}, failed=1)
    assert counts == Counts(6, 8, 10, 12, 1)
    answer = CheckAnswer(receipt, {}, counts=counts)
    assert answer.assessed == 14
    assert answer.complete
    refusal = Refusal("a.csv", "delivery", "", "", "not_utf8")
    assert not CheckAnswer(receipt, {}, refusals=(refusal,)).complete
    assert not CheckAnswer(receipt, {}, failures=(Failure("A", "contract", "broke"),)).complete
    assert [severity_rank(severity) for severity in ("info", "critical")] == [0, 4]


def test_errors_carry_every_problem() -> None:
    """An error says all that is wrong, each with its place and what to do; its exit code says which kind."""
    near = Problem("a.yaml:3", "x", "It is wrong.", "Mend it.")
    bare = Problem("", "x", "It is wrong.")
    assert (str(near), str(bare)) == ("a.yaml:3: It is wrong. Mend it.", "It is wrong.")
    assert str(ComplianceError([near, bare])) == f"{near}\n{bare}"
    assert UsageError(near).problems == (near,)
    assert [kind.exit_code for kind in (RulebookError, UsageError, InputError)] == [2, 2, 3]


def test_the_closest_word() -> None:
    """A near word is offered; where none is near nothing is."""
    assert closest("recieved_on", ["received_on", "ended_on"]) == "Did you mean received_on?"
    assert closest("zzz", ["received_on"]) == ""
