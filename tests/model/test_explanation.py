"""An explanation knows where each fact was read."""

from __future__ import annotations

from datetime import date

from compliance.model.explanation import Explanation, Proof, UsedFact
from compliance.model.finding import RowRef
from compliance.model.run import Origin
from tests.language.expressions import shipped


def test_where_a_fact_was_read() -> None:
    """A fact has the file and place it was read from; a stub and a derived fact have none."""
    rule = shipped().rules["ACC-01"].rule
    proof = Proof(rule.id, RowRef("referral", "r1"), "compliant", (), (), (), (), rule.norms)
    explanation = Explanation(rule, "c1", date(2027, 1, 1), proof, (), paths={0: "referral.csv"})
    read = UsedFact(RowRef("referral", "r1"), (), 0, "2")
    stub = UsedFact(RowRef("organisation", "o9"), (), -1, "")
    assert explanation.origin(read) == Origin("referral.csv", "2")
    assert explanation.origin(stub) is None
