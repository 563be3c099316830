"""Deliveries are kept with all their versions, and known as they were at any moment."""

from __future__ import annotations

from datetime import timedelta

import pytest

from compliance.errors import UsageError
from compliance.model.schema import entities
from compliance.store.vault import Vault, compaction, library
from tests.store.vault.town import CONTRACT, START, Town, codes, delivery, referral, rows_of, table


def test_a_correction_supersedes_and_the_earlier_version_stays_known(town: Town) -> None:
    """Of rows with one id the last counts; at an earlier moment the one known then."""
    first = town.give({"contract.csv": CONTRACT, **table("delivery", delivery(1, "2"), delivery(2, "3"))})
    second = town.give(table("delivery", delivery(1, "4")))
    assert [(file.accepted, file.superseding) for file in second.files] == [(1, 1)]
    assert [(row[0], str(row[8])) for row in town.rows("delivery")] == [("d1", "4.0000"), ("d2", "3.0000")]
    then = town.rows("delivery", first.recorded_at)
    assert [(row[0], str(row[8])) for row in then] == [("d1", "2.0000"), ("d2", "3.0000")]


def test_nothing_is_known_before_the_first_delivery(town: Town) -> None:
    """A view of a moment before all deliveries holds nothing, and nothing came."""
    town.give({"contract.csv": CONTRACT})
    facts = town.facts(START - timedelta(days=1))
    assert facts.came == {"district"}
    assert rows_of(facts, "contract") == []
    assert town.vault.view().known_at == START + timedelta(minutes=1)


def test_the_same_file_adds_nothing(town: Town) -> None:
    """A file is known by its bytes, whatever its name or folder, and says so."""
    town.give({"contract.csv": CONTRACT})
    before = town.vault.manifest_hash
    again = town.give({"contract.csv": CONTRACT})
    assert [(file.known, file.accepted) for file in again.files] == [(True, 0)]
    assert again.number is None
    assert town.vault.manifest_hash == before


def test_equal_rows_in_another_file_add_nothing(town: Town) -> None:
    """Rows that say what is known are counted as unchanged; only the others are added."""
    town.give({"contract.csv": CONTRACT, **table("delivery", delivery(1), delivery(2))})
    answer = town.give(table("delivery", delivery(2), delivery(3), delivery(1)))
    assert [(file.accepted, file.unchanged) for file in answer.files] == [(1, 2)]
    assert town.vault.arrivals()[-1].accepted == {"delivery": 1}


def test_a_row_with_fewer_columns_is_another_version(town: Town) -> None:
    """What a correction does not bring is unknown from then on, also when all else is equal."""
    town.give({"organisation.csv": "id,name,legal_form\no1,Een,bv\n"})
    answer = town.give({"organisation.csv": "id,name\no1,Een\n"})
    assert answer.files[0].superseding == 1
    facts = town.facts()
    (lacked,) = facts.catalog["organisation"].lacks
    assert lacked == set(entities()["organisation"].fields) - {"id", "name"}


def test_an_id_belongs_to_the_supplier_who_brought_it(town: Town) -> None:
    """Another's row with that id is refused, and keeps the entity incomplete; an equal row is no matter."""
    town.give(table("organisation", "o1,Een"), "a")
    answer = town.give(table("organisation", "o1,Uno", "o2,Twee"), "b")
    assert codes(answer) == [("organisation", "2", "id_of_another_supplier")]
    assert answer.files[0].refused == 1
    assert [row[:2] for row in town.rows("organisation")] == [("o1", "Een"), ("o2", "Twee")]
    assert not town.facts().catalog["organisation"].complete
    fine = town.give(table("organisation", "o1,Een", "o3,Drie"), "b")
    assert codes(fine) == []
    assert town.facts().catalog["organisation"].complete


def test_a_withdrawn_row_is_gone_from_then_on(town: Town) -> None:
    """Its supplier takes a row back with a file; it was there before, and can come again."""
    first = town.give({"contract.csv": CONTRACT, **table("delivery", delivery(1), delivery(2))})
    answer = town.give({"withdrawn.csv": "entity,id\ndelivery,d1\n"})
    assert answer.files[0].withdrawn == 1
    assert town.ids("delivery") == ["d2"]
    assert town.ids("delivery", first.recorded_at) == ["d1", "d2"]
    town.give(table("delivery", delivery(1)))
    assert town.ids("delivery") == ["d1", "d2"]


