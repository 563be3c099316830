"""Assembles referrals from assignments and the reports of their starts and stops.

An assignment is known by its municipality and ToewijzingNummer; a report without that number by its product
and ToewijzingIngangsdatum, when only one assignment of the client has those.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from compliance.model.intake import Notice
from compliance.model.schema import entities
from compliance.sources.iwmo.codes import OUTSIDE, Codes, Kind
from compliance.sources.iwmo.losses import Losses
from compliance.sources.iwmo.message import Assignment, Loss, Product, Report
from compliance.sources.iwmo.periods import Care, account
from compliance.sources.messages import MessageRefusal, MessageRow
from compliance.sources.refusal import Flaw
from compliance.sources.shape import shape

REFERRAL = "referral"
Key = tuple[str, str]
_START = frozenset(("started_on", "provider_id"))
_END = frozenset(("ended_on", "end_reason"))
_ALWAYS = frozenset(("id", "contract_id", "client_id", "service", "received_on", "withdrawn_on"))


def referral_id(key: Key) -> str:
    """The id of an assignment's referral: the same in every delivery."""
    return f"iwmo-{key[0]}-{key[1]}"


@dataclass(frozen=True, slots=True)
class Ground:
    """What assembling needs beside the messages.

    `told` says of which municipalities messages of which kind came at all; of the others nothing is known.
    """

    codes: Codes
    contract: str
    providers: Mapping[str, Sequence[str]]
    told: frozenset[tuple[Kind, str]]


