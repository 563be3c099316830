"""Makes one account of care out of all reports on one assignment: when it began, and whether it has ended.

Reports count in the order in which their messages were sent. Care that stops and starts again (a temporary
stop, as for a stay in hospital) is one account: it began on the first day of the first period, and has ended
only if its last period has.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from compliance.sources.iwmo.message import Report

# Within one message something is taken back before something else takes its place.
_RANKS = {"unchanged": 0, "deleted": 1, "changed": 2, "first": 3}


@dataclass(frozen=True, slots=True)
class Care:
    """What the reports say together.

    `unclear` are changes of which it cannot be known what they change. `earlier` is true when a stop tells
    of a period of which the start did not come, before any that did. `interruptions` counts periods that
    stopped and were followed by another; `differing` stops that name another first day than their start.
    """

    first: Report | None = None
    end: Report | None = None
    unclear: tuple[Report, ...] = ()
    earlier: bool = False
    interruptions: int = 0
    differing: int = 0


def account(starts: Iterable[Report], stops: Iterable[Report]) -> Care:
    """The account of all starts and stops that were reported of one assignment."""
    standing, unclear = _standing_starts(starts)
    ended, unclear_stops = _standing_stops(stops)
    unclear += unclear_stops
    if not standing:
        return Care(end=ended[-1] if ended else None, unclear=tuple(unclear), earlier=bool(ended))
    last = max(standing)
    periods = [(_period(stop, standing), stop) for stop in ended]
    closing = [stop for day, stop in periods if day == last]
    return Care(
        first=standing[min(standing)],
        end=closing[-1] if closing else None,
        unclear=tuple(unclear),
        earlier=any(day is None for day, _ in periods),
        interruptions=len({day for day, _ in periods if day is not None and day != last}),
        differing=sum(day is not None and day != stop.began_on for day, stop in periods),
    )


def _in_order(reports: Iterable[Report]) -> list[Report]:
    return sorted(
        reports,
        key=lambda report: (
            report.envelope.order,
            _RANKS[report.status],
            report.began_on,
            report.ended_on or date.min,
            report.end_reason,
        ),
    )


def _standing_starts(reports: Iterable[Report]) -> tuple[dict[date, Report], list[Report]]:
    """The starts that stand, by first day, and changes that fit none of them.

    The first day is the key by which a start is taken back. A change of a start that did not come is the
    start itself; of the one start that stands it takes the place.
    """
    standing: dict[date, Report] = {}
    unclear = []
    for report in _in_order(reports):
        if report.status == "deleted":
            standing.pop(report.began_on, None)
        elif report.status == "changed" and report.began_on not in standing and len(standing) > 1:
            unclear.append(report)
        elif report.status != "unchanged":
            if report.status == "changed":
                standing = {} if len(standing) == 1 else standing
            standing[report.began_on] = report
    return standing, unclear


def _standing_stops(reports: Iterable[Report]) -> tuple[list[Report], list[Report]]:
    """The stops that stand, last reported last, and changes that fit none of them."""
    standing: list[Report] = []
    unclear = []
    for report in _in_order(reports):
        if report.status == "unchanged":
            continue
        same = _same_stop(report, standing)
        if same is not None:
            standing.remove(same)
        elif report.status == "changed" and len(standing) == 1:
            standing.clear()
        elif report.status == "changed" and standing:
            unclear.append(report)
            continue
        if report.status != "deleted":
            standing.append(report)
    return standing, unclear


def _same_stop(report: Report, standing: Sequence[Report]) -> Report | None:
    """The stop whose place the report takes, or that it takes back.

    It is of the same first day, and if there are more the one that says the same. A first report takes
    only the place of one that says the same: after a pause, its end is reported beside it.
    """
    of_period = [stop for stop in standing if stop.began_on == report.began_on]
    said = (report.ended_on, report.end_reason)
    equal = [stop for stop in of_period if (stop.ended_on, stop.end_reason) == said]
    meant = equal if equal or report.status == "first" else of_period
    return meant[-1] if meant else None


def _period(stop: Report, starts: Iterable[date]) -> date | None:
    """The first day of the period that the stop ends, or None when the start of that period did not come."""
    if stop.began_on in starts:
        return stop.began_on
    return max((day for day in starts if stop.ended_on is None or day <= stop.ended_on), default=None)
