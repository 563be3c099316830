"""Facts made from other facts before rules run: chain, cycle, tie, current inquiry and person-day.

Norm: facts.md, "Derived facts". What cannot be placed because a field of it was not delivered is left out,
and then the derived entity may lack rows: its gaps say which fields those are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Protocol

from compliance.engine.reference.scalars import shifted
from compliance.engine.reference.tables import Table, lacking
from compliance.engine.reference.values import (
    EMPTY,
    UNKNOWN,
    Known,
    State,
    Truth,
    both,
    known,
    negation,
)
from compliance.engine.reference.world import Fact, Setting
from compliance.graph.chain import chain_rows, cycle_ids
from compliance.graph.rows import route_text
from compliance.graph.ties import tie_rows
from compliance.model.finding import Missing

HOPS = ("related_hops", "bibob_hops")


class Tables(Protocol):
    """The view that facts are derived from."""

    @property
    def setting(self) -> Setting: ...

    @property
    def contract(self) -> Fact: ...

    def __getitem__(self, entity: str, /) -> Table: ...


def derive(view: Tables, entity: str) -> Table:
    """The rows of a derived entity."""
    makers: dict[str, Callable[[Tables], Table]] = {
        "chain": _chain, "cycle": _cycle, "tie": _tie, "current_inquiry": _current_inquiry,
        "person_day": _person_day,
    }  # fmt: skip
    return makers[entity](view)


def in_force(row: Fact, day: date) -> Truth:
    """Whether the row's days, both included, hold the day; an empty `last_day` is open."""
    first, last = row["first_day"], row["last_day"]
    begun = first <= day if isinstance(first, date) else UNKNOWN
    ended = False if last is EMPTY else last < day if isinstance(last, date) else UNKNOWN
    return both((begun, negation(ended)))


def equal(state: State, value: Known) -> Truth:
    """Whether there is that value; UNKNOWN where there is none."""
    return state == value if known(state) else UNKNOWN


class _Sieve:
    """Sorts rows by a three-valued condition and keeps why some could not be sorted."""

    def __init__(self, *tables: Table) -> None:
        self.gaps: set[Missing] = set()
        for table in tables:
            self.gaps |= table.gaps

    def sort(
        self, rows: Iterable[Fact], names: tuple[str, ...], condition: Callable[[Fact], Truth]
    ) -> Iterator[Fact]:
        """The rows for which the condition holds and each named field has a value."""
        for row in rows:
            state = condition(row)
            if state is False:
                continue
            without = [name for name in names if not known(row[name]) and name != "last_day"]
            without += ["last_day"] if "last_day" in names and row["last_day"] is UNKNOWN else []
            if state is True and not without:
                yield row
            else:
                self.gaps |= {
                    Missing("missing_fact", field=f"{row.entity}.{name}", entity=row.entity)
                    for name in without
                }


def _text(row: Fact, name: str) -> str:
    return str(row[name])


def _chain(view: Tables) -> Table:
    day, contract = view.setting.as_of, view.contract
    sieve = _Sieve(view["participant"], view["subcontract"])

    def counts(row: Fact) -> Truth:
        return both((equal(row["contract_id"], contract.id), in_force(row, day)))

    interval = ("first_day", "last_day")
    members = sieve.sort(view["participant"].rows, ("contract_id", "organisation_id", *interval), counts)
    parties = ("contract_id", "principal_id", "subcontractor_id", *interval)
    hires = sieve.sort(view["subcontract"].rows, parties, counts)
    participants = [(contract.id, _text(row, "organisation_id")) for row in members]
    subcontracts = [
        (row.id, contract.id, _text(row, "principal_id"), _text(row, "subcontractor_id")) for row in hires
    ]
    contractor = contract["contractor_id"]
    if not isinstance(contractor, str):
        return Table((), sieve.gaps | {lacking(contract, "contractor_id")})
    rows = []
    for found in chain_rows(contract.id, contractor, participants, subcontracts):
        values: dict[str, Known | None] = {
            "id": found.organisation_id, "contract_id": contract.id, "organisation_id": found.organisation_id,
            "depth": found.depth, "via": found.via,
        }  # fmt: skip
        # What was left out might be a shorter way.
        lacks = frozenset({"depth", "via"}) if sieve.gaps and found.depth > 0 else frozenset()
        rows.append(Fact("chain", found.organisation_id, values, lacks))
    return Table(rows, sieve.gaps)


def _cycle(view: Tables) -> Table:
    sieve = _Sieve(view["subcontract"])
    names = ("principal_id", "subcontractor_id", "first_day", "last_day")
    hires = sieve.sort(view["subcontract"].rows, names, lambda row: in_force(row, view.setting.as_of))
    found = cycle_ids(
        (row.id, "", _text(row, "principal_id"), _text(row, "subcontractor_id")) for row in hires
    )
    return Table((Fact("cycle", i, {"id": i, "organisation_id": i}) for i in found), sieve.gaps)


