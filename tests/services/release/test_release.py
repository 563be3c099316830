"""Nothing leaves before a named person let it, and then in exactly the bytes that were drafted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from compliance.errors import UsageError
from compliance.model.kept import KeptReport
from compliance.model.night import Night, NightAnswer
from compliance.reporting.night.audience import ReportForm
from compliance.services.audiences import find_audience
from compliance.services.content import report_content
from compliance.services.release import approve, list_reports, make_draft, withdraw
from compliance.services.store import Store, open_store
from tests.services.notify import nights

AT = datetime(2027, 6, 2, 9, tzinfo=UTC)
STANDINGS = (nights.standing("SUB-01", "organisation/o2"), nights.standing("BIB-01", "organisation/o3"))
CONCEPT = "CONCEPT – niet vrijgegeven"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A new store, with its records in SQLite."""
    with open_store(tmp_path / "store", create=True) as opened:
        yield opened


def kept_night(store: Store, *, broken: bool = False) -> NightAnswer:
    """A night was kept in the store; as a reader of contract sees it."""
    receipt = nights.broken() if broken else nights.receipt()
    kept = store.records.keep_night(Night(replace(receipt, number=0)), {"a.yaml": "a"}, "")
    return nights.answer(STANDINGS, receipt=kept)


def draft(store: Store, answer: NightAnswer, form: ReportForm = "html") -> KeptReport:
    """The contractor's report of that night, as a draft."""
    audience = find_audience("contractor")
    return make_draft(store, answer, audience, form, report_content(), "nl", at=AT)


def released_files(store: Store) -> list[str]:
    """What stands among the released reports."""
    return sorted(path.name for path in store.folder.glob("reports/*/released/*"))


@pytest.mark.parametrize("form", ["html", "md"])
def test_a_draft_says_that_it_is_one_and_the_released_report_does_not(store: Store, form: ReportForm) -> None:
    """The draft is marked in its text; what is released has the recorded bytes, without the mark."""
    made = draft(store, kept_night(store), form)
    assert CONCEPT in (store.folder / made.file).read_text(encoding="utf-8")
    assert (made.state, released_files(store)) == ("draft", [])
    released, place = approve(store, made.report, by="A. de Vries", at=AT)
    text = place.read_text(encoding="utf-8")
    assert CONCEPT not in text
    assert "SUB-01" in text or "Zorg" in text
    assert (released.state, released.released_by, released.released_at) == ("released", "A. de Vries", AT)
    assert released.final_sha256 == made.final_sha256
    assert not (store.folder / made.file).exists()
    assert not list(store.folder.glob("reports/*/draft/.sealed/*"))
    note = json.loads((place.parent / f"{place.name}.release.json").read_text(encoding="utf-8"))
    assert (note["released_by"], note["sha256"]) == ("A. de Vries", made.final_sha256)


def test_who_released_what_is_on_the_chain(store: Store) -> None:
    """The audit chain names the person, the report and the hash of its bytes."""
    made = draft(store, kept_night(store))
    approve(store, made.report, by="A. de Vries", at=AT)
    (entry,) = store.records.audit_entries("report.released")
    assert entry.actor == "A. de Vries"
    assert entry.detail["final_sha256"] == made.final_sha256
    assert store.records.verify_audit() == []


@pytest.mark.parametrize("which", ["draft", "sealed", "gone"])
def test_a_changed_file_is_refused(store: Store, which: str) -> None:
    """Neither the draft nor what would leave may differ from what was made; a new draft can be made."""
    answer = kept_night(store)
    made = draft(store, answer)
    path = store.folder / made.file
    target = path.parent / ".sealed" / f"{path.name}.sealed" if which == "sealed" else path
    if which == "gone":
        target.unlink()
    else:
        target.write_bytes(target.read_bytes() + b" ")
    with pytest.raises(UsageError, match=r"changed after it was made|not there any more"):
        approve(store, made.report, by="A. de Vries", at=AT)
    assert released_files(store) == []
    (listed,) = list_reports(store)
    assert listed.intact == (which == "sealed")
    again = draft(store, answer)
    assert again.report == "1-contractor-nl-html-2"
    _, place = approve(store, again.report, by="A. de Vries", at=AT)
    assert place.name == "contractor-nl-2.html"


