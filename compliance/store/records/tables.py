"""The tables of the records. What a migration makes and what stands here are held equal by a test.

Nothing in them is decided by the database's sorting of text: order is made in Python.
"""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

from compliance.store.records.columns import Moment

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = MetaData(naming_convention=NAMING)


def _number() -> Column[int]:
    return Column("number", Integer, primary_key=True, autoincrement=False)


def _run() -> Column[int]:
    return Column("run", Integer, ForeignKey("run.number"), primary_key=True, autoincrement=False)


def _text(name: str, *, optional: bool = False, key: bool = False) -> Column[str]:
    return Column(name, Text, nullable=optional, primary_key=key)


rulebook = Table("rulebook", metadata, _text("hash", key=True), Column("texts", LargeBinary, nullable=False))

numbers = Table("numbers", metadata, _text("hash", key=True), _text("text"))

run = Table(
    "run",
    metadata,
    _number(),
    _text("contract"),
    Column("as_of", Date, nullable=False),
    Column("known_at", Moment, nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("finished_at", Moment, nullable=False),
    _text("product"),
    Column("rulebook", Text, ForeignKey("rulebook.hash"), nullable=False),
    Column("numbers", Text, ForeignKey("numbers.hash"), nullable=False),
    _text("facts"),
    _text("exceptions"),
    Column("rules", Integer, nullable=False),
    _text("counts"),
    _text("readings"),
    Index(None, "contract", "number"),
)

rule_count = Table("rule_count", metadata, _run(), _text("rule", key=True), _text("counts"))

failure = Table(
    "failure",
    metadata,
    _run(),
    Column("place", Integer, primary_key=True, autoincrement=False),
    _text("rule"),
    _text("compartment"),
    _text("message"),
)

run_note = Table(
    "run_note",
    metadata,
    _run(),
    Column("place", Integer, primary_key=True, autoincrement=False),
    _text("code"),
    _text("detail"),
)


def _versions(*columns: Column[object]) -> list[Column[object] | Index]:
    """A row holds from its run up to, not including, `until_run` (empty: still)."""
    return [
        _text("contract", key=True),  # type: ignore[list-item]
        _text("fingerprint", key=True),  # type: ignore[list-item]
        Column("from_run", Integer, ForeignKey("run.number"), primary_key=True, autoincrement=False),
        Column("until_run", Integer, ForeignKey("run.number")),
        *columns,
        _text("record"),  # type: ignore[list-item]
        _text("sha256"),  # type: ignore[list-item]
        Index(None, "contract", "until_run"),
    ]


def _judged() -> list[Column[object]]:
    names = ("rule", "entity", "subject", "compartment", "outcome")
    return [_text(name) for name in names]  # type: ignore[misc]


result = Table("result", metadata, *_versions(*_judged()))

standing = Table(
    "standing",
    metadata,
    *_versions(
        *_judged(),
        *(_text(name) for name in ("state", "severity", "status", "causes")),  # type: ignore[arg-type]
        Column("since_run", Integer, nullable=False),
        Column("first_run", Integer, nullable=False),
        Column("first_day", Date, nullable=False),
        # Empty: the very run that is read found it.
        Column("last_run", Integer),
        Column("last_day", Date),
    ),
)

dossier = Table(
    "dossier",
    metadata,
    _run(),
    _text("reading", key=True),
    Column("place", Integer, primary_key=True, autoincrement=False),
    _text("organisation"),
    _text("severity"),
    _text("reasons"),
)

exception = Table(
    "exception",
    metadata,
    _number(),
    *(_text(name) for name in ("contract", "rule", "entity", "subject", "reason")),
    Column("first_day", Date, nullable=False),
    Column("last_day", Date, nullable=False),
    _text("requested_by"),
    Column("requested_at", Moment, nullable=False),
    _text("approved_by", optional=True),
    Column("approved_at", Moment),
    _text("revoked_by", optional=True),
    Column("revoked_at", Moment),
    _text("revoked_because", optional=True),
    CheckConstraint("first_day <= last_day", name="days"),
    CheckConstraint("length(trim(reason)) > 0 AND length(trim(requested_by)) > 0", name="told"),
    CheckConstraint(
        "approved_by IS NULL OR (length(trim(approved_by)) > 0"
        " AND lower(trim(approved_by)) <> lower(trim(requested_by)))",
        name="four_eyes",
    ),
    CheckConstraint("(approved_by IS NULL) = (approved_at IS NULL)", name="approved"),
    CheckConstraint("(revoked_by IS NULL) = (revoked_at IS NULL)", name="revoked"),
)

review = Table(
    "review",
    metadata,
    _number(),
    *(_text(name) for name in ("contract", "fingerprint", "rule", "entity", "subject", "kind")),
    Column("day", Date, nullable=False),
    _text("recorded_by"),
    Column("recorded_at", Moment, nullable=False),
    CheckConstraint("kind IN ('confirmed', 'reported')", name="kind"),
    Index(None, "contract", "recorded_at"),
)

finding_note = Table(
    "finding_note",
    metadata,
    _number(),
    *(_text(name) for name in ("contract", "fingerprint", "text", "written_by")),
    Column("written_at", Moment, nullable=False),
    Index(None, "contract", "fingerprint"),
)

report = Table(
    "report",
    metadata,
    _text("report", key=True),
    _text("contract"),
    Column("run", Integer, ForeignKey("run.number"), nullable=False),
    *(_text(name) for name in ("audience", "form", "file", "state", "draft_sha256", "final_sha256")),
    Column("made_at", Moment, nullable=False),
    _text("released_by", optional=True),
    Column("released_at", Moment),
    _text("withdrawn_by", optional=True),
    Column("withdrawn_at", Moment),
    _text("reason"),
    CheckConstraint("state IN ('draft', 'released', 'withdrawn')", name="state"),
    CheckConstraint("(released_by IS NULL) = (released_at IS NULL)", name="released"),
    CheckConstraint("state <> 'released' OR released_by IS NOT NULL", name="by_somebody"),
    CheckConstraint("(withdrawn_by IS NULL) = (withdrawn_at IS NULL)", name="withdrawn"),
)

outbox = Table(
    "outbox",
    metadata,
    _number(),
    Column("run", Integer, ForeignKey("run.number"), nullable=False),
    *(_text(name) for name in ("kind", "recipient", "payload", "payload_sha256", "state", "reason")),
    Column("attempts", Integer, nullable=False),
    Column("noted_at", Moment),
    CheckConstraint("state IN ('waiting', 'done', 'failed', 'given_up')", name="state"),
    UniqueConstraint("run", "kind", "recipient"),
)

audit = Table(
    "audit",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    *(_text(name) for name in ("actor", "action", "detail", "previous", "hash")),
    UniqueConstraint("hash"),
)

checkpoint = Table(
    "checkpoint",
    metadata,
    _number(),
    Column("seq", Integer, ForeignKey("audit.seq"), nullable=False),
    Column("at", Moment, nullable=False),
    *(_text(name) for name in ("hash", "previous", "mac")),
)

APPEND_ONLY = ("audit", "checkpoint")