def _tie(view: Tables) -> Table:
    numbers, day = view.setting.numbers, view.setting.as_of
    hops = [n for name in HOPS if name in numbers and isinstance(n := numbers.value(name, None, day), int)]
    hub_limit = numbers.value("hub_limit", None, day) if "hub_limit" in numbers else None
    if not isinstance(hub_limit, int) or not hops:
        without = [*([] if isinstance(hub_limit, int) else ["hub_limit"]), *([] if hops else HOPS)]
        return Table((), [Missing("parameter_not_agreed", parameter=name) for name in without])
    sieve = _Sieve(view["control"])

    def counts(row: Fact) -> Truth:
        return both((negation(equal(row["kind"], "proxy")), in_force(row, day)))

    names = ("holder_id", "organisation_id", "kind", "first_day", "last_day")
    controls = [
        (_text(row, "holder_id"), _text(row, "organisation_id"))
        for row in sieve.sort(view["control"].rows, names, counts)
    ]
    organisations = {*view["organisation"].by_id, *(organisation for _, organisation in controls)}
    rows = []
    # What was left out might be a shorter way, or make a hub of a holder on this one.
    lacks = frozenset({"hops", "route"}) if sieve.gaps else frozenset()
    for found in tie_rows(controls, organisations, organisations, hub_limit, max(hops)):
        identifier = route_text((found.organisation_id, found.other_id))
        rows.append(Fact("tie", identifier, {"id": identifier, **found._asdict()}, lacks))
    return Table(rows, sieve.gaps)


def _current_inquiry(view: Tables) -> Table:
    numbers, day = view.setting.numbers, view.setting.as_of
    years = numbers.value("bibob_years", None, day) if "bibob_years" in numbers else None
    if not isinstance(years, int):
        return Table((), [Missing("parameter_not_agreed", parameter="bibob_years")])
    sieve = _Sieve(view["bibob_inquiry"])

    def counts(row: Fact) -> Truth:
        concluded = row["concluded_on"]
        if isinstance(concluded, date):
            return shifted(concluded, 12 * years, "months") >= day
        return False if concluded is EMPTY else UNKNOWN

    latest: dict[str, tuple[str, Fact]] = {}
    for row in sieve.sort(view["bibob_inquiry"].rows, ("organisation_id", "concluded_on"), counts):
        organisation, order = _text(row, "organisation_id"), f"{row['concluded_on']} {row.id}"
        if organisation not in latest or latest[organisation][0] < order:
            latest[organisation] = (order, row)
    rows = []
    # What was left out might be a later inquiry.
    lacks = frozenset({"inquiry_id", "outcome", "concluded_on"}) if sieve.gaps else frozenset()
    for organisation, (_, row) in sorted(latest.items()):
        values = {
            "id": row.id,
            "organisation_id": organisation,
            "inquiry_id": row.id,
            "outcome": row.values["outcome"],
            "concluded_on": row.values["concluded_on"],
        }
        rows.append(Fact("current_inquiry", row.id, values, lacks | (row.lacks & {"outcome"})))
    return Table(rows, sieve.gaps)


def _person_day(view: Tables) -> Table:
    sieve = _Sieve(view["delivery"])

    def counts(row: Fact) -> Truth:
        return row["person_id"] is not EMPTY

    days: defaultdict[tuple[str, str], list[Fact]] = defaultdict(list)
    for row in sieve.sort(view["delivery"].rows, ("person_id", "day"), counts):
        days[_text(row, "person_id"), _text(row, "day")].append(row)
    rows = []
    for (person, day), found in sorted(days.items()):
        hours = _hours(found)
        identifier = f"{person} {day}"
        values = {"id": identifier, "person_id": person, "day": found[0].values["day"], "hours": hours}
        lacks = frozenset({"hours"}) if hours is None else frozenset()
        rows.append(Fact("person_day", identifier, values, lacks))
    return Table(rows, sieve.gaps)


def _hours(deliveries: list[Fact]) -> Fraction | None:
    """The hours of a person's deliveries of one day, of each session only its largest row.

    None where hours were not delivered, or which of several rows form a session.
    """
    visits: list[Fraction] = []
    sessions: dict[State, Fraction] = {}
    for row in deliveries:
        hours, session = row["hours"], row["session_id"]
        if not isinstance(hours, Decimal) or (session is UNKNOWN and len(deliveries) > 1):
            return None
        if known(session):
            sessions[session] = max(sessions.get(session, Fraction(0)), Fraction(hours))
        else:
            visits.append(Fraction(hours))
    return sum((*visits, *sessions.values()), Fraction(0))
