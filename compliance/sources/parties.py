"""Says which organisation a row means, by identifiers only: id, KVK number or AGB code, never by name.

An organisation that is known under the same number is that one; its row belongs to who brought it first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from compliance.model.intake import Notice
from compliance.sources.known import Known, KnownOrganisation
from compliance.sources.messages import MessageRequest, MessageRow
from compliance.sources.refusal import Flaw

ORGANISATION = "organisation"
_SHOWN = 20


class UnclearPartyError(Exception):
    """The identifiers given fit no organisation, or more than one."""

    def __init__(self, flaw: Flaw) -> None:
        self.flaw = flaw
        super().__init__(flaw.code)


@dataclass
class Parties:
    """The organisations known, and those that this reader brings."""

    known: Known
    supplier: str = ""
    brought: dict[str, MessageRow] = field(default_factory=dict)
    repeated: list[MessageRow] = field(default_factory=list)
    joined: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def __post_init__(self) -> None:
        self._by_number: dict[tuple[str, str], set[str]] = defaultdict(set)
        self._known = {each.id: each for each in self.known.organisations}
        for each in self.known.organisations:
            self._note(each.id, each.kvk_number, each.agb_code)

    def _note(self, identity: str, kvk_number: str, agb_code: str) -> None:
        for kind, number in (("kvk", kvk_number), ("agb", agb_code)):
            if number:
                self._by_number[kind, number].add(identity)

    def identity(self, kvk_number: str = "", agb_code: str = "", own: str = "") -> str:
        """The id of the organisation with these numbers: the known one, else `own`, else made of a number.

        Raises: UnclearPartyError when there is no identifier, or they fit several organisations.
        """
        found = {
            identity
            for key in (("kvk", kvk_number), ("agb", agb_code))
            if key[1]
            for identity in self._by_number.get(key, ())
        }
        if len(found) > 1:
            shape, due = f"{len(found)} organisations", "numbers that belong to one organisation"
            raise UnclearPartyError(Flaw("", "organisation_unclear", shape, due))
        if found:
            return found.pop()
        made = own or (f"kvk-{kvk_number}" if kvk_number else f"agb-{agb_code}" if agb_code else "")
        if not made:
            due = "a KVK number, an AGB code or an id: a name alone never tells which organisation"
            raise UnclearPartyError(Flaw("", "no_identifier", "empty", due))
        return made

    def bring(self, row: MessageRow) -> None:
        """The organisation's row goes along, unless who brought it first is another."""
        identity = str(row.values["id"])
        known: KnownOrganisation | None = self._known.get(identity)
        if known is not None and (not known.supplier or known.supplier != self.supplier):
            self.joined[row.path].add(identity)
            return
        earlier = self.brought.setdefault(identity, row)
        if earlier is not row and _told(earlier) != _told(row):
            self.repeated.append(row)
        self._note(identity, _text(row.values, "kvk_number"), _text(row.values, "agb_code"))

    def rows(self) -> list[MessageRow]:
        """The rows of organisations that go along; of two that differ both, so that both are refused."""
        return [*self.brought.values(), *self.repeated]

    def notices(self) -> list[Notice]:
        """Which organisations were known already, per file."""
        return [
            Notice("organisation_joined", path, ORGANISATION, _listed(sorted(ids)), len(ids))
            for path, ids in sorted(self.joined.items())
        ]


def parties_of(request: MessageRequest) -> Parties:
    """The organisations that the reader may join rows to."""
    return Parties(request.known, request.supplier)


def _told(row: MessageRow) -> Mapping[str, Any]:
    return {name: value for name, value in row.values.items() if value is not None}


def _text(values: Mapping[str, Any], name: str) -> str:
    value = values.get(name)
    return value if isinstance(value, str) else ""


def _listed(ids: list[str]) -> str:
    more = "" if len(ids) <= _SHOWN else ", …"
    return ", ".join(ids[:_SHOWN]) + more
