"""What was refused is written for the supplier, also when the night was killed before it could be told."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook

from compliance.services.nightly.night import NightRequest, nightly
from compliance.services.store import open_store

CONTRACT = "id,title,contractor_id,first_day,funding\nc1,Wmo,o1,2027-01-01,task\n"
COMPLAINTS = (
    "id,contract_id,organisation_id,received_on,handled_on\nk1,c1,o1,2027-02-31,\nk2,c1,o1,2027-02-01,\n"
)


class KilledError(Exception):
    """Stands for a kill at a chosen moment."""


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store with a folder in the inbox, one row of which cannot be taken."""
    folder = tmp_path / "store"
    open_store(folder, create=True).close()
    delivery = folder / "inbox" / "wijkkracht" / "maart"
    delivery.mkdir(parents=True)
    (delivery / "contract.csv").write_text(CONTRACT, encoding="utf-8")
    (delivery / "complaint.csv").write_text(COMPLAINTS, encoding="utf-8")
    return folder


def told(store: Path) -> list[Path]:
    """The workbooks for the supplier."""
    return sorted((store / "reports" / "refusals" / "wijkkracht").glob("*.xlsx"))


def test_a_refused_row_is_told_to_its_supplier(store: Path) -> None:
    """The workbook names file, row and column, and holds the supplier's own sheet with the cell marked."""
    nightly(NightRequest(store=store, as_of=date(2027, 6, 1)))
    (path,) = told(store)
    assert path.name.startswith("maart-")
    sheets = load_workbook(path)
    cells = {str(cell.value) for row in sheets.worksheets[0].iter_rows() for cell in row}
    assert any("complaint.csv" in text for text in cells)
    assert "received_on" in cells
    copy = sheets.worksheets[1]
    marked = [cell for row in copy.iter_rows() for cell in row if cell.comment]
    assert [cell.value for cell in marked] == ["2027-02-31"]


def test_a_night_killed_before_the_move_tells_it_the_next_time(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rows were kept, the telling was not: the next night reads the file again and tells."""

    def kill(*_: object) -> None:
        raise KilledError

    with monkeypatch.context() as patched:
        patched.setattr("compliance.services.nightly.night.write_refusals", kill)
        with pytest.raises(KilledError):
            nightly(NightRequest(store=store, as_of=date(2027, 6, 1)))
    assert told(store) == []
    assert os.listdir(store / "inbox" / "wijkkracht") == ["maart"]  # noqa: PTH208 - names are enough
    nightly(NightRequest(store=store, as_of=date(2027, 6, 1)))
    assert len(told(store)) == 1
    with open_store(store) as opened:
        assert {row[0] for row in opened.vault.every_row("complaint", ("received_on",))} == {"k2"}
