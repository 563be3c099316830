"""The six measured rules in CLIPS through clipspy: facts from a file, days as numbers, absence as `not`."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import clips
import duckdb

from compliance.services.generate.numbers import BRIDGE_START_DAYS, UPTAKE_DAYS, VOG_MAX_AGE_MONTHS

_DAY = "coalesce({0} - DATE '2000-01-01', 99999)"

# Each kind of fact with the query that gives its slots, in order; texts are made strings.
FACTS = {
    "term": f"SELECT contractor_id, {_DAY.format('first_day')} FROM contract",
    "member": f"""
        SELECT organisation_id, {_DAY.format("first_day")}, {_DAY.format("last_day")} FROM participant""",
    "hire": f"""
        SELECT principal_id, subcontractor_id, kind, coalesce(client_id, ''),
               {_DAY.format("first_day")}, {_DAY.format("last_day")} FROM subcontract""",
    "care": f"""
        SELECT provider_id, client_id, coalesce(person_id, ''), {_DAY.format("day")} FROM delivery""",
    "vog": f"""
        SELECT person_id, {_DAY.format("issued_on")},
               {_DAY.format(f"least((issued_on + INTERVAL {VOG_MAX_AGE_MONTHS} MONTH)::DATE, expires_on)")}
        FROM credential WHERE kind = 'vog'""",
    "need": f"""
        SELECT id, {_DAY.format("received_on")}, {_DAY.format("started_on")},
               {_DAY.format("refused_on")}, {_DAY.format("withdrawn_on")} FROM referral""",
    "bridge": f"SELECT referral_id, {_DAY.format('first_day')}, {_DAY.format('last_day')} FROM bridging",
    "say": f"""
        SELECT holder_id, organisation_id, {_DAY.format("first_day")}, {_DAY.format("last_day")}
        FROM control WHERE kind <> 'proxy'""",
    "adverse": """
        SELECT organisation_id FROM (
          SELECT organisation_id, arg_max(outcome, (concluded_on, id)) AS outcome FROM bibob_inquiry
          WHERE concluded_on <= $as_of AND concluded_on + INTERVAL 5 YEAR >= $as_of GROUP BY ALL)
        WHERE outcome IN ('lesser', 'serious')""",
    "hub": """
        SELECT holder_id FROM control WHERE kind <> 'proxy' AND first_day <= $as_of
          AND coalesce(last_day, $as_of) >= $as_of
        GROUP BY holder_id HAVING count(DISTINCT organisation_id) > 25""",
    "owed": """
        SELECT y.id, y.year, (y.value_eur * c.sroi_pct)::BIGINT, $as_of - make_date(y.year, 12, 31)
        FROM contract_year AS y CROSS JOIN contract AS c""",
    "entry": f"""
        SELECT id, year(first_day), (value_eur * 100)::BIGINT, {_DAY.format("first_day")},
               {_DAY.format("approved_on")} FROM sroi_entry""",
}

SLOTS = {
    "term": "contractor first",
    "member": "org first last",
    "hire": "by org kind client first last",
    "care": "org client person day",
    "vog": "person first last",
    "need": "id received started refused withdrawn",
    "bridge": "need first last",
    "say": "holder org first last",
    "adverse": "org",
    "hub": "holder",
    "owed": "id year cents past",
    "entry": "id year cents first approved",
}

RULES = f"""
(defrule acc-08 (today ?t) (term (first ?f))
  (need (id ?id) (received ?r&:(<= ?r ?t)) (started ?s&:(> ?s ?t)) (refused ?x&:(> ?x ?t))
        (withdrawn ?w&:(> ?w ?t)))
  (test (> (- ?t (max ?r ?f)) {UPTAKE_DAYS}))
  (not (bridge (need ?id) (first ?b&:(<= ?b ?t))))
  => (assert (flag "ACC-08" ?id)))
(defrule window (today ?t) (term (first ?f))
  (need (id ?id) (received ?r&:(<= ?r ?t)) (started ?s) (refused ?x&:(> ?x ?t)) (withdrawn ?w&:(> ?w ?t)))
  (test (<= (+ (max ?r ?f) {BRIDGE_START_DAYS}) (if (<= ?s ?t) then (- ?s 1) else ?t)))
  => (assert (window ?id (+ (max ?r ?f) {BRIDGE_START_DAYS}) (if (<= ?s ?t) then (- ?s 1) else ?t))))
(defrule first-candidate (window ?id ?from ?until)
  (exists (bridge (need ?id) (first ?f&:(<= ?f ?until)) (last ?l&:(>= ?l ?from))))
  => (assert (candidate ?id ?from)))
(defrule next-candidate (window ?id ?from ?until)
  (bridge (need ?id) (first ?f&:(<= ?f ?until)) (last ?l&:(>= ?l ?from)&:(< ?l ?until)))
  => (assert (candidate ?id (+ ?l 1))))
