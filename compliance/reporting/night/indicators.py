"""The parts of a report about the four system indicators: values with their definition, and their course."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from compliance.model.indicator import SYSTEM_INDICATORS, Measure, Series, Unit
from compliance.model.night import NightAnswer, TrendPoint
from compliance.model.rule import SEVERITIES
from compliance.reporting.blocks import Wording
from compliance.reporting.night import telling
from compliance.reporting.night.cut import TOO_FEW
from compliance.reporting.night.page import Cell, Column, Figure, Part, Table
from compliance.reporting.plots import Curve, draw_curves
from compliance.reporting.words import clean

PLACES = {"count": 0, "days": 0, "eur": 2, "pct": 1, "fte": 1}
MOST_POINTS = 26  # of a course: half a year of weeks; more cannot be told apart on paper


def indicators(answer: NightAnswer, say: Wording) -> Part:
    """A table per indicator: what was measured, its value, target, period and meaning."""
    heads = telling.columns(say, "measure", "value#", "target#", "period", "what")
    tables = tuple(
        Table(
            f"indicator_{name}", heads, tuple(_measure_row(one, say) for one in found),
            say.name("indicator", name),
        )
        for name in SYSTEM_INDICATORS
        if (found := [one for one in answer.measures if one.indicator == name])
    )  # fmt: skip
    return telling.make_part("indicators", say, *tables)


def _measure_row(one: Measure, say: Wording) -> tuple[Cell, ...]:
    name = say(f"measure.{one.code}.name", what=clean(one.name))
    return (
        Cell(say("night_text.of_which", part=say.name("service", one.part)) if one.part else name),
        _value_cell(one, say),
        Cell(_with_unit(one.target, one.unit, say) if one.target is not None else ""),
        Cell(_period(one, say)),
        Cell("" if one.part else say(f"measure.{one.code}.what")),
    )


def _value_cell(one: Measure, say: Wording) -> Cell:
    if one.value is not None:
        return Cell(_with_unit(one.value, one.unit, say))
    if one.lacks == (TOO_FEW,):
        return Cell(say("night.too_few"))
    if not one.lacks:
        return Cell(say("night.nothing"))
    return Cell(say("night.not_known"), soft=say("night.lacking", names=", ".join(one.lacks)))


def _with_unit(value: Decimal, unit: Unit, say: Wording) -> str:
    text = telling.number_text(_plain(value), say, PLACES.get(unit))
    word = say(f"night_text.unit_{unit}")
    return text if unit in ("count", "plain") else f"{text} {word}"


def _plain(value: Decimal) -> Decimal:
    """The number without zeros at its end: as many digits as were delivered mean."""
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


def _period(one: Measure, say: Wording) -> str:
    if one.period:
        return clean(one.period)
    if one.first_day is None:
        return say("night_text.on_day", day=one.last_day.isoformat())
    return say("night_text.from_to", first_day=one.first_day.isoformat(), last_day=one.last_day.isoformat())


def indicator_trends(answer: NightAnswer, say: Wording) -> Part:
    """A plot per measure that has a course."""
    figures = tuple(
        _series_figure(one, say)
        for one in answer.series
        if sum(value is not None for _, value in one.points) > 1
    )
    return telling.make_part("indicator_trends", say, *figures)


def _series_figure(series: Series, say: Wording) -> Figure:
    name = say(f"measure.{series.code}.name")
    days = [day for day, _ in series.points]
    values = tuple(value for _, value in series.points)
    title = f"{say.name('indicator', series.indicator)}: {name}"
    unit = say(f"night_text.unit_{series.unit}")
    rows = tuple(
        (
            Cell(day.isoformat()),
            Cell(say("night.not_known") if value is None else _with_unit(value, series.unit, say)),
        )
        for day, value in series.points
    )
    table = Table(f"series_{series.code}", telling.columns(say, "day", "value#"), rows, title)
    return _figure(title, name, days, (Curve(name, values),), unit, table, say)


def findings_trend(answer: NightAnswer, say: Wording) -> Part:
    """The findings that stood after each night, a line per severity."""
    points = course_points(answer.trend)
    if len(points) < 2:
        return telling.make_part("findings_trend", say)
    severities = [
        name for name in reversed(SEVERITIES) if any(point.by_severity.get(name, 0) for point in points)
    ]
    curves = tuple(
        Curve(say.name("severity", name), tuple(point.by_severity.get(name, 0) for point in points))
        for name in severities
    )
    heads = (
        *telling.columns(say, "run#", "day"),
        *(Column(name, say.name("severity", name), number=True) for name in severities),
        *telling.columns(say, "total#"),
    )
    rows = tuple(
        (
            Cell(str(point.run)),
            Cell(point.as_of.isoformat()),
            *(Cell(str(point.by_severity.get(name, 0))) for name in severities),
            Cell(str(sum(point.by_severity.values()))),
        )
        for point in points
    )
    title = say("part.findings_trend.heading")
    table = Table("findings_trend", heads, rows, title)
    what = say("night_text.plot_findings")
    figure = _figure(title, what, [point.as_of for point in points], curves, what, table, say)
    return telling.make_part("findings_trend", say, figure)


def course_points(trend: Sequence[TrendPoint]) -> list[TrendPoint]:
    """The last nights in order; where there are many, the last night of each week."""
    points = sorted(trend, key=lambda point: point.run)
    if len(points) > MOST_POINTS:
        points = list({point.as_of.isocalendar()[:2]: point for point in points}.values())
    return points[-MOST_POINTS:]


def count_figure(title: str, points: Sequence[tuple[date, int | None]], table: Table, say: Wording) -> Figure:
    """A plot of one count over days."""
    what = say("night_text.plot_findings")
    curve = Curve(what, tuple(value for _, value in points))
    return _figure(title, what, [day for day, _ in points], (curve,), what, table, say)


def _figure(
    title: str,
    what: str,
    days: Sequence[date],
    curves: tuple[Curve, ...],
    axis: str,
    table: Table,
    say: Wording,
) -> Figure:
    parts = [text for curve in curves if (text := _course(curve, days, say))]
    alternative = say("night_text.plot_course", what=what, parts="; ".join(parts))
    svg = draw_curves([day.isoformat() for day in days], curves, alternative, axis)
    return Figure(title, alternative, svg, table)


def _course(curve: Curve, days: Sequence[date], say: Wording) -> str:
    """From where to where the line goes; empty when nothing of it is known."""
    known = [(day, value) for day, value in zip(days, curve.values, strict=True) if value is not None]
    if not known:
        return ""
    (first_day, first), (last_day, last) = known[0], known[-1]
    return say(
        "night_text.plot_part", what=curve.name, first=_short(first, say), last=_short(last, say),
        first_day=first_day.isoformat(), last_day=last_day.isoformat(),
    )  # fmt: skip


def _short(value: Decimal | int, say: Wording) -> str:
    return telling.number_text(value, say, 0 if value == int(value) else 1)
