"""What one judgement over a store stands on: a day, a moment, rules, numbers, and what people decided."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from compliance.engine.judge import HistoryFact
from compliance.language.tree import CheckedRule
from compliance.model.finding import Exemption, RowRef
from compliance.model.kept import Reviewed
from compliance.model.night import Granted, NightReceipt
from compliance.services.check import Ground
from compliance.services.nightly.books import Book, Figures, kept_book, kept_figures
from compliance.services.nightly.worlds import Inputs
from compliance.services.store import Store
from compliance.sources.facts import Facts


@dataclass(frozen=True)
class Standpoint:
    """Everything but the facts. `granted` are the exceptions approved and not taken back by the moment."""

    contract: str
    as_of: date
    known_at: datetime
    book: Book
    figures: Figures
    granted: tuple[Granted, ...] = ()
    reviewed: tuple[Reviewed, ...] = ()

    @property
    def exemptions(self) -> tuple[Exemption, ...]:
        return tuple(
            Exemption(one.rule, one.subject, one.approved_by, one.reason, one.first_day, one.last_day)
            for one in self.granted
        )

    @property
    def exempted(self) -> frozenset[tuple[str, RowRef]]:
        """The rules with subjects that an exception excuses on the day judged."""
        return frozenset(
            (one.rule, one.subject) for one in self.granted if one.first_day <= self.as_of <= one.last_day
        )

    @property
    def history(self) -> tuple[HistoryFact, ...]:
        return tuple(
            HistoryFact(one.rule, one.subject, one.kind, one.day, one.first_day) for one in self.reviewed
        )

    @property
    def decisions(self) -> str:
        """`sha256:…` over what people decided: exceptions, and reviews of earlier findings."""
        said = [
            *(_exception(one) for one in self.granted),
            *([one.number, one.rule, str(one.subject), one.kind, str(one.day)] for one in self.reviewed),
        ]
        text = json.dumps(said, ensure_ascii=False)
        return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"

    def ground(self, facts: Facts, rules: Iterable[CheckedRule] | None = None) -> Ground:
        """The ground of a check: these rules (else all) over these facts, with the decisions of people."""
        return Ground(
            facts=replace(facts, settings=replace(facts.settings, exceptions=self.exemptions)),
            book=self.book.rulebook,
            declarations=self.book.declarations,
            rules=self.book.rulebook.judged if rules is None else tuple(rules),
            numbers=self.figures.numbers,
            contract=self.contract,
            as_of=self.as_of,
            known_at=self.known_at,
            history=self.history,
        )

    def inputs(self, load: Callable[[frozenset[str]], Facts]) -> Inputs:
        """As one of the two nights between which causes are looked for."""
        return Inputs(
            book=self.book.rulebook,
            declarations=self.book.declarations,
            numbers=self.figures.numbers,
            load=load,
            as_of=self.as_of,
            history=self.history,
            exempted=self.exempted,
        )


def _exception(one: Granted) -> list[object]:
    days = [str(one.first_day), str(one.last_day)]
    return [one.number, one.rule, str(one.subject), *days, one.approved_by, one.reason]


def standpoint(
    store: Store, contract: str, as_of: date, known_at: datetime, book: Book, figures: Figures
) -> Standpoint:
    """With the exceptions and reviews known at the moment."""
    known = store.records.exceptions(contract, known_at)
    return Standpoint(
        contract=contract,
        as_of=as_of,
        known_at=known_at,
        book=book,
        figures=figures,
        granted=tuple(one for one in known if one.approved_at is not None and one.revoked_at is None),
        reviewed=store.records.history(contract, known_at),
    )


def standpoint_of_run(store: Store, receipt: NightReceipt) -> Standpoint:
    """That of an earlier run.

    Raises: StoreError when its rule book or numbers are not kept any more.
    """
    book = kept_book(store, receipt)
    figures = kept_figures(store, receipt, book)
    return standpoint(store, receipt.contract, receipt.as_of, receipt.known_at, book, figures)
