"""Which rules a check judges: by compartment, pattern and severity; a pattern without a hit is refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase

from compliance.errors import Problem, UsageError, closest
from compliance.language.tree import CheckedRule
from compliance.model.entities import Compartment
from compliance.model.rule import Severity
from compliance.model.run import severity_rank
from compliance.model.schema import entities
from compliance.rulebook import Rulebook

COMPARTMENTS: tuple[Compartment, ...] = ("contract", "supervision", "bibob")


def select_rules(
    book: Rulebook,
    *,
    compartments: Sequence[Compartment],
    wanted: Sequence[str] = (),
    skipped: Sequence[str] = (),
    least: Severity | None = None,
) -> tuple[CheckedRule, ...]:
    """The rules to judge, in order of id.

    Patterns name rules by id or name, with `*` and `?`; case does not matter. `least` leaves out rules of
    a lower severity.

    Raises: UsageError for a pattern that hits no rule, and when nothing is left.
    """
    judged = {rule.id: rule for rule in book.judged}
    chosen = _matching(judged, wanted, "--rule") if wanted else set(judged)
    chosen -= _matching(judged, skipped, "--skip-rule")
    rules = tuple(
        rule
        for name, rule in judged.items()
        if name in chosen
        and rule.rule.compartment in compartments
        and (least is None or severity_rank(rule.rule.severity) >= severity_rank(least))
    )
    if not rules:
        message = f"No rule of compartment {', '.join(compartments)} is left to judge."
        raise UsageError(
            Problem("", "no-rules", message, "Ask for more with --compartment, --rule, --severity.")
        )
    return rules


def _matching(rules: Mapping[str, CheckedRule], patterns: Iterable[str], option: str) -> set[str]:
    found: set[str] = set()
    problems = []
    for pattern in patterns:
        hits = {name for name, rule in rules.items() if _hits(pattern, rule)}
        if not hits:
            names = [*rules, *(rule.rule.name for rule in rules.values())]
            hint = closest(pattern.upper(), names) or closest(pattern, names) or "See: compliance rules list."
            problems.append(Problem(option, "rule-unknown", f"No rule is called {pattern}.", hint))
        found |= hits
    if problems:
        raise UsageError(problems)
    return found


def _hits(pattern: str, rule: CheckedRule) -> bool:
    wanted = pattern.casefold()
    return any(fnmatchcase(name.casefold(), wanted) for name in (rule.id, rule.rule.name))


def readable_entities(compartments: Sequence[Compartment]) -> frozenset[str]:
    """The entities a reader of these compartments may see: their own, and those of the contract."""
    return frozenset(
        name
        for name, spec in entities().items()
        if not spec.derived and spec.compartment in ("contract", *compartments)
    )


def find_rule(book: Rulebook, name: str) -> CheckedRule:
    """The rule of that id or name, whatever its stage.

    Raises: UsageError naming the closest known one.
    """
    wanted = name.casefold()
    for rule in book.rules.values():
        if wanted in (rule.id.casefold(), rule.rule.name):
            return rule
    names = [*book.rules, *(rule.rule.name for rule in book.rules.values())]
    hint = closest(name.upper(), names) or closest(name, names) or "See: compliance rules list."
    raise UsageError(Problem("RULE", "rule-unknown", f"There is no rule {name}.", hint))
