"""Who gets which report is read strictly."""

from __future__ import annotations

from typing import get_args

import pytest

from compliance.errors import RulebookError, UsageError
from compliance.reporting.night.audience import Section, read_audiences
from compliance.reporting.night.compose import SECTIONS
from compliance.services.audiences import audiences, find_audience

GOOD = "someone: {compartments: [contract], sections: [ahead], formats: [md], release: false}\n"


def test_the_shipped_audiences_are_read() -> None:
    """What leaves the municipality needs a release, what stays does not."""
    assert {name for name, one in audiences().items() if one.release} == {
        "contractor",
        "council",
        "quarterly",
    }
    assert set(audiences()) == {"manager", "quarterly", "contractor", "council", "gaps", "supervisor"}


def test_every_section_that_may_be_named_is_made() -> None:
    """A declared section is never missing in a report."""
    assert set(SECTIONS) == set(get_args(Section))


def test_an_audience_is_read() -> None:
    """Its name is its key."""
    assert read_audiences(GOOD, "a.yaml")["someone"].name == "someone"


@pytest.mark.parametrize(
    ("old", "new"),
    [("contract]", "secret]"), ("false", '"no"'), ("ahead", "everything"), ("release", "released")],
)
def test_a_flaw_is_told_with_its_place(old: str, new: str) -> None:
    """An unknown compartment, section or key, and a yes that is a text, are refused."""
    with pytest.raises(RulebookError) as caught:
        read_audiences(GOOD.replace(old, new), "a.yaml")
    assert caught.value.problems[0].place.startswith("a.yaml:1")


def test_what_is_no_list_of_audiences_is_refused() -> None:
    """A list has no names."""
    with pytest.raises(RulebookError):
        read_audiences("- someone\n", "a.yaml")


def test_an_unknown_audience_gets_the_closest() -> None:
    """A slip of the pen is told."""
    with pytest.raises(UsageError) as caught:
        find_audience("manger")
    assert "manager" in str(caught.value)
