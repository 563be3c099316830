"""The parts of a report about what somebody must do: what is coming, owed, lapsing, refused or broken."""

from __future__ import annotations

from collections import defaultdict

from compliance.model.night import NightAnswer, Offered, Owed
from compliance.model.rule import SEVERITIES
from compliance.reporting.blocks import Wording
from compliance.reporting.compose import cause_text
from compliance.reporting.night import telling
from compliance.reporting.night.page import Cell, Lines, Part, Table
from compliance.reporting.page import Line
from compliance.reporting.words import clean


def failures(answer: NightAnswer, say: Wording) -> Part:
    """Rules that broke; outside the municipality only which."""
    lines = tuple(
        Line("failed", clean(f"{one.rule} {telling.rule_title(one.rule, answer, say)}: {one.message}"))
        for one in answer.receipt.failures
    )
    return telling.make_part("failures", say, *((Lines(lines),) if lines else ()))


def ahead(answer: NightAnswer, say: Wording) -> Part:
    """What turns red if nothing changes, the first to act upon on top."""
    ordered = sorted(
        answer.ahead,
        key=lambda one: (
            one.act_by,
            one.first_day,
            -SEVERITIES.index(one.severity),
            one.rule,
            one.subject.id,
        ),
    )
    rows = tuple(
        (
            Cell(one.act_by.isoformat()),
            Cell(one.first_day.isoformat()),
            telling.severity_cell(one.severity, say),
            Cell(one.rule),
            Cell(telling.rule_title(one.rule, answer, say)),
            telling.subject_cell(one.subject, answer, say),
        )
        for one in ordered
    )
    heads = telling.columns(say, "act_by", "first_day", "severity", "rule", "title", "subject")
    return _tabled("ahead", say, Table("ahead", heads, rows, say("part.ahead.heading"), most=25))


def owed(answer: NightAnswer, say: Wording) -> Part:
    """A table per party, the party that holds up most first."""
    grouped: defaultdict[str, list[Owed]] = defaultdict(list)
    for one in answer.owed:
        grouped[one.owner].append(one)
    ordered = sorted(grouped.items(), key=lambda item: (-sum(one.subjects for one in item[1]), item[0]))
    heads = telling.columns(say, "missing", "subjects#", "rules")
    tables = tuple(
        Table(
            f"owed_{owner}", heads, tuple(_owed_row(one, say) for one in _most_first(found)),
            say.name("party", owner), most=25,
        )
        for owner, found in ordered
    )  # fmt: skip
    return telling.make_part("owed", say, *tables)


def _most_first(owed_things: list[Owed]) -> list[Owed]:
    return sorted(owed_things, key=lambda one: (-one.subjects, str(one.missing)))


def _owed_row(one: Owed, say: Wording) -> tuple[Cell, ...]:
    waits = telling.number_text(one.subjects, say) if one.subjects else say("night_text.not_counted")
    return Cell(cause_text(one.missing, (), say)), Cell(waits), Cell(", ".join(one.rules))


def owed_rules(answer: NightAnswer, say: Wording) -> Part:
    """By rule what it waits for."""
    waits: defaultdict[str, list[str]] = defaultdict(list)
    for one in answer.owed:
        for rule in one.rules:
            party = say.name("party", one.owner)
            waits[rule].append(f"{cause_text(one.missing, (), say)} ({party})")
    rows = tuple(
        (
            Cell(rule),
            Cell(telling.rule_title(rule, answer, say)),
            Cell("; ".join(sorted(things))),
        )
        for rule, things in sorted(waits.items())
    )
    heads = telling.columns(say, "rule", "title", "missing")
    return _tabled(
        "owed_rules", say, Table("owed_rules", heads, rows, say("part.owed_rules.heading"), most=80)
    )


def lapsing(answer: NightAnswer, say: Wording) -> Part:
    """Exceptions about to end, the first on top; staff only where the reading has them."""
    ordered = sorted(answer.lapsing, key=lambda one: (one.last_day, one.rule, one.subject.id))
    rows = tuple(
        (
            Cell(one.last_day.isoformat()),
            Cell(one.rule),
            Cell(telling.rule_title(one.rule, answer, say)),
            telling.subject_cell(one.subject, answer, say),
            Cell(clean(one.reason)),
            Cell(clean(one.requested_by)),
            Cell(clean(one.approved_by)),
        )
        for one in ordered
    )
    heads = telling.columns(
        say, "last_day", "rule", "title", "subject", "reason", "requested_by", "approved_by"
    )
    return _tabled("lapsing", say, Table("lapsing", heads, rows, say("part.lapsing.heading")))


def deliveries(answer: NightAnswer, say: Wording) -> Part:
    """What was offered; what was refused on top."""
    ordered = sorted(answer.offered, key=lambda one: (-_trouble(one), one.supplier, one.file))
    rows = tuple(
        (
            Cell(clean(one.supplier)),
            Cell(clean(one.file) or say("night_text.file_unnamed")),
            _came_cell(one, say),
            Cell(telling.number_text(one.accepted, say)),
            Cell(telling.number_text(one.refused, say)),
            Cell(telling.number_text(one.waiting, say)),
        )
        for one in ordered
    )
    heads = telling.columns(say, "supplier", "file", "came", "accepted#", "refused#", "waiting#")
    table = Table("deliveries", heads, rows, say("part.deliveries.heading"))
    return _tabled("deliveries", say, table)


def _trouble(one: Offered) -> int:
    return 3 if one.whole else 2 if one.refused else 1 if one.waiting else 0


def _came_cell(one: Offered, say: Wording) -> Cell:
    code, tone = (
        ("file_whole", "failed")
        if one.whole
        else ("file_part", "failed")
        if one.refused
        else ("file_known", "note")
        if one.known
        else ("file_waits", "gap")
        if one.waiting
        else ("file_fine", "delivered")
    )
    return Cell(say(f"night_text.{code}"), tone=tone, sign=say.name("sign", tone))


def _tabled(code: str, say: Wording, table: Table) -> Part:
    return telling.make_part(code, say, *((table,) if table.rows else ()))
