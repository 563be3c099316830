"""What the store tells of findings: lists, the life of one, and what two runs differ in."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from io import StringIO
from pathlib import Path

import pytest

from compliance.errors import UsageError
from compliance.reporting.blocks import Wording
from compliance.reporting.findings.render import FORMS, render_diff, render_findings, render_life
from compliance.services.content import report_words
from compliance.services.findings import Wanted, _turn, diff_findings, list_findings, show_finding
from compliance.services.selection import COMPARTMENTS
from compliance.services.store import Store, open_store
from tests.services.nightly.events import NIGHTS, RULES
from tests.services.nightly.simulation import Simulation

SAY = Wording(report_words(), "en")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store after five nights: new findings, a term, a late fact, a correction."""
    folder = tmp_path_factory.mktemp("findings")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("compliance.services.nightly.followup.KeptNight.ahead", ())
        patch.setattr("compliance.services.nightly.followup.STEPS", ())
        world = Simulation.begin(folder, f"sqlite:///{folder}/records.db", RULES, date(2027, 6, 1))
        for event in NIGHTS[:5]:
            event(world)
            world.pass_night()
        with open_store(world.folder, world.database) as opened:
            yield opened


def names(found: object) -> set[tuple[str, str]]:
    """Rule and subject of each."""
    return {(one.rule, one.subject.id) for one in found}  # type: ignore[attr-defined]


def test_a_list_holds_what_stands(store: Store) -> None:
    """What was resolved is left out unless it is asked for, and other compartments always."""
    listed = list_findings(store, Wanted())
    assert names(listed.standings) == {
        ("ACC-03", "r1"), ("CMP-01", "k1"), ("SUB-01", "o4"), ("SUB-01", "o5"), ("SUB-03", "s2"),
    }  # fmt: skip
    resolved = list_findings(store, Wanted(states=("resolved",)))
    assert names(resolved.standings) == {("SUB-02", "s2")}


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Wanted(rules=("sub-*",), severity="critical"), {("SUB-01", "o4"), ("SUB-01", "o5")}),
        (Wanted(rules=("complaint-*",)), {("CMP-01", "k1")}),
        (Wanted(subject="organisation/o5"), {("SUB-01", "o5")}),
        (Wanted(subject="s2"), {("SUB-03", "s2")}),
        (Wanted(states=("changed",)), {("SUB-03", "s2")}),
        (Wanted(compartments=("bibob",)), set()),
    ],
)
def test_a_list_is_cut_as_asked(store: Store, wanted: Wanted, expected: set[tuple[str, str]]) -> None:
    """By rule, severity, subject, state and compartment."""
    assert names(list_findings(store, wanted).standings) == expected


def test_a_list_of_an_earlier_run_is_as_it_was_then(store: Store) -> None:
    """Nothing of a later night shows."""
    listed = list_findings(store, Wanted(), run=1)
    assert names(listed.standings) == {("ACC-03", "r1"), ("SUB-02", "s2"), ("SUB-03", "s2")}
    assert {one.state for one in listed.standings} == {"new"}


def test_the_life_of_a_finding_is_told_from_its_first_night(store: Store) -> None:
    """Each night in which it began to stand otherwise, with the cause."""
    life = show_finding(store, ("SUB-02", "s2"), ("contract",))
    told = [(one.receipt.number, one.standing.state, one.standing.causes) for one in life.stretches]
    assert told == [(1, "new", ()), (2, "open", ()), (5, "resolved", ("late_fact",))]
    mark = life.stretches[0].standing.fingerprint
    assert show_finding(store, (mark,), ("contract",)) == life


def test_a_finding_of_another_compartment_is_unknown(store: Store) -> None:
    """Whoever may not see it is not told that it is there."""
    assert show_finding(store, ("BIB-10", "i1"), COMPARTMENTS).stretches
    with pytest.raises(UsageError, match="No finding with this name"):
        show_finding(store, ("BIB-10", "i1"), ("contract",))