def test_only_who_brought_a_row_takes_it_back(town: Town) -> None:
    """A withdrawal by another, of an unknown row, or of one that comes along, is refused."""
    town.give({"contract.csv": CONTRACT, **table("delivery", delivery(1))}, "a")
    other = town.give({"withdrawn.csv": "id,entity\nd1,delivery\nd9,delivery\nd1,wrong\n"}, "b")
    assert codes(other) == [
        ("", "4", "unknown_entity"),
        ("delivery", "2", "id_of_another_supplier"),
        ("delivery", "3", "withdrawn_unknown"),
    ]
    both = town.give(
        {"withdrawn.csv": "entity,id\ndelivery,d1\n", **table("delivery", delivery(1, "9"))}, "a"
    )
    assert codes(both) == [("delivery", "2", "withdrawn_and_brought")]
    assert town.ids("delivery") == ["d1"]


def test_a_row_waits_for_what_it_refers_to(town: Town) -> None:
    """A row that refers to nothing that is there is kept, listed and in no view until its target comes."""
    answer = town.give(
        {"contract.csv": CONTRACT, **table("delivery", delivery(1, referral_id="r1"), delivery(2))}
    )
    assert [(one.entity, one.id, one.field, one.target.id) for one in answer.waiting] == [
        ("delivery", "d1", "referral_id", "r1")
    ]
    assert [file.waiting for file in answer.files] == [0, 1]
    facts = town.facts()
    assert [row[0] for row in rows_of(facts, "delivery")] == ["d2"]
    assert facts.waiting == answer.waiting
    assert not facts.catalog["delivery"].complete
    assert ("waiting_rows", "delivery.referral_id", 1) in [(n.code, n.detail, n.count) for n in facts.notices]
    assert town.give(table("referral", referral(1))).waiting == ()
    assert town.ids("delivery") == ["d1", "d2"]
    assert town.facts().catalog["delivery"].complete
    town.give({"withdrawn.csv": "entity,id\nreferral,r1\n"})
    assert town.ids("delivery") == ["d2"]


def test_rows_of_one_delivery_may_refer_to_each_other(town: Town) -> None:
    """What comes together does not wait."""
    files = {
        "contract.csv": CONTRACT,
        **table("referral", referral(1)),
        **table("delivery", delivery(1, "1", "r1")),
    }
    assert town.give(files).waiting == ()
    assert town.ids("delivery") == ["d1"]


def test_a_refused_row_keeps_its_entity_incomplete_until_brought_right(town: Town) -> None:
    """The same id, accepted from the same supplier, brings it right; another id does not."""
    town.give({"contract.csv": CONTRACT, **table("delivery", delivery(1, "two"), delivery(2))})
    assert not town.facts().catalog["delivery"].complete
    town.give(table("delivery", delivery(3)))
    assert not town.facts().catalog["delivery"].complete
    refused = town.vault.last_moment
    town.give(table("delivery", delivery(1, "2")))
    assert town.facts().catalog["delivery"].complete
    assert not town.facts(refused).catalog["delivery"].complete


def test_a_row_without_a_readable_id_is_brought_right_by_a_flawless_delivery(town: Town) -> None:
    """Of the same supplier and entity; that of another supplier says nothing about it."""
    town.give({"contract.csv": CONTRACT, **table("delivery", delivery(1)[2:], delivery(2))}, "a")
    town.give(table("delivery", delivery(4)), "b")
    assert not town.facts().catalog["delivery"].complete
    town.give(table("delivery", delivery(3)), "a")
    assert town.facts().catalog["delivery"].complete


def test_a_refused_row_can_be_taken_back(town: Town) -> None:
    """Its supplier withdraws an id that was never accepted: then nothing is missing."""
    town.give({"contract.csv": CONTRACT, **table("delivery", delivery(1, "two"))})
    answer = town.give({"withdrawn.csv": "entity,id\ndelivery,d1\n"})
    assert codes(answer) == []
    assert town.facts().catalog["delivery"].complete


