"""A finding weighs the same for every reader, whatever else that reader may see."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from compliance.engine.judge import judge
from compliance.model.rule import Severity
from compliance.services.book import load_book
from compliance.services.content import content_folder
from compliance.services.engine import sql_engine
from compliance.services.nightly.judged import READINGS
from compliance.services.selection import COMPARTMENTS, readable_entities
from compliance.sources.document import read_document
from compliance.sources.facts import facts_of_case

CASES = sorted((content_folder("cases") / "trouble").glob("*.yaml"))
Weight = tuple[Severity, str, str | None]


def test_no_consequence_follows_from_what_its_reader_may_not_see() -> None:
    """Every declared pair keeps within one compartment, or follows from the contract's."""
    book, declarations = load_book()
    assert declarations.pairs
    for pair in declarations.pairs:
        cause, consequence = book.rules[pair.cause].rule, book.rules[pair.consequence].rule
        assert cause.compartment in ("contract", consequence.compartment), pair.name


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_severity_and_status_are_the_same_in_every_reading(path: Path) -> None:
    """What one reading makes of a finding, each other reading that holds it makes of it too."""
    case = read_document(path.read_bytes(), path.name)
    book, declarations = load_book()
    facts = facts_of_case(case, entities=readable_entities(COMPARTMENTS))
    numbers, _ = book.numbers.replaced(facts.settings.parameters)
    as_of = date.fromisoformat(str(case["as_of"]))
    engine = sql_engine(facts, case["facts"]["contract"][0]["id"], as_of, numbers)
    observations = engine.evaluate(book.judged).observations
    rules = {rule.id: rule.rule for rule in book.judged}
    weights: dict[tuple[str, str], set[Weight]] = {}
    for reading in READINGS:
        seen = [one for one in observations if rules[one.rule].compartment in reading]
        judged = judge(seen, rules, declarations, facts.settings.exceptions, as_of, contract="c1").judged
        for one in judged:
            key = (one.observation.rule, one.observation.subject.id)
            weights.setdefault(key, set()).add((one.severity, one.status, one.follows_from))
    assert weights
    assert all(len(found) == 1 for found in weights.values())
