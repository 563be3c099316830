"""An explanation as text, JSON or a web page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Literal

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from compliance.model.explanation import Explanation, Step, UsedFact
from compliance.model.finding import fingerprint
from compliance.reporting.blocks import Wording
from compliance.reporting.content import Content
from compliance.reporting.html_format import render_template
from compliance.reporting.messages import plain_value
from compliance.reporting.proof_page import ProofPage, StepLines, compose_proof, proof_message
from compliance.reporting.records import missing_record
from compliance.reporting.text_format import COLOURS, PLAIN_WIDTH, printed
from compliance.reporting.words import LANGS, Lang, Words

ProofFormat = Literal["text", "json", "html"]
PROOF_FORMATS: tuple[ProofFormat, ...] = ("text", "json", "html")
SIGN_COLOURS = {**COLOURS, "true": "green", "false": "red"}


def render_proof(
    found: Explanation,
    form: ProofFormat,
    content: Content,
    lang: Lang,
    *,
    colour: bool = False,
    width: int = PLAIN_WIDTH,
) -> bytes:
    """The explanation in UTF-8."""
    say = Wording(content.words, lang)
    if form == "json":
        record = proof_record(found, content.words)
        text = json.dumps(record, ensure_ascii=False, allow_nan=False, indent=1) + "\n"
    elif form == "html":
        text = render_template("explain.html.j2", content.templates, say, page=compose_proof(found, say))
    else:
        text = _as_text(compose_proof(found, say), say, colour=colour, width=width)
    return text.encode("utf-8", errors="replace")


def proof_record(found: Explanation, words: Words) -> dict[str, Any]:
    """The explanation as plain data."""
    rule, proof = found.rule, found.proof
    return {
        "schema_version": 1,
        "contract": found.contract,
        "as_of": found.as_of.isoformat(),
        "rule": rule.id,
        "subject": {"entity": proof.subject.entity, "id": proof.subject.id},
        "outcome": proof.outcome,
        "kind": rule.kind,
        "severity": rule.severity,
        "compartment": rule.compartment,
        "because": list(found.because),
        "message": {lang: proof_message(found, words, lang) for lang in LANGS},
        "values": {name: plain_value(value) for name, value in proof.values},
        "steps": [_step_record(step, found) for step in proof.steps],
        "evidence": [_fact_record(fact, found) for fact in proof.evidence],
        "missing": [missing_record(item) for item in proof.missing],
        "norms": [norm.model_dump(mode="json", exclude_none=True) for norm in rule.norms],
        "fingerprint": fingerprint(rule.id, found.contract, proof.subject),
    }


def _step_record(step: Step, found: Explanation) -> dict[str, Any]:
    return {
        "name": step.name,
        "role": step.role,
        "expression": step.text,
        "state": step.state,
        "value": plain_value(step.value),
        "uses": list(step.uses),
        "facts": [_fact_record(fact, found) for fact in step.facts],
        "numbers": [
            {
                "parameter": f"{item.name}[{item.key}]" if item.key else item.name,
                "value": list(item.value) if isinstance(item.value, tuple) else plain_value(item.value),
                "status": item.status,
                "source": item.source,
            }
            for item in step.numbers
        ],
        "rows": [
            {
                "kind": item.kind, "entity": item.entity, "of": item.of, "holds": item.holds,
                "unknown": item.doubts, "complete": item.complete, "ids": [row.id for row in item.rows],
            }
            for item in step.rows
        ],
        "missing": [missing_record(item) for item in step.missing],
    }  # fmt: skip


def _fact_record(fact: UsedFact, found: Explanation) -> dict[str, Any]:
    origin = found.origin(fact)
    return {
        "entity": fact.fact.entity,
        "id": fact.fact.id,
        "fields": {
            held.field: plain_value(held.value) if held.state == "value" else {"state": held.state}
            for held in fact.fields
        },
        "source": origin.source if origin else None,
        "row": origin.row if origin else None,
    }


def _as_text(page: ProofPage, say: Wording, *, colour: bool, width: int) -> str:
    return printed(_parts(page, say), colour=colour, width=width)


def _parts(page: ProofPage, say: Wording) -> Iterator[RenderableType]:
    yield Text(page.title, style="bold")
    yield Text(" · ".join([page.subject, *(f"{name} {value}" for name, value in page.facts)]))
    yield Text()
    head = f"{say.name('sign', page.outcome)} {page.outcome_word.upper()}"
    outcome = Text(head, style=COLOURS[page.outcome])
    if page.severity:
        outcome.append(f" ({page.severity})")
    yield outcome
    yield Text(page.message)
    yield Text(page.reason)
    if page.refused:
        yield Text(f"{say.name('sign', 'refused')} {page.refused}", style=COLOURS["refused"])
    yield from _section(say("explain.steps"), [_step(step, say) for step in page.steps])
    if page.evidence:
        yield from _section(say("report.evidence"), [Text(f"• {line}") for line in page.evidence])
    if page.missing:
        yield from _section(say("report.cause"), [Text(f"• {line}") for line in page.missing])
    norms = [Text(f"• {name}" + (f": “{quote}”" if quote else "")) for name, quote in page.norms]
    yield from _section(say("report.norm"), norms)
    yield from _section(say("report.why"), [Text(page.why)])
    if page.clears:
        yield from _section(say("report.clears"), [Text(page.clears)])
    limits = [page.kind_note, *page.limits] if page.kind_note else page.limits
    if limits:
        yield from _section(say("report.limits"), [Text(f"• {limit}") for limit in limits])


def _section(title: str, lines: list[RenderableType] | list[Text]) -> Iterator[RenderableType]:
    yield Text()
    yield Text(title, style="bold")
    yield from (Padding(line, (0, 0, 0, 2)) for line in lines)


def _step(step: StepLines, say: Wording) -> RenderableType:
    head = Text(f"{say.name('sign', step.sign)} ", style=SIGN_COLOURS[step.sign])
    head.append(f"{step.name} = {step.value}", style="bold")
    head.append(f"  ({step.role})", style="not bold dim")
    lines = [Text(step.text, style="dim"), *(Text(f"· {line}") for line in step.lines)]
    return Group(head, *(Padding(line, (0, 0, 0, 4)) for line in lines))
