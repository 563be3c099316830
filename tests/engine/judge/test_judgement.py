"""What the shipped declarations make of findings: exceptions, severity, consequences, dossiers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from compliance.engine.judge import Declarations, HistoryFact, Judgement, judge
from compliance.model.finding import Dossier, Exemption, Observation, RowRef, fingerprint
from compliance.model.rule import Outcome, Severity

AS_OF = date(2027, 6, 1)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Meta:
    """What a rule says of itself."""

    severity: Severity
    family: str


RULES = {
    "SUB-01": Meta("critical", "SUB"),
    "SUB-02": Meta("high", "SUB"),
    "SUB-03": Meta("high", "SUB"),
    "SUB-10": Meta("low", "SUB"),
    "ACC-02": Meta("medium", "ACC"),
    "PLN-09": Meta("info", "PLN"),
}


def seen(rule: str, subject: str, about: str | None = None, outcome: Outcome = "finding") -> Observation:
    """An observation about a subcontract."""
    return Observation(rule, RowRef("subcontract", subject), outcome, about=about)


def granted(rule: str, subject: str, first: date = AS_OF, last: date = AS_OF, by: str = "jan") -> Exemption:
    """An exception for a rule and a subcontract, of the day judged alone unless given otherwise."""
    return Exemption(rule, RowRef("subcontract", subject), by, "tijdelijk", first, last)


def judged(
    declarations: Declarations,
    observations: Iterable[Observation],
    exemptions: Iterable[Exemption] = (),
    history: Iterable[HistoryFact] = (),
) -> Judgement:
    """The judgement, in which nothing may have failed."""
    found = judge(observations, RULES, declarations, exemptions, AS_OF, contract="c1", history=history)
    assert found.failures == ()
    return found


def statuses(found: Judgement) -> dict[str, str]:
    """Status by rule and subject."""
    return {f"{one.observation.rule} {one.observation.subject.id}": one.status for one in found.judged}


@pytest.mark.parametrize(
    ("first", "last", "status"),
    [
        (AS_OF, AS_OF, "excepted"),
        (AS_OF + DAY, AS_OF + DAY, "open"),
        (AS_OF - DAY, AS_OF - DAY, "open"),
        (AS_OF - DAY, AS_OF + DAY, "excepted"),
        (date.min, date.max, "excepted"),
    ],
)
def test_exception_holds_on_both_its_days(
    shipped: Declarations, first: date, last: date, status: str
) -> None:
    """An exception counts from its first to its last day, both included."""
    found = judged(shipped, [seen("ACC-02", "s1")], [granted("ACC-02", "s1", first, last)])
    assert statuses(found) == {"ACC-02 s1": status}


def test_exception_is_for_its_rule_and_subject_alone(shipped: Declarations) -> None:
    """Another rule, another subject, or the same id of another entity is not excepted."""
    other = Exemption("ACC-02", RowRef("referral", "s1"), "jan", "x", AS_OF, AS_OF)
    exemptions = [granted("SUB-10", "s1"), granted("ACC-02", "s2"), other]
    assert statuses(judged(shipped, [seen("ACC-02", "s1")], exemptions)) == {"ACC-02 s1": "open"}


def test_of_several_exceptions_the_longest_is_shown(shipped: Declarations) -> None:
    """An excepted finding tells who granted it, why and until when."""
    exemptions = [granted("ACC-02", "s1"), granted("ACC-02", "s1", last=AS_OF + DAY, by="els")]
    (one,) = judged(shipped, [seen("ACC-02", "s1")], exemptions).judged
    assert one.exemption == exemptions[1]


def test_consent_follows_from_notice_on_the_same_subcontract(shipped: Declarations) -> None:
    """SUB-03 follows from SUB-02 of the same subcontract, with the fingerprint of that cause."""
    found = judged(shipped, [seen("SUB-02", "s1"), seen("SUB-03", "s1"), seen("SUB-03", "s2")])
    assert statuses(found) == {"SUB-02 s1": "open", "SUB-03 s1": "follows_from", "SUB-03 s2": "open"}
    assert found.judged[1].follows_from == fingerprint("SUB-02", "c1", RowRef("subcontract", "s1"))


def test_nothing_follows_from_what_is_excepted(shipped: Declarations) -> None:
    """An excepted cause hides no consequence: the consequence stays open."""
    found = judged(shipped, [seen("SUB-02", "s1"), seen("SUB-03", "s1")], [granted("SUB-02", "s1")])
    assert statuses(found) == {"SUB-02 s1": "excepted", "SUB-03 s1": "open"}


def test_nothing_follows_from_what_is_no_finding(shipped: Declarations) -> None:
    """A cause that could not be assessed is no cause."""
    found = judged(shipped, [seen("SUB-02", "s1", outcome="not_assessable"), seen("SUB-03", "s1")])
    assert statuses(found) == {"SUB-02 s1": "open", "SUB-03 s1": "open"}


@pytest.mark.parametrize(
    ("confirmed", "severity"),
    [
        (date(2026, 6, 1), "high"),
        (date(2026, 5, 31), "medium"),
        (AS_OF, "high"),
        (AS_OF + DAY, "medium"),
        (date.max, "medium"),
    ],
)
def test_repetition_within_twelve_months_weighs_one_step_more(
    shipped: Declarations, confirmed: date, severity: str
) -> None:
    """A finding confirmed within twelve months, the last day included, raises severity by one step."""
    history = [HistoryFact("ACC-02", RowRef("subcontract", "s1"), "confirmed", confirmed)] * 2
    (one,) = judged(shipped, [seen("ACC-02", "s1")], history=history).judged
    assert one.severity == severity


@pytest.mark.parametrize(
    ("reported", "first_seen", "severity"),
    [
        (AS_OF - DAY, None, "low"),
        (AS_OF, None, "medium"),
        (AS_OF - 3 * DAY, AS_OF - 2 * DAY, "low"),
        (AS_OF - 2 * DAY, AS_OF - 2 * DAY, "medium"),
        (AS_OF - 2 * DAY, AS_OF - 3 * DAY, "medium"),
    ],
)
def test_report_before_it_was_seen_weighs_one_step_less(
    shipped: Declarations, reported: date, first_seen: date | None, severity: str
) -> None:
    """What the contractor reported before the system saw it falls one step; on the same day it does not."""
    history = [HistoryFact("ACC-02", RowRef("subcontract", "s1"), "reported", reported, first_seen)]
    (one,) = judged(shipped, [seen("ACC-02", "s1")], history=history).judged
    assert one.severity == severity


def test_severity_stays_within_info_and_critical(shipped: Declarations) -> None:
    """Neither the highest rises nor the lowest falls; up and down together leave it."""
    subject = RowRef("subcontract", "s1")
    yesterday = AS_OF - DAY
    history = [
        HistoryFact("SUB-01", subject, "confirmed", yesterday),
        HistoryFact("PLN-09", subject, "reported", yesterday),
        HistoryFact("ACC-02", subject, "confirmed", yesterday),
        HistoryFact("ACC-02", subject, "reported", yesterday),
    ]
    found = judged(shipped, [seen(rule, "s1") for rule in ("ACC-02", "PLN-09", "SUB-01")], history=history)
    assert [one.severity for one in found.judged] == ["medium", "info", "critical"]


def test_one_critical_finding_makes_a_dossier_of_its_own_reason(shipped: Declarations) -> None:
    """One critical finding is enough; others of the same family did not make the dossier."""
    found = judged(shipped, [seen("SUB-01", "s1", "o1"), seen("SUB-02", "s2", "o1")])
    assert found.dossiers == (Dossier("o1", "critical", ("SUB-01",)),)


def test_two_families_of_which_one_high_make_a_dossier(shipped: Declarations) -> None:
    """Findings of two families, one high, make a dossier of them all, the most severe reason first."""
    found = judged(
        shipped, [seen("ACC-02", "s1", "o1"), seen("SUB-02", "s2", "o1"), seen("SUB-02", "s3", "o1")]
    )
    assert found.dossiers == (Dossier("o1", "high", ("SUB-02", "ACC-02")),)


@pytest.mark.parametrize(
    "observations",
    [
        [seen("SUB-02", "s1", "o1"), seen("SUB-10", "s2", "o1")],  # one family
        [seen("SUB-10", "s1", "o1"), seen("ACC-02", "s2", "o1")],  # none high
        [seen("SUB-02", "s1", "o1"), seen("ACC-02", "s2", "o2")],  # two organisations
        [seen("SUB-01", "s1")],  # about no organisation
        [seen("SUB-01", "s1", "o1", outcome="not_assessable")],
    ],
)
def test_nothing_less_makes_a_dossier(shipped: Declarations, observations: list[Observation]) -> None:
    """One family, none high, or findings about different organisations make none; nothing spreads."""
    assert judged(shipped, observations).dossiers == ()


def test_excepted_findings_and_consequences_make_no_dossier(shipped: Declarations) -> None:
    """Only open findings count for a dossier and for its severity."""
    critical, other = seen("SUB-01", "s1", "o1"), seen("ACC-02", "s2", "o1")
    assert judged(shipped, [critical, other], [granted("SUB-01", "s1")]).dossiers == ()
    pair = [seen("SUB-02", "s1"), seen("SUB-03", "s1", "o1"), other]
    assert judged(shipped, pair).dossiers == ()


def test_raised_severity_makes_a_dossier(shipped: Declarations) -> None:
    """Dossiers are made of the severities after history."""
    history = [HistoryFact("SUB-02", RowRef("subcontract", "s1"), "confirmed", AS_OF)]
    found = judged(shipped, [seen("SUB-02", "s1", "o1")], history=history)
    assert found.dossiers == (Dossier("o1", "critical", ("SUB-02",)),)


def test_two_thousand_findings_with_hostile_ids_are_judged_alike(shipped: Declarations) -> None:
    """Quotes, emoji, dollar signs, reserved names and long texts in ids change nothing."""
    odd = ['"', "'", "$s", "sid", "id", "😀", "\\", "=1+1", "{}", "null", "é" * 199, "a–b", "$and"]
    observations = [
        seen(rule, f"{odd[number % len(odd)]}{number}", odd[number % len(odd)])
        for number in range(400)
        for rule in ("ACC-02", "SUB-01", "SUB-02", "SUB-03", "SUB-10")
    ]
    found = judged(shipped, observations, [granted("SUB-02", one.subject.id) for one in observations[:200]])
    assert len(found.judged) == 2000
    assert len(found.dossiers) == len(odd)
    assert sum(one.status == "excepted" for one in found.judged) == 40
    assert sum(one.status == "follows_from" for one in found.judged) == 360
