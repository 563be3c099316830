"""`compliance store`: info, upgrade and verify, with their exit codes."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Call = Callable[..., Result]


def test_a_store_is_made_told_and_whole(call: Call) -> None:
    """Made by the first upgrade; then there is nothing to do, and nothing wrong."""
    assert "is gemaakt" in call("store", "upgrade", "--store", "s").stdout
    assert "was niets te doen" in call("store", "upgrade", "--store", "s").stdout
    told = call("store", "info", "--store", "s", "--lang", "en")
    assert told.return_value == 0
    assert "Deliveries     0 (0 files, 0 rows)" in told.stdout
    whole = call("store", "verify", "--store", "s")
    assert whole.return_value == 0
    assert "Alles klopt." in whole.stdout
    assert "COMPLIANCE_AUDIT_KEY is niet gezet" in whole.stdout


def test_everything_wrong_is_listed(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the reader's language, with the place; the exit code says that the store is not whole."""
    monkeypatch.setenv("COMPLIANCE_AUDIT_KEY", "00" * 32)
    call("store", "upgrade", "--store", "s")
    with sqlite3.connect("s/compliance.db") as connection:
        connection.execute("DROP TRIGGER audit_update")
        connection.execute("UPDATE audit SET actor = 'x'")
    connection.close()
    Path("s/checkpoints.jsonl").write_text("x\n", encoding="utf-8")
    found = call("store", "verify", "--store", "s")
    assert found.return_value == 3
    assert "audit 1: Deze regel is veranderd nadat hij was geschreven." in found.stdout
    assert "checkpoints.jsonl:1: Dit is geen ijkpunt." in found.stdout
    assert "Dit klopt niet: 2." in found.stdout
    assert "audit 1: This entry was changed" in call("store", "verify", "--store", "s", "--lang", "en").stdout


def test_the_store_is_named_once_for_all_commands(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    """In compliance.toml at the top or for the group, or in the environment; the nearest counts."""
    Path("compliance.toml").write_text('store = "from-file"\n', encoding="utf-8")
    call("store", "upgrade")
    assert Path("from-file/vault").is_dir()
    Path("compliance.toml").write_text('[store]\nstore = "from-group"\n', encoding="utf-8")
    call("store", "upgrade")
    assert Path("from-group/vault").is_dir()
    monkeypatch.setenv("COMPLIANCE_STORE", "from-environment")
    call("store", "upgrade")
    assert Path("from-environment/vault").is_dir()


def test_a_store_that_is_not_there_is_told(call: Call) -> None:
    """Wrong usage, not bad facts."""
    assert getattr(call("store", "info", "--store", "s").exception, "exit_code", None) == 2
    assert getattr(call("store", "verify", "--store", "s").exception, "exit_code", None) == 2
    assert not Path("s").exists()


def test_the_url_of_the_database_is_not_shown(call: Call) -> None:
    """Not in an error, not in the help that shows defaults from the environment."""
    url = "postgresql://anna:hunter2@127.0.0.1:1/zorg"
    found = call("store", "upgrade", "--store", "s", "--database", url)
    assert "hunter2" not in str(found.exception) + found.output
    told = call("store", "info", "--help", env={"COMPLIANCE_DATABASE": url})
    assert "hunter2" not in told.output
