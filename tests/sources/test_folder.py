"""Paths given on the command line: what is ours is found, what is not is refused or noted, never guessed."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import duckdb
import pytest

from compliance.errors import InputError, UsageError
from compliance.model.schema import delivered_entities
from compliance.sources.facts import read_facts


def test_missing_paths_are_all_named(tmp_path: Path) -> None:
    """A path that is not there is wrong usage; every one of them is named."""
    with pytest.raises(UsageError) as caught:
        read_facts([str(tmp_path / "a"), str(tmp_path / "b*")], entities=["team"])
    assert len(caught.value.problems) == 2


def test_empty_folder_is_bad_input(tmp_path: Path) -> None:
    """A folder without anything to read is no delivery of nothing."""
    with pytest.raises(InputError) as caught:
        read_facts([str(tmp_path)], entities=["team"])
    assert [problem.code for problem in caught.value.problems] == ["empty-folder"]


def test_other_files_are_noted(tmp_path: Path) -> None:
    """A text or a folder inside is noted; hidden files and the list of expected findings are passed over."""
    for name in ("README.md", ".hidden.csv", "~$lock.xlsx", "expected.jsonl"):
        (tmp_path / name).write_text("x")
    (tmp_path / "sub").mkdir()
    (tmp_path / "person.csv").write_text("id\n")
    facts = read_facts([str(tmp_path)], entities=["person"])
    assert facts.refusals == []
    assert {(notice.code, Path(notice.file).name) for notice in facts.notices} == {
        ("file_skipped", "README.md"),
        ("folder_skipped", "sub"),
    }


def test_one_table_can_be_named(tmp_path: Path) -> None:
    """A single table is a delivery too."""
    path = tmp_path / "person.csv"
    path.write_text("id\np1\n")
    assert read_facts([str(path)], entities=["person"]).came == {"person"}


def test_standard_input_may_be_absent() -> None:
    """Asking for standard input where there is none is bad input, not a crash."""
    with pytest.raises(InputError):
        read_facts(["-"], entities=["team"])


def test_database_is_closed_to_files(tmp_path: Path) -> None:
    """Once read, no SQL can reach a file."""
    (tmp_path / "person.csv").write_text("id\n")
    facts = read_facts([str(tmp_path)], entities=["person"])
    with pytest.raises(duckdb.PermissionException):
        facts.connection.execute(f"SELECT * FROM read_csv('{tmp_path / 'person.csv'}')")


def test_everything_a_reference_needs_is_read() -> None:
    """Asking for bridging also reads referrals, contracts and organisations, but nothing of Bibob."""
    facts = read_facts(["-"], entities=["bridging"], stdin=BytesIO(b"facts: {}"))
    assert facts.read == {"bridging", "referral", "contract", "client", "organisation"}
    assert facts.read < set(delivered_entities())
