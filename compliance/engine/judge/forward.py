"""The declarations as rulesets for durable-rules, one stage after the other.

Each stage's matches become facts of the next. Facts hold numbers given here, never an id or a text from
outside. Absence (not excepted, no mere consequence) is worked out between stages, and what a join would
repeat is gathered beforehand, so that no join grows with the square of the findings. Patterns compare a fact
with constants, and one field with that of the first fact for equality; nothing else: a second comparison
between facts crashes the engine.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date

from compliance.engine.judge.case import Case, Conclusions, Flagged, days_ahead, last_day, stepped_ranks
from compliance.engine.judge.declaration import Declarations, FollowsFromDeclaration, SeverityDeclaration
from compliance.engine.judge.isolation import Fact, Match, Pattern, Ruleset
from compliance.model.finding import RowRef
from compliance.model.rule import SEVERITIES

Ask = Callable[[Ruleset], frozenset[Match]]


def conclude(case: Case, declarations: Declarations, ask: Ask) -> Conclusions:
    """Everything that follows from the case, as the rule engine says; `ask` gives the matches of a ruleset.

    Raises: what `ask` raises.
    """
    excepted, stepped = _grounds(case, declarations, ask)
    gone = {number for number, _ in excepted}
    standing = [finding for finding in case.findings if finding.number not in gone]
    follows = _consequences(standing, declarations.pairs, ask)
    gone = {number for number, _ in follows}
    ranked = stepped_ranks(standing, stepped, declarations.steps)
    dossiers = _dossiers([finding for finding in ranked if finding.number not in gone], declarations, ask)
    return Conclusions(excepted, stepped, follows, dossiers)


def _asked(ask: Ask, rules: dict[str, Sequence[Pattern]], facts: Sequence[Fact]) -> frozenset[Match]:
    """The matches of those rules for which there are facts of every kind; no question when none is left."""
    present = {str(fact["kind"]) for fact in facts}
    able = {
        name: patterns
        for name, patterns in rules.items()
        if present.issuperset(pattern["$and"][0]["kind"] for pattern in patterns)
    }
    return ask(Ruleset(able, tuple(sorted(present)), facts)) if able else frozenset()


def _all(*constraints: Pattern) -> Pattern:
    return {"$and": list(constraints)}


def _number(fact_id: str) -> int:
    return int(fact_id.rpartition(":")[2])


# Stage 1: what history and exceptions say of a finding.


def _grounds(
    case: Case, declarations: Declarations, ask: Ask
) -> tuple[frozenset[tuple[int, int]], frozenset[tuple[int, str]]]:
    """The findings excepted, and the steps of severity."""
    keys = {(finding.rule, finding.subject): f"key:{finding.number}" for finding in case.findings}
    today = case.as_of.toordinal()
    in_force = ({"$lte": {"first": today}}, {"$gte": {"last": today}})
    finding = _all({"kind": "finding"}, {"key": {"m_0": "key"}})
    grounds: list[Fact] = []
    rules: dict[str, Sequence[Pattern]] = {}
    if declarations.exceptions:
        rules["exception"] = (_all({"kind": "exception"}, *in_force), finding)
        for number, row in enumerate(case.exemptions):
            key = keys.get((row.rule, row.subject))
            if key is not None:
                grounds.append(_ground("exception", number, key, row.first_day, row.last_day))
    for place, declaration in enumerate(declarations.steps):
        kind = f"step:{place}"
        rules[kind] = (_all({"kind": kind}, *in_force, {"$gt": {"ahead": 0}}), finding)
        grounds += _history_grounds(case, declaration, kind, keys)
    wanted = {ground["key"] for ground in grounds}
    findings: list[Fact] = [
        {"id": f"finding:{finding.number}", "kind": "finding", "key": key}
        for finding in case.findings
        if (key := keys[finding.rule, finding.subject]) in wanted
    ]
    matches = _asked(ask, rules, [*grounds, *findings])
    return (
        frozenset(
            (_number(found), _number(ground)) for rule, ground, found in matches if rule == "exception"
        ),
        frozenset(
            (_number(found), declarations.steps[_number(rule)].name)
            for rule, _, found in matches
            if rule != "exception"
        ),
    )


def _history_grounds(
    case: Case, declaration: SeverityDeclaration, kind: str, keys: dict[tuple[str, RowRef], str]
) -> Iterable[Fact]:
    for number, row in enumerate(case.history):
        key = keys.get((row.rule, row.subject))
        if key is not None and row.kind == declaration.history:
            ahead = days_ahead(row, case.as_of) if row.kind == "reported" else 1
            ground = _ground(kind, number, key, row.day, last_day(declaration, row))
            yield {**ground, "ahead": max(0, ahead)}


def _ground(kind: str, number: int, key: str, first: date, last: date) -> Fact:
    days = {"first": first.toordinal(), "last": last.toordinal()}
    return {"id": f"{kind}:{number}", "kind": kind, "key": key, **days}


# Stage 2: what is a mere consequence.


def _consequences(
    standing: Sequence[Flagged], pairs: Sequence[FollowsFromDeclaration], ask: Ask
) -> frozenset[tuple[int, int]]:
    """The findings that follow from another, each with the first cause there is by each pair."""
    rules: dict[str, Sequence[Pattern]] = {}
    causes: list[Fact] = []
    places: dict[RowRef | str, str] = {}
    for place, pair in enumerate(pairs):
        rules[f"pair:{place}"] = (
            _all({"kind": f"cause:{place}"}),
            _all({"kind": f"finding:{place}"}, {"at": {"m_0": "at"}}),
        )
        first_cause = {
            at: finding.number
            for finding in reversed(standing)
            if finding.rule == pair.cause and (at := _at(finding, pair, places)) is not None
        }
        causes += [_placed(f"cause:{place}", number, at) for at, number in first_cause.items()]
    findings = [
        _placed(f"finding:{place}", finding.number, at)
        for place, pair in enumerate(pairs)
        for finding in standing
        if finding.rule == pair.consequence and (at := _at(finding, pair, places)) is not None
    ]
    matches = _asked(ask, rules, [*causes, *findings])
    return frozenset((_number(found), _number(cause)) for _, cause, found in matches)


def _placed(kind: str, number: int, at: str) -> Fact:
    return {"id": f"{kind}:{number}", "kind": kind, "at": at}


def _at(finding: Flagged, pair: FollowsFromDeclaration, places: dict[RowRef | str, str]) -> str | None:
    """The number of what the pair compares: the subject, or the organisation the finding is about."""
    where = finding.subject if pair.subjects == "same_subject" else finding.about
    return None if where is None else places.setdefault(where, f"at:{len(places)}")


# Stage 3: dossiers.


def _dossiers(counted: Sequence[Flagged], declarations: Declarations, ask: Ask) -> frozenset[tuple[str, str]]:
    """The organisations that get a dossier, by declaration.

    Per organisation there is one fact for each of its first families, the one with the most severe finding
    first: so many families are there as facts can be joined.
    """
    highest: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for finding in counted:
        if finding.about is not None:
            families = highest[finding.about]
            families[finding.family] = max(finding.rank, families.get(finding.family, 0))
    organisations = sorted(highest)
    most = max((declaration.families for declaration in declarations.dossiers), default=0)
    facts: list[Fact] = [
        {"id": f"family:{place}:{number}", "kind": f"family:{place}", "org": f"org:{number}", "rank": rank}
        for number, organisation in enumerate(organisations)
        for place, rank in enumerate(sorted(highest[organisation].values(), reverse=True)[:most])
    ]
    rules: dict[str, Sequence[Pattern]] = {}
    for number, declaration in enumerate(declarations.dossiers):
        least = {"$gte": {"rank": SEVERITIES.index(declaration.severity)}}
        others = (
            _all({"kind": f"family:{place}"}, {"org": {"m_0": "org"}})
            for place in range(1, declaration.families)
        )
        rules[f"dossier:{number}"] = (_all({"kind": "family:0"}, least), *others)
    return frozenset(
        (organisations[_number(first)], declarations.dossiers[_number(rule)].name)
        for rule, first, *_ in _asked(ask, rules, facts)
    )
