"""`explain`: the proof agrees with the check, whatever the outcome."""

from __future__ import annotations

import json

import pytest

from compliance.errors import UsageError
from compliance.model.explanation import Explanation
from compliance.reporting.proof_formats import PROOF_FORMATS, ProofFormat, render_proof
from compliance.reporting.words import LANGS, Lang
from compliance.services.check import CheckRequest, check
from compliance.services.content import content_folder, report_content
from compliance.services.explain import explain
from compliance.services.selection import COMPARTMENTS

CASE = str(content_folder("cases") / "trouble" / "acceptance.yaml")
OUTCOMES = [
    ("BRG-02", "referral/r2", "finding"),
    ("ACC-03", "referral/r4", "compliant"),
    ("ACC-03", "r5", "not_assessable"),
    ("ACC-01", "r2", "not_applicable"),
]


def proof(rule: str, subject: str) -> Explanation:
    """The proof on the shipped case."""
    return explain(CheckRequest(paths=(CASE,)), rule, subject)


@pytest.mark.parametrize(("rule", "subject", "outcome"), OUTCOMES)
def test_every_outcome_is_explained(rule: str, subject: str, outcome: str) -> None:
    """The proof has the outcome of the check and ends with what the rule flags."""
    found = proof(rule, subject)
    assert found.proof.outcome == outcome
    assert found.proof.steps[-1].name == "flag_when"
    assert set(found.because) <= {step.name for step in found.proof.steps}


def test_the_proof_names_facts_with_file_and_row_and_numbers() -> None:
    """A finding rests on facts with their place, and on numbers with status and source."""
    found = proof("BRG-02", "r2")
    assert {found.paths[fact.source] for fact in found.proof.evidence} == {CASE}
    numbers = {number.name: number for step in found.proof.steps for number in step.numbers}
    assert numbers["bridge_gap_tolerance_days"].value == 0
    assert numbers["bridge_gap_tolerance_days"].status == "technical"
    assert numbers["bridge_start_days"].value == 7


def test_what_is_missing_is_told() -> None:
    """Not assessable names the number that nobody agreed."""
    assert [str(item) for item in proof("ACC-03", "r5").proof.missing] == ["max_wait_days[household_help]"]


@pytest.mark.parametrize(
    ("rule", "subject"), [("ACC-99", "r1"), ("ACC-03", "r99"), ("ACC-03", "bridging/b1")]
)
def test_an_unknown_rule_or_subject_is_refused(rule: str, subject: str) -> None:
    """A name that does not exist is told with the nearest that does."""
    with pytest.raises(UsageError):
        proof(rule, subject)


@pytest.mark.parametrize("form", PROOF_FORMATS)
@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(("rule", "subject", "outcome"), OUTCOMES)
def test_every_format_shows_it(rule: str, subject: str, outcome: str, form: ProofFormat, lang: Lang) -> None:
    """Text, JSON and the page show the outcome and its reason in the reader's language."""
    content = report_content()
    shown = render_proof(proof(rule, subject), form, content, lang).decode()
    if form == "json":
        assert json.loads(shown)["outcome"] == outcome
    else:
        word = content.words.name("outcome", outcome, lang)
        assert (word if form == "html" else word.upper()) in shown
        assert "flag_when" in shown


def test_every_result_of_a_check_can_be_explained() -> None:
    """For all subjects of all rules of a case, the proof says the same as the check."""
    answer = check(CheckRequest(paths=(CASE,), compartments=COMPARTMENTS))
    for result in answer.results[:12]:
        observation = result.observation
        assert proof(observation.rule, str(observation.subject)).proof.outcome == observation.outcome
