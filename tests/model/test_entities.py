"""Every entity states what it is, what goes together and what cannot be."""

from __future__ import annotations

import re
from typing import Any

import pytest
from pydantic import ValidationError

from compliance.model.entities import DELIVERED, DERIVED, Entity
from compliance.model.schema import (
    ABSENT_MEANS_NONE,
    MADE_FROM,
    STUBBED,
    EntitySpec,
    FieldSpec,
    delivered_entities,
    entities,
    entity_name,
)
from compliance.sources.facts import facts_of_case

VALUES: dict[str, Any] = {
    "text": "x",
    "ref": "x",
    "day": "2027-03-01",
    "int": 2027,
    "decimal": "1.5",
    "bool": True,
}
MODELS = (*DELIVERED, *DERIVED)


def plain_row(spec: EntitySpec) -> dict[str, Any]:
    """A row with its required fields only."""
    return {name: plain_value(field) for name, field in spec.fields.items() if field.required}


def plain_value(field: FieldSpec) -> Any:
    """Some value that the field takes."""
    return field.codes[0] if field.codes else VALUES[field.type]


def refused(spec: EntitySpec, row: dict[str, Any]) -> set[tuple[str, str]]:
    """The columns for which a case's row is refused, and why."""
    facts = facts_of_case({"facts": {spec.name: [row]}}, entities=[spec.name])
    return {(refusal.column, refusal.code) for refusal in facts.refusals}


@pytest.mark.parametrize("model", MODELS)
def test_an_entity_is_what_it_declares(model: type[Entity]) -> None:
    """A row has the required fields and nothing unknown, and never changes."""
    spec = entities()[entity_name(model)]
    row = model.model_validate(plain_row(spec))
    assert spec.model is model
    assert spec.description.endswith(".")
    with pytest.raises(ValidationError, match="extra"):
        model.model_validate({**plain_row(spec), "postcode": "1234 AB"})
    with pytest.raises(ValidationError, match="frozen"):
        row.id = "y"  # type: ignore[misc]
    for name, field in spec.fields.items():
        if field.required:
            with pytest.raises(ValidationError):
                model.model_validate({**plain_row(spec), name: None})


ORDERS = [(spec, *order) for spec in entities().values() for order in spec.orders]


@pytest.mark.parametrize(("spec", "first", "second"), ORDERS, ids=lambda part: getattr(part, "name", part))
def test_days_in_the_wrong_order_are_refused(spec: EntitySpec, first: str, second: str) -> None:
    """The last day cannot lie before the first, nor an end before its start; the same day can be both."""
    row = plain_row(spec)
    backwards = {**row, first: "2027-03-02", second: "2027-03-01"}
    assert (second, "days_reversed") in refused(spec, backwards)
    assert (second, "days_reversed") not in refused(spec, {**backwards, second: "2027-03-02"})
    assert (second, "days_reversed") not in refused(spec, {**backwards, second: None})


DEMANDS = [(spec, *demand) for spec in entities().values() for demand in spec.demands]


@pytest.mark.parametrize(("spec", "name", "code", "demanded"), DEMANDS)
def test_what_a_code_demands(spec: EntitySpec, name: str, code: str, demanded: str) -> None:
    """A code that makes another field required refuses the row without it, and no other code does."""
    row = {**plain_row(spec), name: code}
    assert (demanded, "required_empty") in refused(spec, row)
    assert (demanded, "required_empty") not in refused(spec, {**row, demanded: "x"})
    other = next(other for other in spec.fields[name].codes if other != code)
    assert (demanded, "required_empty") not in refused(spec, {**row, name: other})


def test_every_interval_is_ordered() -> None:
    """Each entity with a first and a last day says that they are in order; so do the pairs the norm names."""
    for spec in entities().values():
        if {"first_day", "last_day"} <= spec.fields.keys():
            assert ("first_day", "last_day") in spec.orders
    assert entities()["referral"].orders == (("started_on", "ended_on"),)
    assert entities()["bibob_inquiry"].orders == (("opened_on", "concluded_on"),)


def test_no_protected_attribute_is_a_fact() -> None:
    """No field is named after a protected attribute, so no rule can mention one."""
    words = re.compile(
        r"national|birth|ethnic|religi|gender|sex|orientation|language|politic|health|postcode|postal|bsn"
    )
    labels = [field.label for spec in entities().values() for field in spec.fields.values()]
    assert [label for label in labels if words.search(label)] == []


def test_names_and_order() -> None:
    """Delivered entities come first, under snake-case names; the short lists name entities that exist."""
    assert list(entities()) == [entity_name(model) for model in MODELS]
    assert delivered_entities() == tuple(entity_name(model) for model in DELIVERED)
    assert entity_name(DELIVERED[-1]) == "attestation"
    assert {*STUBBED, *ABSENT_MEANS_NONE, *MADE_FROM} <= set(entities())
    for sources in MADE_FROM.values():
        for source, names in sources.items():
            assert set(names) <= set(entities()[source].fields)
