"""The page for a terminal: words and signs first, colour only on top of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from io import StringIO

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule as Ruler
from rich.table import Table
from rich.text import Text

from compliance.reporting.blocks import Wording
from compliance.reporting.page import Line, Page, RuleBlock, SeverityBlock, Subject

COLOURS = {
    "critical": "bold red", "high": "red", "medium": "yellow", "low": "cyan", "info": "blue",
    "failed": "bold red", "refused": "red", "gap": "yellow", "not_assessable": "yellow",
    "delivered": "green", "compliant": "green", "finding": "red", "note": "blue", "not_applicable": "dim",
}  # fmt: skip
PLAIN_WIDTH = 100


def render_text(page: Page, say: Wording, *, colour: bool = False, width: int = PLAIN_WIDTH) -> str:
    """The answer as lines for a reader; with escape codes only when `colour` is asked for."""
    # The counts stand on one line, however wide the terminal.
    counts = printed([Text(page.counts, style="bold")], colour=colour, width=len(page.counts) + 1)
    return printed(_parts(page, say), colour=colour, width=width) + counts


def printed(parts: Iterable[RenderableType], *, colour: bool, width: int) -> str:
    """The parts as rich lays them out, without blanks at the ends of lines."""
    out = StringIO()
    console = Console(
        file=out,
        width=width,
        force_terminal=colour,
        no_color=not colour,
        color_system="standard" if colour else None,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
    )
    for part in parts:
        console.print(part)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


def _parts(page: Page, say: Wording) -> Iterator[RenderableType]:
    yield Text(f"{page.title}: {page.contract}", style="bold")
    yield Text(" · ".join(f"{name} {value}" for name, value in page.facts[1:-1]))
    yield Text()
    if page.incomplete:
        yield _line(Line("failed", page.incomplete), say)
    for line in page.delivered:
        yield _line(line, say)
    for line in page.notes:
        yield _line(line, say)
    if page.refusals:
        yield from _refusals(page, say)
    if page.failures:
        yield _heading(say("report.failures_heading"))
        yield Text(say("report.failures_lead"))
        yield from (_line(line, say) for line in page.failures)
    yield _heading(f"{say('report.findings_heading')} ({page.finding_count})")
    if not page.findings:
        yield Text(say("report.no_findings"))
    for block in page.findings:
        yield from _severity(block, say)
    yield from _causes(page, say)
    if page.others:
        yield _heading(say("report.others_heading"))
        for rule in page.others:
            yield from _other(rule)
    yield from _closing(page, say)


def _heading(text: str) -> RenderableType:
    return Group(Text(), Ruler(Text(text, style="bold"), align="left", characters="─", style="dim"))


def _line(line: Line, say: Wording) -> RenderableType:
    return _signed(say.name("sign", line.sign), Text(line.text), COLOURS[line.sign])


def _signed(sign: str, text: RenderableType, style: str) -> RenderableType:
    """Text behind a sign, its further lines indented under the first."""
    grid = Table.grid(padding=(0, 1))
    grid.add_column(width=1, no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_row(Text(sign, style=style), text)
    return grid


def _refusals(page: Page, say: Wording) -> Iterator[RenderableType]:
    yield _heading(say("report.refusals_heading"))
    yield Text(say("report.refusals_lead"))
    for item in page.refusals:
        where = " · ".join(part for part in (item.file, item.place, item.column) if part)
        text = Text(where, style="bold")
        text.append(f"\n{item.reason}", style="not bold")
        if item.shape:
            text.append(f" {say('report.refusal_shape')}: {_ended(item.shape)}", style="not bold")
        if item.expected:
            text.append(f" {say('report.refusal_expected')}: {_ended(item.expected)}", style="not bold")
        yield _signed(say.name("sign", "refused"), text, COLOURS["refused"])
    if page.refusals_more:
        yield Text(page.refusals_more)


def _ended(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else f"{text}."


def _severity(block: SeverityBlock, say: Wording) -> Iterator[RenderableType]:
    style = COLOURS[block.severity]
    for rule in block.rules:
        title = Text()
        title.append(f"{block.sign} {block.word.upper()}", style=style)
        title.append(f"  {rule.rule} {rule.title}", style="bold")
        yield Text()
        yield title
        yield from (_subject(subject, say) for subject in rule.subjects)
        details = [("report.norm", "; ".join(rule.norms)), ("report.clears", rule.clears)]
        if rule.kind_note:
            details.insert(0, ("report.limits", rule.kind_note))
        yield Padding(_details([(say(name), text) for name, text in details]), (0, 0, 0, 2))


def _subject(subject: Subject, say: Wording) -> RenderableType:
    head = Text()
    head.append(f"• {subject.reference}", style="bold")
    if subject.label:
        head.append(f" {subject.label}")
    details = [("", subject.message)]
    if subject.status_text:
        details.append(("", subject.status_text))
    if subject.since:
        details.append((say("report.since"), subject.since))
    if subject.evidence:
        proof = ", ".join(subject.evidence)
        details.append((say("report.evidence"), f"{proof} {subject.evidence_more}".rstrip()))
    return Padding(Group(head, Padding(_details(details), (0, 0, 0, 2))), (0, 0, 0, 2))


def _details(pairs: list[tuple[str, str]]) -> RenderableType:
    lines = []
    for name, text in pairs:
        line = Text()
        if name:
            line.append(f"{name}: ", style="dim")
        line.append(text)
        lines.append(line)
    return Group(*lines)


def _causes(page: Page, say: Wording) -> Iterator[RenderableType]:
    yield _heading(say("report.gaps_heading"))
    if not page.causes:
        yield Text(say("report.no_causes"))
        return
    for cause in page.causes:
        text = Text(cause.cause, style="bold")
        if cause.rows:
            text.append(f" {cause.rows}", style="not bold")
        owed = f"{say('report.owed_by')}: {cause.owed_by}. " if cause.owed_by else ""
        held = f"{say('report.questions')}: {cause.count} ({cause.rules})"
        text.append(f"\n{owed}{held}", style="not bold")
        yield _signed(say.name("sign", "not_assessable"), text, COLOURS["not_assessable"])


def _other(rule: RuleBlock) -> Iterator[RenderableType]:
    yield Text(f"{rule.rule} {rule.title}", style="bold")
    for subject in rule.subjects:
        yield Padding(
            Text(f"• {subject.reference} {subject.label}".rstrip() + f": {subject.message}"), (0, 2)
        )


def _closing(page: Page, say: Wording) -> Iterator[RenderableType]:
    if page.dossiers:
        yield _heading(say("report.dossiers_heading"))
        for dossier in page.dossiers:
            text = f"{dossier.organisation} ({dossier.word}), {dossier.reasons}"
            yield _signed(dossier.sign, Text(text), COLOURS[dossier.severity])
    if page.expectations:
        yield _heading(say("report.expect_heading"))
        yield from (_line(line, say) for line in page.expectations)
    yield Text()
    if page.aside:
        yield Text(page.aside)
