"""The reference engine: judges rules over plain rows, one subject at a time.

It gives the rule language its meaning, and is the second opinion on the compiled one; not made for a million
deliveries, but correct about them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from compliance.engine.reference.blame import blame, column_missing
from compliance.engine.reference.evaluate import Links, Subject
from compliance.engine.reference.values import UNKNOWN, known, shown
from compliance.engine.reference.view import View
from compliance.engine.reference.world import Setting, World
from compliance.language.tree import CheckedRule, Need
from compliance.model.entities import Compartment
from compliance.model.finding import (
    EVIDENCE_SHOWN,
    MISSING_SHOWN,
    Counts,
    Evaluation,
    Missing,
    Observation,
    RowRef,
    Value,
)
from compliance.model.rule import Outcome


class ReferenceEngine:
    """Judges a world for a contract, as of a day, with the numbers of the setting."""

    def __init__(self, world: World, setting: Setting) -> None:
        self._world = world
        self._setting = setting
        self._views: dict[Compartment, View] = {}

    def evaluate(self, rules: Iterable[CheckedRule], *, keep_all: bool = False) -> Evaluation:
        """All findings and gaps, ordered by rule and subject id, and per rule how many got each outcome.

        Compliant and not-applicable subjects are listed only with `keep_all`.
        """
        kept: list[Observation] = []
        counts: dict[str, Counts] = {}
        for rule in sorted(rules, key=lambda rule: rule.id):
            found = sorted(self.judge(rule), key=lambda observation: observation.subject.id)
            kept += [one for one in found if keep_all or one.outcome in ("finding", "not_assessable")]
            counts[rule.id] = Counts(**Counter(str(one.outcome) for one in found))
        return Evaluation(tuple(kept), counts)

    def judge(self, rule: CheckedRule) -> Iterator[Observation]:
        """What the rule says of each of its subjects."""
        return (observed(subject) for subject in self.subjects(rule))

    def subjects(self, rule: CheckedRule) -> Iterator[Subject]:
        """Every subject of the rule, ready to be judged."""
        view, links = self.view(rule.rule.compartment), Links()
        for row in view.subjects(rule.subject.entity):
            yield Subject(rule, view, row, links)

    def subject(self, rule: CheckedRule, identifier: str) -> Subject | None:
        """The rule's subject of that id; None when the rule is not judged for such a row."""
        view = self.view(rule.rule.compartment)
        found = [row for row in view.subjects(rule.subject.entity) if row.id == identifier]
        return Subject(rule, view, found[0]) if found else None

    def view(self, compartment: Compartment) -> View:
        """The world as rules of the compartment may see it."""
        if compartment not in self._views:
            self._views[compartment] = View(self._world, self._setting, compartment)
        return self._views[compartment]


def outcome_of(subject: Subject) -> Outcome:
    """What the rule says of the subject. Norm: rules.md, "Outcomes, per rule and subject"."""
    rule = subject.rule
    applies = True if rule.applies_when is None else subject.truth(rule.applies_when)
    if applies is False:
        return "not_applicable"
    flagged = subject.truth(rule.flag_when)
    if applies is UNKNOWN or flagged is UNKNOWN or any(_absent(subject, need) for need in rule.needs):
        return "not_assessable"
    return "finding" if flagged else "compliant"


def observed(subject: Subject) -> Observation:
    """The outcome with what a reader needs: values and evidence of a finding, what is missing of a gap."""
    outcome, ref = outcome_of(subject), RowRef(subject.row.entity, subject.row.id)
    if outcome == "not_assessable":
        missing = missing_of(subject)
        return Observation(
            subject.rule.id, ref, outcome,
            missing=missing[:MISSING_SHOWN], missing_count=len(missing),
        )  # fmt: skip
    if outcome != "finding":
        return Observation(subject.rule.id, ref, outcome)
    evidence, since = evidence_of(subject), None
    if subject.rule.deviates_since is not None:
        since = shown(subject.value(subject.rule.deviates_since), "day")
    return Observation(
        subject.rule.id, ref, outcome,
        values=values_of(subject), evidence=evidence[:EVIDENCE_SHOWN], evidence_count=len(evidence),
        deviates_since=since,  # type: ignore[arg-type]  # the checker let only days through
        about=about_of(subject),
    )  # fmt: skip


def values_of(subject: Subject) -> tuple[tuple[str, Value], ...]:
    """The lets that the rule's message names, as shown."""
    lets = subject.rule.lets
    return tuple((name, shown(subject.value(lets[name]), lets[name].type)) for name in subject.rule.shown)


def evidence_of(subject: Subject) -> tuple[RowRef, ...]:
    """All rows that the rule offers as evidence, each once, by entity and id."""
    found = {
        RowRef(row.entity, row.id)
        for _, rows in subject.rule.evidence
        for row, _, state in subject.judged(rows)
        if state is True
    }
    return tuple(sorted(found))


def missing_of(subject: Subject) -> tuple[Missing, ...]:
    """Why the subject cannot be judged: every missing fact and number once, in order."""
    rule = subject.rule
    found: set[Missing] = set()
    for need in rule.needs:
        found.update(column_missing(subject, need))
    for node in (*(need.node for need in rule.needs), rule.applies_when, rule.flag_when):
        if node is not None:
            found.update(blame(subject, node))
    return tuple(sorted(found))


def about_of(subject: Subject) -> str | None:
    """The organisation that findings of the rule are about, where the rule names one."""
    about = None if subject.rule.about is None else subject.value(subject.rule.about)
    return str(about) if known(about) else None


def _absent(subject: Subject, need: Need) -> bool:
    if need.column is not None:
        return not (subject.view[need.column.entity].complete and subject.view.delivers(need.column))
    return need.node is not None and not known(subject.value(need.node))
