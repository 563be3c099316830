"""Every kind of fact the checker knows, one class each: the single definition of names and meaning.

Column types, bulk validation, JSON Schema, import checks and the reference page derive from these
classes through `model.schema`. The first line of a docstring is the entity's description on that page.
Norm: the facts page of the specification; nothing is asked for that no rule uses.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from compliance.model.fields import (
    Agreed,
    ClientRef,
    ContractRef,
    Describes,
    Digits8,
    DistrictRef,
    EmptyIs,
    Eur,
    EventAnchor,
    EventDay,
    FirstDay,
    Flag,
    HolderRef,
    Hours,
    Id,
    InquiryRef,
    Number,
    OrganisationRef,
    Pct,
    PersonRef,
    PlanDay,
    ReferralRef,
    Text,
    Whole,
)

Compartment = Literal["contract", "supervision", "bibob"]
Service = Literal["ambulatory", "specialist_day", "open_day", "short_stay", "household_help"]
Year = Annotated[Whole, Field(ge=1900, le=2200)]
Positive = Annotated[Whole, Field(ge=0)]
Share = Annotated[Pct, Field(ge=0, le=100)]
Worked = Annotated[Hours, Field(ge=0)]
Period = tuple[str, str]


class Entity(BaseModel):
    """A row of facts: immutable, nothing beyond its declared fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    compartment: ClassVar[Compartment] = "contract"
    # Pairs of days of which the second may not lie before the first.
    orders: ClassVar[tuple[Period, ...]] = ()
    # (field, code, required field): the code makes the other field required.
    demands: ClassVar[tuple[tuple[str, str, str], ...]] = ()

    id: Id


class Contract(Entity):
    """The contract that is judged."""

    orders = (("first_day", "last_day"),)
    title: Text
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


class District(Entity):
    """A neighbourhood (wijk) of the municipality."""

    name: Text


class Organisation(Entity):
    """A legal person or firm: contractor, subcontractor, owner, agency."""

    name: Text
    kvk_number: Digits8 | None = None
    agb_code: Digits8 | None = None
    legal_form: (
        Literal[
            "sole_proprietorship",
            "partnership",
            "bv",
            "nv",
            "foundation",
            "association",
            "cooperative",
            "public",
            "foreign",
            "other",
        ]
        | None
    ) = None
    working_persons: Positive | None = None
    registered_on: EventDay | None = None
    dissolved_on: EventDay | None = None
    agency_admitted_on: EventDay | None = None


class Person(Entity):
    """A person, known only by a pseudonym."""


class Control(Entity):
    """Who has a say in an organisation."""

    orders = (("first_day", "last_day"),)
    holder_id: HolderRef
    organisation_id: OrganisationRef
    kind: Literal["director", "shareholder", "ubo", "financier", "proxy", "partner"]
    share_pct: Share | None = None
    first_day: FirstDay
    last_day: PlanDay | None = None


class ChangeReport(Entity):
    """A change at an organisation, as it was reported to the municipality."""

    organisation_id: OrganisationRef
    kind: Literal["control", "legal_form", "participation", "other"]
    occurred_on: EventDay
    reported_on: EventAnchor


class Subcontract(Entity):
    """An agreement by which a principal hires a subcontractor for the contract."""

    orders = (("first_day", "last_day"),)
    demands = (("kind", "client_bound", "client_id"),)
    contract_id: ContractRef
    principal_id: OrganisationRef
    subcontractor_id: OrganisationRef
    kind: Literal["fixed", "client_bound"]
    client_id: ClientRef | None = None
    services: Text | None = None
    reason: Literal["specialism", "specific_offer", "scarcity", "other"] | None = None
    first_day: FirstDay
    last_day: PlanDay | None = None
    notified_on: EventDay | None = None
    consented_on: EventDay | None = None
    hourly_rate_eur: Eur | None = None
    cost_price_eur: Eur | None = None


