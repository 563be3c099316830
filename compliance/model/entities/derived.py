"""Facts derived from the graph and the deliveries before rules run; never delivered."""

from __future__ import annotations

from typing import Literal

from compliance.model.entities.base import Entity, Positive, Worked
from compliance.model.fields import ContractRef, EventAnchor, InquiryRef, OrganisationRef, PersonRef, Text


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
