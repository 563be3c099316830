"""The use case `graph`: the chain, owners and ties around one organisation, as of a day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from compliance.errors import Problem, UsageError, closest
from compliance.graph.chain import chain_walks
from compliance.graph.drawing import draw_svg, draw_text
from compliance.graph.picture import Holding, Picture, neighbourhood
from compliance.graph.rows import Control, Member, Subcontract
from compliance.graph.ties import tie_routes
from compliance.services.check import CheckRequest, Ground, lay_ground
from compliance.sources.facts import Facts

GraphFormat = Literal["text", "svg"]
IN_FORCE = "first_day <= $day AND (last_day IS NULL OR last_day >= $day)"
MOST_HOPS = 3
HUB_LIMIT = 25


def draw(request: CheckRequest, subject: str, form: GraphFormat, lang: str) -> str:
    """The picture of what is around the organisation (`organisation/id`, or the id alone), in force that day.

    Raises: UsageError for an organisation nobody mentions, InputError for facts that cannot be read.
    """
    ground = lay_ground(replace(request, compartments=("contract",)))
    picture = picture_around(ground, subject.removeprefix("organisation/"))
    return draw_svg(picture, lang) if form == "svg" else draw_text(picture, lang)


def picture_around(ground: Ground, subject: str) -> Picture:
    """The organisation with its way in the chain, its neighbours, its owners and its ties."""
    facts, day = ground.facts, ground.as_of
    names = dict(_rows(facts, "SELECT id, name FROM fact.organisation WHERE _source >= 0"))
    known = {row[0] for row in _rows(facts, "SELECT id FROM fact.organisation")}
    if subject not in known:
        hint = closest(subject, known) or "Name an organisation that the facts mention, like organisation/o2."
        raise UsageError(Problem("SUBJECT", "subject-unknown", f"There is no organisation {subject}.", hint))
    subcontracts = [
        Subcontract(*row)
        for row in _in_force(facts, "subcontract", "id, contract_id, principal_id, subcontractor_id", day)
    ]
    members = [Member(*row) for row in _in_force(facts, "participant", "contract_id, organisation_id", day)]
    contractor = _contractor(facts, ground.contract)
    walks = chain_walks(ground.contract, contractor, members, subcontracts)
    holdings = list(_holdings(facts, day))
    controls = [Control(row.holder_id, row.organisation_id) for row in holdings if row.kind != "proxy"]
    hops, limit = _number(ground, "related_hops", MOST_HOPS), _number(ground, "hub_limit", HUB_LIMIT)
    near = {route[0] for route in tie_routes(controls, [subject], known, limit, hops)}
    # Read from the subject, so that of equally short routes the same one is drawn as rules report.
    routes = [route for route in tie_routes(controls, near, known, limit, hops) if route[0] == subject]
    return neighbourhood(
        subject,
        walk=walks.get(subject),
        subcontracts=[row for row in subcontracts if row.contract_id == ground.contract],
        holdings=holdings,
        ties=routes,
        names=names,
    )


def _contractor(facts: Facts, contract: str) -> str:
    ((found,),) = facts.connection.execute(
        "SELECT contractor_id FROM fact.contract WHERE id = $1", [contract]
    ).fetchall()
    return str(found)


def _holdings(facts: Facts, day: date) -> Iterator[Holding]:
    for holder, organisation, kind, share in _in_force(
        facts, "control", "holder_id, organisation_id, kind, share_pct", day
    ):
        yield Holding(holder, organisation, kind, _share(share))


def _share(share: Decimal | None) -> str | None:
    """The share as a person reads it: no zeros behind the point."""
    if share is None:
        return None
    text = format(share, "f")
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text} %"


def _number(ground: Ground, name: str, otherwise: int) -> int:
    value = ground.numbers.value(name, None, ground.as_of) if name in ground.numbers else None
    return value if isinstance(value, int) else otherwise


def _in_force(facts: Facts, entity: str, columns: str, day: date) -> Sequence[Any]:
    query = f"SELECT {columns} FROM fact.{entity} WHERE {IN_FORCE} ORDER BY id"
    return facts.connection.execute(query, {"day": day}).fetchall()


def _rows(facts: Facts, query: str) -> Sequence[Any]:
    return facts.connection.execute(query).fetchall()
