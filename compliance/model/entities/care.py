"""Care itself: who needs it, who gives it when, and with which staff."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from compliance.model.entities.base import Entity, Positive, Service, Worked, Year
from compliance.model.fields import (
    ClientRef,
    ContractRef,
    Describes,
    DistrictRef,
    EmptyIs,
    Eur,
    EventAnchor,
    EventDay,
    FirstDay,
    Flag,
    FreeText,
    Id,
    Number,
    OrganisationRef,
    PersonRef,
    PlanDay,
    ReferralRef,
    Text,
)


class Referral(Entity):
    """A resident for whom access has established the need for a service."""

    orders = (("started_on", "ended_on"),)
    contract_id: ContractRef
    client_id: ClientRef
    service: Service
    decided_on: EventDay | None = None
    decision_nature: FreeText | None = None
    decision_duration_months: Positive | None = None
    objection_clause: Flag | None = None
    received_on: EventAnchor
    refused_on: EventDay | None = None
    refusal_ground: Annotated[
        Literal[
            "not_the_right_support",
            "exceptionally_complex",
            "weighty_reason",
            "full",
            "no_staff",
            "budget",
            "waiting_list",
            "district",
            "rate",
            "other",
        ]
        | None,
        Describes("refused_on"),
    ] = None
    refusal_evidence: Annotated[FreeText | None, Describes("refused_on")] = None
    withdrawn_on: EventDay | None = None
    started_on: EventDay | None = None
    provider_id: Annotated[OrganisationRef | None, Describes("started_on")] = None
    ended_on: EventDay | None = None
    end_reason: Annotated[
        Literal[
            "planned",
            "provider",
            "client",
            "agreed",
            "deceased",
            "moved",
            "other_domain",
            "other_provider",
            "municipality",
            "temporary",
            "change",
        ]
        | None,
        Describes("ended_on"),
    ] = None
    end_notice_on: EventDay | None = None
    end_urgent: Annotated[Flag | None, EmptyIs(False)] = None


class Bridging(Entity):
    """Care that bridges the wait for a referral (overbruggingszorg)."""

    orders = (("first_day", "last_day"),)
    referral_id: ReferralRef
    provider_id: OrganisationRef | None = None
    first_day: FirstDay
    last_day: PlanDay | None = None


class Delivery(Entity):
    """Care delivered to a client on a day."""

    contract_id: ContractRef
    referral_id: ReferralRef | None = None
    client_id: ClientRef
    provider_id: OrganisationRef
    person_id: PersonRef | None = None
    service: Service
    day: EventAnchor
    hours: Worked
    session_id: Id | None = None
    amount_eur: Eur | None = None


class Team(Entity):
    """A specialist team in a district."""

    orders = (("first_day", "last_day"),)
    contract_id: ContractRef
    district_id: DistrictRef
    organisation_id: OrganisationRef
    first_day: FirstDay
    last_day: PlanDay | None = None
    fte: Annotated[Number, Field(ge=0)] | None = None
    accessible: Flag | None = None


class Complaint(Entity):
    """A complaint about care under the contract."""

    contract_id: ContractRef
    organisation_id: OrganisationRef
    received_on: EventAnchor
    handled_on: EventDay | None = None


class Formation(Entity):
    """Planned and realised staff for a task in a district in a year."""

    contract_id: ContractRef
    year: Year
    district_id: DistrictRef
    task: Literal["basic", "development"]
    planned_fte: Annotated[Number, Field(ge=0)]
    realised_fte: Annotated[Number, Field(ge=0)] | None = None


class Indicator(Entity):
    """A measured value of one of the contract's indicators."""

    contract_id: ContractRef
    name: Text
    period: Text
    district_id: DistrictRef | None = None
    value: Number
    target: Number | None = None
