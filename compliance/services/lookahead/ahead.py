"""Looks ahead over a ground: first days as a finding, the last days to act, and exceptions that lapse.

The view of a later day is made of the facts known now: what is planned happens, and nothing else does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from compliance.engine.sql.engine import SqlEngine
from compliance.errors import Problem, UsageError
from compliance.language.tree import CheckedRule
from compliance.model.finding import Exemption, RowRef
from compliance.model.night import Ahead
from compliance.model.remedy import Lapse, LookAhead
from compliance.services.check import CheckRequest, Ground, lay_ground
from compliance.services.engine import sql_engine
from compliance.services.log import log
from compliance.services.lookahead.course import watch
from compliance.services.lookahead.search import Found, JudgeDay, find_coming, run_searches
from compliance.services.lookahead.settle import settle
from compliance.services.lookahead.steps import Steps
from compliance.services.lookup import labels

MOST_DAYS = 3660
DAY = timedelta(days=1)


def look_ahead_at(request: CheckRequest, days: int) -> LookAhead:
    """What the facts of the request lead to within so many days when nothing changes.

    Raises: UsageError for a wrong request or number of days, InputError for facts that cannot be judged.
    """
    if not 1 <= days <= MOST_DAYS:
        message = f"{days} is no number of days from 1 to {MOST_DAYS}."
        raise UsageError(Problem("--days", "days", message))
    return look_ahead(lay_ground(request), days)


def look_ahead(ground: Ground, days: int = 90) -> LookAhead:
    """What comes within so many days after the ground's day when nothing changes, for its rules.

    Exact: the same as judging every rule on every day. A rule whose findings can only grow (or shrink)
    between the days on which something steps is judged at the ends of such stretches, and in between only
    for the subjects that differ; a rule without such a direction is judged every day.
    """
    until = ground.as_of + DAY * days
    steps = Steps(ground.facts, ground.numbers, ground.as_of, until)
    watched = {rule.id: watch(rule) for rule in ground.rules}
    searches = {
        name: find_coming(one, steps.of(one.rule, one.pace), ground.as_of, until)
        for name, one in watched.items()
    }
    engines: dict[date, SqlEngine] = {}

    def judge(day: date, rules: Sequence[CheckedRule]) -> Mapping[str, Found | None]:
        if day not in engines:
            engines[day] = sql_engine(ground.facts, ground.contract, day, ground.numbers)
        return engines[day].flagged(rules)

    coming, broken, judged = run_searches(searches, judge)
    for name, found in coming.items():
        settle(ground, watched[name], found, judge)
    ahead = sorted(
        (
            _ahead(watched[name].rule, subject, day)
            for name, found in coming.items()
            for subject, day in found.first.items()
        ),
        key=lambda one: (one.first_day, one.rule, one.subject),
    )
    lapsing = _lapsing(ground, until, judge)
    log.info("looked_ahead", days=days, judged=judged, ahead=len(ahead))
    shown = {*(one.subject for one in ahead), *(one.exemption.subject for one in lapsing)}
    return LookAhead(
        contract=ground.contract,
        as_of=ground.as_of,
        until=until,
        rules={rule.id: rule.rule for rule in ground.rules},
        ahead=tuple(_unexcepted(ahead, ground.facts.settings.exceptions)),
        lapsing=lapsing,
        failed=tuple(sorted(broken)),
        judged=judged,
        refused=len(ground.facts.refusals),
        labels=labels(ground.facts, {*shown, RowRef("contract", ground.contract)}),
    )


def _ahead(rule: CheckedRule, subject: str, day: date) -> Ahead:
    """The last day to act is the day before: an event of that day is seen by whoever judges the next."""
    return Ahead(
        rule=rule.id,
        subject=RowRef(rule.subject.entity, subject),
        compartment=rule.rule.compartment,
        severity=rule.rule.severity,
        first_day=day,
        act_by=day - DAY,
    )


def _unexcepted(ahead: Iterable[Ahead], exemptions: Sequence[Exemption]) -> Iterable[Ahead]:
    """Those that no exception covers on their first day."""
    for one in ahead:
        covering = (
            exemption.rule == one.rule
            and exemption.subject == one.subject
            and exemption.first_day <= one.first_day <= exemption.last_day
            for exemption in exemptions
        )
        if not any(covering):
            yield one


def _lapsing(ground: Ground, until: date, judge: JudgeDay) -> tuple[Lapse, ...]:
    """The exceptions in force now of which the last day lies before `until`, the first to lapse first.

    One that is followed by another for the same finding does not lapse.
    """
    rules = {rule.id: rule for rule in ground.rules}
    exemptions = ground.facts.settings.exceptions
    found = []
    for one in sorted(exemptions, key=lambda one: (one.last_day, one.rule, one.subject)):
        if one.rule not in rules or not one.first_day <= ground.as_of <= one.last_day < until:
            continue
        after = one.last_day + DAY
        followed = any(
            (other.rule, other.subject) == (one.rule, one.subject)
            and other.first_day <= after <= other.last_day
            for other in exemptions
        )
        if not followed:
            flagged = judge(after, [rules[one.rule]])[one.rule] or frozenset()
            found.append(Lapse(one, one.subject.id in flagged))
    return tuple(found)
