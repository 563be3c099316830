"""Exceptions: asked by one, approved by another, in force on their days, as known at a moment."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import insert, update
from sqlalchemy.exc import IntegrityError

from compliance.errors import UsageError
from compliance.model.night import Granted
from compliance.store.records import Records
from compliance.store.records.tables import exception
from tests.store.records.nights import CONTRACT, START, subject

FIRST, LAST = date(2027, 6, 1), date(2027, 6, 30)
HOUR = timedelta(hours=1)


def ask(records: Records, reason: str = "Overgang", by: str = "anna", last_day: date = LAST) -> Granted:
    """An exception asked for."""
    return records.request_exception(
        CONTRACT, "SUB-01", subject("o1"), reason=reason, first_day=FIRST, last_day=last_day, by=by, at=START
    )


def test_an_exception_lives_and_is_told(records: Records) -> None:
    """Asked, approved, taken back: each is known from its moment on, and the record of it stays."""
    asked = ask(records)
    granted = records.approve_exception(asked.number, by="bert", at=START + HOUR)
    records.revoke_exception(asked.number, by="cor", at=START + 2 * HOUR, reason="voorbij")

    def days(hours: float) -> bool:
        return bool(records.exceptions_in_force(CONTRACT, LAST, START + hours * HOUR))

    assert [days(each) for each in (-0.5, 0, 0.5, 1, 1.5, 2)] == [False, False, False, True, True, False]
    assert records.exceptions(CONTRACT, START + HOUR) == (granted,)
    assert records.exceptions(CONTRACT, START) == (asked,)
    assert records.exceptions(CONTRACT, START - HOUR) == ()
    assert records.exception(1).revoked_by == "cor"
    actions = [entry.action for entry in records.audit_entries()][-3:]
    assert actions == ["exception.requested", "exception.approved", "exception.revoked"]


def test_an_exception_excuses_on_both_its_days(records: Records) -> None:
    """First and last day are included, the days beside them are not."""
    records.approve_exception(ask(records).number, by="bert", at=START)
    days = (FIRST - timedelta(1), FIRST, LAST, LAST + timedelta(1))
    assert [len(records.exceptions_in_force(CONTRACT, day)) for day in days] == [0, 1, 1, 0]
    assert records.exceptions_in_force("c2", FIRST) == ()


@pytest.mark.parametrize("by", ["anna", " Anna ", "ANNA"])
def test_who_asks_does_not_approve(records: Records, by: str) -> None:
    """However the name is written; nothing is told to the audit chain either."""
    ask(records)
    with pytest.raises(UsageError, match="somebody else must"):
        records.approve_exception(1, by=by, at=START)
    assert records.exception(1).approved_by == ""
    assert not records.audit_entries("exception.approved")


def test_the_database_itself_refuses_the_requester(records: Records) -> None:
    """Whoever writes in the table past this product is refused too."""
    ask(records)
    with pytest.raises(IntegrityError), records._engine.begin() as connection:
        connection.execute(update(exception).values(approved_by="Anna", approved_at=START))
    with pytest.raises(IntegrityError), records._engine.begin() as connection:
        connection.execute(
            insert(exception).values(
                number=2, contract="c1", rule="R", entity="organisation", subject="o1", reason="x",
                first_day=FIRST, last_day=LAST, requested_by="a", requested_at=START, approved_by="A ",
                approved_at=START,
            )
        )  # fmt: skip


@pytest.mark.parametrize(
    ("reason", "by", "last_day"), [(" ", "anna", LAST), ("x", " ", LAST), ("x", "anna", date(2027, 5, 31))]
)
def test_an_exception_is_asked_whole(records: Records, reason: str, by: str, last_day: date) -> None:
    """A reason, a person and a last day not before the first are needed."""
    with pytest.raises(UsageError, match="needs a reason"):
        ask(records, reason, by, last_day)
    assert records.exceptions() == ()


def test_an_exception_changes_once(records: Records) -> None:
    """What was approved or taken back before, or is not there, is refused."""
    ask(records)
    records.approve_exception(1, by="bert", at=START)
    with pytest.raises(UsageError, match="approved or taken back before"):
        records.approve_exception(1, by="cor", at=START)
    records.revoke_exception(1, by="cor", at=START)
    with pytest.raises(UsageError, match="taken back before"):
        records.revoke_exception(1, by="cor", at=START)
    with pytest.raises(UsageError, match="no exception 7"):
        records.approve_exception(7, by="bert", at=START)
