"""What those who watch over the contract know and decide."""

from __future__ import annotations

from typing import Annotated, Literal

from compliance.model.entities.base import Entity, Year
from compliance.model.fields import (
    Describes,
    Eur,
    EventAnchor,
    EventDay,
    FreeText,
    InquiryRef,
    OrganisationRef,
    PlanDay,
    Text,
)


class BibobInquiry(Entity):
    """An integrity inquiry under the Wet Bibob into an organisation."""

    compartment = "bibob"
    orders = (("opened_on", "concluded_on"),)
    organisation_id: OrganisationRef
    opened_on: EventAnchor
    questionnaire_due_on: PlanDay | None = None
    questionnaire_received_on: EventDay | None = None
    advice_requested_on: EventDay | None = None
    concluded_on: EventDay | None = None
    outcome: Annotated[Literal["none", "lesser", "serious"] | None, Describes("concluded_on")] = None


class BibobMeasure(Entity):
    """A measure agreed to take away a danger that an inquiry found."""

    compartment = "bibob"
    inquiry_id: InquiryRef
    description: FreeText
    agreed_on: EventAnchor
    due_on: PlanDay
    evidenced_on: EventDay | None = None


class Signal(Entity):
    """A signal about an organisation; an unfounded one is closed when assessed."""

    compartment = "supervision"
    organisation_id: OrganisationRef
    source: Literal["supervisor", "municipality", "contractor", "client", "hotline", "media", "other"]
    kind: Text
    received_on: EventAnchor
    assessed_on: EventDay | None = None
    closed_on: EventDay | None = None


class Decision(Entity):
    """A recorded human decision about an organisation."""

    organisation_id: OrganisationRef
    kind: Literal["continue", "pause", "end"]
    decided_on: EventAnchor
    valid_until: PlanDay | None = None
    motivation: FreeText


class Incident(Entity):
    """A calamity or other event that must be reported."""

    compartment = "supervision"
    organisation_id: OrganisationRef
    kind: Literal[
        "calamity", "violence", "data_breach", "enforcement", "supervision_measure", "continuity_risk"
    ]
    discovered_on: EventAnchor
    reported_on: EventDay | None = None


class AnnualAccount(Entity):
    """The filed accounts of an organisation over one book year."""

    organisation_id: OrganisationRef
    year: Year
    revenue_eur: Eur | None = None
    result_eur: Eur | None = None
    equity_eur: Eur | None = None
    total_assets_eur: Eur | None = None
    dividend_eur: Eur | None = None
    personnel_eur: Eur | None = None
    filed_on: EventAnchor
