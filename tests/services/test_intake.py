"""Deliveries are taken in: what is good is kept, what is not is told with its place and reason."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from compliance.errors import InputError, StoreError, UsageError
from compliance.model.vault import IntakeAnswer
from compliance.services.intake import intake, intake_inbox
from tests.sources.iwmo_letters import assigned, assignments, started, starts, stopped, stops
from tests.store.vault.town import CONTRACT, KEY, START, Town, codes, delivery, referral, table


class Gone(BaseException):
    """The process was killed."""


@pytest.fixture
def town(tmp_path: Path) -> Town:
    """A store's folder, with a vault in it."""
    return Town(tmp_path)


def put(town: Town, name: str, content: str) -> Path:
    """A file stands in the inbox."""
    path = town.folder / "inbox" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    return path


def fetch(town: Town) -> tuple[IntakeAnswer, ...]:
    """What came of the inbox."""
    town.now += timedelta(minutes=1)
    return intake_inbox(town.vault, town.folder, now=town.now, key=KEY)


def lying(town: Town) -> dict[str, list[str]]:
    """The files in the inbox, and those processed."""
    return {
        name: sorted(str(path.relative_to(town.folder / name)) for path in (town.folder / name).rglob("*.*"))
        for name in ("inbox", "processed")
    }


def test_the_answer_counts_each_file(town: Town) -> None:
    """Accepted, unchanged, superseding and refused rows, with where and why; the night tells the same."""
    town.give({"contract.csv": CONTRACT, **table("delivery", delivery(1), delivery(2), delivery(4))})
    answer = town.give(
        table("delivery", delivery(1), delivery(2, "9"), delivery(3), delivery(4, "x"), delivery(5))
    )
    (file,) = answer.files
    assert (file.accepted, file.unchanged, file.superseding, file.refused) == (3, 1, 1, 1)
    assert codes(answer) == [("delivery", "5", "not_a_decimal")]
    assert file.entities == ("delivery",)
    (told,) = answer.offered()
    assert (told.supplier, told.accepted, told.refused, told.recorded_at, told.entities) == (
        "alles", 3, 1, answer.recorded_at, ("delivery",),
    )  # fmt: skip
    assert [file.entities for file in town.give({"contract.csv": CONTRACT}).files] == [
        ("contract", "delivery")
    ]


def test_equal_ids_in_one_delivery_refuse_both_rows(town: Town) -> None:
    """Which of them is meant is unknown; the id brought once makes it right."""
    answer = town.give(
        {"contract.csv": CONTRACT, **table("delivery", delivery(1), delivery(1, "3"), delivery(2))}
    )
    assert codes(answer) == [("delivery", "2", "equal_ids"), ("delivery", "3", "equal_ids")]
    assert town.ids("delivery") == ["d2"]
    assert not town.facts().catalog["delivery"].complete
    town.give(table("delivery", delivery(1)))
    assert town.facts().catalog["delivery"].complete


def test_no_number_of_a_person_is_kept_of_a_refused_row(town: Town) -> None:
    """The id of a refused row is remembered, but for one that may be a citizen service number."""
    town.give({"client.csv": "id\n123456782\nk1\n", **table("delivery", delivery(1, "x"))})
    (arrival,) = town.vault.arrivals()
    assert arrival.lost == (("delivery", "d1"), ("client", None))
    kept = b"".join(path.read_bytes() for path in (town.folder / "vault").rglob("*") if path.is_file())
    assert b"123456782" not in kept
    assert not town.facts().catalog["client"].complete
    town.give({"client.csv": "id\nk2\n"})
    assert town.facts().catalog["client"].complete


