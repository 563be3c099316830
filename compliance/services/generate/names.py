"""Names of organisations that do not exist."""

from __future__ import annotations

from collections.abc import Iterator

_FIRST = (
    "Lindehof", "Zonnewiek", "Kantelaar", "Meerstroom", "Dompad", "Vechtoever", "Hofduin", "Rietvoorn",
    "Eikenkamp", "Lichtgaard", "Steenwaard", "Wilgenrak", "Brugzicht", "Morgenland", "Klaverveld",
    "Singelgoed", "Parkwende", "Torenvalk", "Waterloop", "Veldzicht", "Noorderlicht", "Zilverberk",
)  # fmt: skip
_SECOND = (
    "Zorg", "Thuis", "Begeleiding", "Dagbesteding", "Ondersteuning", "Ambulant", "Welzijn", "Wonen",
    "Herstel", "Samen", "Huishulp",
)  # fmt: skip


def organisation_names() -> Iterator[str]:
    """Different names without end, always in the same order."""
    turn = 0
    while True:
        for second in _SECOND:
            for first in _FIRST:
                yield f"{first} {second}" + (f" {turn + 1}" if turn else "")
        turn += 1
