"""A report as Markdown, for a note or an issue: headings, lists and tables, every value escaped."""

from __future__ import annotations

from collections.abc import Iterator

from compliance.reporting.blocks import Wording
from compliance.reporting.md_format import escaped
from compliance.reporting.night.page import Block, Cards, Cell, Figure, Lines, Part, Report, Table
from compliance.reporting.page import Line, RuleBlock, SeverityBlock, Subject


def render_markdown(report: Report, say: Wording) -> str:
    """The report in Markdown; figures as the sentence and the numbers they show."""
    return "\n".join(_report(report, say)).strip() + "\n"


def _report(report: Report, say: Wording) -> Iterator[str]:
    if report.banner:
        yield f"**{escaped(report.banner)}**\n"
    yield f"# {escaped(report.title)}: {escaped(report.contract)}\n"
    yield f"{escaped(report.day)}\n"
    yield f"{escaped(report.lead)}\n"
    if report.incomplete:
        yield f"**{escaped(report.incomplete)}**\n"
    if report.brief:
        yield f"## {escaped(report.brief_heading)}\n"
        yield from _lines(report.brief, say)
        yield ""
    yield from (f"- {escaped(label)}: **{escaped(value)}**" for label, value in report.facts)
    for part in report.parts:
        yield from _part(part, say)
    yield "\n---\n"
    yield from (f"- {escaped(label)}: {escaped(value)}" for label, value in report.closing)


def _part(part: Part, say: Wording) -> Iterator[str]:
    yield f"\n## {escaped(part.heading)}\n"
    if not part.blocks:
        yield escaped(part.note or part.empty)
        return
    yield f"{escaped(part.lead)}\n"
    several = sum(isinstance(block, Table) for block in part.blocks) > 1
    for block in part.blocks:
        yield from _block(block, several, say)
    if part.note:
        yield f"\n{escaped(part.note)}"


def _block(block: Block, several: bool, say: Wording) -> Iterator[str]:
    if isinstance(block, Lines):
        yield from _lines(block.lines, say)
    elif isinstance(block, Table):
        if several:
            yield f"\n### {escaped(block.caption)}\n"
        yield from _table(block, say)
    elif isinstance(block, Cards):
        yield from _cards(block, say)
    elif isinstance(block, Figure):
        yield f"\n### {escaped(block.title)}\n"
        yield f"{escaped(block.alternative)}\n"
        yield from _table(block.table, say)


def _lines(lines: tuple[Line, ...], say: Wording) -> Iterator[str]:
    for line in lines:
        yield f"- {say.name('sign', line.sign)} {escaped(line.text)}"


def _table(table: Table, say: Wording) -> Iterator[str]:
    yield f"| {' | '.join(escaped(column.heading) for column in table.columns)} |"
    yield f"|{''.join(' ---: |' if column.number else ' --- |' for column in table.columns)}"
    for row in table.shown:
        yield f"| {' | '.join(_cell(cell) for cell in row)} |"
    if table.hidden:
        yield f"\n{escaped(say('night.more_rows', count=table.hidden))}"


def _cell(cell: Cell) -> str:
    return f"{cell.sign} {escaped(cell.plain)}" if cell.sign else escaped(cell.plain)


def _cards(cards: Cards, say: Wording) -> Iterator[str]:
    for block in cards.blocks:
        for rule in block.rules:
            yield from _rule(block, rule, cards.most, say)


def _rule(block: SeverityBlock, rule: RuleBlock, most: int, say: Wording) -> Iterator[str]:
    yield f"\n### {block.sign} {escaped(block.word)}: {escaped(rule.rule)} {escaped(rule.title)}\n"
    if rule.kind_note:
        yield f"_{escaped(rule.kind_note)}_\n"
    for subject in rule.subjects[:most]:
        yield from _subject(subject, say)
    if len(rule.subjects) > most:
        yield f"- {escaped(say('night.more_subjects', count=len(rule.subjects) - most))}"
    yield f"\n{say('report.norm')}: {escaped('; '.join(rule.norms))}\n"
    yield f"{say('report.clears')}: {escaped(rule.clears)}"


def _subject(subject: Subject, say: Wording) -> Iterator[str]:
    label = f" ({escaped(subject.label)})" if subject.label else ""
    yield f"- **{escaped(subject.reference)}**{label}: {escaped(subject.message)}"
    yield f"  - {escaped(subject.status_text)}"
    if subject.since:
        yield f"  - {say('report.since')}: {subject.since}"
    if subject.evidence:
        proof = f"{', '.join(subject.evidence)} {subject.evidence_more}".strip()
        yield f"  - {say('report.evidence')}: {escaped(proof)}"