def test_case_files_are_deliveries_too(town: Town) -> None:
    """With rows, and a section that takes rows back; one that cannot be read is refused whole."""
    town.give({"contract.csv": CONTRACT, **table("delivery", delivery(1), delivery(2))})
    case = town.write(
        {"correction.yaml": "facts:\n  client: [{id: k7}]\n  withdrawn: [{entity: delivery, id: d1}]\n"}
    )
    answer = intake(town.vault, "alles", [str(case / "correction.yaml")], now=town.now)
    assert (answer.files[0].accepted, answer.files[0].withdrawn) == (1, 1)
    assert town.ids("delivery") == ["d2"]
    assert town.ids("client") == ["k7"]
    broken = town.write(
        {
            "a.yaml": "facts: [",
            "b.yaml": "facts: {withdrawn: {}}\n",
            "c.yaml": "facts:\n  client: [{id: k8}]\n",
        }
    )
    paths = [str(broken / name) for name in ("a.yaml", "b.yaml", "c.yaml")]
    answer = intake(town.vault, "alles", paths, now=town.now)
    assert [(file.path[-6:], file.whole, file.accepted) for file in answer.files] == [
        ("a.yaml", True, 0), ("b.yaml", False, 0), ("c.yaml", False, 1),
    ]  # fmt: skip
    assert {one.code for one in answer.refusals} == {"unreadable_case", "not_a_list"}


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("id\nd1\n", ("", "", "no_header")),
        ('entity,id\ndelivery,"d1\n', ("", "", "broken_csv")),
        ("entity,id\nthing,d1\n", ("", "2", "unknown_entity")),
        ("entity,id\ndelivery\n", ("", "2", "required_empty")),
    ],
)
def test_withdrawals_that_cannot_be_read_are_refused(
    town: Town, rows: str, expected: tuple[str, str, str]
) -> None:
    """By file or by row, and nothing is taken back."""
    assert codes(town.give({"withdrawn.csv": rows})) == [expected]


def test_a_name_of_a_supplier_is_a_folder(town: Town) -> None:
    """Another is refused before anything is read."""
    for name in ("", "..", "a/b", ".hidden", "x" * 101):
        with pytest.raises(UsageError, match="supplier"):
            intake(town.vault, name, ["nowhere"], now=START)


def test_a_path_that_is_not_there_is_told(town: Town) -> None:
    """And so is a folder with nothing to read; nothing is kept."""
    with pytest.raises(UsageError, match="no such file"):
        intake(town.vault, "a", [str(town.folder / "nowhere")], now=START)
    with pytest.raises(InputError, match="no table"):
        intake(town.vault, "a", [str(town.write({}))], now=START)
    assert town.vault.arrivals() == ()


def test_messages_need_the_key_of_pseudonyms(town: Town) -> None:
    """Pseudonyms that change with every run cannot be kept; a preview needs none."""
    path = town.write({"a.xml": assignments(assigned())}) / "a.xml"
    with pytest.raises(UsageError, match="no key"):
        intake(town.vault, "a", [str(path)], now=START, contract="c1")
    answer = intake(town.vault, "a", [str(path)], now=START, contract="c1", preview=True)
    assert answer.files[0].accepted == 2
    assert town.vault.arrivals() == ()


def test_a_message_that_comes_later_completes_the_referral(town: Town) -> None:
    """A start or stop is assembled with the assignment that was taken in before; nothing else changes."""
    put(town, "a/contract.csv", CONTRACT)
    put(town, "a/301.xml", assignments(assigned("101"), assigned("102")))
    fetch(town)
    before = {row[0]: row for row in town.rows("referral")}
    assert len(before) == 2
    put(town, "a/305.xml", starts(started("101", "2027-02-10")))
    (answer,) = fetch(town)
    assert [(file.path, file.accepted, file.superseding) for file in answer.files if file.accepted] == [
        (answer.files[0].path, 2, 2)
    ]
    found = town.facts().connection.execute("SELECT id, started_on FROM fact.referral ORDER BY id").fetchall()
    assert [str(day) for _, day in found] == ["2027-02-10", "None"]
    put(town, "a/307.xml", stops(stopped("101", "2027-02-10", "2027-02-20")))
    (answer,) = fetch(town)
    query = "SELECT started_on, ended_on FROM fact.referral WHERE ended_on IS NOT NULL"
    assert [[str(day) for day in row] for row in town.facts().connection.execute(query).fetchall()] == [
        ["2027-02-10", "2027-02-20"]
    ]
    assert answer.refusals == ()


def test_a_stop_that_came_before_its_assignment_counts_once_that_is_there(town: Town) -> None:
    """It was refused then, and said so; with the assignment it is part of the referral."""
    put(town, "a/contract.csv", CONTRACT)
    put(town, "a/307.xml", stops(stopped("101")))
    _, first = fetch(town)
    assert [one.code for one in first.refusals] == ["assignment_not_delivered"]
    put(town, "a/301.xml", assignments(assigned("101")))
    (answer,) = fetch(town)
    assert answer.refusals == ()
    ((ended,),) = town.facts().connection.execute("SELECT ended_on FROM fact.referral").fetchall()
    assert str(ended) == "2027-02-20"


