"""How every finding stands after a night: a pure function of how it stood and what was found now.

No database, no clock, no engine: why something changed is asked of a function that is handed in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import get_args

from compliance.model.finding import RowRef
from compliance.model.night import Cause, KeptResult, Standing, State, Status
from compliance.model.rule import Outcome
from compliance.services.nightly.answers import (
    NOTHING,
    OUTCOME,
    SEVERITY,
    STATUS,
    Answer,
    differing,
    of_record,
)

TELLING: tuple[Cause, ...] = get_args(Cause)  # the order in which causes are told
PASSING = frozenset(("time",))
UNEXPLAINED: Cause = "rule"  # no input differs: the product itself does, or the rule broke last time

Causes = frozenset[Cause]


@dataclass(frozen=True, slots=True)
class Found:
    """What this night gives: all findings and not-assessable subjects of the rules that could be judged.

    `failed` are the rules that broke: of their subjects nothing is known now. `elsewise` says which other
    outcome a subject got that is no finding any more (else it is gone). `exempted` are the rules with
    subjects for which an exception is in force. In the `first` night of all nothing changed yet: what it
    finds is new, without a cause.
    """

    run: int
    as_of: date
    results: Sequence[KeptResult]
    failed: frozenset[str] = frozenset()
    elsewise: Mapping[str, Outcome] = field(default_factory=dict)
    exempted: frozenset[tuple[str, RowRef]] = frozenset()
    first: bool = False


@dataclass(frozen=True, slots=True)
class Shift:
    """A finding of which something differs from the last night: in which parts, from what to what."""

    fingerprint: str
    rule: str
    subject: RowRef
    before: Standing | None
    answered: Answer
    answers: Answer
    parts: frozenset[str]


Explain = Callable[[Sequence[Shift]], Mapping[str, Mapping[str, Causes]]]


def compare(last: Iterable[Standing], found: Found, explain: Explain) -> tuple[Standing, ...]:
    """All findings that stood before or are found now, in order of rule and subject.

    `explain` gives, per fingerprint and part of a shift, what made that part differ.
    """
    before = {standing.fingerprint: standing for standing in last}
    now = {result.fingerprint: result for result in found.results}
    shifts = shifted(before, found)
    why = explain(shifts) if shifts and not found.first else {}
    by_mark = {shift.fingerprint: shift for shift in shifts}
    standings = []
    for mark in before.keys() | now.keys():
        standing, result, shift = before.get(mark), now.get(mark), by_mark.get(mark)
        if standing is None and (result is None or result.outcome != "finding"):
            continue
        weighty = _weighty(shift, why.get(mark, {})) if shift else frozenset()
        if shift is None or not weighty:
            standings.append(_same(standing, result, found))
        else:
            causes = () if found.first else causes_of(why.get(mark, {}), weighty)
            standings.append(_moved(shift, result, found, causes))
    return tuple(sorted(standings, key=_order))


def _order(standing: Standing) -> tuple[str, str, str]:
    return standing.rule, standing.subject.id, standing.subject.entity


def shifted(before: Mapping[str, Standing], found: Found) -> list[Shift]:
    """What differs from the last night, in order of rule and subject."""
    now = {result.fingerprint: result for result in found.results}
    shifts = []
    for mark in before.keys() | now.keys():
        shift = _shift(before.get(mark), now.get(mark), found)
        if shift is not None:
            shifts.append(shift)
    return sorted(shifts, key=lambda shift: (shift.rule, shift.subject.id, shift.subject.entity))


def _shift(standing: Standing | None, result: KeptResult | None, found: Found) -> Shift | None:
    one = standing or result
    if one is None or one.rule in found.failed:
        return None
    stood = standing is not None and standing.stands
    answers = of_record(result.record) if result else NOTHING
    if not stood and answers.outcome != "finding":
        return None
    answered = answer_of(standing) if standing is not None and stood else NOTHING
    parts = differing(answered, answers)
    if answers.outcome == "not_assessable" and standing is not None and not parts:
        exempted = (one.rule, one.subject) in found.exempted
        parts = frozenset((STATUS,)) if exempted != (standing.status == "excepted") else parts
    if not parts:
        return None
    return Shift(one.fingerprint, one.rule, one.subject, standing, answered, answers, parts)


def answer_of(standing: Standing) -> Answer:
    """What the last night said of a finding that stood."""
    return of_record(standing.record) if standing.outcome == "finding" else Answer("not_assessable")


def causes_of(why: Mapping[str, Causes], parts: Iterable[str]) -> tuple[Cause, ...]:
    """The causes of these parts together, in the order of telling."""
    found = frozenset(cause for part in parts for cause in why.get(part, ()))
    return tuple(cause for cause in TELLING if cause in found) or (UNEXPLAINED,)


def _weighty(shift: Shift, why: Mapping[str, Causes]) -> frozenset[str]:
    """The parts that make it differ for a reader: what the rule shows may move with time unremarked."""
    spoken = (OUTCOME, SEVERITY, STATUS)
    return frozenset(part for part in shift.parts if part in spoken or why.get(part) != PASSING)


def _same(standing: Standing | None, result: KeptResult | None, found: Found) -> Standing:
    """Nothing that a reader must know differs; a rule that broke says nothing new either."""
    if standing is None:  # a shift of a finding that did not stand is always weighty
        raise AssertionError
    if not standing.stands:
        return standing
    exempted = standing.status == "excepted"
    state: State = "excepted" if exempted else "open"
    if standing.state != state:
        standing = replace(standing, state=state, causes=(), since_run=found.run)
    return _seen(standing, result, found)


def _seen(standing: Standing, result: KeptResult | None, found: Found) -> Standing:
    """With what this night found of it, when it did."""
    if result is None or result.outcome != "finding" or standing.rule in found.failed:
        return standing
    record = result.record
    return replace(
        standing,
        outcome="finding",
        severity=record["severity"],
        status=record["status"],
        last_run=found.run,
        last_day=found.as_of,
        record=record,
    )


def _moved(shift: Shift, result: KeptResult | None, found: Found, causes: tuple[Cause, ...]) -> Standing:
    if shift.answers.outcome == "finding" and result is not None:
        return _found(shift, result, found, causes)
    before = shift.before
    if before is None:  # what never stood and is not found is no shift
        raise AssertionError
    if shift.answers.outcome == "not_assessable":
        exempted = (shift.rule, shift.subject) in found.exempted
        status: Status = "excepted" if exempted else _unexcepted(before.status)
        state: State = "excepted" if exempted and shift.parts == {STATUS} else "changed"
        return replace(
            before, state=state, outcome="not_assessable", status=status, causes=causes, since_run=found.run
        )
    outcome = found.elsewise.get(shift.fingerprint, "not_applicable")
    return replace(before, state="resolved", outcome=outcome, causes=causes, since_run=found.run)


def _unexcepted(status: Status) -> Status:
    return "open" if status == "excepted" else status


def _found(shift: Shift, result: KeptResult, found: Found, causes: tuple[Cause, ...]) -> Standing:
    """A finding that is new, is back, or says something else."""
    before, record = shift.before, result.record
    state: State = "new" if before is None else "changed" if before.stands else "reopened"
    if record["status"] == "excepted":
        state = "excepted"
    return Standing(
        fingerprint=result.fingerprint,
        rule=result.rule,
        subject=result.subject,
        compartment=result.compartment,
        state=state,
        outcome="finding",
        severity=record["severity"],
        status=record["status"],
        causes=causes,
        since_run=found.run,
        first_run=before.first_run if before else found.run,
        first_day=before.first_day if before else found.as_of,
        last_run=found.run,
        last_day=found.as_of,
        record=record,
    )
