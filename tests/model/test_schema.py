"""The schema says of a field what its declaration says."""

from __future__ import annotations

from typing import Any

import pytest

from compliance.model.schema import FieldSpec, entities


def field(label: str) -> FieldSpec:
    """The field of that name."""
    entity, _, name = label.partition(".")
    return entities()[entity].fields[name]


@pytest.mark.parametrize(("label", "expected"), [
    ("contract.first_day", {"type": "day", "required": True, "anchor": True, "nullable": False}),
    ("contract.last_day", {"type": "day", "kind": "plan", "nullable": True}),
    ("contract.sroi_pct", {"type": "decimal", "places": 4, "agreed": "sroi_pct", "least": 0, "most": 100}),
    ("contract.funding", {"type": "code", "codes": ("task", "output", "effort"), "nullable": False}),
    ("contract_year.value_eur", {"type": "decimal", "places": 2, "nullable": True}),
    ("contract_year.year", {"type": "int", "least": 1900, "most": 2200}),
    ("organisation.kvk_number", {"type": "text", "codes": ()}),
    ("control.holder_id", {"type": "ref", "targets": ("person", "organisation")}),
    ("referral.received_on", {"type": "day", "kind": "event", "anchor": True, "nullable": False}),
    ("referral.provider_id", {"type": "ref", "targets": ("organisation",), "describes": "started_on"}),
    ("referral.refusal_ground", {"type": "code", "describes": "refused_on", "nullable": True}),
    ("referral.end_urgent", {"type": "bool", "empty_is": False, "required": False, "nullable": False}),
    ("change_report.occurred_on", {"kind": "event", "required": True, "anchor": False, "nullable": True}),
    ("delivery.hours", {"type": "decimal", "places": 4, "least": 0, "most": None, "required": True}),
    ("signal.kind", {"type": "text", "entity": "signal", "label": "signal.kind"}),
])  # fmt: skip
def test_what_a_field_says(label: str, expected: dict[str, Any]) -> None:
    """Type, emptiness, limits and meaning derive from the one declaration."""
    spec = field(label)
    assert {name: getattr(spec, name) for name in expected} == expected


@pytest.mark.parametrize(("name", "anchor"), [
    ("contract", "first_day"), ("credential", "issued_on"), ("delivery", "day"), ("person", None),
])  # fmt: skip
def test_the_anchor_of_an_entity(name: str, anchor: str | None) -> None:
    """At most one day anchors a row in the view."""
    assert entities()[name].anchor == anchor
    assert sum(spec.anchor for spec in entities()[name].fields.values()) == (anchor is not None)


def test_each_description_hangs_on_an_event() -> None:
    """A field that describes an event names an event day of the same entity."""
    for spec in entities().values():
        for item in spec.fields.values():
            if item.describes is not None:
                assert spec.fields[item.describes].kind == "event"


def test_compartments_and_derived_entities() -> None:
    """Bibob and supervision hold what the norm names; all else is of the contract."""
    apart = {name: spec.compartment for name, spec in entities().items() if spec.compartment != "contract"}
    assert apart == {
        "bibob_inquiry": "bibob", "bibob_measure": "bibob", "current_inquiry": "bibob",
        "signal": "supervision", "incident": "supervision",
    }  # fmt: skip
    derived = [name for name, spec in entities().items() if spec.derived]
    assert derived == ["chain", "cycle", "tie", "current_inquiry", "person_day"]
