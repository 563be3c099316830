"""The set-based engine: a rule becomes one query over the view, and evidence is fetched for findings only."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

from compliance.engine.sql.database import FACTS, Connection, Database, DuckDb
from compliance.engine.sql.judging import Judging
from compliance.engine.sql.presence import asking_presence
from compliance.engine.sql.setting import Setting, Tables
from compliance.engine.sql.view import build_view
from compliance.language.tree import CheckedRule
from compliance.model.catalog import Catalog
from compliance.model.entities import Compartment
from compliance.model.finding import (
    Counts,
    Evaluation,
    Failure,
    Observation,
)
from compliance.model.number import Numbers

MOST_WORKERS = 4  # rules judged at the same time


class SetEngine:
    """Judges rules over the facts of a database, for a contract, as of a day, with its numbers.

    The database holds the delivered facts in schema `fact`; the engine makes schema `view` beside it.
    """

    def __init__(
        self, database: Database, catalog: Catalog, contract: str, as_of: date, numbers: Numbers
    ) -> None:
        self.database = database
        self.catalog = catalog
        found, lacks = _contract(database, catalog, contract)
        self.setting = Setting(as_of, found, lacks, numbers)

    def evaluate(
        self,
        rules: Iterable[CheckedRule],
        *,
        keep_all: bool = False,
        only: Mapping[str, Sequence[str]] | None = None,
    ) -> Evaluation:
        """All findings and gaps, ordered by rule and subject id, and per rule how many got each outcome.

        Compliant and not-applicable subjects are listed only with `keep_all`. With `only`, a rule is judged
        about the subjects whose ids stand there, and no others. A rule that the database cannot finish is a
        failure; the others go on.
        """
        asked = (asking_presence(rule, self.catalog) for rule in rules)
        chosen = sorted(asked, key=lambda rule: rule.id)
        views = build_view(self.database, self.catalog, self.setting, chosen)
        with ThreadPoolExecutor(max_workers=min(MOST_WORKERS, os.cpu_count() or 1)) as pool:
            judged = list(pool.map(lambda rule: self._judged(rule, views, only, keep_all=keep_all), chosen))
        counts = {rule.id: counted for rule, (_, counted, _) in zip(chosen, judged, strict=True) if counted}
        return Evaluation(
            tuple(one for found, _, _ in judged for one in found),
            counts,
            tuple(failure for *_, failure in judged if failure),
        )

    def flagged(self, rules: Iterable[CheckedRule]) -> dict[str, frozenset[str] | None]:
        """Per rule the ids of the subjects that it finds, and nothing else of them; None where it broke."""
        chosen = [asking_presence(rule, self.catalog) for rule in rules]
        views = build_view(self.database, self.catalog, self.setting, chosen)
        with ThreadPoolExecutor(max_workers=min(MOST_WORKERS, os.cpu_count() or 1)) as pool:
            found = list(pool.map(lambda rule: self._flagged(rule, views), chosen))
        return {rule.id: ids for rule, ids in zip(chosen, found, strict=True)}

    def _flagged(self, rule: CheckedRule, views: Mapping[Compartment, Tables]) -> frozenset[str] | None:
        tables = views[rule.rule.compartment]
        try:
            return Judging(self.database.cursor(), tables, self.setting, rule).flagged()
        except self.database.errors:
            return None

    def _judged(
        self,
        rule: CheckedRule,
        views: Mapping[Compartment, Tables],
        only: Mapping[str, Sequence[str]] | None,
        *,
        keep_all: bool,
    ) -> tuple[list[Observation], Counts | None, Failure | None]:
        """What one rule gives, judged in a thread: the database works outside Python's lock."""
        tables = views[rule.rule.compartment]
        ids = None if only is None else only.get(rule.id, ())
        try:
            judging = Judging(self.database.cursor(), tables, self.setting, rule, ids)
            return *judging.observe(keep_all=keep_all), None
        except self.database.errors as error:
            return [], None, Failure(rule.id, rule.rule.compartment, type(error).__name__)


class SqlEngine(SetEngine):
    """The set-based engine in DuckDB."""

    def __init__(
        self, connection: Connection, catalog: Catalog, contract: str, as_of: date, numbers: Numbers
    ) -> None:
        super().__init__(DuckDb(connection), catalog, contract, as_of, numbers)


def _contract(database: Database, catalog: Catalog, contract: str) -> tuple[dict[str, Any], frozenset[str]]:
    """The contract at hand as delivered, and the fields it was delivered without.

    Raises: KeyError when the facts do not hold it.
    """
    found = database.ask(f"SELECT * FROM {FACTS}.contract WHERE id = $1", [contract])
    if not found.rows:
        raise KeyError(contract)
    values = dict(zip(found.names, found.rows[0], strict=True))
    lacks = catalog["contract"].lacks[values["_lacks"]]
    known = {name: value for name, value in values.items() if not name.startswith("_")}
    return known, lacks
