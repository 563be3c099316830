"""The file of metrics is whole at every moment, tells of the last run, and holds what anybody may see."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from compliance.errors import StoreError
from compliance.model.entities import Compartment
from compliance.model.kept import Errand
from compliance.model.night import NightAnswer, NightReceipt
from compliance.reporting.metrics import Watched
from compliance.services.metrics import put_metrics, write_metrics
from tests.services.notify import nights


@dataclass
class Arrival:
    """A delivery."""

    supplier: str
    recorded_at: datetime


@dataclass
class Night:
    """A kept night over a folder; its own store, vault and records."""

    folder: Path
    receipt: NightReceipt

    @property
    def store(self) -> Night:
        return self

    vault = records = store

    def arrivals(self) -> Iterable[Arrival]:
        days = ((1, "kvk"), (3, "wijkkracht"), (2, "wijkkracht"))
        return [Arrival(supplier, datetime(2027, 5, day, tzinfo=UTC)) for day, supplier in days]

    def errands(self, *, kind: str | None = None, run: int | None = None) -> Sequence[Errand]:
        del run
        assert kind == "notify"
        return [Errand("notify", "a", run=12, state="done"), Errand("notify", "b", run=3, state="failed"),
                Errand("notify", "c", run=3, state="done")]  # fmt: skip

    def answer(self, compartments: tuple[Compartment, ...]) -> NightAnswer:
        every = [nights.standing("SUB-01", "organisation/o2"), nights.standing("BIB-01", "organisation/o3")]
        return nights.answer(every, compartments)


def test_a_night_writes_its_metrics(tmp_path: Path) -> None:
    """Anybody who may watch the machine can read them; Bibob is not counted."""
    night = Night(tmp_path, nights.receipt())
    write_metrics(night)
    write_metrics(night)
    file = tmp_path / "metrics.prom"
    text = file.read_text(encoding="utf-8")
    assert 'compliance_findings_standing{severity="critical"} 1.0' in text
    assert 'compliance_last_delivery_age_days{supplier="wijkkracht"} 29.0' in text
    assert 'compliance_notifications{outcome="done"} 1.0' in text
    assert 'compliance_notifications{outcome="failed"} 1.0' in text
    assert file.stat().st_mode & 0o777 == 0o644
    assert [path.name for path in tmp_path.iterdir()] == ["metrics.prom"]


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """The place is named, and what was there before stays."""
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(StoreError, match="cannot be written"):
        put_metrics(tmp_path / "file", Watched(nights.answer(), nights.receipt()))
    assert (tmp_path / "file").read_text(encoding="utf-8") == "x"
