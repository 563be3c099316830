"""What comes when nothing changes, as text, JSON or CSV."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from io import StringIO
from typing import Any, Literal

from compliance.model.finding import fingerprint
from compliance.model.night import Ahead
from compliance.model.remedy import Lapse, LookAhead
from compliance.reporting.blocks import Wording, reference_text
from compliance.reporting.csv_format import safe_cell

LookAheadForm = Literal["text", "json", "csv"]
LOOKAHEAD_FORMS: tuple[LookAheadForm, ...] = ("text", "json", "csv")
COLUMNS = (
    "first_day", "act_by", "rule", "title", "severity", "compartment", "entity", "id", "name", "fingerprint",
)  # fmt: skip


def render_lookahead(found: LookAhead, form: LookAheadForm, say: Wording) -> bytes:
    """The look ahead in UTF-8."""
    if form == "json":
        return f"{json.dumps(lookahead_record(found), ensure_ascii=False, indent=1)}\n".encode()
    if form == "csv":
        return _csv(found, say).encode()
    return "\n".join([*_lines(found, say), ""]).encode(errors="replace")


def lookahead_record(found: LookAhead) -> dict[str, Any]:
    """The look ahead as plain data."""
    return {
        "schema_version": 1,
        "contract": found.contract,
        "as_of": found.as_of.isoformat(),
        "until": found.until.isoformat(),
        "rules": len(found.rules),
        "ahead": [
            {
                "rule": one.rule,
                "subject": {"entity": one.subject.entity, "id": one.subject.id},
                "severity": one.severity,
                "compartment": one.compartment,
                "first_day": one.first_day.isoformat(),
                "act_by": one.act_by.isoformat(),
                "fingerprint": fingerprint(one.rule, found.contract, one.subject),
            }
            for one in found.ahead
        ],
        "lapsing": [
            {
                "rule": one.exemption.rule,
                "subject": {"entity": one.exemption.subject.entity, "id": one.exemption.subject.id},
                "last_day": one.exemption.last_day.isoformat(),
                "granted_by": one.exemption.granted_by,
                "returns": one.returns,
            }
            for one in found.lapsing
        ],
        "failed": list(found.failed),
    }


def _csv(found: LookAhead, say: Wording) -> str:
    out = StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for one in found.ahead:
        cells = (
            one.first_day.isoformat(), one.act_by.isoformat(), one.rule,
            found.rules[one.rule].title.within(say.lang), one.severity, one.compartment, one.subject.entity,
            one.subject.id, found.labels.get(one.subject, ""),
            fingerprint(one.rule, found.contract, one.subject),
        )  # fmt: skip
        writer.writerow([safe_cell(cell) for cell in cells])
    return out.getvalue()


def _lines(found: LookAhead, say: Wording) -> Iterator[str]:
    days = (found.until - found.as_of).days
    yield say("lookahead.heading", days=days, until=found.until.isoformat())
    yield f"{say('report.contract')} {found.contract} · {say('report.as_of')} {found.as_of.isoformat()}"
    yield say("lookahead.lead")
    month = ""
    for one in found.ahead:
        if one.first_day.isoformat()[:7] != month:
            month = one.first_day.isoformat()[:7]
            yield ""
            yield month
        yield from _ahead(one, found, say)
    if found.lapsing:
        yield ""
        yield say("lookahead.lapsing")
    for lapse in found.lapsing:
        yield f"  {_lapse(lapse, say)}"
    for rule in found.failed:
        yield f"{say.name('sign', 'failed')} {say('lookahead.failed', rule=rule)}"
    yield ""
    yield say.count("lookahead.count", len(found.ahead))


def _ahead(one: Ahead, found: LookAhead, say: Wording) -> Iterator[str]:
    label = found.labels.get(one.subject, "")
    subject = reference_text(one.subject, say) + (f" ({label})" if label else "")
    title = found.rules[one.rule].title.within(say.lang)
    act = say("lookahead.act_by", day=one.act_by.isoformat())
    if one.act_by == found.as_of:
        act = say("lookahead.act_today", day=one.act_by.isoformat())
    yield f"  {one.first_day.isoformat()}  {one.rule} {title} ({say.name('severity', one.severity)})"
    yield f"              {subject} · {act}"


def _lapse(one: Lapse, say: Wording) -> str:
    told = {
        "rule": one.exemption.rule,
        "subject": reference_text(one.exemption.subject, say),
        "day": one.exemption.last_day.isoformat(),
        "by": one.exemption.granted_by,
    }
    return say("lookahead.lapse_returns" if one.returns else "lookahead.lapse", **told)
