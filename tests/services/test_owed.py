"""Who owes which fact, counted from the results that a run kept."""

from __future__ import annotations

from typing import Any

from compliance.model.finding import Missing, RowRef
from compliance.model.night import KeptResult, Owed
from compliance.services.content import report_words
from compliance.services.owed import who_owes


def kept(rule: str, subject: str, *missing: dict[str, Any], outcome: str = "not_assessable") -> KeptResult:
    """A result as kept, with what it misses."""
    ref = RowRef("referral", subject)
    return KeptResult(f"{rule}{subject}", rule, ref, "contract", outcome, {"missing": list(missing)})  # type: ignore[arg-type]


def field(name: str, row: str | None = None) -> dict[str, Any]:
    """A missing fact of a row."""
    return {"kind": "missing_fact", "field": name, "entity": name.partition(".")[0], "id": row}


NUMBER = {"kind": "parameter_not_agreed", "parameter": "uptake_days"}


def test_judgements_are_counted_once_for_each_thing_they_wait_for() -> None:
    """Rows of one field count together; a judgement that misses two things counts for both."""
    results = [
        kept("ACC-01", "r1", field("referral.started_on", "r1")),
        kept("ACC-01", "r2", field("referral.started_on", "r2"), field("referral.started_on", "r9"), NUMBER),
        kept("ACC-02", "r2", field("referral.started_on", "r2")),
        kept("ACC-02", "r3", NUMBER, outcome="finding"),
        kept("BIB-01", "r4", NUMBER),
    ]
    assert who_owes(results, ("ACC-01", "ACC-02"), report_words().owed_by) == (
        Owed(Missing("parameter_not_agreed", parameter="uptake_days"), "both", ("ACC-01",), 1),
        Owed(
            Missing("missing_fact", field="referral.started_on", entity="referral"),
            "contractor", ("ACC-01", "ACC-02"), 3,
        ),
    )  # fmt: skip
