"""`lookahead`: the first days it tells are those of judging every rule on every day."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from compliance.engine.reference.engine import ReferenceEngine, outcome_of
from compliance.engine.reference.world import Setting
from compliance.errors import UsageError
from compliance.model.finding import Exemption, RowRef
from compliance.model.intake import CaseSettings
from compliance.reporting.blocks import Wording
from compliance.reporting.lookahead import LOOKAHEAD_FORMS, LookAheadForm, render_lookahead
from compliance.reporting.words import LANGS, Lang
from compliance.services.book import load_book
from compliance.services.check import CheckRequest, Ground, lay_ground
from compliance.services.content import content_folder, report_content
from compliance.services.lookahead import look_ahead, look_ahead_at
from compliance.services.lookahead.course import pace_of, watch
from compliance.sources.facts import Facts
from tests.engine.random_worlds import cases
from tests.engine.worlds import case_of, database_of, rulebook, setting_of, world_of

RULES = tuple(rulebook().rules.values())
CASE = str(content_folder("cases") / "trouble" / "acceptance.yaml")
DAYS = 21


def ground_of(case: dict[str, Any]) -> Ground:
    """The ground of a case in memory."""
    world, setting = world_of(case["facts"]), setting_of(case)
    facts = Facts(database_of(world), world.catalog, [], [], [], CaseSettings())
    book, declarations = load_book()
    return Ground(
        facts=facts, book=book, declarations=declarations, rules=RULES, numbers=setting.numbers,
        contract=setting.contract_id, as_of=setting.as_of, known_at=None,
    )  # fmt: skip


def day_by_day(case: dict[str, Any], days: int) -> dict[tuple[str, str], date]:
    """The first days of what is no finding yet, by judging every rule on every day."""
    world, setting = world_of(case["facts"]), setting_of(case)
    first: dict[tuple[str, str], date] = {}
    for number in range(days + 1):
        day = setting.as_of + timedelta(days=number)
        engine = ReferenceEngine(world, Setting(setting.contract_id, day, setting.numbers))
        for rule in RULES:
            for subject in engine.subjects(rule):
                if outcome_of(subject) == "finding":
                    first.setdefault((rule.id, subject.row.id), day)
    return {key: day for key, day in first.items() if day > setting.as_of}


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(cases())
def test_it_is_the_same_as_judging_every_day(case: dict[str, Any]) -> None:
    """Whatever comes, and goes again, is told with its first day, also where facts were not delivered."""
    found = look_ahead(ground_of(case), DAYS)
    assert {(one.rule, one.subject.id): one.first_day for one in found.ahead} == day_by_day(case, DAYS)


def test_what_comes_between_two_steps_is_not_told_a_step_later() -> None:
    """A planned refusal comes true, time to organise runs out, and later another referral begins to count."""
    referral = {
        "contract_id": "c1", "client_id": "k1", "service": "ambulatory", "received_on": "2027-01-01",
    }  # fmt: skip
    refused = {**referral, "id": "r1", "refused_on": "2027-06-03", "refusal_ground": "full"}
    later = {**referral, "id": "r2", "client_id": "k2", "received_on": "2027-06-15"}
    case = case_of(parameters={"organise_days": 0}, referral=[refused, later], bridging=[])
    found = {(one.rule, one.subject.id): one.first_day for one in look_ahead(ground_of(case), DAYS).ahead}
    assert found == day_by_day(case, DAYS)
    assert found["ACC-04", "r1"] == date(2027, 6, 4)


def test_the_last_day_to_act_is_the_day_before() -> None:
    """What is done on that day is seen on the next, so that the finding does not come."""
    found = look_ahead_at(CheckRequest(paths=(CASE,)), 90)
    assert [(one.rule, str(one.subject)) for one in found.ahead] == [
        ("ACC-08", "referral/r5"), ("ACC-03", "referral/r4"),
    ]  # fmt: skip
    assert all(one.first_day - one.act_by == timedelta(days=1) for one in found.ahead)
    assert all(found.as_of < one.first_day <= found.until for one in found.ahead)


def test_few_days_are_judged() -> None:
    """Of ninety days of all rules only a small part is judged."""
    found = look_ahead_at(CheckRequest(paths=(CASE,)), 90)
    assert found.judged < 2 * len(found.rules)


def test_shipped_rules_have_a_direction() -> None:
    """No shipped rule has to be judged on every day."""
    assert [rule.id for rule in RULES if watch(rule).pace.course == "mixed"] == []
    assert pace_of(rulebook().rules["ACC-03"]).course == "rising"
    assert pace_of(rulebook().rules["BIB-02"]).course == "falling"


def test_an_exception_that_lapses_is_told_and_one_in_force_covers() -> None:
    """What an exception covers on its first day is not told; one that ends is, with what comes after it."""
    ground = lay_ground(CheckRequest(paths=(CASE,)))
    settings_of_case = ground.facts.settings
    day = ground.as_of

    def exempt(rule: str, subject: str, last: int) -> Exemption:
        ref = RowRef("referral", subject)
        return Exemption(rule, ref, "A", "x", day - timedelta(days=30), day + timedelta(days=last))

    ground.facts.settings = CaseSettings(
        **{
            **{name: getattr(settings_of_case, name) for name in settings_of_case.__dataclass_fields__},
            "exceptions": (exempt("ACC-08", "r5", 80), exempt("BRG-02", "r2", 5), exempt("ACC-01", "r2", 5)),
        }
    )
    found = look_ahead(ground, 60)
    assert [one.rule for one in found.ahead] == ["ACC-03"]
    assert [(one.exemption.rule, one.returns) for one in found.lapsing] == [
        ("ACC-01", False), ("BRG-02", True),
    ]  # fmt: skip


def test_a_number_of_days_out_of_reach_is_refused() -> None:
    """Nothing is judged for no days or for more than ten years."""
    with pytest.raises(UsageError):
        look_ahead_at(CheckRequest(paths=(CASE,)), 0)


@pytest.mark.parametrize("form", LOOKAHEAD_FORMS)
@pytest.mark.parametrize("lang", LANGS)
def test_every_form_tells_it(form: LookAheadForm, lang: Lang) -> None:
    """Each form has rule, subject and days."""
    found = look_ahead_at(CheckRequest(paths=(CASE,), wanted=("ACC-03",)), 90)
    text = render_lookahead(found, form, Wording(report_content().words, lang)).decode()
    assert all(part in text for part in ("ACC-03", "r4", "2027-06-13", "2027-06-12"))
    if form == "json":
        assert len(json.loads(text)["ahead"]) == 1
