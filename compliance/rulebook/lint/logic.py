"""Checks of a rule's logic beyond types: nothing unused, nothing protected, excused mutants exist."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from compliance.errors import Problem, closest
from compliance.model.rule import Rule
from compliance.rulebook.book import NUMBERS_FILE, Rulebook
from compliance.rulebook.glossary import plain_name
from compliance.rulebook.lint.rulecheck import RuleCheck, problem
from compliance.rulebook.mutants import mutants
from compliance.rulebook.rulefile import RuleFile
from compliance.yaml12 import Path

# Numbers that the graph uses before any rule runs.
USED_BY_THE_GRAPH = frozenset(("hub_limit",))


def expressions(rule: Rule) -> Iterator[tuple[Path, str]]:
    """Every expression of the rule, with where it stands."""
    for key, group in (("let", rule.let), ("conditions", rule.conditions), ("evidence", rule.evidence)):
        for name, text in group.items():
            yield (key, name), text
    single = {"applies_when": rule.applies_when, "flag_when": rule.flag_when, "number_day": rule.number_day,
              "deviates_since": rule.deviates_since, "about": rule.about}  # fmt: skip
    for key, expression in single.items():
        if expression is not None:
            yield (key,), expression
    for index, text in enumerate(rule.needs):
        yield ("needs", index), text


def _parsed(text: str) -> ast.AST:
    try:
        return ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.Module(body=[], type_ignores=[])


def _names(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


@dataclass(frozen=True, slots=True)
class Unused:
    """Every let and every condition is used somewhere."""

    code: str = "unused"

    def problems(self, file: RuleFile) -> Iterator[Problem]:
        rule = file.rule
        used = {name for _, text in expressions(rule) for name in _names(_parsed(text))}
        used |= set(re.findall(r"\{([a-z][a-z0-9_]*)", rule.message.nl + rule.message.en))
        for key, group in (("let", rule.let), ("conditions", rule.conditions)):
            for name in group:
                if name not in used:
                    yield problem(self, file, (key, name), f"{key}.{name} is used nowhere.", "Remove it.")


@dataclass(frozen=True, slots=True)
class Protected:
    """No rule mentions a protected attribute, nor anything named like one."""

    anywhere: Mapping[str, str]
    whole: Mapping[str, str]
    code: str = "protected"

    def problems(self, file: RuleFile) -> Iterator[Problem]:
        found: list[tuple[Path, str]] = [
            (path, name) for path, text in expressions(file.rule) for name in _names(_parsed(text))
        ]
        found += [((key, name), name) for key, group in (("let", file.rule.let),
                  ("conditions", file.rule.conditions)) for name in group]  # fmt: skip
        for path, name in dict.fromkeys(found):
            attribute = self._attribute(name)
            if attribute:
                message = f"{name!r} stands for {attribute}, which no rule may use."
                yield problem(self, file, path, message, "Leave it out.")

    def _attribute(self, name: str) -> str | None:
        plain = plain_name(name)
        near = (attribute for word, attribute in self.anywhere.items() if word in plain)
        return self.whole.get(plain) or next(near, None)


@dataclass(frozen=True, slots=True)
class ExcusedMutants:
    """Every mutant that a rule excuses exists, once, and has a reason worth reading."""

    code: str = "equivalent-mutant"

    def problems(self, file: RuleFile) -> Iterator[Problem]:
        excused = file.rule.equivalent_mutants
        if not excused:
            return
        names = [mutant.name for mutant in mutants(file.rule)]
        for index, item in enumerate(excused):
            if item.mutant not in names:
                message = f"There is no mutant {item.mutant!r}."
                hint = closest(item.mutant, names)
                yield problem(self, file, ("equivalent_mutants", index), message, hint)


@dataclass(frozen=True, slots=True)
class Numbered:
    """A rule that reads numbers by the day of a subject's field says so; a rule without numbers does not."""

    code: str = "number-day"

    def problems(self, file: RuleFile) -> Iterator[Problem]:
        uses = any("param." in text for _, text in expressions(file.rule))
        if not uses and file.rule.number_day != "as_of":
            message = "number_day is given, and the rule uses no number."
            yield problem(self, file, ("number_day",), message, "Leave it out.")


@dataclass(frozen=True, slots=True)
class UnusedNumbers:
    """Every number is used by some rule: nothing is asked for that no rule uses."""

    code: str = "number-unused"

    def problems(self, book: Rulebook) -> Iterator[Problem]:
        text = "\n".join(
            expression
            for file in book.files.values()
            if file.rule.stage != "withdrawn"
            for _, expression in expressions(file.rule)
        )
        used = set(re.findall(r"param\.([a-z0-9_]+)", text)) | USED_BY_THE_GRAPH
        for name in book.numbers:
            if name not in used:
                message = f"No rule uses the number {name}."
                yield Problem(NUMBERS_FILE, self.code, message, "Remove it, or write the rule.")


LOGIC_CHECKS: tuple[RuleCheck, ...] = (Unused(), ExcusedMutants(), Numbered())
