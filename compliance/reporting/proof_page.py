"""An explanation as a page of texts in one language: what text and HTML print."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from compliance.model.explanation import Explanation, Quantified, Step, UsedFact, UsedNumber
from compliance.model.finding import Judged, Observation
from compliance.reporting.blocks import Wording, reference_text
from compliance.reporting.compose import owed_by
from compliance.reporting.messages import plain_value, result_message, value_text
from compliance.reporting.words import Lang, Words

ROWS_NAMED = 5


@dataclass(frozen=True, slots=True)
class StepLines:
    """One named step: its sign and value, its expression, and what it rests on."""

    sign: str
    name: str
    role: str
    value: str
    text: str
    uses: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProofPage:
    """The proof in reading order: outcome, reason, steps, evidence, what is missing, norm."""

    title: str
    subject: str
    facts: tuple[tuple[str, str], ...]
    outcome: str
    outcome_word: str
    severity: str
    message: str
    reason: str
    refused: str
    steps: tuple[StepLines, ...]
    evidence: tuple[str, ...]
    missing: tuple[str, ...]
    norms: tuple[tuple[str, str], ...]
    why: str
    clears: str
    limits: tuple[str, ...]
    kind_note: str


def compose_proof(found: Explanation, say: Wording) -> ProofPage:
    """The page of an explanation."""
    rule, proof = found.rule, found.proof
    label = found.labels.get(proof.subject, "")
    subject = reference_text(proof.subject, say)
    return ProofPage(
        title=f"{rule.id} {rule.title.within(say.lang)}",
        subject=f"{subject} ({label})" if label else subject,
        facts=(
            (say("report.contract"), found.contract),
            (say("report.as_of"), found.as_of.isoformat()),
            (say("report.addressee"), say.name("addressee", rule.addressee)),
        ),
        outcome=proof.outcome,
        outcome_word=say.name("outcome", proof.outcome),
        severity=say.name("severity", rule.severity) if proof.outcome == "finding" else "",
        message=proof_message(found, say.words, say.lang),
        reason=_reason(found, say),
        refused=say("explain.refused", count=found.refused) if found.refused else "",
        steps=tuple(_step(step, found, say) for step in found.proof.steps),
        evidence=tuple(_fact(fact, found, say) for fact in found.proof.evidence),
        missing=tuple(_missing(found, say)),
        norms=tuple((norm.citation(), norm.quote or "") for norm in rule.norms),
        why=rule.why.within(say.lang),
        clears=rule.clears.within(say.lang) if proof.outcome == "finding" else "",
        limits=tuple(limit.within(say.lang) for limit in rule.limits),
        kind_note=say("report.signal_note") if rule.kind == "signal" else "",
    )


def proof_message(found: Explanation, words: Words, lang: Lang) -> str:
    """What the outcome says in one sentence, as a check would say it."""
    proof = found.proof
    observation = Observation(
        found.rule.id,
        proof.subject,
        proof.outcome,
        values=proof.values,
        missing=proof.missing,
        missing_count=len(proof.missing),
    )
    return result_message(Judged(observation, found.rule.severity), found.rule, words, lang)


def _reason(found: Explanation, say: Wording) -> str:
    """One sentence that says why it is this outcome and no other."""
    named = {step.name: step for step in found.proof.steps}
    because = [f"{name} = {_value(named[name], say)}" for name in found.because if name in named]
    used = [
        f"{name} = {_value(named[name], say)}"
        for step in found.because
        if step in named
        for name in named[step].uses
        if name in named
    ]
    return say(f"explain.{found.proof.outcome}", used=", ".join(dict.fromkeys(used or because)))


def _step(step: Step, found: Explanation, say: Wording) -> StepLines:
    lines = [*_rows(step, say), *_numbers(step, say)]
    lines += [say("explain.fact", fact=_fact(fact, found, say)) for fact in step.facts]
    if step.missing:
        names = ", ".join(dict.fromkeys(f"{item} {item.id}".rstrip() for item in step.missing))
        lines.append(say("explain.missing", missing=names))
    return StepLines(
        sign=_sign(step),
        name=step.name,
        role=say.name("role", step.role),
        value=_value(step, say),
        text=step.text,
        uses=", ".join(step.uses),
        lines=tuple(dict.fromkeys(lines)),
    )


def _sign(step: Step) -> str:
    if step.state == "unknown":
        return "not_assessable"
    if step.value is True:
        return "true"
    return "false" if step.value is False else "note"


def _value(step: Step, say: Wording) -> str:
    if step.state != "value":
        return say.name("state", step.state)
    if isinstance(step.value, bool):
        return say.name("truth", "true" if step.value else "false")
    return value_text(step.value, say.words, say.lang)


def _rows(step: Step, say: Wording) -> Iterator[str]:
    for item in step.rows:
        yield _rows_text(item, say)


def _rows_text(item: Quantified, say: Wording) -> str:
    named = ", ".join(row.id for row in item.rows[:ROWS_NAMED])
    if len(item.rows) > ROWS_NAMED:
        named = f"{named} {say('report.evidence_more', count=len(item.rows) - ROWS_NAMED)}"
    told = {"entity": say.name("entity", item.entity), "of": item.of, "holds": item.holds}
    text = say("explain.rows", **told) + (f": {named}" if named else "")
    if item.doubts:
        text += f"; {say('explain.doubts', count=item.doubts)}"
    return text if item.complete else f"{text}; {say('explain.incomplete')}"


def _numbers(step: Step, say: Wording) -> Iterator[str]:
    for item in step.numbers:
        yield say(
            "explain.number",
            parameter=f"{item.name}[{item.key}]" if item.key else item.name,
            value=number_text(item, say),
            status=say.name("number_status", item.status),
            source=item.source,
        )


def number_text(item: UsedNumber, say: Wording) -> str:
    """The number's value in words; what it lacks when nobody agreed one."""
    if item.value is None:
        return say("explain.not_agreed")
    if isinstance(item.value, tuple):
        return ", ".join(item.value)
    return str(plain_value(item.value))


def _fact(fact: UsedFact, found: Explanation, say: Wording) -> str:
    fields = "; ".join(
        f"{name} = {value_text(value, say.words, say.lang) if state == 'value' else say.name('state', state)}"
        for name, state, value in ((held.field, held.state, held.value) for held in fact.fields)
        if name != "id"
    )
    label = found.labels.get(fact.fact, "")
    text = reference_text(fact.fact, say) + (f" ({label})" if label else "")
    text = f"{text}: {fields}" if fields else text
    origin = found.origin(fact)
    if origin is None:
        return text
    return f"{text} [{say('report.evidence_place', source=origin.source, row=origin.row)}]"


def _missing(found: Explanation, say: Wording) -> Iterator[str]:
    for item in found.proof.missing:
        party = say.name("party", owed_by(item, say))
        name = f"{item} {item.id}".rstrip()
        yield f"{name} ({say('report.owed_by')}: {party})" if party else name
