"""From observations to findings and dossiers: two readings of the declarations, which must agree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

from compliance.engine.judge import forward, plain
from compliance.engine.judge.case import Case, Conclusions, Flagged, HistoryFact, stepped_ranks
from compliance.engine.judge.declaration import Declarations
from compliance.engine.judge.isolation import (
    EngineError,
    EngineMissingError,
    Match,
    RuleProcess,
    Ruleset,
    engine_paths,
)
from compliance.model.finding import Dossier, Exemption, Failure, Judged, Observation, fingerprint
from compliance.model.rule import SEVERITIES, Severity
from compliance.model.run import Note

FAILED = "judgement"  # stands where a failure names its rule
PLAIN_ONLY = "judgement_plain"  # the note that only the plain reading answered


class RuleMeta(Protocol):
    """What the judgement needs to know of a rule."""

    @property
    def severity(self) -> Severity: ...
    @property
    def family(self) -> str: ...


class Engine(Protocol):
    """Gives the matches of a ruleset; see `RuleProcess`."""

    def matches(self, ruleset: Ruleset) -> frozenset[Match]: ...


@dataclass(frozen=True, slots=True)
class Judgement:
    """Every observation with its severity and status, the dossiers, and what went wrong.

    With a failure the results are those of the plain reading, and the run is incomplete.
    """

    judged: tuple[Judged, ...]
    dossiers: tuple[Dossier, ...] = ()
    failures: tuple[Failure, ...] = ()
    notes: tuple[Note, ...] = ()


def judge(
    observations: Iterable[Observation],
    rules: Mapping[str, RuleMeta],
    declarations: Declarations,
    exemptions: Iterable[Exemption],
    as_of: date,
    *,
    contract: str,
    history: Iterable[HistoryFact] = (),
    engine: Callable[[], AbstractContextManager[Engine]] | None = None,
) -> Judgement:
    """What the declarations make of the observations, in order of rule and subject id.

    Give only what one reader may see: an organisation's dossier is made of everything given. `contract` is
    the id that fingerprints are made with. Other outcomes than findings pass as they are, under their
    rule's severity. Without findings no engine is started.
    """
    judged = [
        Judged(one, rules[one.rule].severity)
        for one in sorted(observations, key=lambda one: (one.rule, one.subject.id, one.subject.entity))
    ]
    findings = tuple(
        Flagged(
            number,
            one.observation.rule,
            rules[one.observation.rule].family,
            SEVERITIES.index(one.severity),
            one.observation.subject,
            one.observation.about,
        )
        for number, one in enumerate(judged)
        if one.observation.outcome == "finding"
    )
    if not findings:
        return Judgement(tuple(judged))
    case = Case(as_of, findings, tuple(sorted(exemptions, key=_exemption_order)), tuple(history))
    concluded = plain.conclude(case, declarations)
    failures, notes = _second_reading(case, declarations, concluded, engine)
    ranked = stepped_ranks(findings, concluded.stepped, declarations.steps)
    _apply(judged, case, ranked, concluded, contract)
    return Judgement(tuple(judged), _dossiers(ranked, concluded, declarations), failures, notes)


def _exemption_order(row: Exemption) -> tuple[object, ...]:
    """The one that lasts longest first."""
    return (row.rule, row.subject, -row.last_day.toordinal(), row.first_day, row.granted_by, row.reason)


def _second_reading(
    case: Case,
    declarations: Declarations,
    concluded: Conclusions,
    engine: Callable[[], AbstractContextManager[Engine]] | None,
) -> tuple[tuple[Failure, ...], tuple[Note, ...]]:
    """What to say of the rule engine's answer beside the plain one: nothing when they agree."""
    if engine is None and engine_paths() is None:
        return (), (Note(PLAIN_ONLY),)
    try:
        with (engine or RuleProcess)() as process:
            answer = forward.conclude(case, declarations, process.matches)
    except EngineMissingError:
        return (), (Note(PLAIN_ONLY),)
    except EngineError as error:
        return (_failure(f"The judgement of findings failed: {error}."),), ()
    if answer != concluded:
        return (_failure("The judgement of findings failed: its two readings disagree."),), ()
    return (), ()


def _failure(message: str) -> Failure:
    return Failure(FAILED, "contract", message)


def _apply(
    judged: list[Judged], case: Case, ranked: Sequence[Flagged], concluded: Conclusions, contract: str
) -> None:
    """Each finding in the list gets its severity and status; of several grounds the first counts."""
    exemption_of: dict[int, int] = {}
    for number, exemption in sorted(concluded.excepted):
        exemption_of.setdefault(number, exemption)
    cause_of: dict[int, int] = {}
    for number, first in sorted(concluded.follows):
        cause_of.setdefault(number, first)
    for finding in ranked:
        number = finding.number
        one = replace(judged[number], severity=SEVERITIES[finding.rank])
        if number in exemption_of:
            one = replace(one, status="excepted", exemption=case.exemptions[exemption_of[number]])
        elif number in cause_of:
            cause = judged[cause_of[number]].observation
            mark = fingerprint(cause.rule, contract, cause.subject)
            one = replace(one, status="follows_from", follows_from=mark)
        judged[number] = one


def _dossiers(
    ranked: Sequence[Flagged], concluded: Conclusions, declarations: Declarations
) -> tuple[Dossier, ...]:
    """The dossiers in order of organisation; their reasons the most severe first, then by rule."""
    closed = {number for number, _ in concluded.excepted | concluded.follows}
    open_findings: defaultdict[str, list[Flagged]] = defaultdict(list)
    for finding in ranked:
        if finding.about is not None and finding.number not in closed:
            open_findings[finding.about].append(finding)
    by_name = {declaration.name: declaration for declaration in declarations.dossiers}
    reasons: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for organisation, name in concluded.dossiers:
        declaration = by_name[name]
        least = SEVERITIES.index(declaration.severity) if declaration.families == 1 else 0
        for finding in open_findings[organisation]:
            if finding.rank >= least:
                rank = reasons[organisation].get(finding.rule, 0)
                reasons[organisation][finding.rule] = max(rank, finding.rank)
    return tuple(
        Dossier(
            organisation,
            SEVERITIES[max(finding.rank for finding in open_findings[organisation])],
            tuple(sorted(found, key=lambda rule: (-found[rule], rule))),
        )
        for organisation, found in sorted(reasons.items())
    )
