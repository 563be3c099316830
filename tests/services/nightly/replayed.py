"""Judges a past run again from the store, as anybody can with `check`, and holds it against what was kept."""

from __future__ import annotations

import json

from compliance.model.entities import Compartment
from compliance.reporting.json_format import render_json, render_jsonl
from compliance.reporting.records import dossier_record
from compliance.services.check import CheckRequest, check
from compliance.services.content import report_words
from compliance.services.store import open_store
from tests.services.nightly.simulation import Simulation


def assert_replayed(world: Simulation, run: int, reading: tuple[Compartment, ...]) -> None:
    """The same results in the same order, the same counts and the same dossiers, for this reader."""
    with open_store(world.folder, world.database) as store:
        receipt = store.records.run(run)
        assert receipt is not None
        kept = [one for one in store.records.results("c1", run) if one.compartment in reading]
        dossiers = store.records.dossiers(run)[reading]
    answer = check(
        CheckRequest(
            paths=(str(world.folder),),
            as_of=receipt.as_of,
            known_at=receipt.known_at,
            compartments=reading,
            database=world.database,
        )
    )
    words = report_words()
    lines = [json.dumps(one.record, ensure_ascii=False) for one in kept]
    assert render_jsonl(answer, words, provenance=False).splitlines() == lines
    whole = json.loads(render_json(answer, words, provenance=False))
    assert whole["dossiers"] == [dossier_record(dossier) for dossier in dossiers]
    assert [note.detail for note in answer.notes if note.code == "rules_of_run"] == [str(run)]