class Employment(Entity):
    """Who works for whom, in what form."""

    orders = (("first_day", "last_day"),)
    person_id: PersonRef
    organisation_id: OrganisationRef
    form: Literal["employee", "self_employed", "agency", "seconded", "payroll", "intern", "volunteer"]
    agency_id: OrganisationRef | None = None
    client_contact: Flag
    function_level: Text | None = None
    first_day: FirstDay
    last_day: PlanDay | None = None
    continues_since: EventDay | None = None


class Credential(Entity):
    """That a document about a person exists and when; never its content."""

    person_id: PersonRef
    kind: Literal["vog", "diploma", "big", "skj"]
    issued_on: EventAnchor
    expires_on: PlanDay | None = None
    verified_on: EventDay | None = None
    verified_with: Annotated[Text | None, Describes("verified_on")] = None


class Client(Entity):
    """A resident, known only by a pseudonym."""


class Referral(Entity):
    """A resident for whom access has established the need for a service."""

    orders = (("started_on", "ended_on"),)
    contract_id: ContractRef
    client_id: ClientRef
    service: Service
    decided_on: EventDay | None = None
    decision_nature: Text | None = None
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
    refusal_evidence: Annotated[Text | None, Describes("refused_on")] = None
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
    description: Text
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
    motivation: Text


class Incident(Entity):
    """A calamity or other event that must be reported."""

    compartment = "supervision"
    organisation_id: OrganisationRef
    kind: Literal[
        "calamity", "violence", "data_breach", "enforcement", "supervision_measure", "continuity_risk"
    ]
    discovered_on: EventAnchor
    reported_on: EventDay | None = None


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


class Document(Entity):
    """Something that must be on record by a day."""

    contract_id: ContractRef
    organisation_id: OrganisationRef | None = None
    kind: Text
    year: Year | None = None
    due_on: PlanDay | None = None
    delivered_on: EventDay | None = None
    valid_until: PlanDay | None = None


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


class Attestation(Entity):
    """A human answer to an obligation that no data can settle."""

    contract_id: ContractRef
    obligation: Text
    period: Text
    answered_on: EventAnchor
    answer: Literal["met", "partly", "not_met"]
    by_role: Text
    note: Text | None = None


# Facts derived from the graph and the deliveries before rules run; never delivered.


class Chain(Entity):
    """An organisation in the chain of subcontracts in force on the day judged, at its shortest depth."""

    contract_id: ContractRef
    organisation_id: OrganisationRef
    depth: Positive
    via: Text | None = None


class Cycle(Entity):
    """An organisation that lies on a directed cycle of subcontracts in force on the day judged."""

    organisation_id: OrganisationRef


class Tie(Entity):
    """The shortest route of control between two different organisations."""

    organisation_id: OrganisationRef
    other_id: OrganisationRef
    hops: Positive
    route: Text


class CurrentInquiry(Entity):
    """The latest concluded Bibob inquiry of an organisation whose outcome still counts."""

    compartment = "bibob"
    organisation_id: OrganisationRef
    inquiry_id: InquiryRef
    outcome: Literal["none", "lesser", "serious"] | None = None
    concluded_on: EventAnchor


class PersonDay(Entity):
    """Hours a person delivered on a day, counting of each group session only its largest row."""

    person_id: PersonRef
    day: EventAnchor
    hours: Worked


DELIVERED: tuple[type[Entity], ...] = (
    Contract, Participant, ContractYear, District, Organisation, Person, Control, ChangeReport,
    Subcontract, Employment, Credential, Client, Referral, Bridging, Delivery, BibobInquiry,
    BibobMeasure, Signal, Decision, Incident, SroiEntry, AnnualAccount, Team, Document, Complaint,
    Formation, Indicator, Attestation,
)  # fmt: skip
DERIVED: tuple[type[Entity], ...] = (Chain, Cycle, Tie, CurrentInquiry, PersonDay)
