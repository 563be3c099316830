"""The plain rows that go into the graphs and come out of them, and routes as text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import NamedTuple

_STEP = " – "
_BARE = re.compile(r"[^\s–\"]+")


class Subcontract(NamedTuple):
    """A subcontract in force: the principal hires the subcontractor."""

    id: str
    contract_id: str
    principal_id: str
    subcontractor_id: str


class Member(NamedTuple):
    """A participant in force of the partnership that holds a contract."""

    contract_id: str
    organisation_id: str


class Control(NamedTuple):
    """A control row in force, of any kind but proxy: the holder has a say in the organisation."""

    holder_id: str
    organisation_id: str


class ChainRow(NamedTuple):
    """An organisation in the chain, its shortest depth and the subcontracts walked (None at depth 0)."""

    organisation_id: str
    depth: int
    via: str | None


class TieRow(NamedTuple):
    """The shortest route of control from one organisation to another, as text."""

    organisation_id: str
    other_id: str
    hops: int
    route: str


def route_text(ids: Iterable[str]) -> str:
    """The ids joined into one readable text that no other sequence of ids gives.

    An id that holds white space, a dash as used between steps, or a quote is written as a JSON string.

    >>> route_text(["p 3"])
    '"p 3"'
    """
    return _STEP.join(
        identifier if _BARE.fullmatch(identifier) else json.dumps(identifier, ensure_ascii=False)
        for identifier in ids
    )
