"""The first schema: runs and what they found, decisions, what was sent, and the audit chain.

A migration is never changed once it was released: it says what was true then.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from compliance.store.records.columns import Moment

revision = "0001"
down_revision = None
APPEND_ONLY = ("audit", "checkpoint")


def upgrade() -> None:
    """Makes all tables, and the triggers that keep the audit chain as it was written."""
    _make_numbers()
    _make_rulebook()
    _make_run()
    _make_rule_count()
    _make_failure()
    _make_run_note()
    _make_result()
    _make_standing()
    _make_dossier()
    _make_exception()
    _make_review()
    _make_finding_note()
    _make_report()
    _make_outbox()
    _make_audit()
    _make_checkpoint()
    if op.get_bind().dialect.name == "postgresql":
        _guard_postgresql()
    else:
        _guard_sqlite()


def _guard_sqlite() -> None:
    for table in APPEND_ONLY:
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_{act.lower()} BEFORE {act} ON {table}"
                " BEGIN SELECT RAISE(ABORT, 'append-only'); END"
            )


def _guard_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'append-only'; END $$"
    )
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_change BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_truncate BEFORE TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def _make_numbers() -> None:
    op.create_table(
        "numbers",
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_numbers")),
    )


def _make_rulebook() -> None:
    op.create_table(
        "rulebook",
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("texts", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_rulebook")),
    )


def _make_run() -> None:
    op.create_table(
        "run",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("contract", sa.Text(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("known_at", Moment(), nullable=False),
        sa.Column("started_at", Moment(), nullable=False),
        sa.Column("finished_at", Moment(), nullable=False),
        sa.Column("product", sa.Text(), nullable=False),
        sa.Column("rulebook", sa.Text(), nullable=False),
        sa.Column("numbers", sa.Text(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("exceptions", sa.Text(), nullable=False),
        sa.Column("rules", sa.Integer(), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.Column("readings", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["numbers"], ["numbers.hash"], name=op.f("fk_run_numbers")),
        sa.ForeignKeyConstraint(["rulebook"], ["rulebook.hash"], name=op.f("fk_run_rulebook")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_run")),
    )
    op.create_index(op.f("ix_run_contract_number"), "run", ["contract", "number"], unique=False)


def _make_rule_count() -> None:
    op.create_table(
        "rule_count",
        sa.Column("run", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["run"], ["run.number"], name=op.f("fk_rule_count_run")),
        sa.PrimaryKeyConstraint("run", "rule", name=op.f("pk_rule_count")),
    )


def _make_failure() -> None:
    op.create_table(
        "failure",
        sa.Column("run", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("compartment", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["run"], ["run.number"], name=op.f("fk_failure_run")),
        sa.PrimaryKeyConstraint("run", "place", name=op.f("pk_failure")),
    )


def _make_run_note() -> None:
    op.create_table(
        "run_note",
        sa.Column("run", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["run"], ["run.number"], name=op.f("fk_run_note_run")),
        sa.PrimaryKeyConstraint("run", "place", name=op.f("pk_run_note")),
    )


def _make_result() -> None:
    op.create_table(
        "result",
        sa.Column("contract", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("from_run", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("until_run", sa.Integer(), nullable=True),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("compartment", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["from_run"], ["run.number"], name=op.f("fk_result_from_run")),
        sa.ForeignKeyConstraint(["until_run"], ["run.number"], name=op.f("fk_result_until_run")),
        sa.PrimaryKeyConstraint("contract", "fingerprint", "from_run", name=op.f("pk_result")),
    )
    op.create_index(op.f("ix_result_contract_until_run"), "result", ["contract", "until_run"], unique=False)


def _make_standing() -> None:
    op.create_table(
        "standing",
        sa.Column("contract", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("from_run", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("until_run", sa.Integer(), nullable=True),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("compartment", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("causes", sa.Text(), nullable=False),
        sa.Column("since_run", sa.Integer(), nullable=False),
        sa.Column("first_run", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_run", sa.Integer(), nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["from_run"], ["run.number"], name=op.f("fk_standing_from_run")),
        sa.ForeignKeyConstraint(["until_run"], ["run.number"], name=op.f("fk_standing_until_run")),
        sa.PrimaryKeyConstraint("contract", "fingerprint", "from_run", name=op.f("pk_standing")),
    )
    op.create_index(
        op.f("ix_standing_contract_until_run"), "standing", ["contract", "until_run"], unique=False
    )


def _make_dossier() -> None:
    op.create_table(
        "dossier",
        sa.Column("run", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("reading", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["run"], ["run.number"], name=op.f("fk_dossier_run")),
        sa.PrimaryKeyConstraint("run", "reading", "place", name=op.f("pk_dossier")),
    )


def _make_exception() -> None:
    op.create_table(
        "exception",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("contract", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("requested_at", Moment(), nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=True),
        sa.Column("approved_at", Moment(), nullable=True),
        sa.Column("revoked_by", sa.Text(), nullable=True),
        sa.Column("revoked_at", Moment(), nullable=True),
        sa.Column("revoked_because", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(approved_by IS NULL) = (approved_at IS NULL)", name=op.f("ck_exception_approved")
        ),
        sa.CheckConstraint("(revoked_by IS NULL) = (revoked_at IS NULL)", name=op.f("ck_exception_revoked")),
        sa.CheckConstraint(
            "approved_by IS NULL OR (length(trim(approved_by)) > 0"
            " AND lower(trim(approved_by)) <> lower(trim(requested_by)))",
            name=op.f("ck_exception_four_eyes"),
        ),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_exception_days")),
        sa.CheckConstraint(
            "length(trim(reason)) > 0 AND length(trim(requested_by)) > 0", name=op.f("ck_exception_told")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_exception")),
    )


def _make_review() -> None:
    op.create_table(
        "review",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("contract", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", Moment(), nullable=False),
        sa.CheckConstraint("kind IN ('confirmed', 'reported')", name=op.f("ck_review_kind")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_review")),
    )
    op.create_index(
        op.f("ix_review_contract_recorded_at"), "review", ["contract", "recorded_at"], unique=False
    )


def _make_finding_note() -> None:
    op.create_table(
        "finding_note",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("contract", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_by", sa.Text(), nullable=False),
        sa.Column("written_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_finding_note")),
    )
    op.create_index(
        op.f("ix_finding_note_contract_fingerprint"),
        "finding_note",
        ["contract", "fingerprint"],
        unique=False,
    )


def _make_report() -> None:
    op.create_table(
        "report",
        sa.Column("report", sa.Text(), nullable=False),
        sa.Column("contract", sa.Text(), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("draft_sha256", sa.Text(), nullable=False),
        sa.Column("final_sha256", sa.Text(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("released_by", sa.Text(), nullable=True),
        sa.Column("released_at", Moment(), nullable=True),
        sa.Column("withdrawn_by", sa.Text(), nullable=True),
        sa.Column("withdrawn_at", Moment(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state <> 'released' OR released_by IS NOT NULL", name=op.f("ck_report_by_somebody")
        ),
        sa.CheckConstraint("state IN ('draft', 'released', 'withdrawn')", name=op.f("ck_report_state")),
        sa.CheckConstraint("(released_by IS NULL) = (released_at IS NULL)", name=op.f("ck_report_released")),
        sa.CheckConstraint(
            "(withdrawn_by IS NULL) = (withdrawn_at IS NULL)", name=op.f("ck_report_withdrawn")
        ),
        sa.ForeignKeyConstraint(["run"], ["run.number"], name=op.f("fk_report_run")),
        sa.PrimaryKeyConstraint("report", name=op.f("pk_report")),
    )


def _make_outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("payload_sha256", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("noted_at", Moment(), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'done', 'failed', 'given_up')", name=op.f("ck_outbox_state")
        ),
        sa.ForeignKeyConstraint(["run"], ["run.number"], name=op.f("fk_outbox_run")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_outbox")),
        sa.UniqueConstraint("run", "kind", "recipient", name=op.f("uq_outbox_run_kind_recipient")),
    )


def _make_audit() -> None:
    op.create_table(
        "audit",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("previous", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit")),
        sa.UniqueConstraint("hash", name=op.f("uq_audit_hash")),
    )


def _make_checkpoint() -> None:
    op.create_table(
        "checkpoint",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("previous", sa.Text(), nullable=False),
        sa.Column("mac", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["seq"], ["audit.seq"], name=op.f("fk_checkpoint_seq")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_checkpoint")),
    )
