"""What outlived its term is gone from every byte of the store, all else answers as before, and it is told."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from compliance.errors import StoreError, UsageError
from compliance.model.finding import Observation
from compliance.model.kept import KeptReport
from compliance.model.schema import entities
from compliance.services.check import suited
from compliance.services.nightly.standpoint import standpoint_of_run
from compliance.services.nightly.views import Views
from compliance.services.retention import Purged, pending, plan_purge, purge, shipped_policy
from compliance.services.retention import purging as steps
from compliance.services.store import Store, open_store
from compliance.services.storekeeping import verify_store
from compliance.services.vaulted import kept_facts
from tests.services.retention.stores import FRESH, MEASURE, NIGHT, OLD, TAKEN_BACK, night, old_store

NOW = datetime(2027, 6, 1, 9, tzinfo=UTC)
GONE = (OLD, MEASURE, TAKEN_BACK)
BY = "A. de Vries"


@pytest.fixture(scope="module")
def master(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with two nights, made once."""
    folder = tmp_path_factory.mktemp("master") / "store"
    old_store(folder).close()
    return folder


@pytest.fixture
def store(master: Path, tmp_path: Path) -> Iterator[Store]:
    """A copy of it."""
    folder = tmp_path / "store"
    shutil.copytree(master, folder)
    with open_store(folder) as opened:
        yield opened


def purged(store: Store, **settings: Any) -> tuple[Purged, ...]:
    """A purge by the shipped terms."""
    asked: dict[str, Any] = {"as_of": None, "by": BY, "now": NOW, **settings}
    return purge(store, shipped_policy(), **asked)


def holding(folder: Path, text: str) -> list[str]:
    """The files of which the bytes, or those packed in them, hold the text."""
    found = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        content = path.read_bytes()
        if path.suffix == ".xlsx":
            with ZipFile(path) as archive:
                content += b"".join(archive.read(name) for name in archive.namelist())
        if text.encode() in content:
            found.append(path.relative_to(folder).as_posix())
    return found


def kept_texts(store: Store) -> str:
    """Everything the records hold of findings, as text."""
    records = store.records
    parts: list[object] = [records.errands(), records.audit_entries(), records.exceptions()]
    for receipt in records.runs():
        parts += [records.results("c1", receipt.number), records.standings("c1", receipt.number)]
        parts += [records.dossiers(receipt.number)]
    return repr(parts)


def answers(store: Store) -> list[Observation]:
    """Every answer about every subject on the day of the purge, but those about what goes."""
    last = store.records.last_run("c1")
    moment = store.vault.last_moment
    assert last is not None
    assert moment is not None
    point = replace(standpoint_of_run(store, last), as_of=date(2027, 6, 1))
    ground = point.ground(Views(store).whole(moment))
    found = suited(ground).evaluate(ground.rules, keep_all=True).observations
    return [each for each in found if each.subject.id not in GONE]


def test_what_goes_is_gone_from_every_byte(store: Store) -> None:
    """No file and no table holds an id that went; the younger inquiry is all there."""
    check_gone(store)
    every = [row for name in entities() for row in store.vault.every_row(name, ["_path"])]
    assert not {row[0] for row in every} & set(GONE)
    assert store.vault.every_row("bibob_inquiry", ["organisation_id"]) == [(FRESH, "o3")]
    assert FRESH in kept_texts(store)


def test_what_goes_is_gone_from_postgresql_too(tmp_path: Path, postgresql_url: str) -> None:
    """The records in a shared database hold none of it either."""
    with old_store(tmp_path / "store", postgresql_url) as store:
        check_gone(store)
        assert verify_store(store.folder, store.database, None) == ()


def check_gone(store: Store) -> None:
    """Before the purge every id stands somewhere, after it nowhere."""
    assert [each for each in GONE if not holding(store.folder, each)] == []
    assert MEASURE in kept_texts(store)
    (done,) = purged(store)
    assert [each for each in GONE if holding(store.folder, each) or each in kept_texts(store)] == []
    assert done.plan.rows == {"bibob": {"bibob_inquiry": (TAKEN_BACK, OLD), "bibob_measure": (MEASURE,)}}


