"""What tells the day on one screen: the numbers, and a few sentences with what matters first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import get_args

from compliance.model.night import Cause, NightAnswer
from compliance.model.rule import SEVERITIES
from compliance.reporting.blocks import Wording
from compliance.reporting.night import telling
from compliance.reporting.night.audience import Audience
from compliance.reporting.night.page import Tile
from compliance.reporting.page import Line

CAUSES: tuple[Cause, ...] = get_args(Cause)  # in the fixed order of telling
_TONES = {
    "failed": "failed", "fresh": "finding", "changed": "medium", "ahead": "high", "resolved": "compliant",
    "standing": "info", "owed": "gap", "lapsing": "medium", "refused": "failed",
}  # fmt: skip
_SIGNS = {
    "failed": "failed", "fresh": "finding", "changed": "medium", "ahead": "high", "resolved": "compliant",
    "standing": "info", "owed": "gap", "lapsing": "note", "refused": "refused",
}  # fmt: skip
_SECTIONS = {"failed": "failures", "refused": "deliveries", "standing": "standing"}


def tiles(answer: NightAnswer, audience: Audience, say: Wording) -> Iterator[Tile]:
    """The numbers of the day, for the sections that the audience has."""
    counts = {
        "failed": len(answer.receipt.failures),
        "fresh": len(telling.fresh(answer)),
        "changed": len(telling.changed(answer)),
        "ahead": len(answer.ahead),
        "owed": len(answer.owed),
        "lapsing": len(answer.lapsing),
        "refused": sum(1 for one in answer.offered if one.whole or one.refused),
        "resolved": len(telling.resolved(answer)),
        "standing": len(telling.stands(answer)),
    }
    for code, count in counts.items():
        section = _section(code, audience)
        if section and (count or code not in ("failed", "refused", "lapsing")):
            yield Tile(
                code=code,
                tone=_TONES[code],
                sign=say.name("sign", _SIGNS[code]),
                count=telling.number_text(count, say),
                word=say(f"night.tile.{code}"),
                section=section,
            )


def _section(code: str, audience: Audience) -> str:
    """The section of the audience that tells more about it; empty when it has none."""
    names = [_SECTIONS.get(code, code)]
    if code == "standing":
        names += ["standing_cards", "themes"]
    return next((name for name in names if name in audience.sections), "")


def brief(answer: NightAnswer, audience: Audience, say: Wording) -> Iterator[Line]:
    """The day in sentences, failures first; only about what the audience has a section for."""
    has = frozenset(audience.sections)
    if "failures" in has:
        yield from _broken(answer, say)
    if "deliveries" in has:
        yield from _refused(answer, say)
    if "fresh" in has:
        yield from _changes(answer, say)
    if "ahead" in has:
        yield from _ahead(answer, say)
    if "owed" in has:
        yield from _owed(answer, say)
    if "lapsing" in has and answer.lapsing:
        first = min(one.last_day for one in answer.lapsing)
        yield Line("note", say.count("night.brief_lapsing", len(answer.lapsing), day=first.isoformat()))
    if has & {"standing", "standing_cards", "themes"}:
        yield _standing(answer, say)


def _broken(answer: NightAnswer, say: Wording) -> Iterator[Line]:
    if answer.receipt.failures:
        rules = ", ".join(one.rule for one in answer.receipt.failures)
        yield Line("failed", say("night.brief_failed", rules=rules))


def _refused(answer: NightAnswer, say: Wording) -> Iterator[Line]:
    files = [one for one in answer.offered if one.whole or one.refused]
    if not files:
        return
    whole = sum(1 for one in files if one.whole)
    rows = sum(one.refused for one in files if not one.whole)
    parts = [say.count("night.brief_whole", whole)] if whole else []
    if rows:
        parts.append(say.count("night.brief_rows", rows))
    yield Line("refused", say.count("night.brief_refused", len(files), rows=say("night.and").join(parts)))


def _changes(answer: NightAnswer, say: Wording) -> Iterator[Line]:
    found, changed, gone = telling.fresh(answer), telling.changed(answer), telling.resolved(answer)
    states = Counter(one.state for one in found)
    if found:
        what = [say.count("night.plural_new", states["new"])] if states["new"] else []
        if states["reopened"]:
            what.append(say.count("night.plural_reopened", states["reopened"]))
        told = say("night.and").join(what)
        yield Line(
            "finding", say("night.brief_fresh", what=told, severities=telling.severities_text(found, say))
        )
    if changed:
        causes = Counter(one.causes[0] for one in changed if one.causes)
        told = ", ".join(
            f"{count} × {say.name('cause', cause)}" if len(causes) > 1 else say.name("cause", cause)
            for cause, count in sorted(causes.items(), key=lambda item: (-item[1], CAUSES.index(item[0])))
        )
        yield Line("medium", say.count("night.brief_changed", len(changed), causes=told))
    if gone:
        yield Line("compliant", say.count("night.brief_resolved", len(gone)))
    if not found and not changed and not gone:
        yield Line("compliant", say("night.quiet"))


def _ahead(answer: NightAnswer, say: Wording) -> Iterator[Line]:
    if not answer.ahead:
        return
    first = min(
        answer.ahead,
        key=lambda one: (one.act_by, -SEVERITIES.index(one.severity), one.rule, one.subject.id),
    )
    yield Line(
        "high",
        say.count(
            "night.brief_ahead", len(answer.ahead), first_day=first.first_day.isoformat(),
            act_by=first.act_by.isoformat(),
            rule=f"{first.rule} {telling.rule_title(first.rule, answer, say)}",
        ),
    )  # fmt: skip


def _owed(answer: NightAnswer, say: Wording) -> Iterator[Line]:
    if answer.owed:
        owners = Counter(one.owner for one in answer.owed)
        most = sorted(owners.items(), key=lambda item: (-item[1], item[0]))
        parties = ", ".join(_parties(most, say))
        yield Line("gap", say.count("night.brief_owed", len(answer.owed), parties=parties))


def _parties(owners: Iterable[tuple[str, int]], say: Wording) -> Iterator[str]:
    for owner, count in owners:
        yield say("night.brief_party", count=count, party=say.name("party", owner))


def _standing(answer: NightAnswer, say: Wording) -> Line:
    stood = telling.stands(answer)
    if not stood:
        return Line("compliant", say("night.brief_none"))
    severities = telling.severities_text(stood, say)
    return Line("info", say.count("night.brief_standing", len(stood), severities=severities))
