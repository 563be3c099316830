"""What a night leaves comes back as it was, from both databases."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

from sqlalchemy import func, select

from compliance.model.kept import Errand
from compliance.store.records import Records
from compliance.store.records.tables import result as result_table
from compliance.store.records.tables import rulebook
from compliance.store.records.tables import standing as standing_table
from tests.store.records.nights import (
    CONTRACT,
    DAY,
    NUMBERS,
    START,
    TEXTS,
    keep,
    night,
    receipt,
    record,
    result,
    standing,
)


def written(records: Records, table: object) -> int:
    """The rows in a table."""
    with records._engine.connect() as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())  # type: ignore[arg-type]


def test_a_night_comes_back_as_it_was_kept(records: Records) -> None:
    """Receipt with microseconds, counts, failures, notes, results, standings and dossiers are all equal."""
    made = night("ba")
    kept = keep(records, made)
    assert kept == replace(made.receipt, number=1)
    found = records.night(1)
    assert found is not None
    assert found.receipt == kept == records.last_run(CONTRACT) == records.run(1)
    assert found.receipt.known_at.tzinfo is UTC
    assert found.counts_by_rule == made.counts_by_rule
    assert found.dossiers == made.dossiers
    assert found.results == tuple(reversed(made.results))
    assert found.standings == tuple(
        replace(each, since_run=1, first_run=1, last_run=1) for each in reversed(made.standings)
    )


def test_records_keep_the_order_of_their_keys(records: Records) -> None:
    """What is shown again is the same text, byte for byte."""
    keep(records, night("a"))
    (kept,) = records.results(CONTRACT)
    assert json.dumps(kept.record) == json.dumps(record("a"))
    (stands,) = records.standings(CONTRACT)
    assert json.dumps(stands.record) == json.dumps(record("a"))


def test_results_come_by_rule_and_subject_by_code_point(records: Records) -> None:
    """The order is that of `check`, whatever the sorting of the database."""
    names = ("b", "B", "a-1", "a1", "é")
    made = replace(night(), results=tuple(result(name, rule) for rule in ("Z-1", "A-1") for name in names))
    keep(records, made)
    found = [(kept.rule, kept.subject.id) for kept in records.results(CONTRACT)]
    assert found == [(rule, name) for rule in ("A-1", "Z-1") for name in sorted(names)]


def test_what_did_not_change_is_not_written_again(records: Records) -> None:
    """Equal results and standings cost no row; each run stays as it was."""
    keep(records, night("abc"))
    keep(records, night("abc", days=1))
    assert (written(records, result_table), written(records, standing_table)) == (3, 6)
    stands = tuple(replace(each, first_run=1, since_run=1) for each in night("abc").standings)
    keep(records, replace(night("abc", days=2), standings=stands))
    keep(records, replace(night("abc", days=3), standings=stands))
    assert (written(records, result_table), written(records, standing_table)) == (3, 9)
    changed = (result("a", hours="13.00"), result("b"))
    keep(records, replace(night(days=4), results=changed, standings=stands))
    assert written(records, result_table) == 4
    assert records.results(CONTRACT, 3) == records.results(CONTRACT, 1) == night("abc").results
    assert records.results(CONTRACT) == changed
    assert {each.last_run for each in records.standings(CONTRACT, 4)} == {4}
    assert {each.last_day for each in records.standings(CONTRACT, 4)} == {DAY + timedelta(days=3)}


def test_a_finding_gone_and_back_has_its_days(records: Records) -> None:
    """A resolved standing keeps the run that last found it; its life is told change by change."""
    keep(records, night("a"))
    gone = standing(
        "a", state="resolved", outcome="compliant", causes=("fact",), first_run=1, last_run=1, since_run=0
    )
    keep(records, replace(night(days=1), standings=(gone,)))
    keep(records, replace(night(days=2), standings=(replace(gone, since_run=2),)))
    back = standing("a", state="reopened", first_run=1, last_day=DAY + timedelta(days=3))
    keep(records, replace(night("a", days=3), standings=(back,)))
    lives = records.lives(CONTRACT, gone.fingerprint)
    assert [(run, life.state, life.last_run, life.last_day.day) for run, life in lives] == [
        (1, "new", 1, 1),
        (2, "resolved", 1, 1),
        (4, "reopened", 4, 4),
    ]
    spans = [(span.from_run, span.until_run, span.state) for span in records.spans(CONTRACT)]
    assert spans == [(1, 2, "new"), (2, 4, "resolved"), (4, None, "reopened")]


def test_contracts_have_runs_of_their_own(records: Records) -> None:
    """Runs are numbered over the store; what one contract found is not ended by a run of another."""
    keep(records, night("a"))
    keep(records, replace(night(days=1), receipt=receipt(1, contract="c2")))
    assert [run.number for run in records.runs()] == [1, 2]
    assert [run.number for run in records.runs("c2")] == [2]
    assert records.contracts() == ("c1", "c2")
    assert len(records.results("c1")) == 1
    assert records.results("c2") == ()
    last = records.last_run("c1")
    assert last is not None
    assert last.number == 1
    assert records.last_run("c3") is None
    assert records.standings("c3") == ()


def test_the_run_known_at_a_moment_is_found(records: Records) -> None:
    """Of the runs of a day, the last with no more knowledge than that."""
    for days in range(3):
        keep(records, night(days=days))
    keep(records, night(days=1, known_at=START + timedelta(days=5)))
    found = records.run_known_at(CONTRACT, None, START + timedelta(days=1))
    assert found is not None
    assert found.number == 2
    late = records.run_known_at(CONTRACT, DAY + timedelta(days=1), None)
    assert late is not None
    assert late.number == 4
    assert records.run_known_at(CONTRACT, None, START - timedelta(days=1)) is None
    before = records.previous_run(3)
    assert before is not None
    assert before.number == 2
    assert records.previous_run(1) is None


def test_a_moment_may_come_in_any_time_zone(records: Records) -> None:
    """Whatever zone a moment is given in, it comes back in UTC and sorts as it should."""
    amsterdam = timezone(timedelta(hours=2))
    keep(records, night(known_at=datetime(2027, 6, 1, 1, 30, 0, 1, tzinfo=amsterdam)))
    found = records.run(1)
    assert found is not None
    assert found.known_at == datetime(2027, 5, 31, 23, 30, 0, 1, tzinfo=UTC)
    assert found.known_at.utcoffset() == timedelta(0)


def test_rule_books_and_numbers_are_kept_once_by_hash(records: Records) -> None:
    """The texts of a run come back, and an equal hash is not kept again."""
    keep(records, night())
    keep(records, night(days=1))
    assert written(records, rulebook) == 1
    assert records.rulebook_texts("sha256:rules") == TEXTS
    assert records.numbers_text("sha256:numbers") == NUMBERS
    assert records.rulebook_texts("sha256:other") is None
    assert records.numbers_text("sha256:other") is None


def test_errands_are_kept_with_their_run(records: Records) -> None:
    """What is to be done after a run is there with it, once per kind and recipient."""
    asked = (Errand("step", "reports"), Errand("step", "notify", "text"), Errand("step", "reports"))
    keep(records, night(), errands=asked)
    found = records.open_errands("step")
    assert [(errand.run, errand.recipient, errand.payload) for errand in found] == [
        (1, "reports", ""),
        (1, "notify", "text"),
    ]


def test_the_audit_chain_tells_of_the_run_without_subjects(records: Records) -> None:
    """Each run has its entry; no id of a fact stands in it."""
    keep(records, night(["zeldzaam"]))
    (entry,) = records.audit_entries("run.kept")
    assert entry.detail["run"] == 1
    assert entry.detail["results"] == 1
    assert "zeldzaam" not in json.dumps(dict(entry.detail))
