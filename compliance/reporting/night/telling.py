"""Small texts that several parts of a report share: days, subjects, severities, causes, columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from compliance.model.finding import RowRef
from compliance.model.night import NightAnswer, Standing
from compliance.model.rule import SEVERITIES, Rule, Severity
from compliance.reporting.blocks import Wording, reference_text
from compliance.reporting.night.page import Block, Cell, Column, Part
from compliance.reporting.words import clean


def long_day(day: date, say: Wording) -> str:
    """The day with its weekday and the month in words."""
    return say(
        "night.day",
        weekday=say(f"calendar.weekday.{day.weekday()}"),
        day=day.day,
        month=say(f"calendar.month.{day.month}"),
        year=day.year,
    )


def columns(say: Wording, *codes: str) -> tuple[Column, ...]:
    """Columns by code; a code that ends in # holds numbers."""
    return tuple(
        Column(code.rstrip("#"), say.name("night_column", code.rstrip("#")), number=code.endswith("#"))
        for code in codes
    )


def make_part(code: str, say: Wording, *blocks: Block, note: str = "") -> Part:
    """The section of that code, with what it holds."""
    return Part(
        code=code,
        heading=say(f"part.{code}.heading"),
        lead=say(f"part.{code}.lead"),
        blocks=blocks,
        empty=say(f"part.{code}.empty"),
        note=note,
    )


def severity_cell(severity: Severity, say: Wording) -> Cell:
    """The severity as sign and word."""
    return Cell(say.name("severity", severity), tone=severity, sign=say.name("sign", severity))


def subject_cell(subject: RowRef, answer: NightAnswer, say: Wording) -> Cell:
    """What the subject is, its id, and its name where it has one."""
    return Cell(reference_text(subject, say), soft=clean(answer.labels.get(subject, "")))


def rule_title(name: str, answer: NightAnswer, say: Wording) -> str:
    """The rule's title, or its id where the rule is no longer there."""
    rule: Rule | None = answer.rules.get(name)
    return rule.title.within(say.lang) if rule else name


def gravest_first(standings: Iterable[Standing]) -> list[Standing]:
    """By severity, then rule and subject."""
    return sorted(
        standings,
        key=lambda one: (-SEVERITIES.index(one.severity), one.rule, one.subject.id, one.fingerprint),
    )


def severities_text(standings: Sequence[Standing], say: Wording) -> str:
    """How many of each severity, the gravest first."""
    found = Counter(one.severity for one in standings)
    return ", ".join(
        say("night.severity_count", count=found[severity], word=say.name("severity", severity))
        for severity in reversed(SEVERITIES)
        if found[severity]
    )


def causes_text(one: Standing, say: Wording) -> str:
    """Why it got its state, the main cause first."""
    return say("night.and").join(say.name("cause", cause) for cause in one.causes)


def state_text(one: Standing, say: Wording) -> str:
    """How it stands, and why it does since the night in which that changed."""
    state, causes = say.name("standing", one.state), causes_text(one, say)
    return say("night.state_cause", state=state, causes=causes) if causes else state


def number_text(value: Decimal | int, say: Wording, places: int | None = None) -> str:
    """A number as the language writes it: grouped by thousands, with that many decimals if asked."""
    text = f"{value:,}" if places is None else f"{value:,.{places}f}"
    return text.translate(str.maketrans(",.", ".,")) if say.lang == "nl" else text


def tonight(answer: NightAnswer) -> list[Standing]:
    """The findings that got their state in this night."""
    return [one for one in answer.standings if one.since_run == answer.receipt.number]


def fresh(answer: NightAnswer) -> list[Standing]:
    """New or found again in this night."""
    return [one for one in tonight(answer) if one.state in ("new", "reopened")]


def changed(answer: NightAnswer) -> list[Standing]:
    """Stood before and became different in this night, also by an exception.

    One that is no longer new, or that an exception covers still, did not change: nothing caused that.
    """
    found = tonight(answer)
    return [one for one in found if one.state == "changed" or (one.state == "excepted" and one.causes)]


def resolved(answer: NightAnswer) -> list[Standing]:
    """No longer found since this night."""
    return [one for one in tonight(answer) if one.state == "resolved"]


def stands(answer: NightAnswer) -> list[Standing]:
    """All that asks for attention still, excepted ones too."""
    return [one for one in answer.standings if one.stands]