def test_a_draft_is_made_once(store: Store) -> None:
    """A step that is done again after a kill leaves the first draft as it was, and so does a released one."""
    answer = kept_night(store)
    made = draft(store, answer)
    assert draft(store, answer) == made
    approve(store, made.report, by="A. de Vries", at=AT)
    assert draft(store, answer).state == "released"
    assert len(list_reports(store)) == 1


def test_an_incomplete_run_is_released_only_knowingly(store: Store) -> None:
    """Without the acknowledgement nothing is released; with it the chain says who gave it."""
    made = draft(store, kept_night(store, broken=True))
    with pytest.raises(UsageError, match="incomplete"):
        approve(store, made.report, by="A. de Vries", at=AT)
    assert store.records.report(made.report).state == "draft"
    approve(store, made.report, by="A. de Vries", at=AT, incomplete=True)
    (entry,) = store.records.audit_entries("report.incomplete_acknowledged")
    assert (entry.actor, entry.detail["report"]) == ("A. de Vries", made.report)


@pytest.mark.parametrize("by", ["", "  ", "\n"])
def test_somebody_must_be_named(store: Store, by: str) -> None:
    """A release by nobody is none."""
    made = draft(store, kept_night(store))
    with pytest.raises(UsageError, match="Somebody must be named"):
        approve(store, made.report, by=by, at=AT)


def test_a_withdrawn_report_stands_apart(store: Store) -> None:
    """It needs a reason, it is released no more, and that it once was stays on the chain."""
    made = draft(store, kept_night(store))
    with pytest.raises(UsageError):
        withdraw(store, made.report, by="B", reason="fout", at=AT)
    approve(store, made.report, by="A. de Vries", at=AT)
    with pytest.raises(UsageError, match="reason"):
        withdraw(store, made.report, by="B. Bakker", reason=" ", at=AT)
    gone, place = withdraw(store, made.report, by="B. Bakker", reason="verkeerd kwartaal", at=AT)
    assert (gone.state, gone.withdrawn_by, gone.reason) == ("withdrawn", "B. Bakker", "verkeerd kwartaal")
    assert released_files(store) == []
    assert place.exists()
    with pytest.raises(UsageError, match="withdrawn"):
        approve(store, made.report, by="A. de Vries", at=AT)
    assert [entry.action for entry in store.records.audit_entries()][-2:] == [
        "report.released", "report.withdrawn",
    ]  # fmt: skip


class KilledError(Exception):
    """The machine stopped here."""


@dataclass
class Killed:
    """A store whose machine stops right after a record was changed."""

    store: Store

    @property
    def folder(self) -> Path:
        return self.store.folder

    @property
    def records(self) -> Killed:
        return self

    def __getattr__(self, name: str) -> object:
        if name in ("release_report", "withdraw_report"):
            return self._then_killed(name)
        return getattr(self.store.records, name)

    def _then_killed(self, name: str) -> object:
        def change(*args: object, **settings: object) -> None:
            getattr(self.store.records, name)(*args, **settings)
            raise KilledError

        return change


def test_killed_between_record_and_file_is_finished_by_doing_it_again(store: Store) -> None:
    """No file is released without a record, and the second time the file follows the record."""
    made = draft(store, kept_night(store))
    with pytest.raises(KilledError):
        approve(Killed(store), made.report, by="A. de Vries", at=AT)  # type: ignore[arg-type]
    assert released_files(store) == []
    _, place = approve(store, made.report, by="A. de Vries", at=AT)
    assert place.exists()
    with pytest.raises(KilledError):
        withdraw(Killed(store), made.report, by="B", reason="fout", at=AT)  # type: ignore[arg-type]
    _, place = withdraw(store, made.report, by="B", reason="fout", at=AT)
    assert place.exists()
    assert released_files(store) == []


def test_the_list_shows_the_newest_run_first(store: Store) -> None:
    """Every report with its state, whether its run was whole, and whether its file is as recorded."""
    first, second = kept_night(store), kept_night(store, broken=True)
    made = [draft(store, first), draft(store, first, "md"), draft(store, second)]
    approve(store, made[0].report, by="A", at=AT)
    assert [
        (item.report.report, item.report.state, item.complete, item.intact) for item in list_reports(store)
    ] == [
        ("2-contractor-nl-html", "draft", False, True),
        ("1-contractor-nl-html", "released", True, True),
        ("1-contractor-nl-md", "draft", True, True),
    ]
    assert len(list_reports(store, run=1)) == 2
