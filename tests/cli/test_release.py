"""`compliance release`: what waits, who let it go, and what is refused, in words a person can use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import Result

from compliance.errors import UsageError
from compliance.model.night import Night
from compliance.services.audiences import find_audience
from compliance.services.content import report_content
from compliance.services.release import make_draft
from compliance.services.store import open_store
from tests.services.notify import nights

Call = Callable[..., Result]
AT = datetime(2027, 6, 2, 9, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A store with a draft for the contractor of a whole night, and one of a broken night."""
    place = tmp_path / "store"
    with open_store(place, create=True) as store:
        for receipt in (nights.receipt(), nights.broken()):
            kept = store.records.keep_night(Night(replace(receipt, number=0)), {"a.yaml": "a"}, "")
            answer = nights.answer([nights.standing("SUB-01", "organisation/o2")], receipt=kept)
            audience = find_audience("contractor")
            make_draft(store, answer, audience, "html", report_content(), "nl", at=AT)
    return place


def test_list_approve_and_withdraw(call: Call, folder: Path) -> None:
    """The list names every report and its state; approving and withdrawing say where the file is now."""
    there = ("--store", str(folder))
    listed = call("release", "list", *there).stdout
    assert "2-contractor-nl-html  concept" in listed
    assert "! de run was niet volledig" in listed
    done = call("release", "approve", "1-contractor-nl-html", "--by", "A. de Vries", *there)
    assert done.return_value == 0
    assert "vrijgegeven door A. de Vries" in done.stdout
    assert "released/contractor-nl.html" in done.stdout
    assert "sha256:" in done.stdout
    undone = call("release", "withdraw", "1-contractor-nl-html", "--by", "B", "--reason", "fout", *there)
    assert "ingetrokken" in undone.stdout
    listed = call("release", "list", "--run", "1", "--lang", "en", *there).stdout
    assert "withdrawn by B" in listed
    assert "released by A. de Vries" in listed
    assert "2-contractor" not in listed


def test_an_incomplete_run_is_refused_unless_it_is_acknowledged(call: Call, folder: Path) -> None:
    """Exit code 2 and what to do; with --incomplete it goes."""
    asked = ("release", "approve", "2-contractor-nl-html", "--by", "A", "--store", str(folder))
    error = call(*asked).exception
    assert isinstance(error, UsageError)
    assert "--incomplete" in str(error)
    assert call(*asked, "--incomplete").return_value == 0


def test_a_name_must_be_on_the_line(call: Call, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is named by a setting of the machine."""
    monkeypatch.setenv("COMPLIANCE_BY", "iedereen")
    result = call("release", "approve", "1-contractor-nl-html", "--store", str(folder))
    assert result.exit_code != 0
    assert "1-contractor-nl-html  concept" in call("release", "list", "--store", str(folder)).stdout


def test_nothing_to_release_is_said(call: Call, tmp_path: Path) -> None:
    """A new store has no reports; an unknown one is refused by name."""
    with open_store(tmp_path / "new", create=True):
        pass
    assert "geen rapport" in call("release", "list", "--store", str(tmp_path / "new")).stdout
    error = call("release", "approve", "x", "--by", "A", "--store", str(tmp_path / "new")).exception
    assert isinstance(error, UsageError)
