"""The step after a night that tells its operator how it went; safe to do again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol

from compliance.model.entities import Compartment
from compliance.model.kept import Errand
from compliance.model.night import NightAnswer, NightReceipt
from compliance.reporting.metrics import Watched
from compliance.services.metrics.writing import put_metrics

READING: tuple[Compartment, ...] = ("contract",)  # whoever watches the machine sees no more


class Arrived(Protocol):
    """A delivery in the vault."""

    @property
    def supplier(self) -> str: ...

    @property
    def recorded_at(self) -> datetime: ...


class Vault(Protocol):
    """Where deliveries are kept."""

    def arrivals(self) -> Iterable[Arrived]: ...


class Records(Protocol):
    """Where the errands of runs are kept."""

    def errands(self, *, kind: str | None = None, run: int | None = None) -> Sequence[Errand]: ...


class Place(Protocol):
    """A store: its folder, its vault and its records."""

    @property
    def folder(self) -> Path: ...

    @property
    def vault(self) -> Vault: ...

    @property
    def records(self) -> Records: ...


class Kept(Protocol):
    """A night that was kept."""

    @property
    def store(self) -> Place: ...

    @property
    def receipt(self) -> NightReceipt: ...

    def answer(self, compartments: tuple[Compartment, ...]) -> NightAnswer: ...


def write_metrics(kept: Kept) -> None:
    """`metrics.prom` in the store's folder tells of this run.

    Raises: StoreError when it cannot be written.
    """
    store, receipt = kept.store, kept.receipt
    last: dict[str, datetime] = {}
    for item in store.vault.arrivals():
        last[item.supplier] = max(item.recorded_at, last.get(item.supplier, item.recorded_at))
    letters = store.records.errands(kind="notify")
    mine: Counter[str] = Counter(
        item.state for item in letters if item.run == receipt.number or item.state == "failed"
    )
    put_metrics(store.folder, Watched(kept.answer(READING), receipt, last, mine))
