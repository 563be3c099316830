"""A small store in which nights pass: what is delivered, decided and changed is told to it, day by day."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from compliance.model.finding import RowRef
from compliance.model.night import Standing
from compliance.services.content import content_folder
from compliance.services.nightly.night import NightOutcome, NightRequest, nightly
from compliance.services.selection import COMPARTMENTS
from compliance.services.store import open_store

Rows = Sequence[Mapping[str, Any]]
Told = dict[tuple[str, str], tuple[str, tuple[str, ...]]]


@dataclass
class Simulation:
    """A store with a clock of its own. The night of a day is at two o'clock in the morning, Utrecht time."""

    folder: Path
    database: str
    rules: Path
    day: date
    delivered: int = 0
    outcomes: list[NightOutcome] = field(default_factory=list)

    @classmethod
    def begin(cls, folder: Path, database: str, rules: Sequence[str], day: date) -> Simulation:
        """An empty store, with a rule book of these files and the numbers that ship."""
        made = cls(folder / "store", database, folder / "rules", day)
        made.take_rules(rules)
        open_store(made.folder, database, create=True).close()
        return made

    def take_rules(self, names: Sequence[str]) -> None:
        """A rule book of its own, with the judgement that ships."""
        shipped = content_folder("rules")
        for name in (*names, "parameters.yaml"):
            (self.rules / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(shipped / name, self.rules / name)
        shutil.copytree(shipped / "judgement", self.rules / "judgement")

    def rewrite(self, rule: str, old: str, new: str) -> None:
        """A rule reads otherwise from now on; a rule book that was read is not read again, so it moves."""
        fresh = self.rules.with_name(f"{self.rules.name}-{self.day}")
        shutil.copytree(self.rules, fresh)
        path = fresh / rule
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")
        self.rules = fresh

    def set_numbers(self, **numbers: Any) -> None:
        """The store's own numbers, instead of those before."""
        (self.folder / "parameters.yaml").write_text(json.dumps(numbers), encoding="utf-8")

    def offer(self, **tables: Rows) -> None:
        """Rows by entity lie in the inbox, in one delivery; `withdrawn` takes rows back."""
        self.delivered += 1
        folder = self.folder / "inbox" / "gemeente" / f"delivery-{self.delivered}"
        folder.mkdir(parents=True)
        for entity, rows in tables.items():
            columns = list(dict.fromkeys(name for row in rows for name in row))
            with (folder / f"{entity}.csv").open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, columns, restval="")
                writer.writeheader()
                writer.writerows(rows)

    @property
    def now(self) -> datetime:
        return datetime(self.day.year, self.day.month, self.day.day, tzinfo=UTC)

    def grant(self, rule: str, subject: RowRef, last_day: date) -> int:
        """An exception from today on, asked and approved in time for this night; its number."""
        earlier = self.now - timedelta(hours=6)
        with open_store(self.folder, self.database) as store:
            asked = store.records.request_exception(
                "c1",
                rule,
                subject,
                reason="In overleg.",
                first_day=self.day,
                last_day=last_day,
                by="anna",
                at=earlier,
            )
            store.records.approve_exception(asked.number, by="bert", at=earlier)
        return asked.number

    def revoke(self, number: int) -> None:
        with open_store(self.folder, self.database) as store:
            store.records.revoke_exception(number, by="anna", at=self.now - timedelta(hours=6))

    def pass_night(self) -> Told:
        """The night of today; what stands otherwise since, with state and causes. Then it is tomorrow."""
        outcome = nightly(self.request())
        self.outcomes.append(outcome)
        self.day += timedelta(days=1)
        (judged,) = outcome.contracts
        if judged.again:
            return {}
        run = judged.answer.receipt.number
        return {
            (one.rule, one.subject.id): (one.state, one.causes)
            for one in judged.answer.standings
            if one.since_run == run and (one.causes or one.first_run == run)
        }

    def request(self, **asked: Any) -> NightRequest:
        return NightRequest(
            store=self.folder,
            database=self.database,
            rules=self.rules,
            compartments=COMPARTMENTS,
            clock=lambda: self.now,
            **asked,
        )

    def standings(self) -> dict[tuple[str, str], Standing]:
        """How everything stands after the newest run."""
        with open_store(self.folder, self.database) as store:
            return {(one.rule, one.subject.id): one for one in store.records.standings("c1")}
