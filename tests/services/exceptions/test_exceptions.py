"""Exceptions of a store: two persons, a reason, a last day; on either database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from compliance.errors import UsageError
from compliance.model.excepting import lapsing, same_person, state_of, too_long
from compliance.model.finding import RowRef
from compliance.model.night import Granted
from compliance.reporting.blocks import Wording
from compliance.reporting.exceptions import EXCEPTIONS_FORMS, ExceptionsForm, render_exceptions
from compliance.reporting.words import LANGS, Lang
from compliance.services.content import report_content
from compliance.services.exceptions import Asked, approve, in_force, list_exceptions, request, revoke
from compliance.services.store import Store, open_store

NOW = datetime(2027, 1, 10, 12, tzinfo=UTC)
TODAY = NOW.date()
ASKED = Asked(
    rule="SUB-02",
    subject="subcontract/s1",
    reason="Overgang van het oude contract",
    first_day=TODAY,
    last_day=date(2027, 6, 30),
    by="Anna de Vries",
    contract="c1",
)


@pytest.fixture
def store(tmp_path: Path, empty_database_url: str) -> Iterator[Store]:
    """A new store on either database."""
    with open_store(tmp_path / "store", empty_database_url, create=True) as opened:
        yield opened


def test_it_holds_only_when_somebody_else_approved_it(store: Store) -> None:
    """Asked for it excepts nothing; the one who asked cannot approve it, however the name is written."""
    (asked,) = request(store, ASKED, now=NOW).exceptions
    assert state_of(asked, TODAY) == "asked"
    assert not in_force(asked, TODAY)
    for name in ("Anna de Vries", " anna  DE vries ", "ANNADEVRIES"):
        with pytest.raises(UsageError, match="somebody else"):
            approve(store, asked.number, name, as_of=TODAY, now=NOW)
    (granted,) = approve(store, asked.number, "Bas", as_of=TODAY, now=NOW).exceptions
    assert in_force(granted, TODAY)
    assert store.records.exceptions_in_force("c1", TODAY) == (granted,)


def test_an_unknown_subject_is_warned_of(store: Store) -> None:
    """An exception on what the store does not know is kept, and said to do nothing yet."""
    assert [note.code for note in request(store, ASKED, now=NOW).notes] == ["exception_subject_unknown"]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"rule": "SUB-20"}, "Did you mean SUB-"),
        ({"subject": "referral/s1"}, "Write subcontract/s1"),
        ({"reason": "  "}, "needs a reason"),
        ({"reason": "x" * 3000}, "longer than"),
        ({"by": " "}, "Nobody is named"),
        ({"last_day": date(2027, 1, 9)}, "before the first"),
        ({"last_day": date(2028, 1, 10)}, "a year at most"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_kept(store: Store, wrong: dict[str, object], words: str) -> None:
    """Each flaw has its own message, and no exception is made."""
    with pytest.raises(UsageError, match=words):
        request(store, replace(ASKED, **wrong), now=NOW)  # type: ignore[arg-type]
    assert store.records.exceptions() == ()


def test_a_whole_year_is_allowed() -> None:
    """From 10 January up to and including 9 January of the next year, and no day more."""
    assert not too_long(date(2027, 1, 10), date(2028, 1, 9))
    assert too_long(date(2027, 1, 10), date(2028, 1, 10))


def test_one_that_was_taken_back_or_is_over_is_listed_on_demand(store: Store) -> None:
    """Taking back needs a reason and keeps the record; every step is in the audit chain."""
    (asked,) = request(store, ASKED, now=NOW).exceptions
    approve(store, asked.number, "Bas", as_of=TODAY, now=NOW)
    with pytest.raises(UsageError, match="needs a reason"):
        revoke(store, asked.number, "Cor", " ", as_of=TODAY, now=NOW)
    revoke(store, asked.number, "Cor", "niet meer nodig", as_of=TODAY, now=NOW)
    assert list_exceptions(store, as_of=TODAY).exceptions == ()
    (kept,) = list_exceptions(store, as_of=TODAY, keep_all=True).exceptions
    assert (state_of(kept, TODAY), kept.revoked_by) == ("revoked", "Cor")
    kinds = [entry.action for entry in store.records.audit_entries()]
    assert [kind for kind in kinds if kind.startswith("exception")] == [
        "exception.requested", "exception.approved", "exception.revoked",
    ]  # fmt: skip


def test_what_a_reader_may_not_see_is_not_listed(store: Store) -> None:
    """An exception on a Bibob rule shows to readers of that compartment only."""
    request(store, replace(ASKED, rule="BIB-01", subject="organisation/o2"), now=NOW)
    assert list_exceptions(store, as_of=TODAY).exceptions == ()
    assert len(list_exceptions(store, as_of=TODAY, compartments=("bibob",)).exceptions) == 1


def test_nothing_that_is_over_is_approved(store: Store) -> None:
    """After its last day there is nothing left to approve."""
    (asked,) = request(store, ASKED, now=NOW).exceptions
    with pytest.raises(UsageError, match="nothing left"):
        approve(store, asked.number, "Bas", as_of=date(2027, 7, 1), now=NOW)


def granted(number: int, first: int, last: int, approved: str = "B") -> Granted:
    """An exception from so many days after today to so many."""
    days = (TODAY + timedelta(days=first), TODAY + timedelta(days=last))
    return Granted(number, "c1", "SUB-02", RowRef("subcontract", "s1"), "x", *days, "A", NOW, approved)


def test_lapsing_is_told_thirty_days_before() -> None:
    """Thirty days with the last one; not what another one follows, nor what nobody approved."""
    assert [one.number for one in lapsing([granted(1, -9, 29)], TODAY)] == [1]
    assert lapsing([granted(1, -9, 30)], TODAY) == ()
    assert lapsing([granted(1, -9, 5), granted(2, 6, 90)], TODAY) == ()
    assert [one.number for one in lapsing([granted(1, -9, 5), granted(2, 6, 90, "")], TODAY)] == [1]
    assert lapsing([granted(1, 1, 5)], TODAY) == ()
    assert state_of(granted(1, -9, 29), TODAY) == "lapses_soon"
    assert state_of(granted(1, 1, 29), TODAY) == "to_come"
    assert state_of(granted(1, -9, -1), TODAY) == "lapsed"


def test_names_are_compared_as_people_read_them() -> None:
    """Case, spaces and forms of the same letter make no other person."""
    assert same_person("Ä Bos", " ä  bos ")
    assert same_person("\uff21nna", "anna")
    assert not same_person("Anna", "Hanna")


@pytest.mark.parametrize("form", EXCEPTIONS_FORMS)
@pytest.mark.parametrize("lang", LANGS)
def test_both_forms_tell_it(store: Store, form: ExceptionsForm, lang: Lang) -> None:
    """Who asked, why and until when."""
    found = request(store, ASKED, now=NOW)
    text = render_exceptions(found, form, Wording(report_content().words, lang)).decode()
    assert all(part in text for part in ("SUB-02", "Anna de Vries", "2027-06-30", "Overgang van"))
