"""Turns an answer about functionaries into rows of control: directors, partners, proxies, by organisation.

Of a person only the BSN is looked at, to make the pseudonym; without one a person is known only within this
function. Of a legal person the KVK number and its name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from compliance.model.intake import Notice
from compliance.sources.iwmo.pseudonym import Pseudonyms
from compliance.sources.kvk.days import iso_day
from compliance.sources.kvk.profile import part
from compliance.sources.kvk.tables import Functionaries, Tables, shipped_tables
from compliance.sources.messages import MessageRefusal, MessageRow
from compliance.sources.parties import ORGANISATION, Parties, UnclearPartyError
from compliance.sources.refusal import Flaw
from compliance.sources.shape import shape

CONTROL, PERSON = "control", "person"
_DEEPEST = 10
_WRAPPERS = ("functionarissen", "_embedded")
_LEGAL = ("rechtspersoon", "nietNatuurlijkPersoon", "samenwerkingsverband", "persoon", "eigenaar")
_NATURAL = ("natuurlijkPersoon", "persoon", "eigenaar")
_TIMES = ("functievervulling", "registratie", "materieleRegistratie")
_FIRST = ("datumAanvang", "datumIngang", "datumInFunctie")
_LAST = ("datumEinde", "datumUitFunctie")
_NAMELESS = frozenset(
    ("kvk_number", "agb_code", "legal_form", "working_persons", "registered_on", "dissolved_on",
     "agency_admitted_on")
)  # fmt: skip


@dataclass
class FunctionReader:
    """Reads the functionaries of one file."""

    path: str
    tables: Tables
    parties: Parties
    pseudonyms: Pseudonyms
    rows: list[MessageRow] = field(default_factory=list)
    refusals: list[MessageRefusal] = field(default_factory=list)
    unlinked: int = 0
    linked: int = 0
    outside: Counter[str] = field(default_factory=Counter)
    met: bool = False

    def read(self, data: Mapping[str, Any], place: str = "$", depth: int = 0) -> None:
        """The rows of this answer, and of the legal persons in it that have functionaries themselves."""
        number = data.get("kvkNummer")
        if not isinstance(number, str):
            self._refuse(place, Flaw("kvkNummer", "required_empty", shape(number), "8 digits"))
            return
        self.met = self.met or depth == 0
        organisation = self.parties.identity(number)
        seen: Counter[tuple[str, str]] = Counter()
        for key, where, items in _lists(data, place):
            group = self.tables.functionaries.get(key)
            if group is None or group.kind is None:
                self.outside[key] += len(items)
                continue
            for at, item in enumerate(items):
                spot = f"{where}[{at}]"
                if isinstance(item, Mapping):
                    self._read_item(item, spot, group, organisation, seen, depth)
                else:
                    self._refuse(spot, Flaw("", "not_an_object", shape(item), "fields with their values"))

    def _read_item(
        self, item: Mapping[str, Any], place: str, group: Functionaries, organisation: str,
        seen: Counter[tuple[str, str]], depth: int,
    ) -> None:  # fmt: skip
        first, last = _day(item, _FIRST), _day(item, _LAST)
        if not first:
            self._refuse(
                place, Flaw("datumAanvang", "required_empty", "empty", "an existing day, as YYYYMMDD")
            )
            return
        seen[str(group.kind), first] += 1
        nth = seen[str(group.kind), first]
        try:
            holder = self._holder(item, place, f"{organisation}-{group.kind}-{first}-{nth}")
        except UnclearPartyError as error:
            self._refuse(place, error.flaw)
            return
        values = {
            "id": f"{organisation}-{group.kind}-{holder}-{first}"[:200],
            "holder_id": holder,
            "organisation_id": organisation,
            "kind": group.kind,
            "share_pct": group.share_pct,
            "first_day": first,
            "last_day": last,
        }
        lacked = frozenset(("share_pct",)) if group.share_pct is None else frozenset()
        self.rows.append(MessageRow(CONTROL, values, self.path, place, lacked))
        if depth < _DEEPEST:
            for key in _LEGAL:
                below = item.get(key)
                if isinstance(below, Mapping) and any(True for _ in _lists(below, "")):
                    self.read(below, f"{place}.{key}", depth + 1)

    def _holder(self, item: Mapping[str, Any], place: str, otherwise: str) -> str:
        """The id of who holds the function; a row of an organisation goes along.

        Raises: UnclearPartyError for a legal person without a KVK number.
        """
        number, name = _legal_person(item)
        if number:
            identity = self.parties.identity(number)
            values = {"id": identity, "name": name, "kvk_number": number}
            lacked = _NAMELESS - {"kvk_number"} | (frozenset() if name else {"name"})
            self.parties.bring(MessageRow(ORGANISATION, values, self.path, place, lacked))
            return identity
        if any(isinstance(item.get(key), Mapping) for key in ("rechtspersoon", "nietNatuurlijkPersoon")):
            raise UnclearPartyError(Flaw("kvkNummer", "no_identifier", "empty", "8 digits"))
        bsn = next((found for key in _NATURAL if (found := part(item, key, "bsn"))), item.get("bsn"))
        pseudonym = self.pseudonyms.of(bsn) if isinstance(bsn, str) else None
        # Without a row: a reference makes a person known, whoever else names the same one.
        self.unlinked += pseudonym is None
        self.linked += pseudonym is not None
        return pseudonym or otherwise

    def _refuse(self, place: str, flaw: Flaw) -> None:
        self.refusals.append(MessageRefusal(self.path, flaw, place, CONTROL))

    def notices(self) -> Iterator[Notice]:
        """What a reader should know of this file."""
        if self.unlinked:
            yield Notice("function_holder_unlinked", self.path, PERSON, count=self.unlinked)
        for key, count in sorted(self.outside.items()):
            yield Notice("functionaries_not_read", self.path, CONTROL, key, count)


def is_about_functions(data: Mapping[str, Any], tables: Tables) -> bool:
    """Whether the answer holds a list of functionaries."""
    lists = (*_lists(data, "$"),)
    owner = part(data, "_embedded", "eigenaar")  # in a basisprofiel this is the legal form, no person
    return any(key in tables.functionaries for key, _, _ in lists) and owner is None


def _lists(data: Mapping[str, Any], place: str) -> Iterator[tuple[str, str, list[Any]]]:
    """Every list of functionaries: its key, where it stands, its items (an object alone is one item)."""
    for key, value in data.items():
        if key in _WRAPPERS and isinstance(value, Mapping):
            yield from _lists(value, f"{place}.{key}")
        elif key in shipped_tables().functionaries and isinstance(value, list | Mapping):
            yield key, f"{place}.{key}", value if isinstance(value, list) else [value]


def _legal_person(item: Mapping[str, Any]) -> tuple[str, str | None]:
    for key in _LEGAL:
        found = part(item, key, "kvkNummer")
        if isinstance(found, str) and found:
            name = part(item, key, "statutaireNaam") or part(item, key, "naam")
            return found, name if isinstance(name, str) else None
    number = item.get("kvkNummer")
    return (number, None) if isinstance(number, str) and number else ("", None)


def _day(item: Mapping[str, Any], names: tuple[str, ...]) -> str | None:
    for name in names:
        for below in (item, *(part(item, key) for key in _TIMES)):
            if found := iso_day(part(below, name)):
                return found
    return None
