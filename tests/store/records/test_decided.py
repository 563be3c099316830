"""Reviews, notes, reports and errands: what people and follow-up steps record."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from compliance.errors import UsageError
from compliance.model.finding import fingerprint
from compliance.model.kept import Errand, KeptReport
from compliance.store.records import Records
from tests.store.records.nights import CONTRACT, DAY, START, keep, night, subject


def made_report(run: int = 1) -> KeptReport:
    """A draft for the contractor."""
    return KeptReport(
        "1-contractor-html", CONTRACT, run, "contractor", "html", "reports/1.html", "sha256:a", START
    )


def test_history_is_told_as_known_at_a_moment(records: Records) -> None:
    """A review counts from the moment it was recorded, with the first day the finding was seen by then."""
    keep(records, night("a", days=1))
    first = records.add_review(
        CONTRACT, "SUB-01", subject("a"), "confirmed", day=date(2027, 6, 3), by="anna", at=START
    )
    later = records.add_review(
        CONTRACT, "SUB-01", subject("z"), "reported", day=DAY, by="bert", at=START + timedelta(days=2)
    )
    assert [each.first_day for each in records.history(CONTRACT)] == [DAY, None]
    assert [each.number for each in records.history(CONTRACT)] == [first.number, later.number]
    (then,) = records.history(CONTRACT, START)
    assert (then.kind, then.day, then.recorded_by, then.first_day) == (
        "confirmed", date(2027, 6, 3), "anna", None,
    )  # fmt: skip
    assert records.history("c2") == ()


def test_notes_stay_out_of_the_audit_chain(records: Records) -> None:
    """A note comes back; the chain tells that it was written and not what it says."""
    name = fingerprint("SUB-01", CONTRACT, subject("a"))
    made = records.add_note(CONTRACT, name, "Gebeld met de aanbieder", by="anna", at=START)
    assert records.notes(CONTRACT) == records.notes(CONTRACT, name) == (made,)
    assert records.notes(CONTRACT, "other") == ()
    assert "Gebeld" not in str(records.audit_entries())


def test_a_report_leaves_only_when_somebody_released_it(records: Records) -> None:
    """A draft is released by a named person, once, and can be withdrawn after."""
    keep(records, night())
    assert records.add_report(made_report()) == made_report() == records.add_report(made_report())
    with pytest.raises(UsageError, match="Somebody must be named"):
        records.release_report("1-contractor-html", by=" ", at=START, final_sha256="sha256:b")
    with pytest.raises(UsageError, match="is draft, not released"):
        records.withdraw_report("1-contractor-html", by="anna", at=START, reason="fout")
    released = records.release_report("1-contractor-html", by="anna", at=START, final_sha256="sha256:b")
    assert (released.state, released.released_by, released.final_sha256) == ("released", "anna", "sha256:b")
    with pytest.raises(UsageError, match="is released, not draft"):
        records.release_report("1-contractor-html", by="anna", at=START, final_sha256="sha256:c")
    gone = records.withdraw_report("1-contractor-html", by="bert", at=START, reason="fout")
    assert records.reports(run=1) == records.reports(contract=CONTRACT) == (gone,)
    assert gone.released_by == "anna"
    with pytest.raises(UsageError, match="There is no report"):
        records.report("1-contractor-htm")
    assert [entry.action for entry in records.audit_entries()][-3:] == [
        "report.made", "report.released", "report.withdrawn",
    ]  # fmt: skip


def test_an_errand_is_noted_whether_it_was_there_or_not(records: Records) -> None:
    """Attempts are counted, what failed stays open, and once done its payload goes while the hash stays."""
    keep(records, night(), errands=(Errand("notify", "beheer", "brief"),))
    records.note_errand(1, "notify", "beheer", "failed", START, reason="geen server")
    records.note_errand(1, "notify", "wijk", "done", START, payload_sha256="sha256:x")
    (waiting,) = records.open_errands()
    assert (waiting.recipient, waiting.attempts, waiting.reason) == ("beheer", 1, "geen server")
    records.note_errand(1, "notify", "beheer", "done", START)
    assert records.open_errands() == ()
    found = records.errands(kind="notify", run=1)
    assert [(each.attempts, each.payload, each.payload_sha256) for each in found] == [
        (2, "", ""), (1, "", "sha256:x"),
    ]  # fmt: skip
    records.add_errands(1, (Errand("notify", "wijk", "weer"), Errand("notify", "raad")))
    assert [each.recipient for each in records.open_errands("notify")] == ["raad"]
