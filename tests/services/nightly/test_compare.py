"""How findings stand after a night, from how they stood and what was found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from compliance.model.finding import RowRef, fingerprint
from compliance.model.night import Cause, KeptResult, Standing
from compliance.services.nightly.compare import Causes, Found, Shift, compare

DAY = date(2027, 6, 1)
SUBJECT = RowRef("organisation", "o1")


def kept(rule: str = "SUB-01", subject: RowRef = SUBJECT, **record: Any) -> KeptResult:
    """A result as a run keeps it: a finding unless told otherwise."""
    mark = fingerprint(rule, "c1", subject)
    whole = {
        "outcome": "finding",
        "severity": "high",
        "values": {"deliveries": 3},
        "deviates_since": "2027-02-01",
        "evidence_count": 1,
        "evidence": [{"entity": "delivery", "id": "d1"}],
        "status": "open",
        "follows_from": None,
        **record,
    }
    return KeptResult(mark, rule, subject, "contract", whole["outcome"], whole)


def because(*causes: Cause) -> Any:
    """An explanation that gives every part of every shift these causes."""

    def explain(shifts: Sequence[Shift]) -> Mapping[str, Mapping[str, Causes]]:
        return {shift.fingerprint: dict.fromkeys(shift.parts, frozenset(causes)) for shift in shifts}

    return explain


def night(run: int, *results: KeptResult, **more: Any) -> Found:
    """A night that found this."""
    return Found(run, DAY + timedelta(days=run), results, **more)


def stood(*nights: Found, causes: tuple[Cause, ...] = ("fact",)) -> tuple[Standing, ...]:
    """How findings stand after these nights."""
    last: tuple[Standing, ...] = ()
    for found in nights:
        last = compare(last, found, because(*causes))
    return last


def test_a_finding_that_never_stood_is_new() -> None:
    """What is found for the first time is new, with the day and run it was first seen."""
    (standing,) = stood(night(1, kept()))
    assert (standing.state, standing.causes, standing.first_run, standing.last_run) == (
        "new",
        ("fact",),
        1,
        1,
    )


def test_the_same_finding_is_open() -> None:
    """What stood and says the same is open: it says no cause, and only the last day it was seen moves."""
    (standing,) = stood(night(1, kept()), night(2, kept()), night(3, kept()))
    assert (standing.state, standing.causes, standing.since_run) == ("open", (), 2)
    assert (standing.first_run, standing.last_run, standing.last_day) == (1, 3, DAY + timedelta(days=3))


@pytest.mark.parametrize(
    "changed",
    [
        {"severity": "critical"},
        {"deviates_since": "2027-01-01"},
        {"evidence_count": 2},
        {"values": {"deliveries": 4}},
        {"status": "follows_from", "follows_from": "abc"},
    ],
)
def test_a_finding_that_says_something_else_is_changed(changed: dict[str, Any]) -> None:
    """Severity, day, evidence, value or status that differ make a finding changed."""
    (standing,) = stood(night(1, kept()), night(2, kept(**changed)))
    assert (standing.state, standing.causes, standing.since_run) == ("changed", ("fact",), 2)


@pytest.mark.parametrize(
    ("changed", "state"),
    [({"values": {"deliveries": 4}}, "open"), ({"severity": "critical"}, "changed")],
)
def test_values_that_move_with_time_change_nothing(changed: dict[str, Any], state: str) -> None:
    """A count of days that goes on by itself is no change; a severity that time moves is one."""
    first = stood(night(1, kept()))
    (standing,) = compare(first, night(2, kept(**changed)), because("time"))
    assert standing.state == state
    assert standing.record == kept(**changed).record


def test_what_is_no_longer_found_is_resolved() -> None:
    """A finding that the rule no longer finds is resolved, with the outcome that came in its place."""
    mark = kept().fingerprint
    (standing,) = stood(night(1, kept()), night(2, elsewise={mark: "compliant"}))
    assert (standing.state, standing.outcome, standing.since_run, standing.last_run) == (
        "resolved",
        "compliant",
        2,
        1,
    )


def test_what_comes_back_is_reopened() -> None:
    """A resolved finding that is found again is reopened, and keeps the day it was first seen."""
    (standing,) = stood(night(1, kept()), night(2), night(3), night(4, kept()))
    assert (standing.state, standing.first_run, standing.last_run) == ("reopened", 1, 4)


def test_not_assessable_is_never_resolved() -> None:
    """A finding that can no longer be judged stands, as changed and then as open, until it can."""
    unknown = kept(outcome="not_assessable")
    nights = [night(1, kept()), night(2, unknown), night(3, unknown)]
    assert [stood(*nights[:count])[0].state for count in (2, 3)] == ["changed", "open"]
    (standing,) = stood(*nights)
    assert (standing.outcome, standing.last_run) == ("not_assessable", 1)
    assert stood(*nights, night(4, kept()))[0].state == "changed"
    assert stood(*nights, night(4))[0].state == "resolved"


def test_what_was_resolved_stays_so_while_it_cannot_be_judged() -> None:
    """A resolved finding does not stand up because a fact is gone."""
    resolved = stood(night(1, kept()), night(2))
    assert compare(resolved, night(3, kept(outcome="not_assessable")), because("fact")) == resolved


def test_a_rule_that_broke_changes_no_finding() -> None:
    """Nothing is resolved because a rule failed."""
    (standing,) = stood(night(1, kept()), night(2, failed=frozenset(("SUB-01",))))
    assert (standing.state, standing.outcome, standing.last_run) == ("open", "finding", 1)


def test_an_exception_makes_a_finding_excepted_and_its_end_changed() -> None:
    """While an exception is in force the finding stands as excepted; when it lapses it is changed."""
    excepted = kept(status="excepted")
    first = stood(night(1, kept()))
    (granted,) = compare(first, night(2, excepted), because("exception_granted"))
    assert (granted.state, granted.causes) == ("excepted", ("exception_granted",))
    (still,) = compare([granted], night(3, excepted), because())
    assert (still.state, still.since_run) == ("excepted", 2)
    (lapsed,) = compare([still], night(4, kept()), because("exception_lapsed"))
    assert (lapsed.state, lapsed.causes) == ("changed", ("exception_lapsed",))


def test_an_exception_holds_while_nothing_can_be_judged() -> None:
    """What cannot be judged stays excepted, and is told when the exception ends."""
    unknown, key = kept(outcome="not_assessable"), frozenset((("SUB-01", SUBJECT),))
    (gone,) = stood(night(1, kept(status="excepted")), night(2, unknown, exempted=key))
    assert (gone.state, gone.status) == ("changed", "excepted")
    (steady,) = compare([gone], night(3, unknown, exempted=key), because())
    assert (steady.state, steady.since_run) == ("excepted", 3)
    (lapsed,) = compare([steady], night(4, unknown), because("exception_lapsed"))
    assert (lapsed.state, lapsed.status, lapsed.outcome) == ("changed", "open", "not_assessable")


def test_causes_are_told_in_one_order() -> None:
    """Several causes stand in the order of telling, whatever order they were found in."""
    (standing,) = stood(night(1, kept()), causes=("time", "rule", "late_fact"))
    assert standing.causes == ("late_fact", "rule", "time")


def test_what_no_input_explains_is_the_rules() -> None:
    """A change that no input explains is the product's own: it is laid at the rule."""
    assert stood(night(1, kept()), causes=())[0].causes == ("rule",)


