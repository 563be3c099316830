"""The step after a night that tells its operator how it went; safe to do again."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from compliance.model.entities import Compartment
from compliance.model.night import NightAnswer
from compliance.reporting.metrics import Watched
from compliance.services.metrics.writing import put_metrics
from compliance.services.nightly.followup import KeptNight

READING: tuple[Compartment, ...] = ("contract",)  # whoever watches the machine sees no more


def write_metrics(kept: KeptNight) -> None:
    """`metrics.prom` in the store's folder tells of the last run of every contract, whichever run this is.

    Raises: StoreError when it cannot be written.
    """
    store = kept.store
    last: dict[str, datetime] = {}
    for item in store.vault.arrivals():
        last[item.supplier] = max(item.recorded_at, last.get(item.supplier, item.recorded_at))
    runs = [_answer(kept, contract) for contract in store.records.contracts()]
    numbers = {answer.receipt.number for answer in runs if answer is not None}
    letters: Counter[str] = Counter(
        item.state
        for item in store.records.errands(kind="notify")
        if item.run in numbers or item.state == "failed"
    )
    put_metrics(store.folder, Watched([answer for answer in runs if answer is not None], last, letters))


def _answer(kept: KeptNight, contract: str) -> NightAnswer | None:
    """The last run of the contract; when that is not the one at hand, it is read from the store."""
    receipt = kept.store.records.last_run(contract)
    if receipt is None:
        return None
    if receipt.number == kept.receipt.number:
        return kept.answer(READING)
    return KeptNight(kept.store, receipt, kept.views, kept.lang).answer(READING)
