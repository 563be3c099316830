"""What a store keeps beside runs: reviews, notes, reports and their release, errands, the audit chain.

Only data; moments are in UTC, with microseconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from compliance.model.entities import Compartment
from compliance.model.finding import RowRef

ReviewKind = Literal["confirmed", "reported"]
ReportState = Literal["draft", "released", "withdrawn"]
ErrandState = Literal["waiting", "done", "failed", "given_up"]


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What a person recorded about a finding: confirmed on a day, or reported by the contractor on a day.

    `first_day` is the first day judged on which the store found it, None when it never did (yet).
    """

    number: int
    contract: str
    fingerprint: str
    rule: str
    subject: RowRef
    kind: ReviewKind
    day: date
    recorded_by: str
    recorded_at: datetime
    first_day: date | None = None


@dataclass(frozen=True, slots=True)
class FindingNote:
    """What a person wrote about a finding; never shown outside the compartment of that finding."""

    number: int
    contract: str
    fingerprint: str
    text: str
    written_by: str
    written_at: datetime


@dataclass(frozen=True, slots=True)
class KeptReport:
    """A report that a run made for an audience; it may leave once a named person released it.

    `report` is its id, `file` its path below the store's folder. Hashes ("sha256:…") are of the bytes: of the
    draft, and of what was released (empty before).
    """

    report: str
    contract: str
    run: int
    audience: str
    form: str
    file: str
    draft_sha256: str
    made_at: datetime
    state: ReportState = "draft"
    final_sha256: str = ""
    released_by: str = ""
    released_at: datetime | None = None
    withdrawn_by: str = ""
    withdrawn_at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Errand:
    """Something to do after a run was kept: write a report, send a mail. One per run, kind and recipient.

    `run` 0 is the run it is kept with. `payload` says what the doer needs to know, without personal data.
    """

    kind: str
    recipient: str
    payload: str = ""
    run: int = 0
    payload_sha256: str = ""
    state: ErrandState = "waiting"
    attempts: int = 0
    reason: str = ""
    noted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """A link of the audit chain; `hash` covers everything else and, through `previous`, all links before."""

    seq: int
    at: datetime
    actor: str
    action: str
    detail: Mapping[str, Any]
    previous: str
    hash: str


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of the audit chain at a moment, under a key (HMAC-SHA-256) that the store does not hold."""

    number: int
    seq: int
    at: datetime
    hash: str
    previous: str
    mac: str


@dataclass(frozen=True, slots=True)
class Span:
    """How a finding stood from one run up to another (`until_run`, not included; None: still)."""

    fingerprint: str
    rule: str
    subject: RowRef
    compartment: Compartment
    state: str
    severity: str
    from_run: int
    until_run: int | None


@dataclass(frozen=True, slots=True)
class Holdings:
    """How much a store's records hold, by table."""

    database: str
    revision: str
    rows: Mapping[str, int] = field(default_factory=dict)
    size_bytes: int = 0