SUBJECTS = [RowRef("organisation", name) for name in ("o1", "o2")]
RULES = ("SUB-01", "SUB-02")
OUTCOMES = st.sampled_from(
    [
        None,
        {"outcome": "not_assessable"},
        {},
        {"values": {"deliveries": 9}},
        {"severity": "low"},
        {"status": "excepted"},
    ]
)
CAUSES = st.sampled_from(["fact", "late_fact", "rule", "number", "time", "exception_granted"])


class Nights(RuleBasedStateMachine):
    """Nights in which anything may be found of a few subjects."""

    @initialize()
    def begin(self) -> None:
        self.run = 0
        self.last: tuple[Standing, ...] = ()
        self.ever: set[str] = set()
        self.found: Found = night(0)

    @rule(
        outcomes=st.lists(OUTCOMES, min_size=4, max_size=4),
        failed=st.sets(st.sampled_from(RULES), max_size=1),
        cause=CAUSES,
    )
    def pass_a_night(self, outcomes: list[dict[str, Any] | None], failed: set[str], cause: Cause) -> None:
        self.run += 1
        keys = [(name, subject) for name in RULES for subject in SUBJECTS]
        results = [
            kept(name, subject, **record)
            for (name, subject), record in zip(keys, outcomes, strict=True)
            if record is not None and name not in failed
        ]
        exempted = frozenset((r.rule, r.subject) for r in results if r.record["status"] == "excepted")
        self.found = night(self.run, *results, failed=frozenset(failed), exempted=exempted)
        before = {standing.fingerprint: standing for standing in self.last}
        self.last = compare(self.last, self.found, because(cause))
        self.ever |= {result.fingerprint for result in results if result.outcome == "finding"}
        for standing in self.last:
            self.check(before.get(standing.fingerprint), standing)

    def check(self, before: Standing | None, after: Standing) -> None:
        now = {result.fingerprint: result for result in self.found.results}.get(after.fingerprint)
        if before is None:
            assert after.state in ("new", "excepted")
            return
        assert (after.first_run, after.first_day) == (before.first_run, before.first_day)
        if after.rule in self.found.failed or (now and now.outcome == "not_assessable"):
            assert (after.state == "resolved") == (before.state == "resolved")
            assert (after.last_run, after.record) == (before.last_run, before.record)
        elif now is None:
            assert after.state == "resolved"
        else:
            assert after.stands
            assert (after.last_run, after.record) == (self.run, now.record)
            assert (after.state == "reopened") <= (before.state == "resolved")

    @invariant()
    def nothing_is_lost(self) -> None:
        """What was ever found is still told of."""
        assert {standing.fingerprint for standing in self.last} == self.ever

    @invariant()
    def unknown_is_never_resolved(self) -> None:
        """What cannot be judged stands."""
        assert all(one.stands for one in self.last if one.outcome == "not_assessable")

    @invariant()
    def the_same_night_again_changes_nothing(self) -> None:
        """The same results twice more give steady states, and then exactly the same."""
        once = compare(self.last, replace(self.found, run=self.run + 1), because("fact"))
        assert {one.state for one in once} <= {"open", "excepted", "resolved"}
        again = compare(once, replace(self.found, run=self.run + 1), because("fact"))
        assert again == once


Nights.TestCase.settings = settings(max_examples=60, stateful_step_count=12, deadline=None)
TestNights = Nights.TestCase
