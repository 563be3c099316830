"""What the vault gives is what reading the same files gives, however they were divided over deliveries."""

from __future__ import annotations

import csv
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from compliance.errors import StoreError
from compliance.model.catalog import NOT_DELIVERED
from compliance.model.schema import delivered_entities
from compliance.reporting.json_format import render_json
from compliance.services import check as checking
from compliance.services import vaulted
from compliance.services.check import CheckRequest, check
from compliance.services.content import report_words
from compliance.services.generate.service import generate
from compliance.services.intake import intake
from compliance.services.vaulted import kept_facts
from compliance.sources.facts import Facts, read_facts
from compliance.sources.kept import facts_of_vault
from compliance.store.vault import Vault
from tests.store.vault.town import CONTRACT, Town, delivery, table

NOW = datetime(2027, 1, 1, tzinfo=UTC)


@pytest.fixture
def town(tmp_path: Path) -> Town:
    """A vault in a folder of its own."""
    return Town(tmp_path)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A made data set, as CSV."""
    folder = tmp_path_factory.mktemp("made") / "set"
    generate(clients=100, deliveries=1000, seed=4, out=folder, format="csv")
    return folder


def divided(whole: Path, folder: Path, parts: int) -> list[Path]:
    """The rows of each table, mixed, over so many folders."""
    rng = random.Random(7)  # noqa: S311
    for path in sorted(whole.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            header, *rows = list(csv.reader(file))
        rng.shuffle(rows)
        for part in range(parts):
            target = folder / f"{part}" / path.name
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("w", encoding="utf-8", newline="") as file:
                csv.writer(file).writerows([header, *rows[part::parts]])
    return [folder / f"{part}" for part in range(parts)]


def judged(facts: Facts, monkeypatch: pytest.MonkeyPatch) -> str:
    """The JSON of checking these facts, with everything in it."""
    monkeypatch.setattr(checking, "read_facts", lambda *_, **__: facts)
    answer = check(
        CheckRequest(paths=("x",), compartments=("contract", "supervision", "bibob"), keep_all=True)
    )
    return render_json(answer, report_words(), provenance=False)


@pytest.mark.parametrize("parts", [1, 3])
def test_a_vault_gives_what_reading_gives(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, parts: int
) -> None:
    """Facts, catalog and stubs are equal, and the answer of check byte for byte, also after compaction."""
    vault = Vault.open(tmp_path / "vault", create=True)
    folders = [whole] if parts == 1 else divided(whole, tmp_path / "parts", parts)
    for number, folder in enumerate(folders):
        intake(vault, "alles", [str(folder)], now=NOW + timedelta(days=number))
    read = read_facts([str(whole)], entities=delivered_entities())
    expected = judged(read, monkeypatch)
    for _ in range(2):
        kept = kept_facts(vault, entities=delivered_entities())
        assert kept.digest == read.digest
        assert (kept.catalog, kept.came, kept.read) == (read.catalog, read.came, read.read)
        assert [one for one in kept.notices if one.code == "stub"] == [
            one for one in read.notices if one.code == "stub"
        ]
        assert judged(replace(kept, settings=read.settings), monkeypatch) == expected
        vault.compact()


def test_provenance_names_file_and_row(town: Town) -> None:
    """Each row carries the file and row it was read from, of the version that counts."""
    town.give({"contract.csv": CONTRACT, **table("delivery", delivery(1), delivery(2))})
    town.give(table("delivery", delivery(9), delivery(2, "7")))
    facts = town.facts()
    paths = {file.number: file.path for file in facts.files}
    rows = facts.connection.execute("SELECT id, _source, _place FROM fact.delivery ORDER BY id").fetchall()
    assert [(row, paths[source][-14:], place) for row, source, place in rows] == [
        ("d1", "1/delivery.csv", "2"),
        ("d2", "2/delivery.csv", "3"),
        ("d9", "2/delivery.csv", "2"),
    ]


def test_only_what_is_asked_for_is_loaded(town: Town) -> None:
    """Entities that nobody asked for, and that none of them refers to, are not read."""
    town.give(
        {
            "contract.csv": CONTRACT,
            **table("bibob_inquiry", "b1,o1,2026-01-01"),
            **table("delivery", delivery(1)),
        }
    )
    facts = kept_facts(town.vault, entities=["delivery"])
    assert "bibob_inquiry" not in facts.read
    assert facts.catalog["bibob_inquiry"] == NOT_DELIVERED
    assert facts.connection.execute("SELECT count(*) FROM fact.bibob_inquiry").fetchall() == [(0,)]


def test_an_empty_vault_gives_facts_without_rows(town: Town) -> None:
    """Nothing came, and nothing is known."""
    facts = town.facts()
    assert facts.known_at is None
    assert facts.came == {"district"}


def test_a_header_without_rows_says_there_are_none(town: Town) -> None:
    """The entity came, is complete, and lacks the columns that its file lacks."""
    town.give(
        {"contract.csv": CONTRACT, "team.csv": "id,contract_id,district_id,organisation_id,first_day\n"}
    )
    team = town.facts().catalog["team"]
    assert team.complete
    assert not team.delivers("fte")
    assert team.delivers("district_id")


def test_the_database_of_a_view_is_closed_to_files(town: Town) -> None:
    """No SQL on its connection reaches a file."""
    town.give({"contract.csv": CONTRACT})
    path = next((town.folder / "vault" / "segments").iterdir())
    with pytest.raises(Exception, match="disabled"):
        town.facts().connection.execute(f"SELECT * FROM read_parquet('{path}')")


@pytest.mark.parametrize("name", ["a*b", "[abc]", "what?", "year=2027", "it's", "s3:", "~", "é {x}"])
def test_a_folder_of_any_name_is_taken_literally(tmp_path: Path, name: str) -> None:
    """Nothing in the name of a store's folder is a pattern, a partition or an address."""
    (tmp_path / "axb").mkdir()
    town = Town(tmp_path / name)
    town.give({"contract.csv": CONTRACT, **table("delivery", delivery(1))})
    town.give(table("delivery", delivery(1, "5"), delivery(2)))
    assert town.ids("delivery") == ["d1", "d2"]
    town.vault.compact()
    assert [str(row[8]) for row in town.rows("delivery")] == ["5.0000", "2.0000"]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted({"axb", name})