def test_nothing_else_changes(store: Store) -> None:
    """Every other answer about every other subject is the same, and the store is whole."""
    before = answers(store)
    assert before
    purged(store)
    assert answers(store) == before
    assert verify_store(store.folder, store.database, None) == ()


def test_it_is_told_without_saying_what_it_was(store: Store) -> None:
    """The report counts rows, names terms and hashes; the audit chain has its hash and who did it."""
    (done,) = purged(store)
    assert done.report is not None
    told = json.loads(done.report.read_text(encoding="utf-8"))
    assert told["rows"] == [
        {"term": "bibob", "entity": "bibob_inquiry", "rows": 2},
        {"term": "bibob", "entity": "bibob_measure", "rows": 1},
    ]
    assert {stone["entity"] for stone in told["tombstones"]} == {"bibob_inquiry", "bibob_measure"}
    assert all(stone["sha256"].startswith("sha256:") for stone in told["tombstones"])
    assert {"path": "processed/bureau/bibob_inquiry.csv", "why": "originals"}.items() <= told["files"][
        0
    ].items()
    (entry,) = store.records.audit_entries("store.purged")
    assert (entry.actor, entry.detail["rows"]) == (BY, {"bibob_inquiry": 2, "bibob_measure": 1})
    assert purged(store)[0].report is None
    assert len(store.records.audit_entries("store.purged")) == 1


def test_a_replay_that_would_need_the_rows_says_what_is_gone(store: Store) -> None:
    """The view of an earlier moment tells how many rows of what were removed."""
    purged(store)
    kept = kept_facts(store.vault, entities=["bibob_inquiry", "bibob_measure"], known_at=NIGHT)
    assert [notice for notice in kept.notices if notice.code == "removed_rows"]
    now = kept_facts(store.vault, entities=["bibob_inquiry", "bibob_measure"])
    assert not [notice for notice in now.notices if notice.code == "removed_rows"]


def test_a_dry_run_changes_no_byte(store: Store) -> None:
    """A plan for a day to come says what would go, and nothing goes."""
    files = {
        path: path.read_bytes() for path in store.folder.rglob("*") if path.suffix in (".parquet", ".csv")
    }
    plan = plan_purge(store, shipped_policy(), as_of=date(2031, 6, 1), by=BY, now=NOW)
    assert plan.rows["bibob"]["bibob_inquiry"] == (TAKEN_BACK, FRESH, OLD)
    assert {path: path.read_bytes() for path in files} == files
    assert pending(store.folder) is None


@pytest.mark.parametrize(
    ("by", "as_of", "said"), [(" ", None, "named"), (BY, date(2027, 6, 2), "day to come")]
)
def test_nothing_goes_by_nobody_or_before_its_day(
    store: Store, by: str, as_of: date | None, said: str
) -> None:
    """A purge has a name, and a day that has come."""
    with pytest.raises(UsageError, match=said):
        purged(store, by=by, as_of=as_of)
    assert holding(store.folder, OLD)


class KilledError(Exception):
    """The machine stopped here."""


def killed_at(monkeypatch: pytest.MonkeyPatch, target: object, name: str, *, after: bool) -> None:
    """The machine stops right before or after the first call of this."""
    real: Callable[..., Any] = getattr(target, name)

    def stop(*args: Any, **settings: Any) -> None:
        if after:
            real(*args, **settings)
        raise KilledError

    monkeypatch.setattr(target, name, stop)


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize(
    ("target", "name"),
    [("records", "erase"), ("steps", "remove_file"), ("vault", "remove"), ("steps", "told"),
     ("steps", "_tell_chain")],
)  # fmt: skip
def test_an_interrupted_purge_is_finished_by_the_next(
    store: Store, monkeypatch: pytest.MonkeyPatch, target: str, name: str, after: bool
) -> None:
    """Wherever it was killed: the second time everything is gone, told and on the chain once."""
    place: Any = {"records": type(store.records), "vault": type(store.vault), "steps": steps}[target]
    with monkeypatch.context() as patched:
        killed_at(patched, place, name, after=after)
        with pytest.raises(KilledError):
            purged(store)
    assert pending(store.folder) is not None
    first, second = purged(store, now=NOW.replace(hour=10))
    assert (first.finished, second.finished) == (True, False)
    assert [each for each in GONE if holding(store.folder, each)] == []
    assert len(store.records.audit_entries("store.purged")) == 1
    assert len(list(store.folder.glob("reports/purged/*.json"))) == 1
    assert first.report is not None
    assert len(json.loads(first.report.read_text(encoding="utf-8"))["tombstones"]) == 3
    assert pending(store.folder) is None
    assert verify_store(store.folder, None, None) == ()


