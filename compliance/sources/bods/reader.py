"""Reads all ownership declarations of a run, each file by itself."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from compliance.model.intake import Notice
from compliance.sources.bods.relationships import CONTROL, Bond, control_rows, in_bands
from compliance.sources.bods.statements import Record, component_ids, latest_records
from compliance.sources.bods.tables import Tables, shipped_tables
from compliance.sources.messages import MessageRefusal, MessageRequest, MessageRow, Messages
from compliance.sources.parties import ORGANISATION, Parties, UnclearPartyError, parties_of
from compliance.sources.refusal import Flaw
from compliance.sources.shape import shape

PERSON = "person"
_NEVER = frozenset(("agb_code", "working_persons", "registered_on", "agency_admitted_on"))


@dataclass
class _Declaration:
    """One file under way."""

    path: str
    tables: Tables
    parties: Parties
    key: bytes
    rows: list[MessageRow] = field(default_factory=list)
    refusals: list[MessageRefusal] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    ids: dict[str, str] = field(default_factory=dict)
    people: int = 0

    def read(self, data: Any) -> None:
        """Everything that the statements bring."""
        statements = data if isinstance(data, list) else [data]
        records, bad = latest_records(statements)
        self.refusals += [MessageRefusal(self.path, each.flaw, each.place, CONTROL) for each in bad]
        made_up_of = component_ids(records.values())
        counted = [
            record
            for record in records.values()
            if record.kind == "relationship" and not record.component and record.id not in made_up_of
        ]
        skipped = sum(record.kind == "relationship" for record in records.values()) - len(counted)
        if skipped:
            self.notices.append(Notice("components_not_counted", self.path, CONTROL, count=skipped))
        needed = {record.details.get(key) for record in counted for key in ("subject", "interestedParty")
                  if isinstance(record.details.get(key), str)}  # fmt: skip
        for record in records.values():
            if record.kind != "relationship" and (not record.component or record.id in needed):
                self._read_party(record)
        for record in counted:
            self._read_relationship(record)

    def _read_party(self, record: Record) -> None:
        if record.kind == PERSON:
            # Without a row: a reference makes a person known, whoever else declares the same one.
            self.ids[record.id] = self._pseudonym(record.id)
            self.people += 1
            return
        details = record.details
        number = self._kvk_number(details)
        try:
            identity = self.parties.identity(number, own="" if number else f"bods-{record.id}")
        except UnclearPartyError as error:
            self.refusals.append(MessageRefusal(self.path, error.flaw, record.place, ORGANISATION))
            return
        self.ids[record.id] = identity
        form = self._legal_form(record)
        values = {
            "id": identity,
            "name": details.get("name"),
            "kvk_number": number or None,
            "legal_form": form,
            "dissolved_on": details.get("dissolutionDate"),
        }
        lacked = _NEVER | {name for name in ("kvk_number", "legal_form") if not values[name]}
        if not values["name"]:
            lacked |= {"name"}
        self.parties.bring(MessageRow(ORGANISATION, values, self.path, record.place, frozenset(lacked)))

    def _legal_form(self, record: Record) -> str | None:
        """What the type of entity says of the legal form, else that a foreign one is foreign."""
        kind = _below(record.details.get("entityType"), "type")
        if kind is not None and str(kind) not in self.tables.entity_types:
            due = "a type of entity of BODS 0.4"
            place = f"{record.place}.recordDetails.entityType"
            flaw = Flaw("type", "unknown_code", shape(kind), due)
            self.refusals.append(MessageRefusal(self.path, flaw, place, ORGANISATION))
        country = _below(record.details.get("jurisdiction"), "code")
        abroad = isinstance(country, str) and not country.upper().startswith("NL")
        return self.tables.entity_types.get(str(kind)) or ("foreign" if abroad else None)

    def _kvk_number(self, details: Mapping[str, Any]) -> str:
        identifiers = details.get("identifiers")
        for item in identifiers if isinstance(identifiers, list) else ():
            number = _below(item, "id")
            if isinstance(number, str) and str(_below(item, "scheme")) in self.tables.kvk_schemes:
                return number
        return ""

    def _pseudonym(self, record: str) -> str:
        digest = hmac.digest(self.key, f"bods|{record}".encode("utf-8", "replace"), "sha256")
        return f"bods-{digest.hex()[:40]}"

    def _read_relationship(self, record: Record) -> None:
        details = record.details
        subject, party = details.get("subject"), details.get("interestedParty")
        if isinstance(party, Mapping) or isinstance(subject, Mapping):
            reason = _below(party if isinstance(party, Mapping) else subject, "reason")
            shown = reason if isinstance(reason, str) and reason.isalpha() else ""
            self.notices.append(Notice("no_interested_party", self.path, CONTROL, shown[:80]))
            return
        ids = [self.ids.get(name) if isinstance(name, str) else None for name in (subject, party)]
        for name, identity in zip(("subject", "interestedParty"), ids, strict=True):
            if identity is None:
                due = "the recordId of an entity or person in this declaration"
                flaw = Flaw(name, "dangling_reference", shape(details.get(name)), due)
                self.refusals.append(MessageRefusal(self.path, flaw, record.place, CONTROL))
        organisation, holder = ids
        if organisation is None or holder is None:
            return
        if not details.get("interests"):
            self.notices.append(Notice("relationship_without_interests", self.path, CONTROL))
        if bands := in_bands(record, self.tables):
            self.notices.append(Notice("share_in_bands", self.path, CONTROL, count=bands))
        for found in control_rows(record, Bond(holder, organisation), self.path, self.tables):
            if isinstance(found, MessageRow):
                self.rows.append(found)
            else:
                self.refusals.append(found)


def _below(data: Any, key: str) -> Any:
    return data.get(key) if isinstance(data, Mapping) else None


def read_messages(request: MessageRequest) -> Messages:
    """The organisations, people and control in these declarations, and what was refused.

    Raises: UsageError for a broken table.
    """
    tables, parties = shipped_tables(), parties_of(request)
    key = request.key or secrets.token_bytes(32)
    rows: list[MessageRow] = []
    refusals: list[MessageRefusal] = []
    notices: list[Notice] = []
    people = 0
    for path, data in sorted(request.documents.items()):
        declaration = _Declaration(path, tables, parties, key)
        declaration.read(data)
        rows += declaration.rows
        refusals += declaration.refusals
        notices += declaration.notices
        people += declaration.people
    if people and request.key is None:
        notices.append(Notice("random_pseudonym_key", entity=PERSON))
    return Messages(
        rows=[*parties.rows(), *rows],
        refusals=refusals,
        notices=[*notices, *parties.notices()],
        brings=frozenset((ORGANISATION, PERSON, CONTROL)),
    )
