"""Small nights by hand: a receipt, standings of every state, and the answer of a reading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from compliance.model.entities import Compartment
from compliance.model.finding import Counts, Failure, RowRef
from compliance.model.night import NightAnswer, NightReceipt, Standing, State
from compliance.model.rule import Rule
from compliance.services.book import load_book

NIGHT = datetime(2027, 6, 1, 2, 0, tzinfo=UTC)
HASH = "sha256:" + "0" * 64


def receipt(number: int = 12, **changes: Any) -> NightReceipt:
    """The receipt of a night of 2 June 2027."""
    made = NightReceipt(
        number=number, contract="c1", as_of=date(2027, 6, 1), known_at=NIGHT, started_at=NIGHT,
        finished_at=NIGHT.replace(minute=3), product="1", rulebook=HASH, numbers=HASH, facts=HASH,
        exceptions=HASH, rules=46, counts=Counts(2, 31, 4, 9, 0),
    )  # fmt: skip
    return replace(made, **changes)


def standing(rule: str, subject: str, state: State = "new", **changes: Any) -> Standing:
    """How the finding of that rule about entity/id stands since night 12."""
    entity, _, key = subject.partition("/")
    shipped = rules().get(rule)
    made = Standing(
        fingerprint=f"{rule}-{subject}", rule=rule, subject=RowRef(entity, key),
        compartment=shipped.compartment if shipped else "contract", state=state,
        outcome="compliant" if state == "resolved" else "finding",
        severity=shipped.severity if shipped else "low", status="open", causes=("fact",), since_run=12,
        first_run=12, first_day=date(2027, 6, 1), last_run=12, last_day=date(2027, 6, 1), record={},
    )  # fmt: skip
    return replace(made, **changes)


def answer(
    standings: Sequence[Standing] = (), compartments: tuple[Compartment, ...] = ("contract",), **changes: Any
) -> NightAnswer:
    """The night as a reader of these compartments sees it."""
    made = NightAnswer(
        receipt=receipt(),
        title="Wmo ondersteuning in de wijk",
        compartments=compartments,
        rules=rules(),
        counts=Counts(2, 31, 4, 9, 0),
        counts_by_rule={"SUB-01": Counts(2, 1, 0, 0, 0), "PRO-01": Counts(0, 30, 4, 9, 0)},
        standings=tuple(item for item in standings if item.compartment in compartments),
        labels={RowRef("organisation", "o2"): "Zorg Dichtbij"},
    )
    return replace(made, **changes)


def broken() -> NightReceipt:
    """A night in which a rule broke."""
    return receipt(failures=(Failure("SUB-02", "contract", "the engine stopped"),))


@cache
def rules() -> dict[str, Rule]:
    """The shipped rules by id."""
    return {rule.rule.id: rule.rule for rule in load_book()[0].judged}
