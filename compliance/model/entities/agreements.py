"""What was agreed with whom: the contract, its partners, subcontracts and obligations."""

from __future__ import annotations

from typing import Annotated, Literal

from compliance.model.entities.base import Entity, Share, Year
from compliance.model.fields import (
    Agreed,
    ClientRef,
    ContractRef,
    Eur,
    EventAnchor,
    EventDay,
    FirstDay,
    FreeText,
    Id,
    OrganisationRef,
    PlanDay,
    Text,
)


class Contract(Entity):
    """The contract that is judged."""

    orders = (("first_day", "last_day"),)
    title: FreeText
    municipality: Text | None = None
    contractor_id: OrganisationRef
    first_day: FirstDay
    last_day: PlanDay | None = None
    funding: Literal["task", "output", "effort"]
    sroi_pct: Annotated[Share | None, Agreed("sroi_pct")] = None


class Participant(Entity):
    """A member of the contracting partnership (combinant, initiator); counts as the contractor itself."""

    orders = (("first_day", "last_day"),)
    contract_id: ContractRef
    organisation_id: OrganisationRef
    first_day: FirstDay
    last_day: PlanDay | None = None


class ContractYear(Entity):
    """The value of the contract in one calendar year (opdrachtsom)."""

    contract_id: ContractRef
    year: Year
    value_eur: Eur | None = None


class Subcontract(Entity):
    """An agreement by which a principal hires a subcontractor for the contract."""

    orders = (("first_day", "last_day"),)
    demands = (("kind", "client_bound", "client_id"),)
    contract_id: ContractRef
    principal_id: OrganisationRef
    subcontractor_id: OrganisationRef
    kind: Literal["fixed", "client_bound"]
    client_id: ClientRef | None = None
    services: FreeText | None = None
    reason: Literal["specialism", "specific_offer", "scarcity", "other"] | None = None
    first_day: FirstDay
    last_day: PlanDay | None = None
    notified_on: EventDay | None = None
    consented_on: EventDay | None = None
    hourly_rate_eur: Eur | None = None
    cost_price_eur: Eur | None = None


class SroiEntry(Entity):
    """A contribution to social return, as entered and approved."""

    orders = (("first_day", "last_day"),)
    contract_id: ContractRef
    organisation_id: OrganisationRef
    candidate_id: Id | None = None
    kind: Literal["placement", "learning_job", "internship", "purchase", "activity", "membership"]
    value_eur: Eur
    first_day: FirstDay
    last_day: PlanDay | None = None
    approved_on: EventDay | None = None


class Document(Entity):
    """Something that must be on record by a day."""

    contract_id: ContractRef
    organisation_id: OrganisationRef | None = None
    kind: Text
    year: Year | None = None
    due_on: PlanDay | None = None
    delivered_on: EventDay | None = None
    valid_until: PlanDay | None = None


class Attestation(Entity):
    """A human answer to an obligation that no data can settle."""

    contract_id: ContractRef
    obligation: Text
    period: Text
    answered_on: EventAnchor
    answer: Literal["met", "partly", "not_met"]
    by_role: Text
    note: FreeText | None = None
