"""`explain` of a kept run: its facts, rules and numbers, whatever came since; and what works over a store."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from compliance.errors import UsageError
from compliance.model.remedy import LookAhead
from compliance.services.check import CheckRequest, Ground
from compliance.services.exceptions import Asked, request
from compliance.services.explain import explain
from compliance.services.lookahead import look_ahead_at
from compliance.services.nightly import followup
from compliance.services.nightly.night import NightRequest, nightly
from compliance.services.remedy import find_remedy
from compliance.services.store import open_store

DAY = date(2027, 6, 1)
NOW = datetime(2027, 6, 1, 20, tzinfo=UTC)
FACTS: dict[str, Any] = {
    "contract": [
        {"id": "c1", "title": "Wmo", "contractor_id": "o1", "first_day": "2027-01-01", "funding": "task"}
    ],
    "organisation": [{"id": "o1", "name": "Wijkkracht"}, {"id": "o2", "name": "Zorgmaatje"}],
    "subcontract": [
        {"id": "s1", "contract_id": "c1", "principal_id": "o1", "subcontractor_id": "o2", "kind": "fixed",
         "first_day": "2027-02-01", "notified_on": None}
    ],
}  # fmt: skip


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store with two nights: nobody had given notice, and in the second it turns out somebody had."""

    def nothing(ground: Ground, *_: Any) -> LookAhead:
        return LookAhead(ground.contract, ground.as_of, ground.as_of, {})

    monkeypatch.setattr(followup, "look_ahead", nothing)
    monkeypatch.setattr(followup, "STEPS", ())
    folder = tmp_path / "store"
    open_store(folder, create=True).close()
    for number, noticed in enumerate((None, "2027-01-20"), start=1):
        facts = (
            FACTS if number == 1 else {"subcontract": [{**FACTS["subcontract"][0], "notified_on": noticed}]}
        )
        offered = folder / "inbox" / "gemeente"
        offered.mkdir(parents=True, exist_ok=True)
        (offered / f"case-{number}.json").write_text(json.dumps({"facts": facts}), encoding="utf-8")
        day = timedelta(days=number)
        nightly(NightRequest(folder, as_of=DAY + day, clock=partial(NOW.__add__, day)))
    return folder


def test_a_run_is_explained_with_what_was_known_then(store: Path) -> None:
    """The first run found it and says why; by the second it is compliant, and so it is now."""
    asked = CheckRequest(paths=(str(store),))
    assert explain(asked, "SUB-02", "s1", run=1).proof.outcome == "finding"
    assert explain(asked, "SUB-02", "s1", run=2).proof.outcome == "compliant"
    assert explain(asked, "SUB-02", "s1", run=1).as_of == DAY + timedelta(days=1)
    now = CheckRequest(paths=(str(store),), as_of=DAY)
    assert explain(now, "SUB-02", "s1").proof.outcome == "compliant"


def test_a_run_that_is_not_there_is_refused(store: Path) -> None:
    """The number is told, and where to find those that are."""
    with pytest.raises(UsageError, match="no run 9"):
        explain(CheckRequest(paths=(str(store),)), "SUB-02", "s1", run=9)


def test_remedies_and_looking_ahead_work_over_a_store(store: Path) -> None:
    """What holds of files holds of what a store keeps."""
    asked = CheckRequest(paths=(str(store),), as_of=DAY)
    found = find_remedy(asked, "SUB-03", "s1")
    assert found.outcome in ("finding", "not_applicable", "not_assessable")
    assert look_ahead_at(asked, 30).contract == "c1"


def test_a_known_subject_is_not_warned_of(store: Path) -> None:
    """An exception on what the store holds is noted by nothing; the contract needs no name."""
    asked = Asked("SUB-02", "s1", "x", DAY, DAY + timedelta(days=30), "Anna")
    with open_store(store) as opened:
        found = request(opened, asked, now=NOW)
    assert found.notes == ()
    assert found.exceptions[0].contract == "c1"


def test_a_store_is_explained_by_its_newest_run(store: Path) -> None:
    """Without a day or moment the proof is that of the last night; a run takes no other day beside it."""
    newest = explain(CheckRequest(paths=(str(store),)), "SUB-02", "s1")
    assert newest == explain(CheckRequest(paths=(str(store),)), "SUB-02", "s1", 2)
    assert newest.as_of == DAY + timedelta(2)
    other = CheckRequest(paths=(str(store),), as_of=DAY)
    assert explain(other, "SUB-02", "s1").as_of == DAY
    with pytest.raises(UsageError, match="a day and a moment of its own"):
        explain(other, "SUB-02", "s1", 2)
