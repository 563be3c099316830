"""The four system indicators, by SQL over the delivered facts: what they do not tell is None, never zero.

Norm: dialoogdocument theme 12 (bereik, beschikbaarheid, kwaliteit, budget). Days are judged as in a view as
of a day: what happened later has not happened. Periods are the three months up to and including that day.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from compliance.model.days import add_months
from compliance.model.indicator import Measure, Series, SystemIndicator, Unit
from compliance.sources.facts import Facts

MONTHS_BACK = 12
_NAMES: tuple[tuple[SystemIndicator, tuple[str, ...]], ...] = (
    ("reach", ("bereik", "reach")),
    ("availability", ("beschikbaar", "availab", "wacht", "wait")),
    ("budget", ("budget", "kosten", "cost", "financi")),
)
_RUNNING = "started_on <= $day AND (ended_on IS NULL OR ended_on > $day)"
_NOT_WITHDRAWN = "(withdrawn_on IS NULL OR withdrawn_on > $day)"
_WAITS = (
    "received_on <= $day AND (started_on IS NULL OR started_on > $day) "
    f"AND (refused_on IS NULL OR refused_on > $day) AND {_NOT_WITHDRAWN}"
)
_MINE = "contract_id = $contract"


@dataclass(frozen=True, slots=True)
class Question:
    """One measure as a query of one value, with the fields that must have been delivered for it."""

    indicator: SystemIndicator
    code: str
    unit: Unit
    sql: str
    needs: tuple[str, ...]
    over_period: bool = False
    by_service: bool = False
    over_year: bool = False


def _count(where: str, entity: str = "referral", what: str = "*") -> str:
    return f"SELECT count({what}) FROM fact.{entity} WHERE {_MINE} AND {where}"


_SPENT = (
    "SELECT CASE WHEN count(*) = count(amount_eur) THEN sum(amount_eur) END FROM fact.delivery "
    f"WHERE {_MINE} AND day BETWEEN $first AND $day"
)
_BUDGET = f"SELECT CASE WHEN count(*) = 1 THEN any_value(value_eur) END FROM fact.contract_year WHERE {_MINE} AND year = year($day)"  # noqa: E501
_REFERRAL = ("referral.received_on", "referral.started_on", "referral.withdrawn_on")

QUESTIONS: tuple[Question, ...] = (
    Question(
        "reach", "in_care", "count",
        _count(f"{_RUNNING} AND {_NOT_WITHDRAWN}", what="DISTINCT client_id"),
        ("referral.started_on", "referral.ended_on", "referral.withdrawn_on"),
        by_service=True,
    ),
    Question(
        "reach", "inflow", "count", _count("started_on BETWEEN $first AND $day"),
        ("referral.started_on",), over_period=True,
    ),
    Question(
        "reach", "outflow", "count", _count("ended_on BETWEEN $first AND $day"),
        ("referral.ended_on",), over_period=True,
    ),
    Question(
        "availability", "waiting", "count", _count(_WAITS), (*_REFERRAL, "referral.refused_on"),
        by_service=True,
    ),
    Question(
        "availability", "wait_median", "days",
        "SELECT quantile_disc(greatest(started_on - received_on, 0), 0.5) FROM fact.referral "
        f"WHERE {_MINE} AND started_on BETWEEN $first AND $day",
        ("referral.received_on", "referral.started_on"), over_period=True,
    ),
    Question(
        "availability", "wait_longest", "days",
        f"SELECT max($day - received_on) FROM fact.referral WHERE {_MINE} AND {_WAITS}",
        (*_REFERRAL, "referral.refused_on"),
    ),
    Question(
        "availability", "districts", "count",
        _count(
            "first_day <= $day AND (last_day IS NULL OR last_day >= $day)", "team", "DISTINCT district_id"
        ),
        ("team.first_day", "team.last_day"),
    ),
    Question(
        "quality", "complaints", "count", _count("received_on BETWEEN $first AND $day", "complaint"),
        ("complaint.received_on",), over_period=True,
    ),
    Question(
        "quality", "complaints_open", "count",
        _count("received_on <= $day AND (handled_on IS NULL OR handled_on > $day)", "complaint"),
        ("complaint.received_on", "complaint.handled_on"),
    ),
    Question(
        "budget", "budget_year", "eur", _BUDGET, ("contract_year.value_eur",), over_year=True,
    ),
    Question(
        "budget", "spent", "eur", _SPENT, ("delivery.amount_eur", "delivery.day"), over_year=True,
    ),
    Question(
        "budget", "spent_share", "pct",
        f"SELECT round(({_SPENT}) * 100 / nullif(({_BUDGET}), 0), 1)",
        ("delivery.amount_eur", "delivery.day", "contract_year.value_eur"), over_year=True,
    ),
    Question(
        "budget", "fte", "fte",
        "SELECT CASE WHEN count(*) = count(realised_fte) THEN sum(realised_fte) END FROM fact.formation "
        f"WHERE {_MINE} AND year = year($day)",
        ("formation.realised_fte",), over_year=True,
    ),
)  # fmt: skip
_TARGETS = {
    "districts": ("SELECT count(*) FROM fact.district", ("district",)),
    "fte": (
        f"SELECT sum(planned_fte) FROM fact.formation WHERE {_MINE} AND year = year($day)",
        ("formation.planned_fte",),
    ),
}
_COURSES = ("in_care", "waiting", "complaints_open", "spent")


@dataclass(frozen=True, slots=True)
class Indicators:
    """Answers the questions from one set of facts, about one contract."""

    facts: Facts
    contract: str

    def measures(self, as_of: date) -> tuple[Measure, ...]:
        """Every measure on that day, then what the contractor reported itself."""
        found = [one for question in QUESTIONS for one in self._measured(question, as_of)]
        return (*found, *self._reported(as_of))

    def series(self, as_of: date) -> tuple[Series, ...]:
        """The course of a measure per indicator, over the ends of the last months and `as_of` itself."""
        days = month_ends(as_of, self._first_day(), MONTHS_BACK)
        asked = {question.code: question for question in QUESTIONS if question.code in _COURSES}
        return tuple(
            Series(question.indicator, code, question.unit, self._course(question, days))
            for code, question in asked.items()
        )

    def _course(self, question: Question, days: Sequence[date]) -> tuple[tuple[date, Decimal | None], ...]:
        lacks = self._lacks(question.needs)
        return tuple((day, None if lacks else self._value(question, day)) for day in days)

    def _measured(self, question: Question, as_of: date) -> Iterator[Measure]:
        lacks = self._lacks(question.needs)
        value = None if lacks else self._value(question, as_of)
        first = _first(question, as_of)
        target = self._target(question.code, as_of)
        yield Measure(
            question.indicator, question.code, question.unit, as_of, value=value, first_day=first,
            target=target, lacks=lacks or _short_of(question, value),
        )  # fmt: skip
        if question.by_service and value is not None:
            for part, count in self._by_service(question, as_of):
                yield Measure(
                    question.indicator, question.code, question.unit, as_of, value=count, first_day=first,
                    part=part,
                )  # fmt: skip

    def _by_service(self, question: Question, as_of: date) -> Iterator[tuple[str, Decimal]]:
        query = question.sql.replace("SELECT ", "SELECT service, ", 1) + " GROUP BY service ORDER BY service"
        for service, count in self._rows(query, question, as_of):
            yield str(service), Decimal(count)

    def _target(self, code: str, as_of: date) -> Decimal | None:
        if code not in _TARGETS:
            return None
        query, needs = _TARGETS[code]
        if self._lacks(needs):
            return None
        ((value,),) = self._rows(query, None, as_of)
        return None if value is None else Decimal(str(value))

    def _value(self, question: Question, day: date) -> Decimal | None:
        ((value,),) = self._rows(question.sql, question, day)
        return None if value is None else Decimal(str(value))

    def _rows(self, query: str, question: Question | None, day: date) -> list[tuple[Any, ...]]:
        values = {"day": day, "contract": self.contract}
        first = _first(question, day) if question else None
        if first:
            values["first"] = first
        bound = {name: value for name, value in values.items() if f"${name}" in query}
        return self.facts.connection.execute(query, bound).fetchall()

    def _lacks(self, needs: Sequence[str]) -> tuple[str, ...]:
        """Of the fields, those that did not come for every row that is there."""
        return tuple(name for name in needs if not self._came(name))

    def _came(self, name: str) -> bool:
        entity, _, field = name.partition(".")
        delivered = self.facts.catalog[entity]
        if entity not in self.facts.catalog or not delivered.complete:
            return False
        if not field:
            return True
        groups = delivered.lacking_groups(field)
        if not groups:
            return True
        marks = ", ".join(str(group) for group in groups)
        ((rows,),) = self.facts.connection.execute(
            f'SELECT count(*) FROM fact."{entity}" WHERE _lacks IN ({marks})'
        ).fetchall()
        return not rows

    def _first_day(self) -> date:
        ((first,),) = self.facts.connection.execute(
            "SELECT first_day FROM fact.contract WHERE id = $1", [self.contract]
        ).fetchall()
        found: date = first
        return found

    def _reported(self, as_of: date) -> Iterator[Measure]:
        """The contractor's own rows about the whole contract; a row about a district stays out."""
        if "indicator" not in self.facts.catalog:
            return
        query = (
            'SELECT name, period, "value", target FROM fact.indicator '
            f"WHERE {_MINE} AND district_id IS NULL ORDER BY period DESC, name, id LIMIT 40"
        )
        for name, period, value, target in self._rows(query, None, as_of):
            yield Measure(
                _indicator_of(name), "reported", "plain", as_of, value=Decimal(str(value)),
                target=None if target is None else Decimal(str(target)), name=name, period=period,
            )  # fmt: skip


def month_ends(as_of: date, first_day: date, months: int) -> list[date]:
    """The last days of the months before `as_of`, not before `first_day`, and `as_of` itself."""
    start = as_of.replace(day=1)
    ends = [add_months(start, -back) - timedelta(days=1) for back in range(months - 1, -1, -1)]
    return [day for day in ends if first_day <= day < as_of] + [as_of]


def _first(question: Question | None, day: date) -> date | None:
    if question is None:
        return None
    if question.over_year:
        return date(day.year, 1, 1)
    return add_months(day + timedelta(days=1), -3) if question.over_period else None


def _short_of(question: Question, value: Decimal | None) -> tuple[str, ...]:
    """What a sum over the year lacks when it came out empty; elsewhere there was nothing to measure."""
    return question.needs[:1] if value is None and question.over_year else ()


def _indicator_of(name: str) -> SystemIndicator:
    """The system indicator that a reported name is about; quality where it names no other."""
    folded = name.casefold()
    return next((code for code, words in _NAMES if any(word in folded for word in words)), "quality")
