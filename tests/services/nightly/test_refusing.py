"""What was refused is written for the supplier, also when the night was killed before it could be told."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook

from compliance.model.intake import Refusal
from compliance.model.vault import FileAnswer, IntakeAnswer
from compliance.services.nightly.night import NightRequest, nightly
from compliance.services.nightly.refusing import write_refusals
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


def test_each_delivery_has_a_workbook_of_its_own(store: Path) -> None:
    """A message that was read along comes first in two answers; what is refused of each is still told."""
    along = FileAnswer("/srv/store/processed/wijkkracht/WMO301.xml", "aa", accepted=1)
    refusal = Refusal("", "referral", "", "", "assignment_not_delivered")
    for name, mark in (("WMO305.xml", "bb"), ("WMO307.xml", "cc")):
        file = FileAnswer(name, mark, refused=1, refusals=(replace(refusal, file=name),))
        with open_store(store) as opened:
            write_refusals(opened, IntakeAnswer("wijkkracht", (along, file)), store, "nl")
    assert [path.name.partition("-")[0] for path in told(store)] == ["WMO305", "WMO307"]


def test_a_folder_that_is_no_suppliers_stops_no_night(store: Path) -> None:
    """It stays where it is and is told; what others deliver is taken in and judged."""
    stray = store / "inbox" / "van de bus"
    stray.mkdir()
    (stray / "contract.csv").write_text(CONTRACT, encoding="utf-8")
    outcome = nightly(NightRequest(store=store, as_of=date(2027, 6, 1)))
    assert outcome.refused_whole
    assert [one.answer.receipt.contract for one in outcome.contracts] == ["c1"]
    assert (stray / "contract.csv").is_file()
    (book,) = (store / "reports" / "refusals" / "van de bus").glob("*.xlsx")
    cells = [str(cell.value) for row in load_workbook(book).worksheets[0].iter_rows() for cell in row]
    assert not any("supplier_name" in text or ".." in text for text in cells)
