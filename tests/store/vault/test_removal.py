"""Rows that are removed are gone from every file, and what is missed since is told."""

from __future__ import annotations

from datetime import timedelta

from tests.store.vault.town import CONTRACT, Town, delivery, rows_of, table

INQUIRIES = {
    "contract.csv": CONTRACT,
    **table("organisation", "o1,Een"),
    **table("bibob_inquiry", "b1,o1,2020-01-01", "b2,o1,2026-01-01"),
}


def test_removed_rows_are_gone_with_all_their_versions(town: Town) -> None:
    """No file of the vault holds them any more; the others stay; a tombstone says how many, when and why."""
    first = town.give(INQUIRIES)
    town.give(table("bibob_inquiry", "b1,o1,2020-02-02"))
    old = {segment.sha256 for segment in town.vault.view().segments["bibob_inquiry"]}
    removals = town.vault.remove(
        {"bibob_inquiry": ["b1"]}, reason="five years", now=town.now + timedelta(days=1)
    )
    assert [(one.entity, one.rows, one.reason) for one in removals] == [
        ("bibob_inquiry", 1, "five years")
    ] * 2
    assert {one.sha256 for one in removals} == old
    assert removals[0].first_recorded_at == first.recorded_at
    assert town.ids("bibob_inquiry") == ["b2"]
    assert not [
        path for path in town.folder.glob("vault/**/*") if path.is_file() and b"2020-0" in path.read_bytes()
    ]
    assert len(list((town.folder / "vault" / "segments").glob("bibob_inquiry*"))) == 1
    assert town.vault.verify() == ()


def test_a_view_of_before_says_what_is_gone(town: Town) -> None:
    """Its entity is incomplete then; a view of now is not: what had to go is not missed."""
    first = town.give(INQUIRIES)
    town.vault.remove({"bibob_inquiry": ["b1"]}, reason="five years", now=town.now + timedelta(days=1))
    then = town.facts(first.recorded_at)
    assert [(one.code, one.entity, one.count) for one in then.notices if one.code == "removed_rows"] == [
        ("removed_rows", "bibob_inquiry", 1)
    ]
    assert not then.catalog["bibob_inquiry"].complete
    now = town.facts()
    assert not [one for one in now.notices if one.code == "removed_rows"]
    assert now.catalog["bibob_inquiry"].complete
    assert now.known_at is not None
    assert then.known_at is not None
    assert now.known_at > then.known_at


def test_what_a_removal_does_not_touch_stays_as_it_was(town: Town) -> None:
    """Ids that are not there remove nothing, and write nothing."""
    town.give({**INQUIRIES, **table("delivery", delivery(1))})
    before = town.vault.manifest_hash
    assert town.vault.remove({"bibob_inquiry": ["b9"], "team": ["t1"]}, reason="x", now=town.now) == ()
    assert town.vault.manifest_hash == before
    town.vault.remove({"bibob_inquiry": ["b1", "b2"]}, reason="x", now=town.now)
    facts = town.facts()
    assert rows_of(facts, "bibob_inquiry") == []
    assert "bibob_inquiry" in facts.came
    assert [row[0] for row in rows_of(facts, "delivery")] == ["d1"]
    assert town.give(table("bibob_inquiry", "b1,o1,2020-01-01"), "b").files[0].accepted == 1
