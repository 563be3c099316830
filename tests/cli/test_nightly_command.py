"""`compliance nightly` and `compliance findings` on the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import click
import pytest
from click.testing import Result

from compliance.errors import UsageError
from tests.services.nightly.events import RULES, first
from tests.services.nightly.simulation import Simulation

Call = Callable[..., Result]


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A store in which deliveries lie in the inbox; nights do not look ahead nor report."""
    monkeypatch.setattr("compliance.services.nightly.followup.KeptNight.ahead", ())
    monkeypatch.setattr("compliance.services.nightly.followup.STEPS", ())
    world = Simulation.begin(tmp_path, "", RULES, date(2027, 6, 1))
    first(world)
    return str(world.folder)


def test_a_night_is_told_in_a_few_lines(call: Call, store: str) -> None:
    """What was taken in (of what the reader may see), what is new, how many stand; one reason on stderr."""
    result = call("nightly", "--store", store, "--as-of", "2027-06-01")
    assert result.return_value == 1
    lines = result.stdout.splitlines()
    assert lines[0] == "Aanlevering van gemeente: 13 aangenomen, 0 geweigerd, 0 in de wacht"
    assert "Nacht 1 van Wmo, peildatum 2027-06-01" in lines
    assert not [line for line in lines if "BIB" in line]
    assert result.stderr.endswith("vraagpunten op of boven ter informatie.\n")


def test_a_second_night_on_a_day_says_so(call: Call, store: str) -> None:
    """Nothing differs, nothing is kept, and the same findings stand."""
    call("nightly", "--store", store, "--as-of", "2027-06-01")
    result = call("nightly", "--store", store, "--as-of", "2027-06-01", "--lang", "en")
    assert "nothing differs from night 1; nothing new was kept" in result.stdout
    assert result.return_value == 1


def test_json_holds_what_the_reader_may_see(call: Call, store: str) -> None:
    """Changes with their causes, for the compartments asked for."""
    result = call("nightly", "--store", store, "--as-of", "2027-06-01", "-f", "json", "--compartment", "all")
    (night,) = json.loads(result.stdout)["nights"]
    assert (night["run"], night["again"], night["complete"]) == (1, False, True)
    assert {"BIB-10", "SUB-02"} <= {change["rule"] for change in night["changes"]}


def test_only_what_weighs_enough_makes_a_night_fail(call: Call, store: str) -> None:
    """--fail-on counts what stands; excepted findings and mere consequences do not count."""
    result = call("nightly", "--store", store, "--as-of", "2027-06-01", "--fail-on", "critical")
    assert result.return_value == 0


def test_findings_are_listed_shown_and_compared(call: Call, store: str) -> None:
    """The three verbs over one store, in the reader's language."""
    for day in ("2027-06-01", "2027-06-05"):
        call("nightly", "--store", store, "--as-of", day)
    listed = call("findings", "list", "--store", store, "--rule", "SUB-*")
    assert listed.return_value == 0
    assert "Vraagpunten na nacht 2 van c1, peildatum 2027-06-05" in listed.stdout
    assert "staat open" in listed.stdout
    shown = call("findings", "show", "SUB-02", "s2", "--store", store, "--lang", "en")
    assert "night 1, as of 2027-06-01  new" in shown.stdout
    diff = call("findings", "diff", "--store", store, "-f", "jsonl")
    assert [json.loads(line)["causes"] for line in diff.stdout.splitlines()] == [["time"]]
    nothing = call("findings", "diff", "1", "2", "--store", store)
    assert "Nieuw (1)" in nothing.stdout


def test_too_many_arguments_are_refused(call: Call, store: str) -> None:
    """A finding has one name or two words; a difference has two runs."""
    for words in (("show", "SUB-02", "s2", "s3"), ("diff", "1", "2", "3")):
        refused = call("findings", *words, "--store", store).exception
        assert isinstance(refused, click.UsageError)
        assert "unexpected extra argument" in refused.message


def test_a_folder_without_a_store_is_refused(call: Call, tmp_path: Path) -> None:
    """And it says how to make one."""
    refused = call("nightly", "--store", str(tmp_path)).exception
    assert isinstance(refused, UsageError)
    assert "store upgrade" in str(refused)


def test_check_over_a_store_takes_the_rules_of_its_time(call: Call, store: str) -> None:
    """With --known-at a note says which run's rules judged; without it those that ship do."""
    call("nightly", "--store", store, "--as-of", "2027-06-01")
    now = call("check", store, "--as-of", "2027-06-01", "-f", "json")
    assert json.loads(now.stdout)["known_at"] is None
    then = call("check", store, "--as-of", "2027-06-01", "--known-at", "2999-01-01T00:00:00Z")
    assert "Beoordeeld met het regelboek en de getallen van nacht 1." in then.stdout
    refused = call("check", store, store).exception
    assert isinstance(refused, UsageError)
    assert "A store is judged on its own" in str(refused)
