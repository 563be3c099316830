"""The six measured rules as a careful person writes them for DuckDB: semi and anti joins, no correlation.

Each query gives the ids of the subjects that are findings. The numbers are those of the generated data set.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import duckdb

from compliance.services.generate.numbers import BRIDGE_START_DAYS, UPTAKE_DAYS, VOG_MAX_AGE_MONTHS

TABLES = (
    "bibob_inquiry", "bridging", "contract", "contract_year", "control", "credential", "delivery",
    "participant", "referral", "sroi_entry", "subcontract",
)  # fmt: skip

HAND: Mapping[str, str] = {
    "ACC-08": f"""
        SELECT r.id
        FROM referral AS r CROSS JOIN contract AS c
        ANTI JOIN (SELECT referral_id FROM bridging WHERE first_day <= $as_of) AS b ON b.referral_id = r.id
        WHERE r.received_on <= $as_of
          AND (r.withdrawn_on IS NULL OR r.withdrawn_on > $as_of)
          AND (r.refused_on IS NULL OR r.refused_on > $as_of)
          AND (r.started_on IS NULL OR r.started_on > $as_of)
          AND $as_of - greatest(r.received_on, c.first_day) > {UPTAKE_DAYS}""",
    # Only the first day of the window and the day after each period can be the first day of a gap.
    "BRG-02": f"""
        WITH waiting AS (
          SELECT r.id, greatest(r.received_on, c.first_day) + {BRIDGE_START_DAYS} AS from_day,
                 CASE WHEN r.started_on <= $as_of THEN r.started_on - 1 ELSE $as_of END AS until_day
          FROM referral AS r CROSS JOIN contract AS c
          WHERE r.received_on <= $as_of
            AND (r.withdrawn_on IS NULL OR r.withdrawn_on > $as_of)
            AND (r.refused_on IS NULL OR r.refused_on > $as_of)
            AND from_day <= until_day),
        bridged AS (
          SELECT w.id, w.from_day, w.until_day, b.first_day, coalesce(b.last_day, w.until_day) AS last_day
          FROM waiting AS w JOIN bridging AS b ON b.referral_id = w.id
          WHERE b.first_day <= w.until_day AND coalesce(b.last_day, w.until_day) >= w.from_day),
        candidate AS (
          SELECT id, from_day AS day FROM bridged
          UNION
          SELECT id, last_day + 1 FROM bridged WHERE last_day < until_day)
        SELECT DISTINCT candidate.id
        FROM candidate ANTI JOIN bridged
          ON bridged.id = candidate.id
         AND candidate.day >= bridged.first_day AND candidate.day <= bridged.last_day""",
    "SUB-01": """
        WITH foreign_care AS (
          SELECT d.provider_id, d.client_id, d.day, d.hours
          FROM delivery AS d
          ANTI JOIN contract AS c ON c.contractor_id = d.provider_id
          ANTI JOIN (SELECT organisation_id, first_day, coalesce(last_day, DATE '9999-12-31') AS last_day
                     FROM participant) AS p
            ON p.organisation_id = d.provider_id AND d.day >= p.first_day AND d.day <= p.last_day
          WHERE d.day <= $as_of),
        hired AS (
          SELECT subcontractor_id, client_id, kind, first_day,
                 coalesce(last_day, DATE '9999-12-31') AS last_day
          FROM subcontract WHERE first_day <= $as_of)
        SELECT d.provider_id, count(*) AS deliveries, sum(d.hours) AS hours
        FROM foreign_care AS d
        ANTI JOIN (SELECT * FROM hired WHERE kind = 'fixed') AS f
          ON f.subcontractor_id = d.provider_id AND d.day >= f.first_day AND d.day <= f.last_day
        ANTI JOIN (SELECT * FROM hired WHERE kind = 'client_bound') AS b
          ON b.subcontractor_id = d.provider_id AND b.client_id = d.client_id
         AND d.day >= b.first_day AND d.day <= b.last_day
        GROUP BY d.provider_id""",
    "PRO-01": f"""
        WITH worked AS (
          SELECT DISTINCT person_id, day FROM delivery WHERE person_id IS NOT NULL AND day <= $as_of),
        vog AS (
          SELECT person_id, issued_on,
                 least((issued_on + INTERVAL {VOG_MAX_AGE_MONTHS} MONTH)::DATE, expires_on) AS until_day
          FROM credential WHERE kind = 'vog')
        SELECT DISTINCT worked.person_id
        FROM worked ANTI JOIN vog
          ON vog.person_id = worked.person_id
         AND worked.day >= vog.issued_on AND worked.day <= vog.until_day""",
    # From the few organisations with an adverse outcome outward; a bank of many is no way through.
    "BIB-06": """
        WITH RECURSIVE chain AS (
          SELECT contractor_id AS id FROM contract
          UNION
          SELECT organisation_id FROM participant
          WHERE first_day <= $as_of AND coalesce(last_day, $as_of) >= $as_of
          UNION
          SELECT s.subcontractor_id FROM chain JOIN subcontract AS s ON s.principal_id = chain.id
          WHERE s.first_day <= $as_of AND coalesce(s.last_day, $as_of) >= $as_of),
        concluded AS (
          SELECT organisation_id, arg_max(outcome, (concluded_on, id)) AS outcome
          FROM bibob_inquiry
          WHERE concluded_on <= $as_of AND concluded_on + INTERVAL 5 YEAR >= $as_of
          GROUP BY organisation_id),
        adverse AS (SELECT organisation_id AS id FROM concluded WHERE outcome IN ('lesser', 'serious')),
        say AS (
          SELECT holder_id, organisation_id FROM control
          WHERE kind <> 'proxy' AND first_day <= $as_of AND coalesce(last_day, $as_of) >= $as_of),
        step AS (
          SELECT holder_id AS a, organisation_id AS b FROM say
          UNION
          SELECT organisation_id, holder_id FROM say),
        hub AS (
          SELECT holder_id AS id FROM say GROUP BY holder_id HAVING count(DISTINCT organisation_id) > 25),
        first_step AS (
          SELECT adverse.id AS origin, step.b AS id FROM adverse JOIN step ON step.a = adverse.id),
        near AS (
          SELECT origin, id FROM first_step
          UNION
          SELECT f.origin, step.b
          FROM first_step AS f JOIN step ON step.a = f.id ANTI JOIN hub ON hub.id = f.id)
        SELECT DISTINCT chain.id
        FROM chain SEMI JOIN near ON near.id = chain.id AND near.origin <> chain.id""",
    "SRO-01": """
        WITH realised AS (
          SELECT year(first_day) AS year, sum(value_eur) AS value_eur
          FROM sroi_entry WHERE first_day <= $as_of AND approved_on <= $as_of GROUP BY ALL)
        SELECT y.id
        FROM contract_year AS y CROSS JOIN contract AS c LEFT JOIN realised USING (year)
        WHERE $as_of - make_date(y.year, 12, 31) > 31
          AND coalesce(realised.value_eur, 0) < y.value_eur * c.sroi_pct / 100""",
}


def from_files(folder: Path) -> duckdb.DuckDBPyConnection:
    """A database in which the tables are views of the Parquet files."""
    return _made(folder, "VIEW")


def loaded(folder: Path) -> duckdb.DuckDBPyConnection:
    """A database in which the tables were loaded from the Parquet files."""
    return _made(folder, "TABLE")


def _made(folder: Path, kind: str) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(":memory:")
    for table in TABLES:
        connection.execute(f"CREATE {kind} {table} AS SELECT * FROM '{folder}/{table}.parquet'")
    return connection


def judge(connection: duckdb.DuckDBPyConnection, as_of: date) -> dict[str, set[str]]:
    """The findings of each rule."""
    return {rule: _ids(connection, query, as_of) for rule, query in HAND.items()}


def _ids(connection: duckdb.DuckDBPyConnection, query: str, as_of: date) -> set[str]:
    return {str(row[0]) for row in connection.execute(query, {"as_of": as_of}).fetchall()}
