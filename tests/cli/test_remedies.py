"""`compliance remedy`, `lookahead` and `exceptions`, with their exit codes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Call = Callable[..., Result]


def test_remedy_tells_what_clears_a_finding(call: Call, trouble: Path) -> None:
    """Text names the change; JSON has it as data; an unknown rule is wrong usage."""
    path = str(trouble / "acceptance.yaml")
    found = call("remedy", path, "BRG-02", "r2")
    assert found.return_value == 0
    assert "last_day van 2027-03-20 naar 2027-03-21 of later" in found.stdout
    record = json.loads(call("remedy", path, "BRG-02", "r2", "-f", "json").stdout)
    assert (record["hopeless"], record["remedies"][0]["nature"]) == ("past", "correct")
    assert getattr(call("remedy", path, "BRG-99", "r2").exception, "exit_code", None) == 2


def test_lookahead_tells_what_comes(call: Call, trouble: Path) -> None:
    """The first day and the last day to act, for the rules and days asked for."""
    path = str(trouble / "acceptance.yaml")
    found = call("lookahead", path, "--days", "10", "--lang", "en")
    assert found.return_value == 0
    assert "2027-06-09  ACC-08" in found.stdout
    assert "act by 2027-06-08" in found.stdout
    assert "ACC-03" not in found.stdout
    table = call("lookahead", path, "-r", "ACC-03", "-f", "csv").stdout
    assert table.splitlines()[1].startswith("2027-06-13,2027-06-12,ACC-03,")


def test_exceptions_take_two_persons(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked for by one, approved by another; who is meant may stand in the environment."""
    call("store", "upgrade", "--store", "s")
    monkeypatch.setenv("COMPLIANCE_STORE", "s")
    monkeypatch.setenv("COMPLIANCE_USER", "Anna")
    days = ("--first-day", "2027-01-01", "--last-day", "2027-12-31")
    asked = call(
        "exceptions", "request", "SUB-02", "s1", "--reason", "Overgang", "--contract", "c1", *days
    )  # fmt: skip
    assert "1. " in asked.stdout
    assert "niet bekend in de opslag" in asked.stdout
    refused = call("exceptions", "approve", "1")
    assert getattr(refused.exception, "exit_code", None) == 2
    assert call("exceptions", "approve", "1", "--by", "Bas").return_value == 0
    listed = json.loads(call("exceptions", "list", "--as-of", "2027-12-15", "-f", "json").stdout)
    assert [one["state"] for one in listed["exceptions"]] == ["lapses_soon"]
    taken_back = call("exceptions", "revoke", "1", "--reason", "opgelost", "--by", "Cor", "--lang", "en")
    assert "revoked by Cor" in taken_back.stdout
    assert "0 exceptions." in call("exceptions", "list", "--lang", "en").stdout
