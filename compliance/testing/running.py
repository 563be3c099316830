"""Runs the examples of rules through every engine, and the mutants of rules through the reference.

An example's world is built once, by the caller (`Prepare`), and judged for the rule and all its mutants.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from compliance.language.check import check_rule
from compliance.language.tree import CheckedRule
from compliance.model.finding import Observation
from compliance.model.number import Numbers
from compliance.model.rule import Example
from compliance.rulebook import Rulebook
from compliance.rulebook.mutants import Mutant, mutants
from compliance.rulebook.rulefile import RuleFile
from compliance.testing.expectations import mismatches

REFERENCE = "reference"

Judge = Callable[[CheckedRule], Sequence[Observation]]


class BrokenError(Exception):
    """An example's world cannot be built, or an engine failed on it; the message says why."""


# Builds the world of an example with its numbers, and gives for each engine by name what judges it; the
# engines may count on the rule reading no more than it does. Raises BrokenError.
Prepare = Callable[[CheckedRule, Example, Numbers], Mapping[str, Judge]]


@dataclass(frozen=True, slots=True, order=True)
class RuleIssue:
    """Something that a rule's examples show to be wrong: where, and what."""

    rule: str
    place: str
    code: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.rule} {self.message}"


@dataclass(frozen=True, slots=True)
class RuleTestReport:
    """What a run of examples and mutants gave, with the numbers of each."""

    issues: tuple[RuleIssue, ...]
    examples: int = 0
    mutants: int = 0


@dataclass(frozen=True, slots=True)
class _World:
    """An example, ready to be judged again and again."""

    example: Example
    judges: Mapping[str, Judge]


def run_tests(
    book: Rulebook, prepare: Prepare, *, only: Collection[str] | None = None, with_mutants: bool = True
) -> RuleTestReport:
    """Every example of every rule (or of those in `only`) judged by every engine, then every mutant."""
    issues: list[RuleIssue] = []
    examples = tried = 0
    for rule_id, rule in book.rules.items():
        if only is not None and rule_id not in only:
            continue
        file = book.files[rule_id]
        worlds, found = _examples(file, rule, book.numbers, prepare)
        examples += len(file.read_examples()[0])
        issues += found
        if with_mutants:
            made = mutants(file.rule)
            tried += len(made)
            issues += _mutants(file, made, book.numbers, worlds)
    return RuleTestReport(tuple(issues), examples, tried)


def run_examples(
    book: Rulebook, prepare: Prepare, *, only: Collection[str] | None = None
) -> tuple[RuleIssue, ...]:
    """What is wrong with the examples of the rules; engines that differ are wrong too."""
    return run_tests(book, prepare, only=only, with_mutants=False).issues


def _examples(
    file: RuleFile, rule: CheckedRule, numbers: Numbers, prepare: Prepare
) -> tuple[list[_World], list[RuleIssue]]:
    worlds: list[_World] = []
    examples, problems = file.read_examples()
    issues = [RuleIssue(rule.id, problem.place, problem.code, problem.message) for problem in problems]
    for index, example in enumerate(examples):
        place = file.place(("examples", index))
        agreed, flaws = numbers.replaced(example.parameters)
        issues += [RuleIssue(rule.id, place, flaw.code, f"{example.name}: {flaw}") for flaw in flaws]
        try:
            judges = prepare(rule, example, agreed)
        except BrokenError as error:
            issues.append(RuleIssue(rule.id, place, "example-broken", f"{example.name}: {error}"))
            continue
        worlds.append(_World(example, judges))
        issues += [
            RuleIssue(rule.id, place, "example", f"{example.name}: {words}")
            for words in _judged(rule, example, judges)
        ]
    return worlds, issues


def _judged(rule: CheckedRule, example: Example, judges: Mapping[str, Judge]) -> Iterator[str]:
    """What is wrong by each engine, and where engines differ from the reference."""
    found: dict[str, Sequence[Observation]] = {}
    for name, judge in judges.items():
        try:
            found[name] = judge(rule)
        except BrokenError as error:
            yield f"{error} [{name}]"
    for name, observations in found.items():
        for words in mismatches(rule.id, example, observations):
            yield f"{words} [{name}]"
        if name != REFERENCE and REFERENCE in found:
            yield from _disagreement(name, observations, found[REFERENCE])


def _disagreement(
    name: str, observations: Sequence[Observation], reference: Sequence[Observation]
) -> Iterator[str]:
    mine = {str(observation.subject): observation for observation in observations}
    theirs = {str(observation.subject): observation for observation in reference}
    for subject in sorted(mine.keys() | theirs.keys()):
        if mine.get(subject) != theirs.get(subject):
            yield f"{subject}: {name} says {mine.get(subject)}, the reference {theirs.get(subject)}"


def _mutants(
    file: RuleFile, made: Sequence[Mutant], numbers: Numbers, worlds: Sequence[_World]
) -> Iterator[RuleIssue]:
    """Every mutant that no example notices, and every mutant excused that some example does notice."""
    excused = {item.mutant for item in file.rule.equivalent_mutants}
    for mutant in made:
        noticed = _noticed(mutant, numbers, worlds)
        if not noticed and mutant.name not in excused:
            message = f"no example notices the mutant `{mutant.name}`"
            yield RuleIssue(file.rule.id, file.place(("id",)), "mutant-survives", message)
        elif noticed and mutant.name in excused:
            message = f"an example notices the mutant `{mutant.name}`, so it is not equivalent"
            yield RuleIssue(file.rule.id, file.place(("equivalent_mutants",)), "mutant-excused", message)


def _noticed(mutant: Mutant, numbers: Numbers, worlds: Sequence[_World]) -> bool:
    """Whether the checker refuses the mutant, or some example's expectation fails for it."""
    rule, _ = check_rule(mutant.rule, numbers.specs)
    return rule is None or any(_fails(rule, world) for world in worlds)


def _fails(rule: CheckedRule, world: _World) -> bool:
    try:
        observations = world.judges[REFERENCE](rule)
    except BrokenError:
        return True
    return any(True for _ in mismatches(rule.id, world.example, observations))
