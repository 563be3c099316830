"""The declarations read in plain Python: rules over conclusions, applied until nothing new follows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from compliance.engine.judge.case import Case, Conclusions, Flagged, days_ahead, last_day, stepped_ranks
from compliance.engine.judge.declaration import Declarations, SeverityDeclaration
from compliance.model.finding import RowRef
from compliance.model.rule import SEVERITIES


def conclude(case: Case, declarations: Declarations) -> Conclusions:
    """Everything that follows from the case by the declarations."""
    known = Conclusions()
    while True:
        # What rests on an absence (not excepted, no mere consequence) is concluded anew each time, so that
        # it settles once that on which it rests has settled. Declared pairs have no circles.
        more = Conclusions(
            excepted=frozenset(_excepted(case, declarations)),
            stepped=frozenset(_stepped(case, declarations)),
            follows=frozenset(_follows(case, declarations, known)),
            dossiers=frozenset(_dossiers(case, declarations, known)),
        )
        if more == known:
            return known
        known = more


def _excepted(case: Case, declarations: Declarations) -> Iterator[tuple[int, int]]:
    if not declarations.exceptions:
        return
    granted: defaultdict[tuple[str, RowRef], list[int]] = defaultdict(list)
    for number, exemption in enumerate(case.exemptions):
        if exemption.first_day <= case.as_of <= exemption.last_day:
            granted[exemption.rule, exemption.subject].append(number)
    for finding in case.findings:
        for number in granted.get((finding.rule, finding.subject), ()):
            yield finding.number, number


def _stepped(case: Case, declarations: Declarations) -> Iterator[tuple[int, str]]:
    for declaration in declarations.steps:
        weighs = set(_weighing(case, declaration))
        for finding in case.findings:
            if (finding.rule, finding.subject) in weighs:
                yield finding.number, declaration.name


def _weighing(case: Case, declaration: SeverityDeclaration) -> Iterator[tuple[str, RowRef]]:
    for fact in case.history:
        if fact.kind != declaration.history or not fact.day <= case.as_of <= last_day(declaration, fact):
            continue
        if fact.kind == "confirmed" or days_ahead(fact, case.as_of) > 0:
            yield fact.rule, fact.subject


def _standing(case: Case, known: Conclusions) -> list[Flagged]:
    excepted = {number for number, _ in known.excepted}
    return [finding for finding in case.findings if finding.number not in excepted]


def _follows(case: Case, declarations: Declarations, known: Conclusions) -> Iterator[tuple[int, int]]:
    standing = _standing(case, known)
    for pair in declarations.pairs:
        first_cause: dict[RowRef | str, int] = {}
        for finding in standing:
            if finding.rule == pair.cause:
                where = finding.subject if pair.subjects == "same_subject" else finding.about
                if where is not None:
                    first_cause.setdefault(where, finding.number)
        for finding in standing:
            if finding.rule == pair.consequence:
                where = finding.subject if pair.subjects == "same_subject" else finding.about
                if where is not None and where in first_cause:
                    yield finding.number, first_cause[where]


def _dossiers(case: Case, declarations: Declarations, known: Conclusions) -> Iterator[tuple[str, str]]:
    consequences = {number for number, _ in known.follows}
    by_organisation: defaultdict[str, list[Flagged]] = defaultdict(list)
    for finding in stepped_ranks(_standing(case, known), known.stepped, declarations.steps):
        if finding.about is not None and finding.number not in consequences:
            by_organisation[finding.about].append(finding)
    for organisation, findings in by_organisation.items():
        families = len({finding.family for finding in findings})
        highest = max(finding.rank for finding in findings)
        for declaration in declarations.dossiers:
            if families >= declaration.families and highest >= SEVERITIES.index(declaration.severity):
                yield organisation, declaration.name