@dataclass(slots=True)
class Assembly:
    """One assembling under way; afterwards `rows`, `refusals` and `notices` hold what came of it."""

    ground: Ground
    losses: Losses
    rows: list[MessageRow] = field(default_factory=list)
    refusals: list[MessageRefusal] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    _assigned: dict[Key, list[Assignment]] = field(default_factory=dict)
    _by_client: dict[tuple[str, str], list[Key]] = field(default_factory=lambda: defaultdict(list))
    _reports: dict[Key, list[Report]] = field(default_factory=lambda: defaultdict(list))
    _counted: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))

    def assemble(self, assignments: Iterable[Assignment], reports: Iterable[Report]) -> None:
        """Every assignment is a referral or refused, every report is part of one or refused."""
        self._group(assignments)
        for report in reports:
            key = self._assignment_of(report)
            if key is not None:
                self._reports[key].append(report)
        for key, messages in sorted(self._assigned.items()):
            self._make(key, messages)
        self.notices += [
            Notice(code, entity=REFERRAL, detail=detail, count=count)
            for (code, detail), count in self._counted.items()
            if count
        ]

    def _refuse(self, product: Product, column: str, code: str, shown: str, due: str) -> None:
        flaw = Flaw(column, code, shown, due)
        self.refusals.append(MessageRefusal(product.envelope.path, flaw, product.place, REFERRAL))

    def _group(self, assignments: Iterable[Assignment]) -> None:
        """Assignments stand together, last one last; those of which one message was refused are refused."""
        groups: dict[Key, list[Assignment]] = defaultdict(list)
        for assignment in assignments:
            groups[assignment.envelope.municipality, assignment.number].append(assignment)
        for key, messages in groups.items():
            messages.sort(key=lambda assignment: (assignment.order, assignment.change, assignment.category))
            if len({assignment.client for assignment in messages}) > 1:
                self._refuse_all(key, messages, "client_differs", "one client in all messages on it")
            elif self.losses.about("assignment", *key):
                self._refuse_all(key, messages, "part_refused", "every message on it without flaws")
            else:
                self._assigned[key] = messages
                self._by_client[key[0], messages[0].client].append(key)

    def _refuse_all(self, key: Key, messages: Iterable[Assignment], code: str, due: str) -> None:
        self.losses.add(Loss("assignment", *key))
        for assignment in messages:
            self._refuse(assignment, "ToewijzingNummer", code, shape(key[1]), due)

    def _assignment_of(self, report: Report) -> Key | None:
        """The assignment that the report is about; None when the report is refused, or lies outside."""
        municipality = report.envelope.municipality
        codes = self.ground.codes
        if report.number:
            key = (municipality, report.number)
            if key in self._assigned and self._assigned[key][0].client == report.client:
                return key
            if key not in self._assigned and self._lies_outside(report):
                return None
            self._refuse_number(report, key)
            return None
        found = [
            key for key in self._by_client.get((municipality, report.client), ()) if self._fits(key, report)
        ]
        sent = [key for key in found if self._assigned[key][-1].change not in codes.withdrawals]
        if len(sent or found) == 1:
            return (sent or found)[0]
        if found or not self._lies_outside(report):
            code = "assignment_not_unique" if found else "assignment_not_delivered"
            due = "one delivered assignment of this client with this Product and ToewijzingIngangsdatum"
            self._refuse(report, "ToewijzingIngangsdatum", code, f"{len(found)} assignments", due)
            self._lose(report)
        return None

    def _refuse_number(self, report: Report, key: Key) -> None:
        code, due = "assignment_not_delivered", "the number of an assignment (WMO301) that was delivered"
        if key in self._assigned:
            code, due = "client_differs", "the client to whom this number was assigned"
        elif self.losses.about("assignment", *key):
            code, due = "part_refused", "the number of an assignment of which no message was refused"
        self._refuse(report, "ToewijzingNummer", code, shape(report.number), due)
        self._lose(report)

    def _lose(self, report: Report) -> None:
        envelope = report.envelope
        self.losses.add(Loss(envelope.kind, envelope.municipality, report.number, report.client))

    def _lies_outside(self, product: Product) -> bool:
        codes = self.ground.codes
        return bool(product.category) and codes.service(product.category, product.code) == OUTSIDE

    def _fits(self, key: Key, report: Report) -> bool:
        """Whether the assignment has the product and first day that the report names."""
        return any(
            (message.category, message.assigned_from) == (report.category, report.assigned_from)
            and (message.code == report.code or not (message.code and report.code))
            for message in self._assigned[key]
        )

    def _make(self, key: Key, messages: Sequence[Assignment]) -> None:
        last = messages[-1]
        product = next((message for message in reversed(messages) if message.category), None)
        if product is None:
            due = "a Product, whose Categorie says which service it is"
            self._refuse(last, "Product", "element_missing", "", due)
            return
        codes = self.ground.codes
        service = codes.service(product.category, product.code)
        if service == OUTSIDE:
            name = f"{product.category} {codes.category_names[product.category]}"
            self._counted["category_outside_contract", name] += 1
            return
        received_on = min(message.assigned_on for message in messages)
        if all(message.change for message in messages):
            self._counted["first_message_missing", ""] += 1
        care = self._care(key)
        values: dict[str, Any] = {
            "id": referral_id(key),
            "contract_id": self.ground.contract,
            "client_id": last.client,
            "service": service,
            "received_on": received_on,
            "withdrawn_on": received_on if last.change in codes.withdrawals else None,
        }
        lacked = set(entities()[REFERRAL].fields) - _ALWAYS - _START - _END
        if self.losses.perhaps("assignment", *key, last.client):
            lacked.add("withdrawn_on")
        lacked |= self._add_care(key, last.client, care, values)
        values = {name: value for name, value in values.items() if name not in lacked}
        self.rows.append(MessageRow(REFERRAL, values, last.envelope.path, last.place, frozenset(lacked)))

    def _care(self, key: Key) -> Care:
        reports = self._reports.get(key, [])
        care = account(
            [report for report in reports if report.envelope.kind == "start"],
            [report for report in reports if report.envelope.kind == "stop"],
        )
        for report in care.unclear:
            due = "3 for the one that is taken back, then 1 for the one that holds"
            self._refuse(report, "StatusAanlevering", "unclear_change", "changed, of several", due)
            self._lose(report)
        self._counted["care_interrupted", ""] += care.interruptions
        self._counted["begin_differs", ""] += care.differing
        return care

    def _add_care(self, key: Key, client: str, care: Care, values: dict[str, Any]) -> set[str]:
        """Start and end of care stand in `values`; what comes back was not delivered."""
        told, losses = self.ground.told, self.losses
        lost_start, lost_stop = losses.about("start", *key), losses.about("stop", *key)
        lacked: set[str] = set()
        untold = ("start", key[0]) not in told or losses.perhaps("start", *key, client)
        if lost_start or care.earlier or (care.first is None and untold):
            lacked |= _START
        elif care.first is not None:
            values["started_on"] = care.first.began_on
            lacked |= self._add_provider(care.first.envelope.provider, values)
        untold = ("stop", key[0]) not in told or losses.perhaps("stop", *key, client)
        if lost_stop or (lost_start and care.end) or (care.end is None and untold):
            lacked |= _END
        elif care.end is not None:
            values |= {"ended_on": care.end.ended_on, "end_reason": care.end.end_reason}
        if care.first is None and care.end is not None:
            self._counted["stop_without_start", ""] += 1
        return lacked

    def _add_provider(self, agb_code: str, values: dict[str, Any]) -> set[str]:
        """The organisation that has the AGB code; unknown when several have it, a stub when none has."""
        found = self.ground.providers.get(agb_code, ())
        if len(found) > 1:
            self._counted["provider_not_unique", agb_code] += 1
            return {"provider_id"}
        values["provider_id"] = found[0] if found else f"agb-{agb_code}"
        return set()