def test_a_compaction_in_between_does_not_disturb_a_reader(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A view whose files were merged away meanwhile is taken anew; a file that is gone by itself is told."""
    town.give({"contract.csv": CONTRACT, **table("delivery", delivery(1))})
    town.give(table("delivery", delivery(2)))
    vault = town.vault
    old = vault.view()
    vault.compact()
    town.give(table("delivery", delivery(3)))
    with pytest.raises(StoreError, match="gone"):
        facts_of_vault(old, entities=["delivery"])
    views = iter([old, vault.view(old.known_at)])
    monkeypatch.setattr(Vault, "view", lambda *_: next(views))
    facts = vaulted.kept_facts(vault, entities=["delivery"], known_at=old.known_at)
    assert facts.connection.execute("SELECT id FROM fact.delivery ORDER BY id").fetchall() == [
        ("d1",),
        ("d2",),
    ]


def test_a_field_that_the_model_gained_is_unknown_in_older_rows(town: Town) -> None:
    """A segment written before the field was there lacks it; newer rows have it."""
    town.give({"contract.csv": CONTRACT, **table("delivery", delivery(1))})
    vault = town.vault
    view = vault.view()
    (segment,) = view.segments["delivery"]
    path = town.folder / "vault" / segment.path
    other = path.with_name("other")
    duckdb.sql(f"COPY (SELECT * EXCLUDE (hours) FROM '{path}') TO '{other}' (FORMAT parquet)")
    other.rename(path)
    fields = tuple(name for name in segment.fields if name != "hours")
    older = replace(view, segments={**view.segments, "delivery": (replace(segment, fields=fields),)})
    facts = facts_of_vault(older, entities=["delivery"])
    assert facts.connection.execute("SELECT id, hours FROM fact.delivery").fetchall() == [("d1", None)]
    assert not facts.catalog["delivery"].delivers("hours")
