"""The file of metrics is whole at every moment, tells of every last run, and what anybody may see."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import pytest

from compliance.errors import StoreError
from compliance.model.entities import Compartment
from compliance.model.kept import Errand
from compliance.model.night import NightAnswer, NightReceipt
from compliance.reporting.metrics import Watched
from compliance.services.metrics import step
from compliance.services.metrics.writing import put_metrics
from compliance.services.nightly.followup import KeptNight
from tests.services.notify import nights

OTHER = nights.receipt(13, contract="c2")


@dataclass
class Arrival:
    """A delivery."""

    supplier: str
    recorded_at: datetime


@dataclass
class Night:
    """A kept night over a folder; its own store, vault and records."""

    store: Night | None
    receipt: NightReceipt
    views: None = None
    lang: str = "nl"
    folder: Path = Path()

    @property
    def vault(self) -> Night:
        return self

    records = vault

    def arrivals(self) -> Iterable[Arrival]:
        days = ((1, "kvk"), (3, "wijkkracht"), (2, "wijkkracht"))
        return [Arrival(supplier, datetime(2027, 5, day, tzinfo=UTC)) for day, supplier in days]

    def contracts(self) -> tuple[str, ...]:
        return ("c1", "c2", "c3")

    def last_run(self, contract: str) -> NightReceipt | None:
        return {"c1": nights.receipt(), "c2": OTHER}.get(contract)

    def errands(self, *, kind: str | None = None) -> Sequence[Errand]:
        assert kind == "notify"
        return [Errand("notify", "a", run=12, state="done"), Errand("notify", "b", run=3, state="failed"),
                Errand("notify", "c", run=3, state="done")]  # fmt: skip

    def answer(self, compartments: tuple[Compartment, ...]) -> NightAnswer:
        every = [nights.standing("SUB-01", "organisation/o2"), nights.standing("BIB-01", "organisation/o3")]
        return nights.answer(every, compartments, receipt=self.receipt)


@pytest.mark.parametrize("receipt", [nights.receipt(), nights.receipt(3), OTHER])
def test_a_night_writes_its_metrics(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, receipt: NightReceipt
) -> None:
    """Whichever run is told again, the last of every contract is in it; Bibob is not counted."""
    monkeypatch.setattr(step, "KeptNight", Night)
    place = Night(None, receipt, folder=tmp_path)
    step.write_metrics(cast("KeptNight", replace(place, store=place)))
    file = tmp_path / "metrics.prom"
    text = file.read_text(encoding="utf-8")
    assert 'compliance_run_number{contract="c1"} 12.0' in text
    assert 'compliance_run_number{contract="c2"} 13.0' in text
    assert 'compliance_findings_standing{contract="c1",severity="critical"} 1.0' in text
    assert 'compliance_last_delivery_age_days{supplier="wijkkracht"} 29.0' in text
    assert 'compliance_notifications{outcome="done"} 1.0' in text
    assert 'compliance_notifications{outcome="failed"} 1.0' in text
    assert "BIB" not in text
    assert file.stat().st_mode & 0o777 == 0o644
    assert [path.name for path in tmp_path.iterdir()] == ["metrics.prom"]


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """The place is named, and what was there before stays."""
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(StoreError, match="cannot be written"):
        put_metrics(tmp_path / "file", Watched([nights.answer()]))
    assert (tmp_path / "file").read_text(encoding="utf-8") == "x"
