"""The plug for a reader of messages: it gets the XML files, and its rows are checked like any other."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from compliance.model.intake import Notice
from compliance.sources import facts as facts_module
from compliance.sources.facts import read_facts
from compliance.sources.messages import MessageRefusal, MessageRequest, MessageRow, Messages
from compliance.sources.refusal import Flaw

REFERRAL = {"id": "r1", "contract_id": "c1", "client_id": "k1", "service": "ambulatory"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data set with a contract and one message."""
    (tmp_path / "contract.jsonl").write_text(
        '{"id": "c1", "title": "x", "contractor_id": "o1", "first_day": "2027-01-01", "funding": "task"}'
    )
    (tmp_path / "a.xml").write_text("<a/>")
    return tmp_path


def _plug(monkeypatch: pytest.MonkeyPatch, reader: Callable[[MessageRequest], Messages] | None) -> None:
    monkeypatch.setattr(facts_module, "message_reader", lambda: reader)


def test_rows_of_messages_are_facts(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Rows come in with their place; bad ones, and messages that cannot be used, are refused."""
    asked = []

    def read(request: MessageRequest) -> Messages:
        asked.append(request)
        (path,) = request.paths
        good: dict[str, Any] = REFERRAL | {"received_on": "2027-01-02"}
        return Messages(
            rows=[
                MessageRow("referral", good, path, "/a/b[1]", frozenset({"refusal_ground"})),
                MessageRow("referral", good | {"id": "r2", "received_on": "x"}, path, "/a/b[2]"),
                MessageRow("signal", {"id": "not wanted"}, path, "/a"),
            ],
            refusals=[MessageRefusal(path, Flaw("", "unknown_version", "1 digit", "version 3.2"))],
            notices=[Notice("message_recognised", path)],
            brings=frozenset({"referral", "client"}),
        )

    _plug(monkeypatch, read)
    facts = read_facts([str(folder)], entities=["referral"], key=b"k" * 32, contract="c1")
    (request,) = asked
    assert (request.paths, request.key, request.contract) == ((str(folder / "a.xml"),), b"k" * 32, "c1")
    assert request.entities == facts.read
    assert request.contracts == ("c1",)
    assert [(refusal.place, refusal.code) for refusal in facts.refusals] == [
        ("", "unknown_version"),
        ("/a/b[2]", "not_a_day"),
    ]
    row = facts.connection.execute("SELECT id, _place, _lacks FROM fact.referral").fetchall()[0]
    assert row[:2] == ("r1", "/a/b[1]")
    assert "refusal_ground" in facts.catalog["referral"].lacks[row[2]]
    assert "client" in facts.came
    assert Notice("message_recognised", str(folder / "a.xml")) in facts.notices


def test_without_a_reader_messages_are_refused(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """A message is never silently skipped."""
    _plug(monkeypatch, None)
    facts = read_facts([str(folder)], entities=["referral"])
    assert [refusal.code for refusal in facts.refusals] == ["no_message_reader"]
