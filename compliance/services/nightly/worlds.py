"""The worlds between the last night and this one: rules judged again over facts of then and of now."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from compliance.engine.judge import Declarations, EngineMissingError, HistoryFact, judge
from compliance.engine.judge.judgement import Engine as JudgeEngine
from compliance.language.tree import CheckedRule
from compliance.model.finding import Observation, RowRef, fingerprint
from compliance.model.number import Numbers
from compliance.model.schema import MADE_FROM, STUBBED, entities
from compliance.rulebook import Rulebook
from compliance.rulebook.digest import rule_hash
from compliance.services.engine import sql_engine
from compliance.services.nightly.causes import Differences, Era, Seen, Wanted, World
from compliance.services.nightly.compare import Shift
from compliance.sources.facts import Facts

GRAPH_NUMBERS = frozenset(("hub_limit",))  # read before any rule, where routes are looked for


@dataclass(frozen=True)
class Inputs:
    """What one night judged with; `load` gives at least the entities that are named."""

    book: Rulebook
    declarations: Declarations
    numbers: Numbers
    load: Callable[[frozenset[str]], Facts]
    as_of: date
    history: tuple[HistoryFact, ...] = ()
    exempted: frozenset[tuple[str, RowRef]] = frozenset()

    @cached_property
    def rules(self) -> Mapping[str, CheckedRule]:
        return {rule.id: rule for rule in self.book.judged}


class FactWorlds:
    """Mixes the inputs of two nights of one contract."""

    def __init__(self, contract: str, then: Inputs, now: Inputs) -> None:
        self.contract = contract
        self.then = then
        self.now = now

    def observe(self, world: World, wanted: Wanted) -> Seen:
        """What the rules say; of a rule that was or is not there, nothing."""
        rules = [rule for name, rule in self._of(world.rules).rules.items() if name in wanted]
        facts = self._of(world.facts).load(frozenset(name for rule in rules for name in read_by(rule)))
        try:
            engine = sql_engine(facts, self.contract, self._of(world.day).as_of, self._numbers(world.numbers))
        except KeyError:  # the facts of then did not hold the contract
            return {}
        found = engine.evaluate(rules, only=wanted)
        return {(one.rule, one.subject): one for one in found.observations}

    def weigh(self, rules: Era, facts: Era, day: Era, shifts: Sequence[Shift]) -> Mapping[str, str]:
        """Severities by the plain reading of the declarations: steps do not depend on other findings."""
        inputs = self._of(rules)
        known = [shift for shift in shifts if shift.rule in inputs.rules]
        judgement = judge(
            [Observation(shift.rule, shift.subject, "finding") for shift in known],
            {name: rule.rule for name, rule in inputs.rules.items()},
            inputs.declarations,
            (),
            self._of(day).as_of,
            contract=self.contract,
            history=self._of(facts).history,
            engine=_no_engine,
        )
        return {
            fingerprint(one.observation.rule, self.contract, one.observation.subject): one.severity
            for one in judgement.judged
        }

    def _of(self, era: Era) -> Inputs:
        return self.then if era == "then" else self.now

    def _numbers(self, era: Era) -> Numbers:
        """The numbers of that night; what only rules of the other night read is as it was then."""
        own, other = (self.now, self.then) if era == "now" else (self.then, self.now)
        return Numbers({**other.numbers.specs, **own.numbers.specs})


def _no_engine() -> AbstractContextManager[JudgeEngine]:
    raise EngineMissingError


def differences(then: Inputs, now: Inputs, changed: Collection[str]) -> Differences:
    """What differs between two nights; `changed` are the entities of which the facts do."""
    names = then.rules.keys() | now.rules.keys()
    rules = {name for name in names if _text(then, name) != _text(now, name)}
    numbers = {name for name in names if _figures(then, now, name) != _figures(now, then, name)}
    facts = {name for name, rule in now.rules.items() if changed and read_by(rule) & {*changed}}
    return Differences(
        rules=frozenset(rules),
        numbers=frozenset(numbers),
        facts=frozenset(facts),
        history=then.history != now.history,
        declarations=then.declarations != now.declarations,
        time=then.as_of != now.as_of,
        exempted_then=then.exempted,
        exempted_now=now.exempted,
    )


def _text(inputs: Inputs, name: str) -> str | None:
    return rule_hash(inputs.rules[name].rule) if name in inputs.rules else None


def _figures(inputs: Inputs, other: Inputs, name: str) -> object:
    """The numbers that a rule of either night may read, as they hold in one."""
    rules = [found for one in (inputs, other) if (found := one.rules.get(name)) is not None]
    used = frozenset(number for rule in rules for number in numbers_of(rule))
    return [(number, inputs.numbers[number]) for number in sorted(used) if number in inputs.numbers]


def numbers_of(rule: CheckedRule) -> frozenset[str]:
    """The numbers that a rule's expressions name, and those by which what it reads is derived."""
    text = json.dumps(rule.rule.model_dump(mode="json", exclude={"examples", "message", "title", "why"}))
    return frozenset(re.findall(r"param\.([a-z0-9_]+)", text)) | GRAPH_NUMBERS


def read_by(rule: CheckedRule) -> frozenset[str]:
    """The delivered entities whose rows can make the rule say something else."""
    found = {"contract"}
    for name in rule.reads:
        found.update(MADE_FROM[name] if entities()[name].derived else (name,))
    if found & {*STUBBED}:  # a row that refers to what has none makes a stub
        found.update(_referring(found & {*STUBBED}))
    return frozenset(found)


def _referring(targets: Collection[str]) -> Iterator[str]:
    for name, spec in entities().items():
        if not spec.derived and any({*field.targets} & {*targets} for field in spec.fields.values()):
            yield name
