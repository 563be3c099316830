"""Every kind of fact the checker knows, one class each: the single definition of names and meaning.

Column types, bulk validation, JSON Schema, import checks and the reference page derive from these
classes through `model.schema`. The first line of a class's docstring is the entity's description there.
Norm: the facts page of the specification; nothing is asked for that no rule uses.
"""

from __future__ import annotations

from compliance.model.entities.agreements import (
    Attestation,
    Contract,
    ContractYear,
    Document,
    Participant,
    SroiEntry,
    Subcontract,
)
from compliance.model.entities.base import Compartment, Entity, Period, Positive, Service, Share, Worked, Year
from compliance.model.entities.care import Bridging, Complaint, Delivery, Formation, Indicator, Referral, Team
from compliance.model.entities.derived import Chain, CurrentInquiry, Cycle, PersonDay, Tie
from compliance.model.entities.oversight import (
    AnnualAccount,
    BibobInquiry,
    BibobMeasure,
    Decision,
    Incident,
    Signal,
)
from compliance.model.entities.parties import (
    ChangeReport,
    Client,
    Control,
    Credential,
    District,
    Employment,
    Organisation,
    Person,
)

DELIVERED: tuple[type[Entity], ...] = (
    Contract, Participant, ContractYear, District, Organisation, Person, Control, ChangeReport,
    Subcontract, Employment, Credential, Client, Referral, Bridging, Delivery, BibobInquiry,
    BibobMeasure, Signal, Decision, Incident, SroiEntry, AnnualAccount, Team, Document, Complaint,
    Formation, Indicator, Attestation,
)  # fmt: skip
DERIVED: tuple[type[Entity], ...] = (Chain, Cycle, Tie, CurrentInquiry, PersonDay)

__all__ = [
    "DELIVERED",
    "DERIVED",
    "AnnualAccount",
    "Attestation",
    "BibobInquiry",
    "BibobMeasure",
    "Bridging",
    "Chain",
    "ChangeReport",
    "Client",
    "Compartment",
    "Complaint",
    "Contract",
    "ContractYear",
    "Control",
    "Credential",
    "CurrentInquiry",
    "Cycle",
    "Decision",
    "Delivery",
    "District",
    "Document",
    "Employment",
    "Entity",
    "Formation",
    "Incident",
    "Indicator",
    "Organisation",
    "Participant",
    "Period",
    "Person",
    "PersonDay",
    "Positive",
    "Referral",
    "Service",
    "Share",
    "Signal",
    "SroiEntry",
    "Subcontract",
    "Team",
    "Tie",
    "Worked",
    "Year",
]
