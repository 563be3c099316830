"""From a rule and a world to outcomes, with what a reader needs of each."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from compliance.engine.reference import ReferenceEngine, World
from compliance.model.catalog import Catalog, Delivered
from compliance.model.finding import Counts, Missing, Observation, RowRef
from tests.engine.worlds import case_of, engine_of, rule_of, setting_of, world_of


def complaint(identifier: str, **parts: Any) -> dict[str, Any]:
    """A complaint about o1, received on the first of March."""
    row = {"id": identifier, "contract_id": "c1", "organisation_id": "o1", "received_on": "2027-03-01"}
    return {**row, **parts}


def judged(rule: Any, **facts: Any) -> list[Observation]:
    """What the rule says of every subject, in order."""
    return list(engine_of(case_of(**facts)).evaluate([rule], keep_all=True).observations)


@pytest.mark.parametrize(
    ("applies", "flag", "outcome"),
    [
        ("c.handled_on is None", "c.received_on > as_of", "not_applicable"),
        ("c.handled_on is None", "c.handled_on > as_of", "not_applicable"),
        ("c.handled_on is not None", "c.received_on < as_of", "finding"),
        ("c.handled_on is not None", "c.received_on > as_of", "compliant"),
        (
            "c.handled_on is not None",
            "days_between(c.received_on, as_of) > param.complaint_days",
            "not_assessable",
        ),
        (
            "days_between(c.received_on, as_of) > param.complaint_days",
            "c.received_on < as_of",
            "not_assessable",
        ),
        (
            "days_between(c.received_on, as_of) > param.complaint_days",
            "c.received_on > as_of",
            "not_assessable",
        ),
    ],
)
def test_outcome(applies: str, flag: str, outcome: str) -> None:
    """What does not apply is told first; then what is unknown; then the flag decides."""
    rule = rule_of("complaint as c", flag, applies_when=applies)
    (found,) = judged(rule, complaint=[complaint("k1", handled_on="2027-04-01")])
    assert found.outcome == outcome


def test_a_rule_without_applies_when_applies_to_all() -> None:
    """Every subject is judged."""
    (found,) = judged(rule_of("complaint as c", "c.received_on < as_of"), complaint=[complaint("k1")])
    assert found.outcome == "finding"


TEAM = {
    "id": "t1",
    "contract_id": "c1",
    "district_id": "west",
    "organisation_id": "o1",
    "first_day": "2027-01-01",
}


@pytest.mark.parametrize(
    ("need", "missing"),
    [
        ("c.handled_on", [("complaint.handled_on", "k1")]),
        ("c.organisation.legal_form", [("organisation.legal_form", "o1")]),
        ("ended", [("complaint.handled_on", "k1")]),
        ("team.fte", [("team", "")]),
        ("c.received_on", None),
        ("complaint.handled_on", None),
    ],
)
def test_what_a_rule_needs_must_be_there(need: str, missing: list[tuple[str, str]] | None) -> None:
    """A field, let or column that is absent makes a subject not assessable, whatever the flag says."""
    rule = rule_of(
        "complaint as c", "c.received_on < as_of", needs=[need], let={"ended": "c.handled_on + days(1)"}
    )
    (found,) = judged(rule, complaint=[complaint("k1")])
    assert found.outcome == ("finding" if missing is None else "not_assessable")
    assert [(one.field, one.id) for one in found.missing] == (missing or [])


def test_a_column_came_when_some_rows_have_it() -> None:
    """A column that only one of two deliveries lacks is there; one that no row has is not."""
    rule = rule_of("complaint as c", needs=["team.fte"])
    world = engine_of(
        case_of(complaint=[complaint("k1")], team=[TEAM, {**TEAM, "id": "t2", "_lacks": ["fte"]}])
    )
    assert [one.outcome for one in world.judge(rule)] == ["finding"]
    facts = world_of(case_of(complaint=[complaint("k1")], team=[TEAM])["facts"])
    gone = Delivered(complete=True, lacks=(frozenset({"fte"}),))
    facts = World(facts.facts, Catalog({**facts.catalog.entities, "team": gone}))
    (found,) = ReferenceEngine(facts, setting_of(case_of())).judge(rule)
    assert found.missing == (Missing("missing_fact", field="team.fte", entity="team"),)


def test_a_finding_shows_its_values_and_evidence() -> None:
    """Lets that the message names, half-up; the rows behind it, the day since when, and about whom."""
    rule = rule_of(
        "complaint as c",
        "count(twins) > 1",
        shown=["share", "waited", "handled"],
        let={
            "waited": "days_between(c.received_on, as_of)",
            "share": "1 / 6 * 100",
            "handled": "c.handled_on + days(1)",
            "hidden": "as_of",
            "twins": "[k for k in complaint if k.organisation_id == c.organisation_id]",
        },
        evidence={"complaint": "twins"},
        deviates_since="c.received_on",
        about="c.organisation_id",
    )
    first, second = judged(rule, complaint=[complaint("k2"), complaint("k1")])
    assert (first.subject, second.subject) == (RowRef("complaint", "k1"), RowRef("complaint", "k2"))
    assert first.values == (("waited", 92), ("share", Decimal("16.67")), ("handled", None))
    assert first.evidence == (RowRef("complaint", "k1"), RowRef("complaint", "k2"))
    assert (first.evidence_count, first.deviates_since, first.about) == (2, date(2027, 3, 1), "o1")


def test_only_findings_show_values() -> None:
    """Of a compliant subject the outcome says all."""
    rule = rule_of(
        "complaint as c", "c.received_on > as_of", shown=["x"], let={"x": "as_of"}, about="c.organisation_id"
    )
    assert judged(rule, complaint=[complaint("k1")]) == [
        Observation("TST-01", RowRef("complaint", "k1"), "compliant", about=None)
    ]


def test_long_evidence_and_long_gaps_are_cut_and_counted() -> None:
    """The first twenty by entity and id are shown, with the true count."""
    rows = [complaint(f"k{number:02}") for number in range(25)]
    rule = rule_of("contract as c", "True", evidence={"complaint": "[k for k in complaint]"})
    (found,) = judged(rule, complaint=rows)
    assert (len(found.evidence), found.evidence_count, found.evidence[0].id) == (20, 25, "k00")
    rule = rule_of("contract as c", "any(k for k in complaint if k.handled_on < as_of)")
    (found,) = judged(rule, complaint=rows)
    assert (len(found.missing), found.missing_count, found.missing[0].id) == (20, 25, "k00")


def test_rules_are_told_in_order_and_counted() -> None:
    """By rule, then subject id; outcomes that ask for nothing are counted and left out."""
    late = rule_of("complaint as c", "c.handled_on > c.received_on", id="TST-02")
    open_ = rule_of("complaint as c", "c.handled_on is None")
    rows = [
        complaint("k2", handled_on="2027-03-02"),
        complaint("k1"),
        complaint("k3", handled_on="2027-03-01"),
    ]
    found = engine_of(case_of(complaint=rows)).evaluate([late, open_])
    assert [(one.rule, one.subject.id, one.outcome) for one in found.observations] == [
        ("TST-01", "k1", "finding"),
        ("TST-02", "k1", "not_assessable"),
        ("TST-02", "k2", "finding"),
    ]
    assert found.counts == {
        "TST-01": Counts(finding=1, compliant=2),
        "TST-02": Counts(finding=1, compliant=1, not_assessable=1),
    }
    assert found.failures == ()


def test_one_subject_can_be_asked_for() -> None:
    """By its id; none for a row that is no subject."""
    engine, rule = engine_of(case_of(complaint=[complaint("k1")])), rule_of("complaint as c")
    subject = engine.subject(rule, "k1")
    assert subject is not None
    assert subject.row.id == "k1"
    assert engine.subject(rule, "k2") is None
