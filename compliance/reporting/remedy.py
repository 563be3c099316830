"""What would clear a finding, as text or JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Literal

from compliance.model.finding import RowRef, fingerprint
from compliance.model.remedy import Change, Edit, Remedy, RemedyAnswer
from compliance.reporting.blocks import Wording, reference_text
from compliance.reporting.messages import plain_value, value_text

RemedyForm = Literal["text", "json"]
REMEDY_FORMS: tuple[RemedyForm, ...] = ("text", "json")
EFFECTS_NAMED = 10


def render_remedy(answer: RemedyAnswer, form: RemedyForm, say: Wording) -> bytes:
    """The answer in UTF-8."""
    if form == "json":
        text = json.dumps(remedy_record(answer), ensure_ascii=False, indent=1)
    else:
        text = "\n".join(_lines(answer, say))
    return f"{text}\n".encode(errors="replace")


def remedy_record(answer: RemedyAnswer) -> dict[str, Any]:
    """The answer as plain data."""
    return {
        "schema_version": 1,
        "contract": answer.contract,
        "as_of": answer.as_of.isoformat(),
        "rule": answer.rule.id,
        "subject": _ref(answer.subject),
        "fingerprint": fingerprint(answer.rule.id, answer.contract, answer.subject),
        "outcome": answer.outcome,
        "hopeless": answer.hopeless,
        "tried": answer.tried,
        "bounded": answer.bounded,
        "remedies": [_remedy_record(one) for one in answer.remedies],
        "clears": {"nl": answer.rule.clears.nl, "en": answer.rule.clears.en},
    }


def _remedy_record(one: Remedy) -> dict[str, Any]:
    rows, fields, shift = one.size
    return {
        "nature": one.nature,
        "clears_on": one.clears_on.isoformat(),
        "outcome": one.outcome,
        "size": {"rows": rows, "fields": fields, "shift": shift},
        "edits": [
            {
                **_ref(edit.row),
                "added": edit.added,
                "nature": edit.nature,
                "changes": [_change_record(change) for change in edit.changes],
            }
            for edit in one.edits
        ],
        "effects": [
            {"rule": effect.rule, "subject": _ref(effect.subject), "added": effect.added}
            for effect in one.effects
        ],
    }


def _change_record(change: Change) -> dict[str, Any]:
    return {
        "field": change.field,
        "before": plain_value(change.before),
        "after": None if change.free and not isinstance(change.after, bool) else plain_value(change.after),
        "free": change.free,
        "bound": change.bound,
    }


def _ref(ref: RowRef) -> dict[str, str]:
    return {"entity": ref.entity, "id": ref.id}


def _lines(answer: RemedyAnswer, say: Wording) -> Iterator[str]:
    rule = answer.rule
    yield f"{rule.id} {rule.title.within(say.lang)}"
    label = answer.labels.get(answer.subject, "")
    subject = reference_text(answer.subject, say) + (f" ({label})" if label else "")
    yield f"{subject} · {say('report.as_of')} {answer.as_of.isoformat()}"
    yield ""
    if answer.outcome != "finding":
        yield say("remedy.no_finding", outcome=say.name("outcome", answer.outcome))
        return
    if answer.hopeless is not None:
        yield say(f"remedy.{answer.hopeless}")
    if answer.bounded:
        yield say("remedy.bounded", count=answer.tried)
    for nature in ("act", "correct"):
        found = [one for one in answer.remedies if one.nature == nature]
        if found:
            yield ""
            yield say(f"remedy.{nature}")
        for number, one in enumerate(found, start=1):
            yield from _remedy(one, number, answer, say)
    yield ""
    yield f"{say('report.clears')}: {rule.clears.within(say.lang)}"
    yield say("remedy.proof", count=answer.tried)


def _remedy(one: Remedy, number: int, answer: RemedyAnswer, say: Wording) -> Iterator[str]:
    yield f"  {number}. {_edit(one.edits[0], answer, say)}"
    for edit in one.edits[1:]:
        yield f"     {say('remedy.and')} {_edit(edit, answer, say)}"
    if one.clears_on > answer.as_of:
        yield f"     {say('remedy.clears_on', day=one.clears_on.isoformat())}"
    for added in (True, False):
        named = [f"{effect.rule} {effect.subject}" for effect in one.effects if effect.added is added]
        if named:
            listed = ", ".join(named[:EFFECTS_NAMED])
            if len(named) > EFFECTS_NAMED:
                listed = f"{listed} {say('report.evidence_more', count=len(named) - EFFECTS_NAMED)}"
            yield f"     {say('remedy.adds' if added else 'remedy.also_clears', findings=listed)}"


def _edit(edit: Edit, answer: RemedyAnswer, say: Wording) -> str:
    if edit.added:
        fields = "; ".join(f"{change.field} = {_after(change, say)}" for change in edit.changes)
        return say("remedy.add", entity=say.name("entity", edit.row.entity), fields=fields)
    label = answer.labels.get(edit.row, "")
    row = reference_text(edit.row, say) + (f" ({label})" if label else "")
    return f"{row}: {', '.join(_change(change, say) for change in edit.changes)}"


def _change(change: Change, say: Wording) -> str:
    if change.after is None:
        before = value_text(change.before, say.words, say.lang)
        return say("remedy.empty", field=change.field, before=before)
    if change.before is None:
        return say("remedy.fill", field=change.field, after=_after(change, say))
    before = value_text(change.before, say.words, say.lang)
    return say("remedy.set", field=change.field, before=before, after=_after(change, say))


def _after(change: Change, say: Wording) -> str:
    if change.after is None or (change.free and isinstance(change.after, str) and change.after == "…"):
        return say("remedy.choose")
    text = value_text(change.after, say.words, say.lang)
    if change.free:
        return say("remedy.for_instance", value=text)
    kind = "day" if hasattr(change.after, "isoformat") else "amount"
    return text if change.bound == "exactly" else say(f"remedy.{kind}_{change.bound}", value=text)
