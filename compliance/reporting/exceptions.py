"""Exceptions as text or JSON: what is excused, on whose word, and until when."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Literal

from compliance.model.excepting import ExceptionsShown, state_of
from compliance.model.finding import fingerprint
from compliance.model.night import Granted
from compliance.reporting.blocks import Wording, reference_text
from compliance.reporting.words import clean

ExceptionsForm = Literal["text", "json"]
EXCEPTIONS_FORMS: tuple[ExceptionsForm, ...] = ("text", "json")


def render_exceptions(found: ExceptionsShown, form: ExceptionsForm, say: Wording) -> bytes:
    """The exceptions in UTF-8."""
    if form == "json":
        text = json.dumps(exceptions_record(found), ensure_ascii=False, indent=1)
    else:
        text = "\n".join(_lines(found, say))
    return f"{text}\n".encode(errors="replace")


def exceptions_record(found: ExceptionsShown) -> dict[str, Any]:
    """The exceptions as plain data."""
    return {
        "schema_version": 1,
        "as_of": found.as_of.isoformat(),
        "exceptions": [_record(one, found) for one in found.exceptions],
        "notes": [{"code": note.code, "detail": note.detail} for note in found.notes],
    }


def _record(one: Granted, found: ExceptionsShown) -> dict[str, Any]:
    return {
        "number": one.number,
        "state": state_of(one, found.as_of),
        "contract": one.contract,
        "rule": one.rule,
        "subject": {"entity": one.subject.entity, "id": one.subject.id},
        "fingerprint": fingerprint(one.rule, one.contract, one.subject),
        "reason": one.reason,
        "first_day": one.first_day.isoformat(),
        "last_day": one.last_day.isoformat(),
        "requested_by": one.requested_by,
        "requested_at": _moment(one.requested_at),
        "approved_by": one.approved_by or None,
        "approved_at": _moment(one.approved_at),
        "revoked_by": one.revoked_by or None,
        "revoked_at": _moment(one.revoked_at),
    }


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def _lines(found: ExceptionsShown, say: Wording) -> Iterator[str]:
    for one in found.exceptions:
        state = state_of(one, found.as_of)
        days = {"first_day": one.first_day.isoformat(), "last_day": one.last_day.isoformat()}
        word = say.name("exceptions.state", state)
        yield f"{one.number}. {word}: {one.rule} {reference_text(one.subject, say)}"
        yield f"   {say('exceptions.days', **days)}"
        yield f"   {say('exceptions.reason', reason=clean(one.reason))}"
        yield f"   {_people(one, say)}"
        if state == "lapses_soon":
            yield f"   {say.name('sign', 'refused')} {say('exceptions.warning', day=days['last_day'])}"
    for note in found.notes:
        yield say(f"exceptions.{note.code}", detail=note.detail)
    yield say.count("exceptions.count", len(found.exceptions))


def _people(one: Granted, say: Wording) -> str:
    steps = (
        ("requested", one.requested_by, one.requested_at),
        ("approved", one.approved_by, one.approved_at),
        ("revoked", one.revoked_by, one.revoked_at),
    )
    told = [
        say(f"exceptions.{step}", by=clean(by), day=at.date().isoformat())
        for step, by, at in steps
        if at is not None
    ]
    return "; ".join(told)