def test_a_plan_that_cannot_be_read_stops_everything(store: Store) -> None:
    """Nobody guesses what an interrupted purge was about to remove."""
    (store.folder / "purge.pending.json").write_text("{", encoding="utf-8")
    with pytest.raises(StoreError, match="interrupted purge"):
        purged(store)
    assert holding(store.folder, OLD)


def test_reports_that_mention_what_goes_go_too(store: Store) -> None:
    """A report of any form that names a row goes; one that does not stays, as does that of other readers."""
    folder = store.folder / "reports" / "2"
    (folder / "supervisor-nl.md").write_text(f"over {MEASURE}.", encoding="utf-8")
    (folder / "other-nl.md").write_text(f"over {MEASURE}x en x{MEASURE}", encoding="utf-8")
    (folder / "contractor-nl.pdf").write_bytes(b"%PDF")
    (folder / "unknown.pdf").write_bytes(b"%PDF")
    with ZipFile(folder / "gaps-nl.xlsx", "w") as archive:
        archive.writestr("xl/sharedStrings.xml", f"<t>{OLD}</t>")
    (done,) = purged(store)
    why = {each.path: each.why for each in done.plan.files if each.path.startswith("reports")}
    assert set(why) == {f"reports/2/{name}" for name in ("supervisor-nl.md", "unknown.pdf", "gaps-nl.xlsx")}
    left = sorted(path.name for path in folder.iterdir())
    assert left == ["contractor-nl.pdf", "manager-nl.html", "other-nl.md"]


def test_drafts_and_originals_have_terms_of_their_own(store: Store) -> None:
    """An original goes thirty days after intake, a draft after ninety; what was released stays."""
    for name, state in (("a", "draft"), ("b", "released")):
        file = f"reports/1/draft/{name}.md"
        made = KeptReport(name, "c1", 1, "contractor", "md", file, "sha256:0", NIGHT, "draft")
        store.records.add_report(made)
        place = store.folder / file.replace("draft", state)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text("tekst", encoding="utf-8")
    store.records.release_report("b", by=BY, at=NIGHT, final_sha256="sha256:0")
    early = plan_purge(store, shipped_policy(), as_of=date(2027, 5, 30), by=BY, now=NOW)
    assert [each.path for each in early.files if each.why == "originals"] == []
    late = plan_purge(store, shipped_policy(), as_of=date(2027, 7, 30), by=BY, now=NOW)
    assert "processed/wijkkracht/delivery.csv" in {each.path for each in late.files}
    assert "reports/1/draft/a.md" in {each.path for each in late.files}
    assert not [each for each in late.files if "released" in each.path]


def test_findings_of_bibob_go_five_years_after_the_last_run_that_held_them(store: Store) -> None:
    """What a run kept of Bibob has the term of the facts; what still stands stays."""
    far = plan_purge(store, shipped_policy(), as_of=date(2032, 6, 1), by=BY, now=NOW)
    assert far.findings == {}  # the newest run holds them all
    assert set(store.records.findings_of("c1", "bibob").values()) == {0}


def test_the_next_night_goes_on_as_if_it_had_never_been(store: Store) -> None:
    """No finding is told as resolved because its rows were removed; what stood still stands."""
    before = {each.fingerprint: each for each in store.records.standings("c1")}
    purged(store)
    night(store.folder, None, NOW.replace(hour=12))
    after = {each.fingerprint: each for each in store.records.standings("c1")}
    assert {each.subject.id for each in before.values()} - {each.subject.id for each in after.values()} == {
        MEASURE
    }
    assert {each.subject.id: each.state for each in after.values()} == {"o2": "open", FRESH: "open"}
    assert verify_store(store.folder, None, None) == ()
