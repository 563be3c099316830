"""Judging a few subjects says of them what judging all does."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

import pytest

from compliance.services.book import load_book
from compliance.services.content import content_folder
from compliance.services.engine import sql_engine
from compliance.services.selection import COMPARTMENTS, readable_entities
from compliance.sources.document import read_document
from compliance.sources.facts import facts_of_case

CASES = sorted((content_folder("cases") / "trouble").glob("*.yaml"))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_few_subjects_are_judged_as_among_all(path: Any) -> None:
    """Every other subject of every rule, asked for by id, gets the same outcome, values and gaps."""
    case = read_document(path.read_bytes(), path.name)
    book, _ = load_book()
    facts = facts_of_case(case, entities=readable_entities(COMPARTMENTS))
    numbers, _ = book.numbers.replaced(facts.settings.parameters)
    (contract, *_) = case["facts"]["contract"]
    engine = sql_engine(facts, contract["id"], date.fromisoformat(str(case["as_of"])), numbers)
    whole = engine.evaluate(book.judged, keep_all=True).observations
    some = whole[::2]
    only: dict[str, list[str]] = defaultdict(list)
    for one in some:
        only[one.rule].append(one.subject.id)
    found = engine.evaluate(book.judged, keep_all=True, only=only)
    assert found.observations == some
    assert not found.failures
