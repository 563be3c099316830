"""Protected attributes are known by name, in Dutch and English, however they are spelt; fields never are."""

from __future__ import annotations

import pytest

from compliance.errors import UsageError
from compliance.model.schema import entities
from compliance.sources.bsn import passes_bsn_test
from compliance.sources.protected import read_protected, shipped_names


@pytest.mark.parametrize(
    "name",
    [
        "nationality", "Nationaliteit", "geboorte_plaats", "Birth Place", "ETHNICITY", "etnische-achtergrond",
        "religion", "geloofsovertuiging", "sex", "gender", "geslacht_code", "seksuele geaardheid", "language",
        "Moeder taal", "political_view", "gezondheid", "health_status", "postcode", "client postcode", "zip",
        "BSN", "client_nationaliteit", "Genderidentité", "land van herkomst",
    ],
)  # fmt: skip
def test_protected_name_is_known(name: str) -> None:
    """Case, spaces, underscores, hyphens and accents make no difference."""
    assert shipped_names().attribute(name)


def test_no_field_is_protected() -> None:
    """No field of the model has a name that would be refused as protected."""
    names = shipped_names()
    assert not [
        field.label
        for spec in entities().values()
        for field in spec.fields.values()
        if names.attribute(field.name)
    ]


@pytest.mark.parametrize("name", ["services", "sessie", "aantal", "sexton", "traces", "first_days"])
def test_other_unknown_names_are_merely_unknown(name: str) -> None:
    """A short word inside another name betrays nothing."""
    assert shipped_names().attribute(name) is None


@pytest.mark.parametrize("text", ["", "protected: 3", "other: []", "protected: [{names: [x]}]"])
def test_broken_list_stops(text: str) -> None:
    """Without a sound list nothing may be read."""
    with pytest.raises(UsageError):
        read_protected(text)


@pytest.mark.parametrize(
    ("text", "passes"),
    [
        ("123456782", True), ("111222333", True), ("12345672", True), ("012345672", True),
        ("123456789", False), ("000000000", False), ("00000000", False), ("1234567", False),
        ("1234567820", False), ("12345678a", False), ("", False), ("١٢٣٤٥٦٧٨٢", False),
    ],
)  # fmt: skip
def test_eleven_test(text: str, *, passes: bool) -> None:
    """Eight or nine ASCII digits, not all zero, whose weighted sum divides by eleven."""
    assert passes_bsn_test(text) is passes
