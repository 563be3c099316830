"""What may be proposed: which facts people can still bring about, and which can only be corrected.

Nothing here looks at a rule. Never proposed: another id or reference, another contract, and an event that
nobody should bring about for the sake of a finding (refusing or withdrawing a referral, say).
"""

from __future__ import annotations

from datetime import date

from compliance.model.finding import Value
from compliance.model.remedy import Nature
from compliance.model.schema import FieldSpec

# Rows of these stand as they are: what was agreed, where it holds, and who exists.
FIXED = frozenset({"contract", "district", "person", "client", "participant"})
# Rows of these may be added, where a rule asks for one.
ADDABLE = frozenset({
    "bibob_inquiry", "bibob_measure", "bridging", "change_report", "credential", "decision", "delivery",
    "employment", "sroi_entry", "subcontract", "team",
})  # fmt: skip
# Codes that may turn out to be registered wrongly; all others say what a row is.
CORRECTABLE = frozenset({
    "referral.refusal_ground", "referral.end_reason", "subcontract.reason", "subcontract.kind",
    "organisation.legal_form", "sroi_entry.kind", "document.kind", "employment.form",
})  # fmt: skip
# Codes and amounts on which people can still agree anew.
AGREED_ANEW = frozenset({"subcontract.kind", "subcontract.hourly_rate_eur"})
# Texts that can be written yet.
WRITABLE = frozenset({"referral.refusal_evidence", "referral.decision_nature"})
# What completes a decision or a record, whenever it is done.
COMPLETED = frozenset(
    {*WRITABLE, "referral.decision_duration_months", "referral.objection_clause"}
)  # fmt: skip
# Events that no finding is a reason to bring about.
NOT_BROUGHT_ABOUT = frozenset({
    "referral.withdrawn_on", "referral.refused_on", "referral.ended_on", "referral.decided_on",
    "organisation.dissolved_on", "organisation.registered_on", "bibob_inquiry.concluded_on",
    "bibob_inquiry.advice_requested_on",
})  # fmt: skip
# Events of long ago, by what they are.
PAST_ONLY = frozenset({"employment.continues_since", "referral.end_notice_on"})
# Amounts and numbers that say what a row is.
NOT_CORRECTED = frozenset({
    "contract_year.year", "annual_account.year", "document.year", "control.share_pct", "formation.year",
})  # fmt: skip
# What a registration can hold at most, where it is more than a day could.
MOST_SENSIBLE = {"delivery.hours": 24}
# The days of these are agreed anew by people: a later day may be agreed today.
AGREED_DAYS = frozenset({
    "document.due_on", "bibob_measure.due_on", "bibob_inquiry.questionnaire_due_on",
})  # fmt: skip


def may_change(spec: FieldSpec, before: Value) -> bool:
    """Whether the field may be proposed at all, given what stands in it."""
    if spec.entity in FIXED or spec.name == "id" or spec.targets:
        return False
    if spec.type == "text":
        return spec.label in (WRITABLE | CORRECTABLE)
    if spec.type == "code":
        return spec.label in CORRECTABLE
    if before is None and spec.label in NOT_BROUGHT_ABOUT:
        return False
    return spec.label not in NOT_CORRECTED


def nature_of(spec: FieldSpec, before: Value, after: Value, as_of: date) -> Nature:
    """Whether people can still bring that about, or only find that it was registered wrongly."""
    if spec.label in AGREED_ANEW or (before is None and spec.label in COMPLETED):
        return "act"
    if spec.label == "referral.objection_clause":
        return "act"
    if spec.type != "day" or spec.anchor or not isinstance(after, date):
        return "correct"
    if spec.kind == "event":
        open_yet = before is None or (isinstance(before, date) and before > as_of)
        return "act" if open_yet and after == as_of and spec.label not in PAST_ONLY else "correct"
    if spec.name == "last_day":
        runs = before is None or (isinstance(before, date) and before >= as_of and after < before)
        return "act" if runs and after >= as_of else "correct"
    return "act" if spec.label in AGREED_DAYS and after >= as_of else "correct"


def fits(spec: FieldSpec, value: Value) -> bool:
    """Whether the value lies within the field's bounds."""
    if value is None:
        return not spec.required
    if isinstance(value, bool | str | date):
        return True
    return (spec.least is None or value >= spec.least) and (spec.most is None or value <= spec.most)


def sensible(spec: FieldSpec, value: Value) -> bool:
    """Whether a corrected registration could say so."""
    most = MOST_SENSIBLE.get(spec.label)
    return most is None or isinstance(value, str) or value is None or isinstance(value, date) or value <= most
