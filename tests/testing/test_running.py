"""Examples hold by every engine, and notice every mistake that a mutant makes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from compliance.language.tree import CheckedRule
from compliance.model.finding import Observation
from compliance.model.number import Numbers
from compliance.model.rule import Example
from compliance.rulebook import Rulebook, load
from compliance.testing import REFERENCE, BrokenError, Judge, RuleTestReport, run_examples, run_tests
from compliance.testing.worlds import COMPILED, prepare_both, prepare_reference

RULES = Path(__file__).parents[2] / "rules"
FAMILIES = sorted(path.name for path in RULES.iterdir() if path.is_dir() and path.name != "judgement")
CONTRACT = "      contract: [{id: c1, title: t, contractor_id: o1, first_day: 2027-01-01, funding: task}]\n"
Book = Callable[..., Rulebook]


def messages(report: RuleTestReport) -> list[str]:
    """The codes and words of a report's issues."""
    return [f"{issue.code}: {issue.message}" for issue in report.issues]


def test_examples_that_hold(book: Book) -> None:
    """Both engines say what the examples expect, and every mutant is noticed."""
    report = run_tests(book(), prepare_both)
    assert messages(report) == []
    assert (report.examples, report.mutants) == (2, 2)


def test_examples_that_do_not_hold(book: Book) -> None:
    """A difference is named with the example's file and line, by engine."""
    issues = run_examples(book(("2027-03-12}", "2027-03-10}")), prepare_both)
    assert [str(issue) for issue in issues] == [
        "cmp/CMP-01_open-too-long.yaml:23: CMP-01 on the day and one day later: complaint/k2: "
        f"expected finding, got compliant [{engine}]"
        for engine in (REFERENCE, COMPILED)
    ]


def test_only_some_rules(book: Book) -> None:
    """Rules that were not asked for are not run."""
    assert run_tests(book(), prepare_reference, only=["SUB-01"]) == RuleTestReport(())
    assert run_tests(book(), prepare_reference, only=["CMP-01"]).examples == 2


def test_a_mutant_that_no_example_notices(book: Book) -> None:
    """A boundary that no example shows leaves a mutant alive."""
    report = run_tests(book(("handled_on: 2027-03-11}", "handled_on: 2027-03-01}")), prepare_reference)
    assert messages(report) == ["mutant-survives: no example notices the mutant `conditions.late: > → >=`"]


def test_excused_mutants(book: Book) -> None:
    """A mutant nothing can notice may be excused; one that an example does notice may not."""
    excuse = (
        "examples:\n",
        'equivalent_mutants: [{mutant: "conditions.late: > → >=", reason: r}]\nexamples:\n',
    )
    blind = ("handled_on: 2027-03-11}", "handled_on: 2027-03-01}")
    assert messages(run_tests(book(excuse, blind), prepare_reference)) == []
    assert messages(run_tests(book(excuse), prepare_reference)) == [
        "mutant-excused: an example notices the mutant `conditions.late: > → >=`, so it is not equivalent"
    ]


@pytest.mark.parametrize(("old", "new", "message"), [
    ("funding: task}]\n      complaint:\n", "funding: tax}]\n      complaint:\n", "example-broken: "),
    ("id: k2, contract_id: c1", "id: k2, contract_id: c9", "example-broken: "),
    ("parameters: {complaint_days: 10}", "parameters: {complaint_day: 10}", "number-unknown: "),
    (f"    facts:\n{CONTRACT}      complaint: [", "    facts:\n      complaint: [", "example-broken: "),
    ("name: nobody agreed a number", "nam: x", "key-missing: "),
])  # fmt: skip
def test_examples_that_are_broken(book: Book, old: str, new: str, message: str) -> None:
    """An example that is no world is an issue of its own, and the others are still run."""
    found = messages(run_tests(book((old, new)), prepare_reference))
    assert any(item.startswith(message) for item in found), found


def test_columns_that_were_not_delivered(book: Book) -> None:
    """What an example's world lacks is unknown to both engines, not empty."""
    before = "    expect: [{subject: complaint/k1, outcome: not_assessable, missing: [complaint_days]}]"
    lacks = "    parameters: {complaint_days: 10}\n    lacks: {complaint: [handled_on]}\n"
    after = lacks + before.replace("complaint_days", "complaint.handled_on")
    assert run_examples(book((before, after)), prepare_both) == ()


def test_engines_that_differ(book: Book) -> None:
    """An engine that says something else than the reference is named, also where the example asks nothing."""

    def prepare(rule: CheckedRule, example: Example, numbers: Numbers) -> Mapping[str, Judge]:
        judge = prepare_reference(rule, example, numbers)[REFERENCE]

        def other(checked: CheckedRule) -> Sequence[Observation]:
            return [replace(item, about="o9") for item in judge(checked) if item.subject.id != "k1"]

        return {REFERENCE: judge, "other": other}

    found = [issue.message for issue in run_examples(book(), prepare)]
    assert (
        found[0]
        == "on the day and one day later: complaint/k1: expected compliant, and it is no subject [other]"
    )
    assert "complaint/k1: other says None, the reference Observation(" in found[1]
    assert "complaint/k2: other says Observation(" in found[2]


def test_engines_that_break(book: Book) -> None:
    """An engine that breaks on a rule is an issue; one that breaks on a mutant has noticed it."""

    def prepare(rule: CheckedRule, example: Example, numbers: Numbers) -> Mapping[str, Judge]:
        judge = prepare_reference(rule, example, numbers)[REFERENCE]

        def breaks(checked: CheckedRule) -> Sequence[Observation]:
            if checked is rule:
                return judge(checked)
            raise BrokenError("no")

        def broken(_: CheckedRule) -> Sequence[Observation]:
            raise BrokenError("it broke")

        return {REFERENCE: breaks, "other": broken}

    assert messages(run_tests(book(("2027-03-11}", "2027-03-01}")), prepare)) == [
        "example: on the day and one day later: it broke [other]",
        "example: nobody agreed a number: it broke [other]",
    ]


@pytest.mark.parametrize("family", FAMILIES)
def test_the_shipped_rules(family: str) -> None:
    """Every example of every shipped rule holds by both engines, and no mutant goes unnoticed."""
    names = [
        "parameters.yaml",
        *(path.relative_to(RULES).as_posix() for path in (RULES / family).glob("*.yaml")),
    ]
    book = load({name: (RULES / name).read_text("utf-8") for name in names})
    report = run_tests(book, prepare_both)
    assert messages(report) == []
    assert report.examples >= 3 * len(book.rules)
