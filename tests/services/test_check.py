"""`check` from files to answer."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import yaml

from compliance.errors import InputError, UsageError
from compliance.model.run import CheckAnswer
from compliance.reporting.render import FORMATS, Look, render
from compliance.services.check import CheckRequest, Ground, check
from compliance.services.content import content_folder, report_content
from compliance.services.engine import Engine, reference_engine, sql_engine
from compliance.services.selection import COMPARTMENTS
from compliance.services.verdict import verdict

CASES = sorted(content_folder("cases").rglob("*.yaml"))
CLEAN = [path for path in CASES if path.parent.name == "clean"]
EXPECTING = [path for path in CASES if path.parent.name == "trouble"]


def world(**facts: list[dict[str, Any]]) -> dict[str, Any]:
    """A case with a contract and a contractor."""
    contract = {
        "id": "c1",
        "title": "Wmo",
        "contractor_id": "o1",
        "first_day": "2027-01-01",
        "funding": "task",
    }
    return {
        "as_of": "2027-06-01",
        "facts": {"contract": [contract], "organisation": [{"id": "o1", "name": "Wijkkracht"}], **facts},
    }


def ask(case: dict[str, Any], **asked: Any) -> CheckAnswer:
    """The answer on a case given on stdin."""
    text = yaml.safe_dump(case, allow_unicode=True).encode()
    return check(CheckRequest(paths=("-",), stdin=BytesIO(text), **asked))


def by_sql(ground: Ground) -> Engine:
    """The set-based engine, whatever the number of rows."""
    return sql_engine(ground.facts, ground.contract, ground.as_of, ground.numbers)


def by_reference(ground: Ground) -> Engine:
    """The second opinion."""
    return reference_engine(ground.facts, ground.rules, ground.contract, ground.as_of, ground.numbers)


@pytest.mark.parametrize("path", CLEAN, ids=lambda path: path.stem)
def test_a_clean_case_gives_no_finding(path: Path) -> None:
    """Known-good worlds stay silent, for every reader."""
    answer = check(CheckRequest(paths=(str(path),), compartments=COMPARTMENTS))
    assert answer.counts.finding == 0
    assert verdict(answer, "info", None).code == 0


@pytest.mark.parametrize("path", EXPECTING, ids=lambda path: path.stem)
def test_a_case_gives_what_it_expects(path: Path) -> None:
    """Every expectation of every shipped case holds."""
    answer = check(CheckRequest(paths=(str(path),), compartments=COMPARTMENTS))
    assert [item.expected for item in answer.expectations or () if not item.holds] == []
    assert verdict(answer, "info", None).code == 0


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_both_engines_give_the_same_answer(path: Path) -> None:
    """The set-based engine and the reference agree on every outcome of every shipped case."""
    request = CheckRequest(paths=(str(path),), compartments=COMPARTMENTS, keep_all=True)
    assert check(request, make_engine=by_sql).results == check(request, make_engine=by_reference).results


def test_removing_bibob_facts_changes_no_byte() -> None:
    """Who may see the contract alone gets the same bytes whether there are Bibob facts or not."""
    path = content_folder("cases") / "trouble" / "integrity.yaml"
    case = yaml.safe_load(path.read_text(encoding="utf-8"))
    without = {**case, "facts": {name: rows for name, rows in case["facts"].items() if "bibob" not in name}}
    assert without != case
    for form in FORMATS:
        shown = [render(ask(one), form, report_content(), Look()) for one in (case, without)]
        assert shown[0] == shown[1]


def test_order_of_rows_changes_no_byte() -> None:
    """The same facts in another order are the same answer."""
    path = content_folder("cases") / "trouble" / "subcontractors.yaml"
    case = yaml.safe_load(path.read_text(encoding="utf-8"))
    turned = {**case, "facts": {name: rows[::-1] for name, rows in reversed(case["facts"].items())}}
    shown = [render(ask(one), "json", report_content(), Look()) for one in (case, turned)]
    assert shown[0] == shown[1]


def test_the_day_is_asked_else_the_case_else_today() -> None:
    """An option goes before the case; without both it is today in Amsterdam."""
    case = world()
    assert ask(case).receipt.as_of == date(2027, 6, 1)
    assert ask(case, as_of=date(2028, 1, 1)).receipt.as_of == date(2028, 1, 1)
    del case["as_of"]
    assert ask(case).receipt.as_of.year >= 2024


def test_one_contract_is_judged_at_a_time() -> None:
    """With several, one must be named; an unknown one is refused with what there is."""
    case = world()
    case["facts"]["contract"].append({**case["facts"]["contract"][0], "id": "c2"})
    with pytest.raises(UsageError, match="Name one: c1, c2"):
        ask(case)
    with pytest.raises(UsageError, match="There is no contract c3"):
        ask(case, contract="c3")
    assert ask(case, contract="c2").receipt.contract == "c2"


def test_no_contract_tells_why() -> None:
    """Without a contract nothing can be judged; what was refused is told as well."""
    case = world(contract=[{"id": "c1"}])
    with pytest.raises(InputError) as caught:
        ask(case)
    text = str(caught.value)
    assert "No contract was delivered" in text
    assert "required" in text or "missing" in text


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ({"parameters": {"max_wait_day": 3}}, "Did you mean max_wait_days"),
        ({"parameters": {"uptake_days": "veel"}}, "uptake_days"),
        ({"expect": [{"rule": "SUB-99", "subject": "organisation/o1", "outcome": "finding"}]}, "SUB-99"),
    ],
)
def test_settings_that_would_do_nothing_are_refused(setting: dict[str, Any], words: str) -> None:
    """An unknown number or rule in a case is an error, not silence."""
    with pytest.raises(InputError, match=words):
        ask({**world(), **setting})


def test_a_parameter_of_the_case_counts() -> None:
    """What was not assessable for want of a number is judged with the case's own."""
    referral = {"id": "r1", "contract_id": "c1", "client_id": "k1", "service": "ambulatory",
                "received_on": "2027-01-01"}  # fmt: skip
    case = world(client=[{"id": "k1"}], referral=[referral], bridging=[])
    assert ask(case, wanted=["ACC-08"]).counts.not_assessable == 1
    assert ask({**case, "parameters": {"uptake_days": 14}}, wanted=["ACC-08"]).counts.finding == 1


