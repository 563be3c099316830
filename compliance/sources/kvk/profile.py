"""Turns one basisprofiel into a row of organisation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from compliance.sources.kvk.days import iso_day
from compliance.sources.kvk.tables import Tables
from compliance.sources.messages import MessageRefusal, MessageRow
from compliance.sources.naming import folded_word
from compliance.sources.parties import ORGANISATION, Parties
from compliance.sources.refusal import Flaw
from compliance.sources.shape import shape

NEVER = frozenset(("agb_code", "agency_admitted_on"))  # what the register does not know


def part(data: Any, *keys: str) -> Any:
    """The value below these keys, or None where one is not there."""
    for key in keys:
        data = data.get(key) if isinstance(data, Mapping) else None
    return data


def organisation_row(
    data: Mapping[str, Any], path: str, place: str, tables: Tables, parties: Parties
) -> MessageRow | MessageRefusal:
    """The organisation of this profile, or why it is refused."""
    number = data.get("kvkNummer")
    if not isinstance(number, str):
        flaw = Flaw("kvkNummer", "wrong_pattern", shape(number), "8 digits")
        return MessageRefusal(path, flaw, place or "$", ORGANISATION)
    owner = part(data, "_embedded", "eigenaar")
    form = part(owner, "rechtsvorm") or part(owner, "uitgebreideRechtsvorm")
    code = tables.legal_forms.get(folded_word(form)) if isinstance(form, str) else None
    identity = parties.identity(number)
    if form is not None and code is None:
        due = "a legal form of the table of the trade register"
        return MessageRefusal(
            path, Flaw("rechtsvorm", "unknown_code", shape(form), due), place or "$", ORGANISATION, identity
        )
    registered = part(data, "materieleRegistratie", "datumAanvang")
    values = {
        "id": identity,
        "name": data.get("statutaireNaam") or data.get("naam"),
        "kvk_number": number,
        "legal_form": code,
        "working_persons": data.get("totaalWerkzamePersonen"),
        "registered_on": iso_day(registered),
        "dissolved_on": iso_day(part(data, "materieleRegistratie", "datumEinde")),
    }
    lacked = {name for name in ("legal_form", "working_persons", "registered_on") if values[name] is None}
    if part(data, "materieleRegistratie", "datumEinde") and values["dissolved_on"] is None:
        lacked.add("dissolved_on")
    return MessageRow(ORGANISATION, values, path, place or "$", NEVER | lacked)
