"""What may no longer stay goes, also from the disk; the rest can still be checked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from compliance.model.finding import RowRef
from compliance.model.night import KeptResult
from compliance.store.records import Records
from tests.store.records.nights import CONTRACT, DAY, START, keep, night, result, standing, subject

HIDDEN = "geheim-organisatie-7"


def kept(records: Records) -> None:
    """Two runs over three organisations, with an exception, a review and a note about the second."""
    names = ["a", HIDDEN, "b"]
    keep(records, night(names))
    found = tuple(result(name, hours="13.00") for name in names)
    stands = tuple(standing(name, since_run=1, first_run=1) for name in names)
    keep(records, replace(night(names, days=1), results=found, standings=stands))
    records.request_exception(
        CONTRACT, "SUB-01", subject(HIDDEN), reason="x", first_day=DAY, last_day=DAY, by="anna", at=START
    )
    records.add_review(CONTRACT, "SUB-01", subject(HIDDEN), "confirmed", day=DAY, by="anna", at=START)
    records.add_note(CONTRACT, result(HIDDEN).fingerprint, "nb", by="anna", at=START)
    records.add_note(CONTRACT, result("a").fingerprint, "nb", by="anna", at=START)


def test_everything_about_a_fact_is_erased(records: Records, tmp_path: Path) -> None:
    """Results, standings, decisions, notes and dossiers go; a second time there is nothing left to do."""
    kept(records)
    counts = records.erase([subject(HIDDEN)], at=START)
    assert counts == {
        "result": 2, "standing": 1, "exception": 1, "review": 1, "finding_note": 1, "dossier": 2,
    }  # fmt: skip
    assert not any(records.erase([subject(HIDDEN)], at=START).values())
    assert [each.subject.id for each in records.results(CONTRACT)] == ["a", "b"]
    assert [each.subject.id for each in records.standings(CONTRACT, 1)] == ["a", "b"]
    assert len(records.notes(CONTRACT)) == 1
    assert len(records.audit_entries("records.erased")) == 1
    files = [path for path in tmp_path.glob("compliance.db*") if path.is_file()]
    assert not any(HIDDEN.encode() in path.read_bytes() for path in files)


def test_a_record_that_names_a_fact_goes_with_it(records: Records) -> None:
    """As evidence, as what is missing, or as a value."""
    names = ("evidence", "missing", "value", "free")
    made: list[KeptResult] = []
    for name in names:
        found = result(name)
        record = {**found.record, "evidence": []}
        if name in {"evidence", "missing"}:
            record[name] = [{"entity": "delivery", "id": "d9"}]
        if name == "value":
            record["values"] = {"delivery": "d9"}
        made.append(replace(found, record=record))
    keep(records, replace(night(), results=tuple(made)))
    assert records.erase([RowRef("delivery", "d9")], at=START)["result"] == 3
    assert [each.subject.id for each in records.results(CONTRACT)] == ["free"]


def test_what_stays_is_still_checked(records: Records) -> None:
    """After an erasure the records are whole, also when the finding comes back and then changes."""
    kept(records)
    records.erase([subject(HIDDEN)], at=START)
    assert records.verify_records() == []
    keep(records, night(["a", HIDDEN], days=2))
    assert records.verify_records() == []
    records.erase_findings(CONTRACT, [result("b").fingerprint], at=START)
    assert records.verify_records() == []
    with records._engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM result WHERE from_run = 1")
    assert {problem.code for problem in records.verify_records()} == {"run-rows"}


def test_a_compartment_can_be_listed_and_erased(records: Records) -> None:
    """Its fingerprints come with the last run that held them; dossiers of its readings go by run."""
    secret = replace(result("x"), compartment="bibob")
    old = replace(result("y"), compartment="bibob")
    keep(records, replace(night("a"), results=(secret, old)))
    keep(records, replace(night("a", days=1), results=(secret,)))
    found = records.findings_of(CONTRACT, "bibob")
    assert found == {secret.fingerprint: 0, old.fingerprint: 1}
    assert records.erase_findings(CONTRACT, found, at=START) == {
        "result": 2, "standing": 0, "review": 0, "finding_note": 0,
    }  # fmt: skip
    assert records.erase_dossiers([1, 2], "bibob", at=START) == 0
    assert records.erase_dossiers([1], "contract", at=START) == 1
    assert records.dossiers(1)[("contract",)] == ()
    assert records.dossiers(2)[("contract",)] != ()
