"""Makes the engines ready to judge facts: the set-based one for answers, the reference for proofs and for the
smallest worlds. Which one answers changes nothing in the answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Protocol

from compliance.engine.reference.engine import ReferenceEngine
from compliance.engine.reference.world import Setting, load_rows
from compliance.language.tree import CheckedRule
from compliance.model.finding import Evaluation
from compliance.model.number import Numbers
from compliance.sources.facts import Facts

if TYPE_CHECKING:
    from compliance.engine.sql.engine import SqlEngine

SMALL = 200  # rows; for so few, compiling the rules takes longer than judging them one by one


class Engine(Protocol):
    """Judges rules over facts it was made for."""

    def evaluate(self, rules: Iterable[CheckedRule], *, keep_all: bool = False) -> Evaluation: ...


def sql_engine(facts: Facts, contract: str, as_of: date, numbers: Numbers) -> SqlEngine:
    """The set-based engine, in the database of the facts."""
    # Its library is a large part of the start-up of a small case, which does without.
    from compliance.engine.sql.engine import SqlEngine  # noqa: PLC0415

    return SqlEngine(facts.connection, facts.catalog, contract, as_of, numbers)


def is_small(facts: Facts) -> bool:
    """Whether so few rows came that the reference engine is the quicker one."""
    parts = " UNION ALL ".join(f"SELECT count(*) AS n FROM fact.{name}" for name in sorted(facts.read))
    ((rows,),) = facts.connection.execute(f"SELECT sum(n) FROM ({parts})").fetchall()
    return int(rows) <= SMALL


def reference_engine(
    facts: Facts, rules: Sequence[CheckedRule], contract: str, as_of: date, numbers: Numbers
) -> ReferenceEngine:
    """The reference engine over the rows that these rules read."""
    world = load_rows(facts.connection, facts.catalog, [rule.reads for rule in rules])
    return ReferenceEngine(world, Setting(contract, as_of, numbers))
