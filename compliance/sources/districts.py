"""The districts (wijken) of Utrecht, which hold where the facts bring no districts of their own."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

UTRECHT: Mapping[str, str] = MappingProxyType(
    {
        "west": "West",
        "noordwest": "Noordwest",
        "overvecht": "Overvecht",
        "noordoost": "Noordoost",
        "oost": "Oost",
        "binnenstad": "Binnenstad",
        "zuid": "Zuid",
        "zuidwest": "Zuidwest",
        "leidsche-rijn": "Leidsche Rijn",
        "vleuten-de-meern": "Vleuten-De Meern",
    }
)
