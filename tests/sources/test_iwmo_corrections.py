"""Corrections of messages: what was sent last holds, in whatever order the files lie."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from compliance.sources.iwmo import read_messages
from compliance.sources.messages import MessageRequest, Messages

from .iwmo_letters import assigned, assignments, client, letter, started, starts, stopped, stops

KEY = bytes(range(32))
Read = Callable[..., Messages]
FIELDS = ("received_on", "withdrawn_on", "started_on", "provider_id", "ended_on", "end_reason")


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """What the reader makes of these messages, each in its own file, in the order given."""

    def of(*letters: str) -> Messages:
        paths = []
        for at, content in enumerate(letters):
            path = tmp_path / f"{at:02}.xml"
            path.write_text(content, encoding="utf-8")
            paths.append(str(path))
        return read_messages(MessageRequest(tuple(paths), KEY, "c1", frozenset(("referral", "client"))))

    return of


def referrals(messages: Messages) -> dict[str, Mapping[str, Any]]:
    """The values of each referral, by id."""
    return {row.values["id"]: row.values for row in messages.rows if row.entity == "referral"}


def told(messages: Messages) -> Any:
    """All that the messages say, without where they say it."""
    rows = sorted(
        (row.entity, sorted(row.values.items(), key=str), sorted(row.lacked)) for row in messages.rows
    )
    flaws = sorted((refusal.flaw, refusal.entity) for refusal in messages.refusals)
    return rows, flaws, sorted((notice.code, notice.detail, notice.count) for notice in messages.notices)


def only(messages: Messages) -> Mapping[str, Any]:
    """The values of the only referral."""
    assert messages.refusals == []
    (values,) = referrals(messages).values()
    return values


START = starts(started(on="2027-02-10"), dated="2027-02-11")
RESTART = starts(started(on="2027-04-01"), dated="2027-04-02", identification="2")
PAUSE = stops(stopped(began="2027-02-10", on="2027-03-01", reason="20"), dated="2027-03-02")
STOP = stops(stopped(began="2027-04-01", on="2027-05-01"), dated="2027-05-02", identification="2")
STORIES: Mapping[str, tuple[tuple[str, ...], dict[str, date | str | None]]] = {
    "the start is taken back": (
        (START, starts(started(on="2027-02-10", status="3"), dated="2027-02-12", identification="2")),
        {"started_on": None, "provider_id": None},
    ),
    "the start is taken back and sent anew": (
        (
            START,
            starts(started(on="2027-02-10", status="3"), dated="2027-02-12", identification="2"),
            starts(started(on="2027-02-17"), dated="2027-02-12", identification="10"),
        ),
        {"started_on": date(2027, 2, 17)},
    ),
    "the start is taken back and sent anew in one message": (
        (
            START,
            starts(
                started(on="2027-02-17"),
                started(on="2027-02-10", status="3"),
                dated="2027-02-12",
                identification="2",
            ),
        ),
        {"started_on": date(2027, 2, 17)},
    ),
    "the start is changed": (
        (START, starts(started(on="2027-02-08", status="2"), dated="2027-02-12", identification="2")),
        {"started_on": date(2027, 2, 8)},
    ),
    "a change without a first is the start": (
        (starts(started(on="2027-02-08", status="2"), dated="2027-02-12"),),
        {"started_on": date(2027, 2, 8)},
    ),
    "what is unchanged changes nothing": (
        (START, starts(started(on="2027-03-08", status="9"), dated="2027-03-12", identification="2")),
        {"started_on": date(2027, 2, 10)},
    ),
    "taking back what never came changes nothing": (
        (START, starts(started(on="2027-01-08", status="3"), dated="2027-02-12", identification="2")),
        {"started_on": date(2027, 2, 10)},
    ),
    "care is interrupted": (
        (START, PAUSE, RESTART),
        {"started_on": date(2027, 2, 10), "ended_on": None, "end_reason": None},
    ),
    "care is interrupted and ends": (
        (START, PAUSE, RESTART, STOP),
        {"started_on": date(2027, 2, 10), "ended_on": date(2027, 5, 1), "end_reason": "planned"},
    ),
    "a pause stands until care starts again": (
        (START, PAUSE),
        {"ended_on": date(2027, 3, 1), "end_reason": "temporary"},
    ),
    "a pause becomes the end": (
        (
            START,
            PAUSE,
            stops(
                stopped(began="2027-02-10", on="2027-03-20", reason="21"),
                dated="2027-03-21",
                identification="2",
            ),
        ),
        {"ended_on": date(2027, 3, 20), "end_reason": "client"},
    ),
    "a stop is taken back": (
        (
            START,
            PAUSE,
            stops(
                stopped(began="2027-02-10", on="2027-03-01", reason="20", status="3"),
                dated="2027-03-03",
                identification="2",
            ),
        ),
        {"ended_on": None, "end_reason": None},
    ),
    "a stop that was sent twice is taken back": (
        (
            START,
            PAUSE,
            stops(
                stopped(began="2027-02-10", on="2027-03-01", reason="20"),
                dated="2027-03-03",
                identification="2",
            ),
            stops(
                stopped(began="2027-02-10", on="2027-03-01", reason="20", status="3"),
                dated="2027-03-04",
                identification="3",
            ),
        ),
        {"ended_on": None, "end_reason": None},
    ),
    "the end after a pause is taken back": (
        (
            START,
            PAUSE,
            stops(stopped(began="2027-02-10", on="2027-03-09"), dated="2027-03-10", identification="2"),
            stops(
                stopped(began="2027-02-10", on="2027-03-09", status="3"),
                dated="2027-03-11",
                identification="3",
            ),
        ),
        {"ended_on": date(2027, 3, 1), "end_reason": "temporary"},
    ),
    "a stop is changed": (
        (
            START,
            PAUSE,
            stops(
                stopped(began="2027-02-10", on="2027-03-04", reason="22", status="2"),
                dated="2027-03-05",
                identification="2",
            ),
        ),
        {"ended_on": date(2027, 3, 4), "end_reason": "provider"},
    ),
    "a stop that names another first day ends the care all the same": (
        (START, stops(stopped(began="2027-02-12", on="2027-03-04"), dated="2027-03-05")),
        {"started_on": date(2027, 2, 10), "ended_on": date(2027, 3, 4)},
    ),
    "the assignment is changed": (
        (
            START,
            assignments(assigned(on="2027-03-15", change="04"), dated="2027-03-15", identification="2"),
        ),
        {"received_on": date(2027, 2, 1), "withdrawn_on": None},
    ),
    "the assignment counts as never sent": (
        (assignments(assigned(on="2027-03-15", change="13"), dated="2027-03-15", identification="2"),),
        {"received_on": date(2027, 2, 1), "withdrawn_on": date(2027, 2, 1)},
    ),
    "the assignment is sent again after that": (
        (
            assignments(assigned(on="2027-03-15", change="13"), dated="2027-03-15", identification="2"),
            assignments(assigned(on="2027-03-16", change="14"), dated="2027-03-16", identification="3"),
        ),
        {"withdrawn_on": None},
    ),
}


@pytest.mark.parametrize("story", STORIES)
def test_what_was_sent_last_holds_in_any_order_of_files(read: Read, story: str) -> None:
    """The same messages tell the same, whatever their files are called and in whatever order they come."""
    letters, expected = STORIES[story]
    answers = [read(*order) for order in permutations([assignments(assigned()), *letters])]
    values = only(answers[0])
    assert {name: values.get(name) for name in expected} == expected
    assert all(told(answer) == told(answers[0]) for answer in answers[1:])


def test_messages_of_one_day_count_by_identification(read: Read) -> None:
    """Identifications are numbers where they look like one: 10 comes after 9."""
    changes = [
        starts(started(on=f"2027-02-{day}", status="2"), identification=identification)
        for day, identification in (("18", "9"), ("19", "10"), ("17", "8"))
    ]
    assert only(read(assignments(assigned()), *changes))["started_on"] == date(2027, 2, 19)


def test_a_message_offered_twice_adds_nothing(read: Read) -> None:
    """A copy of a message, under another name, says nothing new."""
    once = read(assignments(assigned()), START)
    twice = read(assignments(assigned()), START, START, assignments(assigned()))
    assert [row.values for row in twice.rows] == [row.values for row in once.rows]
    assert sorted(notice.code for notice in twice.notices) == ["message_twice"] * 2


def test_equal_messages_that_differ_are_both_refused(read: Read) -> None:
    """One identification with two contents is no message twice: neither can be believed."""
    other = starts(started(on="2027-02-12"), dated="2027-02-11")
    answer = read(assignments(assigned()), START, other)
    assert [refusal.flaw.code for refusal in answer.refusals] == ["equal_messages"] * 2
    assert "started_on" in next(row for row in answer.rows if row.entity == "referral").lacked


def test_a_change_of_one_of_two_periods_is_not_guessed(read: Read) -> None:
    """A changed start that may replace either of two is refused, and the start is unknown."""
    change = starts(started(on="2027-04-03", status="2"), dated="2027-04-05", identification="3")
    answer = read(assignments(assigned()), START, PAUSE, RESTART, change)
    assert [refusal.flaw.code for refusal in answer.refusals] == ["unclear_change"]
    assert {"started_on", "provider_id"} <= next(row.lacked for row in answer.rows)


def test_a_stop_without_its_start_leaves_the_start_unknown(read: Read) -> None:
    """Care that stopped has started: that its start did not come does not make it never started."""
    answer = read(assignments(assigned(), assigned("102")), starts(started("102")), PAUSE)
    values = referrals(answer)["iwmo-0344-101"]
    assert (values["ended_on"], "started_on" in values) == (date(2027, 3, 1), False)
    row = next(row for row in answer.rows if row.values["id"] == "iwmo-0344-101")
    assert {"started_on", "provider_id"} <= row.lacked
    earlier = read(assignments(assigned()), RESTART, PAUSE)
    assert "started_on" in next(row for row in earlier.rows).lacked


def test_an_assignment_of_which_a_message_was_refused_is_refused(read: Read) -> None:
    """What a refused change would have said is not known, so what came before it does not hold."""
    change = assignments(assigned(on="2027-03-32", change="13"), dated="2027-03-15", identification="2")
    answer = read(assignments(assigned(), assigned("102")), change, START)
    assert list(referrals(answer)) == ["iwmo-0344-102"]
    codes = sorted(refusal.flaw.code for refusal in answer.refusals)
    assert codes == ["not_a_day", "part_refused", "part_refused"]


def test_an_assignment_known_by_a_change_alone_says_so(read: Read) -> None:
    """Without the first message, the day of the change is the first that is known of it."""
    answer = read(assignments(assigned(on="2027-03-15", change="04"), dated="2027-03-15"))
    assert only(answer)["received_on"] == date(2027, 3, 15)
    assert [notice.code for notice in answer.notices] == ["first_message_missing"]


def test_the_provider_is_the_one_that_started_first(read: Read) -> None:
    """After an interruption the organisation that took the referral up stays its provider."""
    restart = letter("WMO305", client(started(on="2027-04-01")), dated="2027-04-02", provider="42420009")
    values = only(read(assignments(assigned()), START, PAUSE, restart))
    assert values["provider_id"] == "agb-42420001"
