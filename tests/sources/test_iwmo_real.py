"""Messages made by others: each is read, or recognised as one without facts."""

from __future__ import annotations

from pathlib import Path

import pytest

from compliance.model.schema import delivered_entities
from compliance.sources.facts import read_facts
from compliance.sources.iwmo import read_messages
from compliance.sources.messages import MessageRequest

from .conftest import CONTRACT
from .iwmo_letters import assigned, client, letter

MESSAGES = Path(__file__).resolve().parents[3] / "shared/realdata/iwmo-3.2/messages"
needs_messages = pytest.mark.skipif(
    not MESSAGES.is_dir(), reason="the sample messages of iWmo 3.2 are not beside the project"
)


@needs_messages
def test_the_sample_messages_are_read_or_recognised(tmp_path: Path) -> None:
    """301 gives a referral, 305 and 307 its start and stop, and the other four are said to carry no fact."""
    # The samples tell of different municipalities; these are the assignments that 305 and 307 are about.
    theirs = letter(
        "WMO301",
        client(
            assigned("300201", "2025-03-20", category="01"), assigned("300202", "2025-03-20", category="01")
        ),
        municipality="0363",
        provider="65656055",
    )
    (tmp_path / "contract.csv").write_text(CONTRACT)
    (tmp_path / "assignments.xml").write_text(theirs)
    facts = read_facts([str(MESSAGES), str(tmp_path)], entities=delivered_entities(), key=bytes(32))
    assert facts.refusals == []
    rows = facts.connection.execute(
        "SELECT id, service, received_on::VARCHAR, started_on::VARCHAR, provider_id, ended_on::VARCHAR, "
        "end_reason FROM fact.referral ORDER BY id"
    ).fetchall()
    care = ("agb-65656055", "2025-07-18", "moved")
    assert rows == [
        ("iwmo-0363-300201", "household_help", "2025-03-20", "2025-04-03", *care),
        ("iwmo-0363-300202", "household_help", "2025-03-20", "2025-04-04", *care),
        ("iwmo-0384-101", "household_help", "2023-08-13", None, None, None, None),
    ]
    said = {notice.detail for notice in facts.notices if notice.code == "message_without_facts"}
    assert said == {"WMO315", "WMO317", "WMO319", "WMO323"}
    # Technical rule TR382: the sample's stop names another first day than its start.
    assert [notice.count for notice in facts.notices if notice.code == "begin_differs"] == [1]


@needs_messages
def test_every_sample_is_known_alone() -> None:
    """None of the samples is refused for what it is, only for an assignment that did not come with it."""
    for path in sorted(MESSAGES.glob("*.xml")):
        answer = read_messages(
            MessageRequest((str(path),), bytes(32), "c1", frozenset(("referral", "client")))
        )
        assert {refusal.flaw.code for refusal in answer.refusals} <= {"assignment_not_delivered"}
        assert answer.rows or answer.refusals or answer.notices