def test_a_file_refused_whole_makes_its_entity_incomplete_once(town: Town) -> None:
    """It is told each time it is offered, and kept in the books once; a good one brings it right."""
    files = {"delivery.csv": "id,nonsense\nd1,2\n", "contract.csv": CONTRACT}
    first = town.give(files)
    assert [(file.path[-12:], file.whole) for file in first.files] == [
        ("contract.csv", False),
        ("delivery.csv", True),
    ]
    assert "delivery" not in town.facts().catalog
    again = town.give(files)
    assert (again.number, [file.whole for file in again.files]) == (None, [False, True])
    town.give(table("delivery", delivery(1)))
    assert town.facts().catalog["delivery"].complete


def test_moments_never_go_back(town: Town) -> None:
    """With a clock that was set back a delivery is recorded right after the one before, and says so."""
    first = town.give({"contract.csv": CONTRACT})
    town.now -= timedelta(days=400)
    answer = town.give(table("delivery", delivery(1)))
    assert answer.recorded_at == first.recorded_at + timedelta(microseconds=1)  # type: ignore[operator]
    assert "clock_back" in [notice.code for notice in answer.notices]


def test_what_changed_between_two_moments_is_known(town: Town) -> None:
    """The entities with rows recorded since, by number of rows; and another hash of the facts."""
    first = town.give({"contract.csv": CONTRACT})
    town.give(table("delivery", delivery(1), delivery(2)))
    vault = town.vault
    assert first.recorded_at is not None
    assert vault.last_moment is not None
    assert vault.changed(first.recorded_at, vault.last_moment) == {"delivery": 2}
    assert vault.changed(None, first.recorded_at) == {"contract": 1}
    assert vault.facts_hash(first.recorded_at) != vault.facts_hash()
    assert vault.facts_hash(vault.last_moment) == vault.facts_hash()


def test_every_row_is_found_also_a_withdrawn_or_waiting_one(town: Town) -> None:
    """With the last values it had."""
    town.give({"contract.csv": CONTRACT, **table("delivery", delivery(1, "1"), delivery(2, "1", "r9"))})
    town.give(table("delivery", delivery(1, "7")))
    town.give({"withdrawn.csv": "entity,id\ndelivery,d1\n"})
    found = [(row, str(hours)) for row, hours in town.vault.every_row("delivery", ["hours"])]
    assert found == [("d1", "7.0000"), ("d2", "1.0000")]
    assert town.vault.every_row("team", ["fte"]) == []


def test_a_preview_keeps_nothing(town: Town) -> None:
    """It says what would come of the delivery."""
    town.give({"contract.csv": CONTRACT})
    before = town.vault.manifest_hash
    answer = town.give(table("delivery", delivery(1), delivery(2, "x")), preview=True)
    assert (answer.number, answer.preview, answer.files[0].accepted, answer.files[0].refused) == (
        None,
        True,
        1,
        1,
    )
    assert town.vault.manifest_hash == before


def test_a_vault_that_is_not_there_is_told(town: Town) -> None:
    """Nothing is made by only looking."""
    with pytest.raises(UsageError, match="no vault"):
        Vault.open(town.folder / "elsewhere")
    assert not (town.folder / "elsewhere").exists()


def test_many_deliveries_keep_the_manifest_small(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Deliveries of long ago stand in chapters, and small segments are merged on the way; nothing is lost."""
    monkeypatch.setattr(library, "MOST_INLINE", 3)
    monkeypatch.setattr(compaction, "MANY", 4)
    vault = town.vault
    for number in range(8):
        town.give(table("delivery", delivery(number)))
    assert len(vault.view().segments["delivery"]) < 4
    assert vault.verify() == ()
    assert len(vault._library.load().arrivals) <= 3
    assert [arrival.number for arrival in vault.arrivals()] == list(range(1, 9))
    assert [arrival.number for arrival in town.vault.arrivals()] == list(range(1, 9))