def test_a_difference_is_that_of_the_last_two_runs(store: Store) -> None:
    """What stands otherwise, how and why."""
    diff = diff_findings(store, ("contract",))
    assert [(one.after.rule, one.turn, one.causes) for one in diff.turned] == [
        ("SUB-02", "resolved", ("late_fact",)),
        ("SUB-03", "changed", ("late_fact",)),
    ]
    assert diff.inputs == ("facts", "as_of")


def test_a_difference_over_several_runs_gathers_causes(store: Store) -> None:
    """Between the first run and the last: what is new since, and what was resolved."""
    diff = diff_findings(store, COMPARTMENTS, first=1)
    assert {(one.after.rule, one.after.subject.id, one.turn) for one in diff.turned} == {
        ("CMP-01", "k1", "new"), ("SUB-01", "o4", "new"), ("SUB-01", "o5", "new"),
        ("SUB-02", "s2", "resolved"), ("SUB-03", "s2", "changed"),
    }  # fmt: skip


def test_what_changed_and_changed_back_is_no_difference(store: Store) -> None:
    """A finding that stands as it stood is in no difference, whatever happened to it in between."""
    diff = diff_findings(store, COMPARTMENTS, first=1)
    before = next(one.before for one in diff.turned if one.turn == "changed")
    assert before is not None
    assert _turn(before, replace(before, state="open", causes=("late_fact",), since_run=5)) is None
    assert _turn(before, replace(before, outcome="not_assessable")) == "changed"
    assert _turn(before, replace(before, severity="info", status="open")) == "changed"


def test_the_first_run_has_none_before_it(store: Store) -> None:
    """All that it found is new."""
    diff = diff_findings(store, ("contract",), last=1)
    assert diff.first is None
    assert {one.turn for one in diff.turned} == {"new"}


def test_runs_that_are_not_there_are_told(store: Store) -> None:
    """By number, by contract, and in the wrong order."""
    with pytest.raises(UsageError, match="There is no run 99"):
        list_findings(store, Wanted(), run=99)
    with pytest.raises(UsageError, match="No run judged the contract c9"):
        list_findings(store, Wanted(), contract="c9")
    with pytest.raises(UsageError, match="does not come before"):
        diff_findings(store, ("contract",), first=3, last=2)


@pytest.mark.parametrize("form", FORMS)
def test_every_format_tells_of_every_finding(store: Store, form: str) -> None:
    """Text, JSON, JSON lines and CSV hold each rule and subject of a list, a difference and a life."""
    listed = list_findings(store, Wanted())
    made = render_findings(listed, form, SAY).decode()  # type: ignore[arg-type]
    assert all(one.rule in made and one.subject.id in made for one in listed.standings)
    diff = diff_findings(store, ("contract",))
    made = render_diff(diff, form, SAY).decode()  # type: ignore[arg-type]
    assert all(one.after.rule in made and one.after.subject.id in made for one in diff.turned)
    life = show_finding(store, ("SUB-02", "s2"), ("contract",))
    assert "late" in render_life(life, form, SAY).decode()  # type: ignore[arg-type]


def test_json_and_csv_can_be_read(store: Store) -> None:
    """JSON names the run exactly; CSV has a row per finding under its columns."""
    listed = list_findings(store, Wanted())
    data = json.loads(render_findings(listed, "json", SAY))
    assert (data["run"], data["as_of"], len(data["findings"])) == (5, "2027-06-05", 5)
    rows = list(csv.DictReader(StringIO(render_findings(listed, "csv", SAY).decode())))
    assert [row["rule"] for row in rows] == [one.rule for one in listed.standings]
    assert rows[0]["state"] == "open"


def test_an_empty_store_says_what_to_do(tmp_path: Path) -> None:
    """Before the first night there is nothing to list."""
    with (
        open_store(tmp_path / "store", create=True) as opened,
        pytest.raises(UsageError, match="No night was kept"),
    ):
        list_findings(opened, Wanted())
