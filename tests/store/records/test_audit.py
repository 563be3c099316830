"""The audit chain: only added to, and whatever is done to it behind the product's back shows."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from compliance.errors import StoreError
from compliance.model.kept import Checkpoint
from compliance.store.records import Records, checkpoint_line, default_url, read_checkpoint
from compliance.store.records.verifying import record_problems
from tests.store.records.nights import DAY, START, keep, night, subject

KEY = bytes(range(32))


def behind(records: Records, *statements: str) -> None:
    """Done by somebody who may change the schema: the guards of the chain are taken off first."""
    sqlite = records._engine.dialect.name == "sqlite"
    guards = (
        [f"DROP TRIGGER {table}_{act}" for table in ("audit", "checkpoint") for act in ("update", "delete")]
        if sqlite
        else [f"DROP TRIGGER {table}_change ON {table}" for table in ("audit", "checkpoint")]
    )
    with records._engine.connect() as connection:
        if sqlite:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.exec_driver_sql("BEGIN")
        else:
            connection.exec_driver_sql("ALTER TABLE checkpoint DROP CONSTRAINT fk_checkpoint_seq")
        for statement in (*guards, *statements):
            connection.execute(text(statement))
        connection.commit()


def long_chain(records: Records) -> list[str]:
    """Nine entries with a checkpoint after each third; the lines of the file."""
    lines = []
    for number in range(8):
        records.append_audit("anna", "tested", {"number": number}, START + timedelta(seconds=number))
        if number % 3 == 1:
            made = records.checkpoint(KEY, START + timedelta(seconds=number))
            assert made is not None
            lines.append(checkpoint_line(made))
    return lines


def wrong(records: Records, lines: list[str] | None = None, key: bytes | None = KEY) -> set[tuple[str, str]]:
    """Where and what the check finds."""
    return {(problem.place, problem.code) for problem in records.verify_audit(key, lines)}


def test_a_whole_chain_has_no_problems(records: Records) -> None:
    """With and without key and file; the first entry tells how the records were made."""
    lines = long_chain(records)
    assert wrong(records, lines) == wrong(records) == wrong(records, lines, None) == set()
    entries = records.audit_entries()
    assert [entry.seq for entry in entries] == list(range(1, 10))
    assert entries[0].action == "store.upgraded"
    assert entries[1].detail == {"number": 0}
    assert entries[1].previous == entries[0].hash


@pytest.mark.parametrize(
    "statement", ["UPDATE {} SET hash = ''", "DELETE FROM {}", "DELETE FROM {} WHERE seq > 8"]
)
@pytest.mark.parametrize("table", ["audit", "checkpoint"])
def test_the_database_refuses_to_change_the_chain(records: Records, table: str, statement: str) -> None:
    """An ordinary statement changes nothing in the chain or its checkpoints."""
    lines = long_chain(records)
    with pytest.raises(SQLAlchemyError, match="append-only"), records._engine.begin() as connection:
        connection.execute(text(statement.format(table)))
    assert wrong(records, lines) == set()


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("UPDATE audit SET actor = 'bert' WHERE seq = 4", {("audit 4", "audit-changed")}),
        ("UPDATE audit SET detail = '{{' WHERE seq = 4", {("audit 4", "audit-changed")}),
        ("DELETE FROM audit WHERE seq = 5", {("audit 6", "audit-gap")}),
        ("DELETE FROM audit WHERE seq IN (4, 5)", {("audit 6", "audit-gap")}),
        ("DELETE FROM audit WHERE seq = 1", {("audit 2", "audit-gap")}),
        (
            "DELETE FROM audit WHERE seq = 9",
            {("checkpoint 3", "audit-cut"), ("checkpoints.jsonl:3", "audit-cut")},
        ),
    ],
)
def test_a_changed_or_removed_entry_is_found(
    records: Records, statement: str, found: set[tuple[str, str]]
) -> None:
    """The check says at which entry."""
    lines = long_chain(records)
    behind(records, statement)
    missed = found - wrong(records, lines) - {("checkpoints.jsonl:3", "audit-cut")}
    assert missed == set()


def test_an_inserted_entry_is_found(records: Records) -> None:
    """An entry put between two others breaks the chain there, though its own hash be right."""
    lines = long_chain(records)
    behind(
        records,
        "UPDATE audit SET seq = seq + 100 WHERE seq > 4",
        "INSERT INTO audit SELECT 5, at, 'bert', action, detail, previous, 'x' FROM audit WHERE seq = 4",
        "UPDATE audit SET seq = seq - 99 WHERE seq > 100",
    )
    assert {("audit 5", "audit-link"), ("audit 6", "audit-link")} <= wrong(records, lines)


def test_a_rewritten_chain_is_found_by_its_checkpoints(records: Records) -> None:
    """Who makes all hashes anew lacks the key: the checkpoints do not fit, nor new ones made without it."""
    lines = long_chain(records)
    behind(records, "DELETE FROM checkpoint", "DELETE FROM audit WHERE seq > 1")
    for number in range(8):
        records.append_audit("bert", "tested", {"number": number}, START)
    records.checkpoint(b"x" * 32, START)
    found = wrong(records, lines)
    assert ("checkpoint 1", "checkpoint-key") in found
    assert ("checkpoints.jsonl:1", "checkpoint-differs") in found
    assert wrong(records, None) == {("checkpoint 1", "checkpoint-key")}


def test_a_cut_tail_is_found_by_the_file(records: Records) -> None:
    """Entries cut off together with their checkpoints still show: the lines beside the database know them."""
    lines = long_chain(records)
    behind(records, "DELETE FROM checkpoint WHERE number = 3", "DELETE FROM audit WHERE seq > 6")
    assert wrong(records, lines) == {("checkpoints.jsonl:3", "audit-cut")}
    messages = [problem.message for problem in records.verify_audit(KEY, lines)]
    assert "It covers entry 9, and the audit chain ends at 6: the end was cut off." in messages


def test_the_file_of_checkpoints_is_held_against_the_records(records: Records) -> None:
    """A missing line and one that is no checkpoint are told with their place."""
    lines = long_chain(records)
    assert wrong(records, [lines[0], "{torn", lines[1]]) == {
        ("checkpoints.jsonl:2", "checkpoint-line"),
        ("checkpoint 3", "checkpoint-missing"),
    }


def test_a_checkpoint_is_set_once_per_head(records: Records) -> None:
    """Nothing new, nothing set; a line of the file is the checkpoint again."""
    first = records.checkpoint(KEY, START)
    assert first == records.checkpoint(KEY, START + timedelta(days=1))
    assert isinstance(first, Checkpoint)
    assert read_checkpoint(checkpoint_line(first)) == first


CHANGES = [
    ("UPDATE run SET facts = 'sha256:other' WHERE number = 2", "run-changed"),
    ("UPDATE failure SET message = 'x' WHERE run = 2", "run-changed"),
    ("UPDATE run SET number = 7 WHERE number = 2", "run-missing"),
    ("UPDATE result SET record = '{ }' WHERE from_run = 1", "row-changed"),
    ("UPDATE standing SET state = 'resolved' WHERE from_run = 2", "row-changed"),
    ("DELETE FROM result WHERE from_run = 1", "run-rows"),
    ("UPDATE result SET until_run = 2 WHERE from_run = 1", "run-rows"),
    ("UPDATE numbers SET text = '{ }'", "run-numbers"),
    ("UPDATE rulebook SET texts = 'x' --blob", "run-rulebook"),
    ("UPDATE exception SET last_day = '2027-12-31'", "row-changed"),
    ("DELETE FROM exception", "row-missing"),
    ("UPDATE review SET day = '2027-01-01'", "row-changed"),
    ("DELETE FROM review", "row-missing"),
    ("UPDATE rule_count SET counts = '{}' WHERE run = 1", "run-counts"),
]


def test_what_was_changed_behind_the_chain_is_found(records: Records) -> None:
    """Runs, what they found and with what, exceptions and reviews must be as the chain says."""
    keep(records, night("a"))
    keep(records, night("a", days=1))
    records.request_exception(
        "c1", "SUB-01", subject("a"), reason="x", first_day=DAY, last_day=DAY, by="anna", at=START
    )
    records.add_review("c1", "SUB-01", subject("a"), "confirmed", day=DAY, by="anna", at=START)
    assert records.verify_records() == []
    entries = records.audit_entries()
    sqlite = records._engine.dialect.name == "sqlite"
    with records._engine.connect() as connection:
        connection.rollback()
        connection.connection.cursor().execute(
            "PRAGMA foreign_keys=OFF" if sqlite else "SET session_replication_role = replica"
        )
        connection.connection.commit()
        for statement, code in CHANGES:
            connection.execute(text(statement if sqlite else statement.replace("'x' --blob", r"'\x00'")))
            assert code in {problem.code for problem in record_problems(connection, entries)}, statement
            connection.rollback()
    assert records.verify_records() == []


def test_rows_that_nobody_reads_are_told(tmp_path: Path) -> None:
    """A moment that is none, a reference to what is not there, and a damaged file."""
    url = default_url(tmp_path)
    Records.upgrade(url, START)
    with Records.open(url) as records:
        keep(records, night("a"))
        behind(records, "UPDATE outbox SET run = 1", "UPDATE failure SET run = 9")
        assert "database-reference" in {problem.code for problem in records.verify_records()}
        with records._engine.begin() as connection:
            connection.exec_driver_sql("UPDATE audit SET at = 'gisteren'")
        assert [problem.code for problem in records.verify_audit(KEY)] == ["audit-unreadable"]
        assert "record-unreadable" in {problem.code for problem in records.verify_records()}


@pytest.mark.parametrize("share", [0.1, 0.5, 0.95])
def test_a_damaged_file_is_told(tmp_path: Path, share: float) -> None:
    """Pages that were overwritten are found by the check, or the file cannot be opened at all."""
    url = default_url(tmp_path)
    Records.upgrade(url, START)
    with Records.open(url) as records:
        keep(records, night([f"o{number}" for number in range(500)]))
        records.erase([], at=START)
    path = tmp_path / "compliance.db"
    content = bytearray(path.read_bytes())
    first = int(share * len(content)) // 4096 * 4096
    content[first : first + 8192] = b"x" * 8192
    path.write_bytes(content)
    assert "This file is not a database, or it is damaged." in _told(url)


def _told(url: str) -> set[str]:
    try:
        with Records.open(url) as records:
            return {problem.message for problem in records.verify_records()}
    except StoreError as error:
        return {problem.message for problem in error.problems}


def test_a_broken_chain_takes_no_second_entry_of_a_number(records: Records) -> None:
    """Two entries never share a number."""
    with pytest.raises(IntegrityError), records._engine.begin() as connection:
        connection.execute(
            text("INSERT INTO audit SELECT seq, at, actor, action, detail, previous, 'x' FROM audit")
        )
