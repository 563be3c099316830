"""Derived facts for the view: the graph's answers as tables, and what SQL itself can derive.

Norm: facts.md, "Derived facts". Rows of which a needed field was not delivered are left out; the derived
entity then may lack rows, and its gaps name those fields.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from compliance.engine.sql.database import Database
from compliance.engine.sql.dependence import conjuncts
from compliance.engine.sql.setting import GROUP, Setting
from compliance.graph.chain import chain_rows, cycle_ids
from compliance.graph.rows import route_text
from compliance.graph.ties import tie_rows
from compliance.language import tree
from compliance.language.functions import CONTRACT
from compliance.language.tree import CheckedRule, Compare, Field, Node, Rows
from compliance.model.catalog import Catalog, Delivered
from compliance.model.days import add_months
from compliance.model.finding import Missing
from compliance.model.schema import entities

TYPES = {
    "text": "VARCHAR",
    "ref": "VARCHAR",
    "code": "VARCHAR",
    "day": "DATE",
    "int": "BIGINT",
    "decimal": "DECIMAL(18,4)",
}
HOPS = ("related_hops", "bibob_hops")
INTERVAL = ("first_day", "last_day")
IN_FORCE = "(first_day <= $day) IS NOT FALSE AND (last_day IS NULL OR last_day >= $day)"

NO_GROUP = "255"
# Visits count each; of a session only the largest row. Which rows form a session may not have been told.
PERSON_DAYS = """
SELECT person_id, day, sum(hours) AS hours,
    bool_or(without_hours) OR (bool_or(without_session) AND count(*) > 1) AS unclear
FROM (
    SELECT person_id, day, hours,
        _lacks IN ({sessions}) AS without_session, _lacks IN ({hours}) AS without_hours
    FROM view.delivery WHERE person_id IS NOT NULL AND day IS NOT NULL AND session_id IS NULL
    UNION ALL
    SELECT person_id, day, max(hours), FALSE, bool_or(_lacks IN ({hours}))
    FROM view.delivery WHERE person_id IS NOT NULL AND day IS NOT NULL AND session_id IS NOT NULL
    GROUP BY person_id, day, session_id
) AS counted
GROUP BY person_id, day
"""
PERSON_DAY = """
SELECT concat(person_id, ' ', day) AS id, person_id, day,
    CASE WHEN unclear THEN NULL ELSE hours END AS hours, unclear::UTINYINT AS _lacks
