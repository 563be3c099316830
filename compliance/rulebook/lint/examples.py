"""Checks of a rule's examples: they are there, show every outcome, and speak of what they hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from compliance.errors import Problem, closest
from compliance.model.rule import Example, Outcome
from compliance.model.schema import delivered_entities, entities
from compliance.rulebook.lint.rulecheck import RuleCheck, problem
from compliance.rulebook.rulefile import RuleFile

_HINTS = {
    "not_assessable": "Add one, if need be with a column that was not delivered: lacks: {entity: [field]}."
}
DUE: tuple[Outcome, ...] = ("finding", "compliant", "not_assessable")


@dataclass(frozen=True, slots=True)
class ExampleForm:
    """The examples can be read at all."""

    code: str = "example-form"

    def problems(self, file: RuleFile) -> Iterator[Problem]:
        yield from file.read_examples()[1]


@dataclass(frozen=True, slots=True)
class Outcomes:
    """There is an example of a finding, of a compliant subject and of one that cannot be assessed."""

    code: str = "example-outcome"

    def problems(self, file: RuleFile) -> Iterator[Problem]:
        examples, flaws = file.read_examples()
        shown = {item.outcome for example in examples for item in example.expect}
        for outcome in DUE:
            if outcome not in shown and not flaws:
                message = f"No example shows the outcome {outcome}."
                yield problem(self, file, ("examples",), message, _HINTS.get(outcome, "Add one."))
        if file.rule.applies_when is not None and "not_applicable" not in shown and not flaws:
            message = "The rule has applies_when, and no example shows the outcome not_applicable."
            yield problem(self, file, ("examples",), message, "Add one.")


@dataclass(frozen=True, slots=True)
class ExampleNames:
    """Every example has a name of its own."""

    code: str = "example-name"

    def problems(self, file: RuleFile) -> Iterator[Problem]:
        names = Counter(example.name for example in file.read_examples()[0])
        for name, times in names.items():
            if times > 1:
                yield problem(
                    self, file, ("examples",), f"{times} examples are called {name!r}.", "Rename one."
                )


@dataclass(frozen=True, slots=True)
class Expectations:
    """An example expects something of its own rule, about subjects that its facts hold."""

    code: str = "example-expect"

    def problems(self, file: RuleFile) -> Iterator[Problem]:
        entity = file.rule.subject.split(" ")[0]
        for index, example in enumerate(file.read_examples()[0]):
            known = _rows(example)
            for number, item in enumerate(example.expect):
                path = ("examples", index, "expect", number)
                kind, _, row = item.subject.partition("/")
                if item.rule not in (None, file.rule.id):
                    yield problem(
                        self, file, path, f"It expects something of {item.rule}.", "Leave out rule."
                    )
                elif kind != entity or not row:
                    message = f"The subject {item.subject} does not read {entity}/…"
                    yield problem(self, file, path, message)
                elif row not in known and entity in example.facts:
                    message = f"The facts do not name {row}."
                    yield problem(self, file, path, message, closest(row, known))


@dataclass(frozen=True, slots=True)
class ExampleFacts:
    """Examples bring entities that exist, as lists of rows; and only one contract is at hand."""

    code: str = "example-facts"

    def problems(self, file: RuleFile) -> Iterator[Problem]:
        for index, example in enumerate(file.read_examples()[0]):
            for entity, rows in example.facts.items():
                path = ("examples", index, "facts", entity)
                if entity not in delivered_entities():
                    hint = closest(entity, delivered_entities())
                    yield problem(self, file, path, f"{entity} is no entity that can be delivered.", hint)
                elif not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
                    yield problem(self, file, path, f"{entity} must be a list of rows.")
            yield from self._lacks(file, index, example)
            if not example.facts.get("contract"):
                where = ("examples", index)
                yield problem(
                    self, file, where, f"{example.name!r} has no contract.", "Add one to its facts."
                )

    def _lacks(self, file: RuleFile, index: int, example: Example) -> Iterator[Problem]:
        """The columns said not to be delivered are columns of entities in the example."""
        for entity, names in example.lacks.items():
            path = ("examples", index, "lacks", entity)
            if entity not in example.facts or entity not in delivered_entities():
                yield problem(
                    self, file, path, f"The facts bring no {entity}.", closest(entity, example.facts)
                )
                continue
            fields = entities()[entity].fields
            for name in names:
                if name not in fields or name == "id":
                    message = f"{entity} has no column {name} that can be lacking."
                    yield problem(self, file, path, message, closest(name, fields))


def _rows(example: Example) -> set[str]:
    """Every text in the facts: ids of rows, and references that may make a stub."""
    found: set[str] = set()
    stack: list[Any] = [example.facts]
    while stack:
        item = stack.pop()
        if isinstance(item, Mapping):
            stack.extend(item.values())
        elif isinstance(item, list):
            stack.extend(item)
        elif isinstance(item, str):
            found.add(item)
    return found


EXAMPLE_CHECKS: tuple[RuleCheck, ...] = (
    ExampleForm(), Outcomes(), ExampleNames(), Expectations(), ExampleFacts(),
)  # fmt: skip
