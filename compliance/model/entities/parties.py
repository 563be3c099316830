"""Who there is: districts, organisations, people, and what ties them."""

from __future__ import annotations

from typing import Annotated, Literal

from compliance.model.entities.base import Entity, Positive, Share
from compliance.model.fields import (
    Describes,
    Digits8,
    EventAnchor,
    EventDay,
    FirstDay,
    Flag,
    FreeText,
    HolderRef,
    OrganisationRef,
    PersonRef,
    PlanDay,
    Text,
)


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
    verified_with: Annotated[FreeText | None, Describes("verified_on")] = None


class Client(Entity):
    """A resident, known only by a pseudonym."""
