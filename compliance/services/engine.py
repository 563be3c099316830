"""Makes the engines ready to judge facts: the compiled one for answers, the reference for proofs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Protocol

from compliance.engine.reference.engine import ReferenceEngine
from compliance.engine.reference.world import Setting, load_rows
from compliance.engine.sql.engine import SqlEngine
from compliance.language.tree import CheckedRule
from compliance.model.finding import Evaluation
from compliance.model.number import Numbers
from compliance.sources.facts import Facts


class Engine(Protocol):
    """Judges rules over facts it was made for."""

    def evaluate(self, rules: Iterable[CheckedRule], *, keep_all: bool = False) -> Evaluation: ...


def sql_engine(facts: Facts, contract: str, as_of: date, numbers: Numbers) -> SqlEngine:
    """The set-based engine, in the database of the facts."""
    return SqlEngine(facts.connection, facts.catalog, contract, as_of, numbers)


def reference_engine(
    facts: Facts, rules: Sequence[CheckedRule], contract: str, as_of: date, numbers: Numbers
) -> ReferenceEngine:
    """The reference engine over the rows that these rules read."""
    world = load_rows(facts.connection, facts.catalog, [rule.reads for rule in rules])
    return ReferenceEngine(world, Setting(contract, as_of, numbers))