(defrule brg-02 (candidate ?id ?day)
  (not (bridge (need ?id) (first ?f&:(<= ?f ?day)) (last ?l&:(>= ?l ?day))))
  => (assert (flag "BRG-02" ?id)))
(defrule sub-01 (today ?t) (term (contractor ?c))
  (care (org ?o&~?c) (client ?k) (day ?d&:(<= ?d ?t)))
  (not (member (org ?o) (first ?f&:(<= ?f ?d)) (last ?l&:(>= ?l ?d))))
  (not (hire (org ?o) (kind "fixed") (first ?f2&:(<= ?f2 ?d)) (last ?l2&:(>= ?l2 ?d))))
  (not (hire (org ?o) (kind "client_bound") (client ?k) (first ?f3&:(<= ?f3 ?d)) (last ?l3&:(>= ?l3 ?d))))
  => (assert (flag "SUB-01" ?o)))
(defrule pro-01 (today ?t) (care (person ?p&~"") (day ?d&:(<= ?d ?t)))
  (not (vog (person ?p) (first ?f&:(<= ?f ?d)) (last ?l&:(>= ?l ?d))))
  => (assert (flag "PRO-01" ?p)))
(defrule chain-top (term (contractor ?c)) => (assert (chain ?c)))
(defrule chain-member (today ?t) (member (org ?o) (first ?f&:(<= ?f ?t)) (last ?l&:(>= ?l ?t)))
  => (assert (chain ?o)))
(defrule chain-down (today ?t) (chain ?p) (hire (by ?p) (org ?o) (first ?f&:(<= ?f ?t)) (last ?l&:(>= ?l ?t)))
  => (assert (chain ?o)))
(defrule step (today ?t) (say (holder ?h) (org ?o) (first ?f&:(<= ?f ?t)) (last ?l&:(>= ?l ?t)))
  => (assert (step ?h ?o) (step ?o ?h)))
(defrule near-1 (adverse (org ?a)) (step ?a ?b) => (assert (near ?a ?b)))
(defrule near-2 (adverse (org ?a)) (step ?a ?b) (not (hub (holder ?b))) (step ?b ?c) => (assert (near ?a ?c)))
(defrule bib-06 (chain ?o) (near ?a&~?o ?o) => (assert (flag "BIB-06" ?o)))
(defrule sro-01 (today ?t) (owed (id ?id) (year ?y) (cents ?c) (past ?d&:(> ?d 31)))
  => (bind ?sum 0)
  (do-for-all-facts ((?e entry)) (and (= ?e:year ?y) (<= ?e:first ?t) (<= ?e:approved ?t))
    (bind ?sum (+ ?sum ?e:cents)))
  (if (< ?sum ?c) then (assert (flag "SRO-01" ?id))))
"""


class Engine:
    """CLIPS with the rules built and the facts of a data set loaded."""

    def __init__(self, folder: Path, as_of: date) -> None:
        self.environment = clips.Environment()
        for name, slots in SLOTS.items():
            self.environment.build(
                f"(deftemplate {name} {' '.join(f'(slot {slot})' for slot in slots.split())})"
            )
        for rule in RULES.split("(defrule ")[1:]:
            self.environment.build(f"(defrule {rule}")
        file = folder / "facts.clp"
        _write(folder, as_of, file)
        self.environment.load_facts(str(file))
        self.environment.assert_string(f"(today {(as_of - date(2000, 1, 1)).days})")

    def judge(self) -> dict[str, set[str]]:
        """The ids of the subjects that are findings, per rule."""
        self.environment.run()
        found: dict[str, set[str]] = {}
        for fact in self.environment.facts():
            if fact.template.name == "flag":
                found.setdefault(str(fact[0]), set()).add(str(fact[1]))
        return found


def _write(folder: Path, as_of: date, file: Path) -> None:
    """The facts in CLIPS's own form, one a line."""
    connection = duckdb.connect(":memory:")
    tables = {path.stem: path for path in folder.glob("*.parquet")}
    for name, path in tables.items():
        connection.execute(f"CREATE VIEW \"{name}\" AS SELECT * FROM '{path}'")
    with file.open("w", encoding="utf-8") as out:
        for name, query in FACTS.items():
            slots = SLOTS[name].split()
            given = {"as_of": as_of} if "$as_of" in query else None
            cursor = connection.execute(query, given)
            while rows := cursor.fetchmany(50_000):
                out.writelines(_line(name, slots, row) for row in rows)


def _line(name: str, slots: list[str], row: tuple[str | int, ...]) -> str:
    values = (f'({slot} "{value}")' if isinstance(value, str) else f"({slot} {value})"
              for slot, value in zip(slots, row, strict=True))  # fmt: skip
    return f"({name} {' '.join(values)})\n"
