"""Takes assignments, starts and stops out of a client's part of a message.

Read are, by explicit path: the BSN (made a pseudonym at once) and per product its number, category and code,
its days, status and reasons. Nothing else of a client is looked at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from lxml import etree

from compliance.sources.iwmo.codes import Codes, Kind
from compliance.sources.iwmo.fields import Fields, Placed
from compliance.sources.iwmo.header import ROOT
from compliance.sources.iwmo.message import Assignment, Envelope, Loss, Report
from compliance.sources.iwmo.pseudonym import Pseudonyms
from compliance.sources.shape import shape

_PATHS: Mapping[Kind, tuple[str, str]] = {
    "assignment": ("ToegewezenProducten", "ToegewezenProduct"),
    "start": ("StartProducten", "StartProduct"),
    "stop": ("StopProducten", "StopProduct"),
}
_NUMBER = ("[0-9]{1,9}", "a number of at most nine digits")


@dataclass(slots=True)
class Taken:
    """What one message gave: products, flaws with their XPath, and what was lost to those."""

    assignments: list[Assignment] = field(default_factory=list)
    reports: list[Report] = field(default_factory=list)
    flaws: list[Placed] = field(default_factory=list)
    losses: list[Loss] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ClientReader:
    """Reads the clients of one message into `taken`."""

    envelope: Envelope
    codes: Codes
    pseudonyms: Pseudonyms
    taken: Taken

    def read(self, element: etree._Element, number: int) -> None:
        """The products of the client, the `number`th of the message, are taken; bad ones are refused."""
        prefix = self.envelope.prefix
        place = f"/{prefix}:{ROOT}/{prefix}:Client[{number}]"
        client = self._client(element, place)
        group, name = _PATHS[self.envelope.kind]
        found = element.findall(f"m:{group}/m:{name}", dict(self._namespaces))
        if not found:
            fields = self._fields(element, place)
            fields.text(f"m:{group}/m:{name}")
            self._lose(fields.flaws, "", client)
        for at, product in enumerate(found, start=1):
            below = f"{place}/{prefix}:{group}/{prefix}:{name}[{at}]"
            self._read_product(self._fields(product, below), client)

    @property
    def _namespaces(self) -> Mapping[str, str]:
        return {"m": self.envelope.namespace, "iwmo": self.codes.base_namespace}

    def _fields(self, element: etree._Element, place: str) -> Fields:
        return Fields(element, self._namespaces, self.envelope.prefix, place)

    def _lose(self, flaws: Sequence[Placed], number: str, client: str) -> None:
        self.taken.flaws += flaws
        kind, municipality = self.envelope.kind, self.envelope.municipality
        self.taken.losses.append(Loss(kind, municipality, number, client))

    def _client(self, element: etree._Element, place: str) -> str:
        """The pseudonym of the client, or an empty text when the BSN is none: then it is refused."""
        fields = self._fields(element, place)
        bsn = fields.text("m:Bsn")
        pseudonym = self.pseudonyms.of(bsn)
        if bsn and pseudonym is None:
            fields.refuse("m:Bsn", "not_a_bsn", shape(bsn), "a BSN: nine digits that pass the eleven-test")
        self.taken.flaws += fields.flaws
        return pseudonym or ""

    def _read_product(self, fields: Fields, client: str) -> None:
        assigns = self.envelope.kind == "assignment"
        number = fields.matching("m:ToewijzingNummer", *_NUMBER, required=assigns)
        number = str(int(number)) if number else ""
        category = fields.code("m:Product/iwmo:Categorie", self.codes.services, required=False)
        code = fields.text("m:Product/iwmo:Code", required=False)
        if assigns:
            made = self._assignment(fields, client, number, category, code)
            if made and client and not fields.flaws:
                self.taken.assignments.append(made)
                return
        else:
            assigned_from = fields.day("m:ToewijzingIngangsdatum", required=False)
            if not (number or fields.flaws or (category and assigned_from)):
                due = "an assignment: ToewijzingNummer, or Product and ToewijzingIngangsdatum"
                fields.refuse("m:ToewijzingNummer", "element_missing", "", due)
            report = self._report(fields, client, number, category, code, assigned_from)
            if report and client and not fields.flaws:
                self.taken.reports.append(report)
                return
        self._lose(fields.flaws, number, client)

    def _assignment(
        self, fields: Fields, client: str, number: str, category: str, code: str
    ) -> Assignment | None:
        assigned_on, assigned_from = fields.day("m:Toewijzingsdatum"), fields.day("m:Ingangsdatum")
        due = "a time as HH:MM:SS"
        clock = fields.matching("m:Toewijzingstijd", r"\d{2}:\d{2}:\d{2}(\.\d{1,9})?", due, required=False)
        change = fields.code("m:RedenWijziging", sorted(self.codes.change_reasons), required=False)
        if assigned_on is None:
            return None
        return Assignment(
            envelope=self.envelope,
            place=fields.place,
            client=client,
            number=number,
            category=category,
            code=code,
            assigned_from=assigned_from,
            assigned_on=assigned_on,
            assigned_at=clock,
            change=change,
        )

    def _report(
        self, fields: Fields, client: str, number: str, category: str, code: str, assigned_from: date | None
    ) -> Report | None:
        began_on = fields.day("m:Begindatum")
        status = fields.code("m:StatusAanlevering", self.codes.statuses)
        ended_on, reason = None, ""
        if self.envelope.kind == "stop":
            ended_on = fields.day("m:Einddatum")
            reason = fields.code("m:RedenBeeindiging", self.codes.end_reasons)
            if began_on and ended_on and ended_on < began_on:
                fields.refuse("m:Einddatum", "days_reversed", "a day before it", "Begindatum or a later day")
        if began_on is None or fields.flaws:
            return None
        return Report(
            envelope=self.envelope,
            place=fields.place,
            client=client,
            number=number,
            category=category,
            code=code,
            assigned_from=assigned_from,
            began_on=began_on,
            status=self.codes.statuses[status],
            ended_on=ended_on,
            end_reason=self.codes.end_reasons[reason] if reason else "",
        )