FROM view._person_day
"""


@dataclass
class Derived:
    """What was derived: per entity how it came, and why it may lack rows."""

    delivered: dict[str, Delivered] = field(default_factory=dict)
    gaps: dict[str, tuple[Missing, ...]] = field(default_factory=dict)


def derive(database: Database, catalog: Catalog, setting: Setting, rules: Sequence[CheckedRule]) -> Derived:
    """The derived entities that the rules read are tables of the view."""
    work = _Derivation(database, catalog, setting, rules)
    makers = {
        "chain": work.chain,
        "cycle": work.cycle,
        "current_inquiry": work.current_inquiry,
        "tie": work.tie,  # after current_inquiry, where its searches start
        "person_day": work.person_day,
    }
    wanted = {entity for rule in rules for entity in rule.reads if entities()[entity].derived}
    derived = Derived()
    for entity, make in makers.items():
        if entity in wanted:
            work.gaps = set()
            lacks = make()
            derived.gaps[entity] = tuple(sorted(work.gaps))
            work.incomplete |= {entity} if work.gaps else set()
            derived.delivered[entity] = Delivered(not work.gaps, (frozenset(), lacks))
    return derived


@dataclass
class _Derivation:
    database: Database
    catalog: Catalog
    setting: Setting
    rules: Sequence[CheckedRule]
    gaps: set[Missing] = field(default_factory=set)
    incomplete: set[str] = field(default_factory=set)

    def _rows(self, entity: str, columns: str, names: Collection[str], condition: str) -> list[Any]:
        """The rows that count and have every named field; fields that rows lack become gaps."""
        if entity not in self.catalog:
            self.gaps.add(Missing("missing_fact", field=entity, entity=entity))
            return []
        delivered = self.catalog[entity]
        if not delivered.complete:
            self.gaps.add(Missing("missing_fact", field=entity, entity=entity))
        parameters = {"day": self.setting.as_of, "contract": self.setting.contract["id"]}
        asked = {name: value for name, value in parameters.items() if f"${name}" in condition}
        lacking = {name: delivered.lacking_groups(name) for name in names}
        groups = sorted({group for found in lacking.values() for group in found})
        query = f'SELECT DISTINCT _lacks FROM view."{entity}" WHERE {condition}'
        present = {group for (group,) in self.database.ask(query, asked).rows}
        for name, found in lacking.items():
            if present & set(found):
                self.gaps.add(Missing("missing_fact", field=f"{entity}.{name}", entity=entity))
        without = f" AND _lacks NOT IN ({', '.join(map(str, groups))})" if groups else ""
        query = f'SELECT {columns} FROM view."{entity}" WHERE {condition}{without}'
        return self.database.ask(query, asked).rows

    def _create(self, entity: str, rows: Sequence[tuple[Any, ...]]) -> None:
        """A table of the view with these rows: every field in declared order, then the group."""
        specs = entities()[entity].fields
        types = [TYPES.get(spec.type, f"DECIMAL(18,{spec.places})") for spec in specs.values()]
        self.database.fill(entity, {**dict(zip(specs, types, strict=True)), GROUP: "UTINYINT"}, rows)

    def _number(self, name: str) -> int | None:
        numbers = self.setting.numbers
        value = numbers.value(name, None, self.setting.as_of) if name in numbers else None
        return value if isinstance(value, int) else None

    def _not_agreed(self, names: Collection[str]) -> None:
        self.gaps |= {Missing("parameter_not_agreed", parameter=name) for name in names}

    def chain(self) -> frozenset[str]:
        """Who is in the chain, at which depth."""
        contract = self.setting.contract["id"]
        under = f"(contract_id = $contract) IS NOT FALSE AND {IN_FORCE}"
        members = self._rows(
            "participant",
            "contract_id, organisation_id",
            ("contract_id", "organisation_id", *INTERVAL),
            under,
        )
        parties = ("contract_id", "principal_id", "subcontractor_id")
        hired = self._rows("subcontract", f"id, {', '.join(parties)}", (*parties, *INTERVAL), under)
        contractor = self.setting.contract["contractor_id"]
        if contractor is None:
            self.gaps.add(
                Missing("missing_fact", field="contract.contractor_id", entity="contract", id=contract)
            )
            self._create("chain", [])
            return frozenset()
        rows = []
        for found in chain_rows(contract, contractor, members, hired):
            # What was left out might be a shorter way: then only depth 0 is certain.
            hidden = bool(self.gaps) and found.depth > 0
            way = (None, None) if hidden else (found.depth, found.via)
            rows.append((found.organisation_id, contract, found.organisation_id, *way, int(hidden)))
        self._create("chain", rows)
        return frozenset({"depth", "via"})

    def cycle(self) -> frozenset[str]:
        """Who lies on a cycle of subcontracts."""
        parties = ("principal_id", "subcontractor_id")
        hired = self._rows("subcontract", f"id, '', {', '.join(parties)}", (*parties, *INTERVAL), IN_FORCE)
        self._create("cycle", [(found, found, 0) for found in cycle_ids(hired)])
        return frozenset()

    def tie(self) -> frozenset[str]:
        """The shortest routes of control to the organisations that rules ask ties to."""
        hub_limit = self._number("hub_limit")
        hops = [found for name in HOPS if (found := self._number(name)) is not None]
        if hub_limit is None or not hops:
            self._not_agreed([*(["hub_limit"] if hub_limit is None else []), *([] if hops else HOPS)])
            self._create("tie", [])
            return frozenset()
        ends = ("holder_id", "organisation_id")
        condition = f"(kind <> 'proxy') IS NOT FALSE AND {IN_FORCE}"
        controls = self._rows("control", ", ".join(ends), (*ends, "kind", *INTERVAL), condition)
        organisations = {organisation for _, organisation in controls}
        if "organisation" in self.catalog:
            known = self.database.ask("SELECT id FROM view.organisation").rows
            organisations |= {identifier for (identifier,) in known}
        rows = tie_rows(controls, self._tie_starts(organisations), organisations, hub_limit, max(hops))
        # What was left out might be a shorter way, or make a hub of a holder on this one.
        hidden = bool(self.gaps)
        self._create(
            "tie",
            [
                (route_text(row[:2]), *row[:2], *((None, None) if hidden else row[2:]), int(hidden))
                for row in rows
            ],
        )
        return frozenset({"hops", "route"}) if hidden else frozenset()

    def _tie_starts(self, organisations: set[str]) -> set[str]:
        """The few organisations that rules ask ties to; all of them as soon as one rule does not say."""
        starts: set[str] = set()
        for rows in _tie_uses(self.rules):
            others = list(_pinned(rows))
            if any(other.row == CONTRACT for other in others):
                starts.add(self.setting.contract["contractor_id"])
            elif "current_inquiry" not in self.incomplete and any(
                other.row.entity == "current_inquiry" for other in others
            ):
                found = self.database.ask("SELECT organisation_id FROM view.current_inquiry").rows
                starts |= {identifier for (identifier,) in found}
            else:
                return organisations
        return starts - {None}

    def current_inquiry(self) -> frozenset[str]:
        """The latest concluded inquiry of each organisation whose outcome still counts."""
        years = self._number("bibob_years")
        if years is None:
            self._not_agreed(["bibob_years"])
            self._create("current_inquiry", [])
            return frozenset()
        names = ("organisation_id", "concluded_on")
        lacking = self.catalog["bibob_inquiry"].lacking_groups("concluded_on")
        unknown = f" OR _lacks IN ({', '.join(map(str, lacking))})" if lacking else ""
        found = self._rows(
            "bibob_inquiry",
            "organisation_id, concluded_on, id, outcome, _lacks",
            names,
            f"(concluded_on IS NOT NULL{unknown})",
        )
        counting = [row for row in found if _counts(row[1], years, self.setting.as_of)]
        latest = {row[0]: row for row in sorted(counting, key=lambda row: row[:3])}
        if self.gaps:  # what was left out might be a later inquiry
            rows = [(row[2], row[0], None, None, None, 1) for row in latest.values()]
            self._create("current_inquiry", rows)
            return frozenset({"inquiry_id", "outcome", "concluded_on"})
        without = self.catalog["bibob_inquiry"].lacking_groups("outcome")
        self._create(
            "current_inquiry",
            [
                (identifier, organisation, identifier, outcome, concluded_on, int(group in without))
                for organisation, concluded_on, identifier, outcome, group in latest.values()
            ],
        )
        return frozenset({"outcome"})

    def person_day(self) -> frozenset[str]:
        """Hours per person and day, of each session only its largest row."""
        lacking = self.catalog["delivery"].lacking_groups("person_id")
        unknown = f" OR _lacks IN ({', '.join(map(str, lacking))})" if lacking else ""
        # Only for the gaps: the rows that count stay in the database.
        undated = f"(person_id IS NOT NULL{unknown}) AND (person_id IS NULL OR day IS NULL)"
        self._rows("delivery", "1", ("person_id", "day"), undated)
        if "delivery" not in self.catalog:
            self._create("person_day", [])
            return frozenset()
        groups_of = self.catalog["delivery"].lacking_groups
        sessions = ", ".join(map(str, groups_of("session_id"))) or NO_GROUP
        hours = ", ".join(map(str, groups_of("hours"))) or NO_GROUP
        counted = PERSON_DAYS.format(sessions=sessions, hours=hours)  # numbers of groups only
        self.database.define("_person_day", counted, stored=True)
        self.database.define("person_day", PERSON_DAY)
        return frozenset() if sessions == hours == NO_GROUP else frozenset({"hours"})


def _counts(concluded_on: date, years: int, as_of: date) -> bool:
    """Whether the outcome of an inquiry still counts. Norm: Wet Bibob, art. 29."""
    return add_months(concluded_on, 12 * years) >= as_of


def _tie_uses(rules: Sequence[CheckedRule]) -> Iterator[Rows]:
    for rule in rules:
        roots = [*rule.lets.values(), *rule.conditions.values(), rule.flag_when, rule.applies_when]
        for root in (*roots, *(rows for _, rows in rule.evidence)):
            for node in root.walk() if root is not None else ():
                if isinstance(node, Rows) and node.var.entity == "tie":
                    yield node


def _pinned(rows: Rows) -> Iterator[Field]:
    """The fields that the tie's other end must equal."""
    for node in _demanded(rows):
        if isinstance(node, Compare) and node.op == "==":
            for side, other in ((node.left, node.right), (node.right, node.left)):
                asked = isinstance(side, Field) and side.row == rows.var and side.spec.name == "other_id"
                if asked and isinstance(other, Field):
                    yield other


def _demanded(rows: Rows) -> Iterator[Node]:
    """What must hold for a row to count, down into the rows that must be there with it."""
    for node in conjuncts(rows.condition):
        yield node
        if isinstance(node, tree.Any):
            yield from _demanded(node.rows)
