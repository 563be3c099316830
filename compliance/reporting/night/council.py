"""The parts of the council's report: counts only, the small ones left out.

They see an answer from which every name and id is gone already (`cut.for_reading`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from compliance.model.night import NightAnswer
from compliance.model.rule import SEVERITIES
from compliance.reporting.blocks import Wording
from compliance.reporting.night import telling
from compliance.reporting.night.indicators import count_figure, course_points
from compliance.reporting.night.page import Cell, Part, Table
from compliance.reporting.night.suppress import shown_count, suppressed


def council_findings(answer: NightAnswer, say: Wording) -> Part:
    """How many findings stand, by severity."""
    found = Counter(one.severity for one in telling.stands(answer))
    counts = {say.name("severity", name): found[name] for name in reversed(SEVERITIES)}
    return _counted("council_findings", "severity", counts, say)


def council_themes(answer: NightAnswer, say: Wording) -> Part:
    """How many findings stand, by theme, over the themes that have rules."""
    found = Counter(one.rule.partition("-")[0] for one in telling.stands(answer))
    families = sorted({rule.family for rule in answer.rules.values()} | set(found))
    counts = {say.name("family", name): found[name] for name in families}
    return _counted("council_themes", "theme", counts, say)


def council_assessed(answer: NightAnswer, say: Wording) -> Part:
    """How many judgements could be made; findings stay within them, or their number would follow."""
    counts = answer.counts
    parts = {
        say("night_text.assessed"): counts.finding + counts.compliant,
        say.name("outcome", "not_assessable"): counts.not_assessable,
    }
    if not sum(parts.values()):
        return telling.make_part("council_assessed", say)
    return _counted("council_assessed", "outcome", parts, say)


def council_trend(answer: NightAnswer, say: Wording) -> Part:
    """The total after earlier nights; this night's own stands in the tables."""
    earlier = [point for point in course_points(answer.trend) if point.run < answer.receipt.number]
    points = [(point.as_of, shown_count(sum(point.by_severity.values()))) for point in earlier]
    if sum(value is not None for _, value in points) < 2:
        return telling.make_part("council_trend", say)
    rows = tuple((Cell(day.isoformat()), _count_cell(value, say)) for day, value in points)
    title = say("part.council_trend.heading")
    table = Table("council_trend", telling.columns(say, "day", "count#"), rows, title)
    return telling.make_part("council_trend", say, count_figure(title, points, table, say))


def _counted(code: str, column: str, counts: Mapping[str, int], say: Wording) -> Part:
    """A table of counts with their total; when even the total is small nothing but that is said."""
    total = sum(counts.values())
    heads = telling.columns(say, column, "count#")
    if shown_count(total) is None:
        return telling.make_part(code, say, note=say("night_text.no_total"))
    shown = suppressed(counts)
    rows = [(Cell(name), _count_cell(count, say)) for name, count in shown.items()]
    rows.append((Cell(say("night_text.total")), Cell(telling.number_text(total, say))))
    note = say("night_text.under_note") if None in shown.values() else ""
    return telling.make_part(
        code, say, Table(code, heads, tuple(rows), say(f"part.{code}.heading")), note=note
    )


def _count_cell(count: int | None, say: Wording) -> Cell:
    return Cell(say("night_text.under") if count is None else telling.number_text(count, say))
