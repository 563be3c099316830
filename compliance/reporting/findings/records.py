"""Standings, lives and differences as plain data: the one shape behind every format."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from compliance.model.findings import FindingLife, FindingsDiff, FindingsList, Stretch, Turned
from compliance.model.night import Granted, NightReceipt, Standing

SCHEMA_VERSION = 1


def moment(value: datetime | None) -> str | None:
    """A moment in UTC to the microsecond: what is shown of a run names it exactly."""
    return None if value is None else value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def run_record(receipt: NightReceipt) -> dict[str, Any]:
    """Which run, of what, and whether it was complete."""
    return {
        "run": receipt.number,
        "contract": receipt.contract,
        "as_of": receipt.as_of.isoformat(),
        "known_at": moment(receipt.known_at),
        "complete": receipt.complete,
    }


def standing_record(standing: Standing) -> dict[str, Any]:
    """How a finding stands, with what was last found of it."""
    record = standing.record
    return {
        "rule": standing.rule,
        "subject": {"entity": standing.subject.entity, "id": standing.subject.id},
        "state": standing.state,
        "causes": list(standing.causes),
        "since_run": standing.since_run,
        "outcome": standing.outcome,
        "severity": standing.severity,
        "status": standing.status,
        "compartment": standing.compartment,
        "first_run": standing.first_run,
        "first_day": standing.first_day.isoformat(),
        "last_run": standing.last_run,
        "last_day": standing.last_day.isoformat(),
        "deviates_since": record.get("deviates_since"),
        "values": record.get("values", {}),
        "evidence_count": record.get("evidence_count", 0),
        "evidence": record.get("evidence", []),
        "message": record.get("message", {}),
        "fingerprint": standing.fingerprint,
        "follows_from": record.get("follows_from"),
    }


def list_record(found: FindingsList) -> dict[str, Any]:
    """The head of a list; its findings stand apart."""
    return {
        "schema_version": SCHEMA_VERSION,
        **run_record(found.receipt),
        "compartments": list(found.compartments),
    }


def turned_record(turned: Turned) -> dict[str, Any]:
    """A finding that stands otherwise, with how it stood before."""
    before = turned.before
    return {
        "turn": turned.turn,
        **standing_record(turned.after),
        "causes": list(turned.causes),
        "before": None if before is None else standing_record(before),
    }


def diff_record(diff: FindingsDiff) -> dict[str, Any]:
    """The head of a difference: which runs, and which of their inputs differ."""
    return {
        "schema_version": SCHEMA_VERSION,
        "first": None if diff.first is None else run_record(diff.first),
        "last": run_record(diff.last),
        "compartments": list(diff.compartments),
        "inputs": list(diff.inputs),
    }


def stretch_record(stretch: Stretch) -> dict[str, Any]:
    """How it stood from a run on."""
    return {**run_record(stretch.receipt), **standing_record(stretch.standing)}


def life_record(life: FindingLife) -> dict[str, Any]:
    """The life of one finding."""
    newest = life.stretches[-1].standing
    return {
        "schema_version": SCHEMA_VERSION,
        "rule": newest.rule,
        "subject": {"entity": newest.subject.entity, "id": newest.subject.id},
        "fingerprint": newest.fingerprint,
        "compartment": newest.compartment,
        "runs": [stretch_record(one) for one in life.stretches],
        "exceptions": [exception_record(one) for one in life.exceptions],
        "reviews": [
            {
                "kind": one.kind,
                "day": one.day.isoformat(),
                "by": one.recorded_by,
                "at": moment(one.recorded_at),
            }
            for one in life.reviews
        ],
        "notes": [
            {"text": one.text, "by": one.written_by, "at": moment(one.written_at)} for one in life.notes
        ],
    }


def exception_record(granted: Granted) -> dict[str, Any]:
    """An exception through its life."""
    return {
        "exception": granted.number,
        "first_day": granted.first_day.isoformat(),
        "last_day": granted.last_day.isoformat(),
        "reason": granted.reason,
        "requested_by": granted.requested_by,
        "requested_at": moment(granted.requested_at),
        "approved_by": granted.approved_by or None,
        "approved_at": moment(granted.approved_at),
        "revoked_by": granted.revoked_by or None,
        "revoked_at": moment(granted.revoked_at),
    }
