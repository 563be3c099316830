"""The parts of a report about findings: new, changed, resolved, all that stand, by theme, and dossiers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from compliance.model.night import NightAnswer, Standing
from compliance.model.rule import SEVERITIES
from compliance.reporting.blocks import Wording
from compliance.reporting.night import telling
from compliance.reporting.night.cards import finding_cards, finding_rows
from compliance.reporting.night.page import Cell, Column, Part, Sheet, Table
from compliance.reporting.words import clean


def fresh(answer: NightAnswer, say: Wording) -> Part:
    """What is new or came back."""
    return telling.make_part("fresh", say, *finding_cards("fresh", telling.fresh(answer), answer, say))


def changed(answer: NightAnswer, say: Wording) -> Part:
    """What became different, and why."""
    return telling.make_part("changed", say, *finding_cards("changed", telling.changed(answer), answer, say))


def standing_cards(answer: NightAnswer, say: Wording) -> Part:
    """All that stands, in full."""
    stood = telling.stands(answer)
    return telling.make_part("standing_cards", say, *finding_cards("standing_cards", stood, answer, say))


def resolved(answer: NightAnswer, say: Wording) -> Part:
    """What went."""
    ordered = telling.gravest_first(telling.resolved(answer))
    rows = tuple(
        (
            telling.severity_cell(one.severity, say),
            Cell(one.rule),
            Cell(telling.rule_title(one.rule, answer, say)),
            telling.subject_cell(one.subject, answer, say),
            Cell(telling.causes_text(one, say)),
            Cell(one.first_day.isoformat()),
            Cell(one.last_day.isoformat()),
        )
        for one in ordered
    )
    heads = telling.columns(say, "severity", "rule", "title", "subject", "causes", "first_seen", "last_seen")
    return _tabled("resolved", say, Table("resolved", heads, rows, say("part.resolved.heading")))


def standing(answer: NightAnswer, say: Wording) -> Part:
    """All that stands, counted by rule."""
    grouped: defaultdict[str, list[Standing]] = defaultdict(list)
    for one in telling.gravest_first(telling.stands(answer)):
        grouped[one.rule].append(one)
    rows = tuple(
        (
            telling.severity_cell(found[0].severity, say),
            Cell(rule),
            Cell(telling.rule_title(rule, answer, say), soft=_addressee(rule, answer, say)),
            Cell(str(len(found))),
            Cell(str(_tonight(found, answer))),
            Cell(str(sum(1 for one in found if one.state == "excepted"))),
            Cell(min(one.first_day for one in found).isoformat()),
        )
        for rule, found in grouped.items()
    )
    heads = telling.columns(say, "severity", "rule", "title", "standing#", "new#", "excepted#", "first_seen")
    if not rows:
        return telling.make_part("standing", say)
    every = [one for found in grouped.values() for one in found if one.rule in answer.rules]
    return telling.make_part(
        "standing",
        say,
        Table("standing", heads, rows, say("part.standing.heading"), most=80),
        Sheet(finding_rows("standing", every, answer, say)),
    )


def _tonight(found: list[Standing], answer: NightAnswer) -> int:
    fresh_ones = {one.fingerprint for one in telling.fresh(answer)}
    return sum(1 for one in found if one.fingerprint in fresh_ones)


def _addressee(rule: str, answer: NightAnswer, say: Wording) -> str:
    return say.name("addressee", answer.rules[rule].addressee) if rule in answer.rules else ""


def themes(answer: NightAnswer, say: Wording) -> Part:
    """All that stands, counted by theme, then in full."""
    stood = telling.stands(answer)
    counted: defaultdict[str, list[Standing]] = defaultdict(list)
    for one in stood:
        counted[one.rule.partition("-")[0]].append(one)
    severities = [severity for severity in reversed(SEVERITIES) if any(s.severity == severity for s in stood)]
    rows = tuple(
        (
            Cell(say.name("family", family)),
            *(Cell(str(sum(1 for one in found if one.severity == name))) for name in severities),
            Cell(str(len(found))),
        )
        for family, found in sorted(
            counted.items(), key=lambda item: (-len(item[1]), say.name("family", item[0]))
        )
    )
    heads = (
        *telling.columns(say, "theme"),
        *(Column(name, say.name("severity", name), number=True) for name in severities),
        *telling.columns(say, "total#"),
    )
    if not rows:
        return telling.make_part("themes", say)
    ordered = telling.gravest_first(stood)
    return telling.make_part(
        "themes",
        say,
        Table("themes", heads, rows, say("night_text.counts")),
        *_theme_tables(counted, answer, say),
        Sheet(finding_rows("themes", [one for one in ordered if one.rule in answer.rules], answer, say)),
    )


def _theme_tables(counted: dict[str, list[Standing]], answer: NightAnswer, say: Wording) -> Iterator[Table]:
    """A table per theme: its rules with what they ask for, the gravest first."""
    heads = telling.columns(say, "severity", "rule", "title", "standing#", "oldest", "clears")
    for family in sorted(counted, key=lambda name: (-len(counted[name]), say.name("family", name))):
        grouped: defaultdict[str, list[Standing]] = defaultdict(list)
        for one in telling.gravest_first(counted[family]):
            grouped[one.rule].append(one)
        rows = tuple(
            (
                telling.severity_cell(found[0].severity, say),
                Cell(rule),
                Cell(telling.rule_title(rule, answer, say)),
                Cell(str(len(found))),
                Cell(min(one.first_day for one in found).isoformat()),
                Cell(answer.rules[rule].clears.within(say.lang) if rule in answer.rules else ""),
            )
            for rule, found in grouped.items()
        )
        yield Table(f"theme_{family}", heads, rows, say.name("family", family))


def dossiers(answer: NightAnswer, say: Wording) -> Part:
    """Organisations about which findings together ask for attention."""
    names = {ref.id: label for ref, label in answer.labels.items() if ref.entity == "organisation"}
    rows = tuple(
        (
            telling.severity_cell(one.severity, say),
            Cell(clean(names.get(one.organisation, one.organisation)), soft=one.organisation),
            Cell(", ".join(one.reasons)),
        )
        for one in answer.dossiers
    )
    heads = telling.columns(say, "severity", "organisation", "reasons")
    return _tabled("dossiers", say, Table("dossiers", heads, rows, say("part.dossiers.heading")))


def _tabled(code: str, say: Wording, table: Table) -> Part:
    """The section with its table, or with none where it has no rows."""
    return telling.make_part(code, say, *((table,) if table.rows else ()))
