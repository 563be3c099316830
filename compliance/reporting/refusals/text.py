"""The answer to an intake as plain text: files, what is refused and why, what waits, what is asked."""

from __future__ import annotations

from collections.abc import Iterator

from compliance.model.intake import Notice
from compliance.model.preview import Sample, Shown
from compliance.reporting.blocks import Wording
from compliance.reporting.refusals.lines import Line, lines_of, outcome, questions
from compliance.reporting.words import clean

LISTED = 200


def intake_text(shown: Shown, say: Wording) -> str:
    """All of it, one thing on a line."""
    return "\n".join(_lines(shown, say)) + "\n"


def _lines(shown: Shown, say: Wording) -> Iterator[str]:
    answer = shown.answer
    heading = "intake.preview_of" if answer.preview else "intake.delivery_of"
    yield say(heading, supplier=clean(answer.supplier) or say("intake.unnamed"))
    yield ""
    for file in answer.files:
        sign = say.name("sign", "refused" if file.refusals or file.whole else "delivered")
        yield f"{sign} {clean(file.path)}: {outcome(file, say)}"
    asking, telling = questions(answer.notices)
    yield from (f"{say.name('sign', 'note')} {notice_text(notice, say)}" for notice in telling)
    yield from _section(say("intake.questions"), [notice_text(notice, say) for notice in asking])
    yield from _refusals([*lines_of(answer, say)], say)
    waiting = [
        say("intake.waits", row=f"{row.entity}/{row.id}", target=str(row.target)) for row in answer.waiting
    ]
    yield from _section(say("intake.waiting_heading"), waiting[:LISTED], len(waiting), say)
    if answer.preview:
        for sample in shown.samples:
            yield from _sample(sample, say)
        yield ""
        yield say("intake.nothing_kept")


def _section(title: str, lines: list[str], count: int = 0, say: Wording | None = None) -> Iterator[str]:
    if lines:
        yield ""
        yield title
        yield from (f"  {line}" for line in lines)
        if say is not None and count > len(lines):
            yield f"  {say('intake.more', count=count - len(lines))}"


def _refusals(lines: list[Line], say: Wording) -> Iterator[str]:
    if not lines:
        return
    yield ""
    yield say("intake.refused_heading")
    for line in lines[:LISTED]:
        file, sheet, row, cell, column, *_ = line.cells
        where = cell or row
        place = ", ".join(part for part in (file, f"{sheet}!{where}" if sheet else where, column) if part)
        yield f"  {say.name('sign', 'refused')} {place}"
        yield f"    {line.reason}"
    if len(lines) > LISTED:
        yield f"  {say('intake.more', count=len(lines) - LISTED)}"


def _sample(sample: Sample, say: Wording) -> Iterator[str]:
    yield ""
    name = say.name("entity", sample.entity)
    yield say(
        "intake.first_rows", entity=f"{name} ({sample.entity})", count=sample.count, file=clean(sample.file)
    )
    for row in sample.rows:
        told = [f"{field}={clean(text)}" for field, text in zip(sample.fields, row, strict=True) if text]
        yield f"  {', '.join(told)}"


def notice_text(notice: Notice, say: Wording) -> str:
    """A notice in words."""
    name = f"notice.{notice.code}"
    told = {
        "file": clean(notice.file),
        "entity": say.name("entity", notice.entity),
        "detail": clean(notice.detail),
        "count": notice.count,
    }
    if say.words.has(name):
        return say(name, **told)
    return ": ".join(str(part) for part in (told["file"], notice.code, told["detail"]) if part)
