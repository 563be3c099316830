"""Composes the report of one audience in one language: its parts in the order that the audience declares."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from compliance.model.night import NightAnswer
from compliance.reporting.blocks import Wording
from compliance.reporting.night import council, findings, indicators, needs, telling
from compliance.reporting.night.audience import Audience, Section
from compliance.reporting.night.cut import for_reading
from compliance.reporting.night.day import brief, tiles
from compliance.reporting.night.page import Part, Report
from compliance.reporting.records import moment_text
from compliance.reporting.words import clean

SECTIONS: Mapping[Section, Callable[[NightAnswer, Wording], Part]] = {
    "failures": needs.failures,
    "fresh": findings.fresh,
    "changed": findings.changed,
    "ahead": needs.ahead,
    "owed": needs.owed,
    "owed_rules": needs.owed_rules,
    "lapsing": needs.lapsing,
    "deliveries": needs.deliveries,
    "resolved": findings.resolved,
    "standing": findings.standing,
    "standing_cards": findings.standing_cards,
    "dossiers": findings.dossiers,
    "indicators": indicators.indicators,
    "indicator_trends": indicators.indicator_trends,
    "findings_trend": indicators.findings_trend,
    "themes": findings.themes,
    "council_findings": council.council_findings,
    "council_themes": council.council_themes,
    "council_assessed": council.council_assessed,
    "council_trend": council.council_trend,
}
_ONLY_WHEN_ANY = ("failures",)  # said nothing about when there are none


def compose_night(uncut: NightAnswer, audience: Audience, say: Wording, banner: str = "") -> Report:
    """The report, of no more than the audience may see; `banner` is a line above everything."""
    answer = for_reading(uncut, audience)
    parts = (SECTIONS[name](answer, say) for name in audience.sections)
    return Report(
        audience=audience.name,
        title=say(f"audience.{audience.name}.title"),
        contract=clean(answer.title),
        day=telling.long_day(answer.receipt.as_of, say),
        lead=say(f"audience.{audience.name}.lead"),
        banner=clean(banner),
        incomplete=_incomplete(answer, audience, say),
        facts=tuple(_facts(answer, audience, say)),
        tiles=() if audience.aggregates else tuple(tiles(answer, audience, say)),
        brief=() if audience.aggregates else tuple(brief(answer, audience, say)),
        brief_heading=say("night.brief"),
        parts=tuple(part for part in parts if part.blocks or part.code not in _ONLY_WHEN_ANY),
        closing=tuple(_closing(answer, audience, say)),
    )


def _incomplete(answer: NightAnswer, audience: Audience, say: Wording) -> str:
    failures = answer.receipt.failures
    if not failures:
        return ""
    if audience.release:
        return say("night.incomplete_outside")
    rules = ", ".join(one.rule for one in failures)
    return say.count("night.incomplete", len(failures), rules=rules)


def _facts(answer: NightAnswer, audience: Audience, say: Wording) -> Iterator[tuple[str, str]]:
    receipt = answer.receipt
    yield say("report.as_of"), receipt.as_of.isoformat()
    if audience.release:
        return
    seen = ", ".join(say.name("compartment", name) for name in answer.compartments)
    yield say("report.compartments"), seen
    yield say("report.known_at"), moment_text(receipt.known_at) or ""
    yield say("night.run"), str(receipt.number)
    if answer.previous is None:
        yield say("night.compared"), say("night.first")
    else:
        told = {"run": answer.previous.number, "as_of": answer.previous.as_of.isoformat()}
        yield say("night.compared"), say("night.compared_run", **told)


def _closing(answer: NightAnswer, audience: Audience, say: Wording) -> Iterator[tuple[str, str]]:
    """With what was judged: nothing that depends on facts outside the reading."""
    receipt = answer.receipt
    yield say("report.rules"), str(receipt.rules)
    yield say("report.rulebook"), receipt.rulebook
    if not audience.release:
        yield say("night.numbers"), receipt.numbers
        yield say("night.product"), receipt.product
    for note in answer.notes:
        name = f"note.{note.code}"
        text = say(name, detail=note.detail) if say.words.has(name) else f"{note.code}: {note.detail}"
        yield say("report.notes_heading"), text