def test_what_was_not_delivered_is_told_per_cause() -> None:
    """An entity that did not come is named once, with the rules that it keeps from judging."""
    gaps = {gap.name: gap.rules for gap in ask(world()).gaps}
    assert gaps["team"] == ("COV-01",)
    assert {"SUB-02", "SUB-03"} <= set(gaps["subcontract"])
    assert "participant" not in gaps
    assert "bibob_inquiry" not in gaps


def test_an_empty_list_is_delivered() -> None:
    """`team: []` says there are none: no gap, and every district is a finding."""
    answer = ask(world(team=[]), wanted=["COV-01"])
    assert not answer.gaps
    assert answer.counts.finding == 10


def test_an_exception_keeps_the_finding_but_not_the_exit_code() -> None:
    """What was excepted stays visible, with its ground, and does not redden the run."""
    exception = {"rule": "COV-01", "subject": "district/d1", "granted_by": "wethouder", "reason": "bouw",
                 "first_day": "2027-01-01", "last_day": "2027-12-31"}  # fmt: skip
    case = {**world(team=[], district=[{"id": "d1", "name": "West"}]), "exceptions": [exception]}
    answer = ask(case, wanted=["COV-01"])
    assert [(result.status, bool(result.exemption)) for result in answer.results] == [("excepted", True)]
    assert verdict(answer, "info", None).code == 0


def test_expectations_about_unjudged_rules_are_noted() -> None:
    """An expectation about a rule of another compartment is left out, and said so."""
    expect = [{"rule": "BIB-01", "subject": "organisation/o1", "outcome": "not_applicable"}]
    answer = ask({**world(), "expect": expect})
    assert answer.expectations is None
    assert [note.code for note in answer.notes] == ["expect_elsewhere"]


def test_provenance_names_file_and_row() -> None:
    """Evidence knows the file and the place where it was read."""
    path = str(content_folder("cases") / "first" / "case.yaml")
    answer = check(CheckRequest(paths=(path,), provenance=True))
    assert {origin.source for origin in answer.origins.values()} == {path}
    assert any("facts.delivery[1]" in origin.row for origin in answer.origins.values())


def test_mistake_in_parameters_is_placed_at_their_file(tmp_path: Path) -> None:
    """A number of no name in parameters.yaml is told at that file, not at its folder."""
    (tmp_path / "parameters.yaml").write_text("as_of: 2027-06-01\nparameters:\n  nope: 3\n")
    with pytest.raises(InputError) as caught:
        check(CheckRequest(paths=(str(tmp_path),)))
    assert [problem.place for problem in caught.value.problems] == [
        f"{tmp_path}/parameters.yaml parameters.nope"
    ]
