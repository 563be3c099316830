"""Judging by the checker alone, on facts that are loaded already."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from compliance.model.entities import Compartment
from compliance.services.check import CheckRequest, lay_ground
from compliance.services.engine import sql_engine

ALL: tuple[Compartment, ...] = ("contract", "supervision", "bibob")


class Judging:
    """The facts of a data set, loaded once, on which the rules are judged again and again."""

    def __init__(self, folder: Path, as_of: date, rules: tuple[str, ...]) -> None:
        self._ground = lay_ground(
            CheckRequest(paths=(str(folder),), as_of=as_of, compartments=ALL, wanted=rules)
        )

    def judge(self) -> dict[str, set[str]]:
        """The findings of each rule: compiling, the view, derived facts and all."""
        ground = self._ground
        engine = sql_engine(ground.facts, ground.contract, ground.as_of, ground.numbers)
        found: dict[str, set[str]] = {rule.id: set() for rule in ground.rules}
        for one in engine.evaluate(ground.rules).observations:
            if one.outcome == "finding":
                found[one.rule].add(one.subject.id)
        return found
