"""`compliance report` over a store with a night in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from compliance.services.content import content_folder
from tests.acceptance.desk import Answer, ask


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with one night over a shipped case; making reports changes nothing of it."""
    folder = tmp_path_factory.mktemp("night") / "store"
    assert ask("store", "upgrade", "--store", folder).code == 0
    inbox = folder / "inbox" / "gemeente"
    inbox.mkdir(parents=True)
    case = (content_folder("cases") / "trouble" / "integrity.yaml").read_text(encoding="utf-8")
    (inbox / "integrity.yaml").write_text(case.split("expect:")[0], encoding="utf-8")
    (folder / "parameters.yaml").write_text(
        "bibob_screen_days: 60\nsignal_assess_days: 14\ncontrol_report_days: 14\n", encoding="utf-8"
    )
    assert ask("nightly", "--store", folder, "--as-of", "2027-06-01").code in (0, 1)
    return folder


def report(store: Path, *arguments: object) -> Answer:
    """What the command says."""
    return ask("report", *arguments, "--store", store)


def test_the_manager_report_follows_every_night(store: Path) -> None:
    """It stands in the store, and the command makes the same."""
    made = (store / "reports" / "1" / "manager-nl.html").read_bytes()
    answer = report(store, "manager")
    assert (answer.code, answer.raw) == (0, made)
    assert b"BIB-09" in made
    assert b"BIB-01" not in made


def test_what_leaves_is_a_draft_until_it_is_released(store: Path) -> None:
    """The draft says so on top and stands in the store; the one who asked is told how to release it."""
    answer = report(store, "contractor", "-f", "md")
    assert answer.code == 0
    assert "CONCEPT" in answer.out.splitlines()[0]
    assert "compliance release approve 1-contractor-nl-md" in answer.err
    assert (store / "reports" / "1" / "draft" / "contractor-nl.md").read_bytes() == answer.raw
    assert "BIB-09" not in answer.out  # about another party's affairs


def test_a_report_goes_to_the_file_that_was_asked_for(store: Path, tmp_path: Path) -> None:
    """As a workbook, in English, of the run named."""
    place = tmp_path / "gaps.xlsx"
    answer = report(store, "gaps", "--run", 1, "-o", place, "--lang", "en")
    assert (answer.code, answer.raw) == (0, b"")
    assert place.read_bytes()[:2] == b"PK"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("manger",), "manager"),
        (("manager", "--run", 9), "Er is geen nacht 9."),
        (("manager", "--contract", "c7"), "Er is geen nacht van contract c7."),
    ],
)
def test_a_wrong_request_is_told(store: Path, arguments: tuple[object, ...], said: str) -> None:
    """An unknown audience, run or contract."""
    answer = report(store, *arguments)
    assert answer.code == 2
    assert said in answer.err


def test_a_store_without_a_night_has_no_report(tmp_path: Path) -> None:
    """It is told what to do first."""
    ask("store", "upgrade", "--store", tmp_path / "empty")
    answer = report(tmp_path / "empty", "manager")
    assert answer.code == 2
    assert "nog geen nacht" in answer.err