def test_the_inbox_is_taken_in_by_supplier(town: Town) -> None:
    """Each file, and each folder as a whole, is one delivery; all are moved, named as the supplier does."""
    put(town, "a/contract.csv", CONTRACT)
    put(town, "a/set/referral.csv", table("referral", referral(1))["referral.csv"])
    put(town, "a/set/delivery.csv", table("delivery", delivery(1, "1", "r1"))["delivery.csv"])
    put(town, "b/delivery.csv", table("delivery", delivery(2), delivery(3, "x"))["delivery.csv"])
    put(town, "b/.being-written.csv", "id\n")
    answers = fetch(town)
    assert [(one.supplier, [file.path for file in one.files]) for one in answers] == [
        ("a", ["contract.csv"]),
        ("a", ["set/delivery.csv", "set/referral.csv"]),
        ("b", ["delivery.csv"]),
    ]
    assert [one.file for one in answers[2].refusals] == ["delivery.csv"]
    assert lying(town) == {
        "inbox": ["b/.being-written.csv"],
        "processed": ["a/contract.csv", "a/set/delivery.csv", "a/set/referral.csv", "b/delivery.csv"],
    }
    assert town.ids("delivery") == ["d1", "d2"]
    assert [file.path for file in town.vault.view().files] == [
        "contract.csv", "set/delivery.csv", "set/referral.csv", "delivery.csv",
    ]  # fmt: skip
    assert fetch(town) == ()


def test_a_name_used_before_stays_beside_the_earlier_file(town: Town) -> None:
    """No file that was processed is overwritten."""
    for hours in ("1", "2", "2"):
        put(town, "a/delivery.csv", table("delivery", delivery(1, hours))["delivery.csv"])
        fetch(town)
    assert lying(town)["processed"] == ["a/delivery.2.csv", "a/delivery.3.csv", "a/delivery.csv"]


def test_an_empty_folder_in_the_inbox_stays_and_is_told(town: Town) -> None:
    """The other deliveries go on."""
    put(town, "a/empty/note.txt", "x")
    put(town, "a/contract.csv", CONTRACT)
    first, second = fetch(town)
    assert first.files[0].accepted == 1
    assert (second.files[0].path, second.files[0].whole, codes(second)) == (
        "empty",
        True,
        [("", "", "empty_folder")],
    )
    assert lying(town)["inbox"] == ["a/empty/note.txt"]


@pytest.mark.parametrize("step", ["before", "after"])
def test_an_intake_killed_around_the_move_is_made_whole_by_the_next(
    town: Town, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """A file is still in the inbox, or processed; taken in again it adds nothing."""
    put(town, "a/contract.csv", CONTRACT)
    put(town, "a/delivery.csv", table("delivery", delivery(1))["delivery.csv"])
    move = os.rename

    def killed(*paths: Path) -> None:
        if step == "after":
            move(*paths)
        raise Gone

    with monkeypatch.context() as patch:
        patch.setattr(os, "rename", killed)
        with pytest.raises(Gone):
            fetch(town)
    answers = fetch(town)
    known = [file.known for answer in answers for file in answer.files]
    assert known == ([True, False] if step == "before" else [False])
    assert lying(town) == {"inbox": [], "processed": ["a/contract.csv", "a/delivery.csv"]}
    assert town.ids("delivery") == ["d1"]
    assert len(town.vault.arrivals()) == 2


def test_a_store_that_cannot_be_written_is_told(town: Town) -> None:
    """Rows that were kept stay kept; the file stays in the inbox."""
    put(town, "a/contract.csv", CONTRACT)
    (town.folder / "processed").write_text("")
    with pytest.raises(StoreError, match="cannot be used") as caught:
        fetch(town)
    assert caught.value.exit_code == 3
    assert lying(town)["inbox"] == ["a/contract.csv"]
    (town.folder / "processed").unlink()
    assert [file.known for file in fetch(town)[0].files] == [True]


def test_an_organisation_known_by_its_number_fits_a_reference(town: Town) -> None:
    """An id of nine digits that passes the BSN test is fit to refer to once it is an organisation's."""
    town.give({"contract.csv": CONTRACT, "organisation.csv": "id,name\n123456782,Een\n"})
    files: Mapping[str, str] = {
        "control.csv": "id,holder_id,organisation_id,kind,first_day\nx1,123456782,o1,shareholder,2027-01-01\n"
        "x2,111222333,o1,shareholder,2027-01-01\n"
    }
    assert codes(town.give(files)) == [("control", "3", "bsn_like")]
    assert town.ids("control") == ["x1"]
