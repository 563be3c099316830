"""The page as Markdown, for a note or an issue: headings, lists and tables, every value escaped."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from compliance.reporting.blocks import Wording
from compliance.reporting.page import Line, Page, RuleBlock, SeverityBlock, Subject

_SPECIAL = re.compile(r"([\\`*_\[\]<>|~&])")
_OPENING = re.compile(r"^(\d*)([#+\-.)=:])")


def escaped(text: str) -> str:
    """The text as Markdown shows it literally, on one line."""
    flat = " ".join(text.split())
    return _OPENING.sub(r"\1\\\2", _SPECIAL.sub(r"\\\1", flat))


def render_md(page: Page, say: Wording) -> str:
    """The answer in Markdown."""
    return "\n".join(_parts(page, say)).strip() + "\n"


def _parts(page: Page, say: Wording) -> Iterator[str]:
    yield f"# {escaped(page.title)}: {escaped(page.contract)}\n"
    yield f"{escaped(say('report.lead'))}\n"
    if page.incomplete:
        yield f"**{escaped(page.incomplete)}**\n"
    yield from (f"- {escaped(label)}: **{escaped(value)}**" for label, value in page.facts[1:])
    yield f"\n## {say('report.delivered_heading')}\n"
    yield from _lines((*page.delivered, *page.notes), say)
    if page.refusals:
        yield f"\n## {say('report.refusals_heading')}\n"
        yield f"{escaped(say('report.refusals_lead'))}\n"
        names = ("file", "place", "column", "reason", "shape", "expected")
        rows = [
            (item.file, item.place, item.column, item.reason, item.shape, item.expected)
            for item in page.refusals
        ]
        yield from _table([say(f"report.refusal_{name}") for name in names], rows)
        yield f"\n{escaped(page.refusals_more)}"
    if page.failures:
        yield f"\n## {say('report.failures_heading')}\n"
        yield from _lines(page.failures, say)
    yield f"\n## {say('report.findings_heading')} ({page.finding_count})\n"
    if not page.findings:
        yield escaped(say("report.no_findings"))
    for block in page.findings:
        yield from _severity(block, say)
    yield from _causes(page, say)
    yield from _closing(page, say)


def _severity(block: SeverityBlock, say: Wording) -> Iterator[str]:
    for rule in block.rules:
        yield f"\n### {block.sign} {escaped(block.word)}: {escaped(rule.rule)} {escaped(rule.title)}\n"
        if rule.kind_note:
            yield f"_{escaped(rule.kind_note)}_\n"
        for subject in rule.subjects:
            yield from _subject(subject, say)
        yield f"\n{say('report.norm')}: {escaped('; '.join(rule.norms))}\n"
        yield f"{say('report.clears')}: {escaped(rule.clears)}"


def _subject(subject: Subject, say: Wording) -> Iterator[str]:
    label = f" ({escaped(subject.label)})" if subject.label else ""
    yield f"- **{escaped(subject.reference)}**{label}: {escaped(subject.message)}"
    if subject.status_text:
        yield f"  - {escaped(subject.status_text)}"
    if subject.since:
        yield f"  - {say('report.since')}: {subject.since}"
    if subject.evidence:
        proof = f"{', '.join(subject.evidence)} {subject.evidence_more}".strip()
        yield f"  - {say('report.evidence')}: {escaped(proof)}"


def _causes(page: Page, say: Wording) -> Iterator[str]:
    yield f"\n## {say('report.gaps_heading')}\n"
    if not page.causes:
        yield escaped(say("report.no_causes"))
        return
    names = [say(f"report.{name}") for name in ("cause", "owed_by", "questions", "rules")]
    rows = [
        (f"{cause.cause} {cause.rows}".strip(), cause.owed_by, cause.count, cause.rules)
        for cause in page.causes
    ]
    yield from _table(names, rows)


def _closing(page: Page, say: Wording) -> Iterator[str]:
    if page.others:
        yield f"\n## {say('report.others_heading')}\n"
        yield from (line for rule in page.others for line in _other(rule))
    if page.dossiers:
        yield f"\n## {say('report.dossiers_heading')}\n"
        for dossier in page.dossiers:
            told = f"{escaped(dossier.word)}, {escaped(dossier.reasons)}"
            yield f"- {dossier.sign} **{escaped(dossier.organisation)}**: {told}"
    if page.expectations:
        yield f"\n## {say('report.expect_heading')}\n"
        yield from _lines(page.expectations, say)
    yield "\n---\n"
    if page.aside:
        yield f"{escaped(page.aside)}\n"
    yield f"**{escaped(page.counts)}**"


def _other(rule: RuleBlock) -> Iterator[str]:
    for subject in rule.subjects:
        yield f"- {escaped(rule.rule)} {escaped(subject.reference)}: {escaped(subject.message)}"


def _lines(lines: Sequence[Line], say: Wording) -> Iterator[str]:
    for line in lines:
        yield f"- {say.name('sign', line.sign)} {escaped(line.text)}"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{' --- |' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(escaped(cell) for cell in row)} |"
