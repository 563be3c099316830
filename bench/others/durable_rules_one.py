"""Undeclared care (SUB-01) in durable-rules: its negation answers wrongly, so a rule marks the declared care.

What no rule marked is undeclared. The other five need negation over ranges or sums, which it cannot do.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
from durable.lang import assert_facts, c, m, ruleset, when_all  # type: ignore[import-untyped]

_EPOCH = date(2000, 1, 1)
_BATCH = 500
_COVERED: set[int] = set()


def _define() -> None:
    with ruleset("care"):

        @when_all(c.hire << m.kind == "hire", c.care << (m.kind == "care") & (m.org == c.hire.org))
        def _declared(found: Any) -> None:
            care, hire = found.care, found.hire
            if hire.first <= care.day <= hire.last and hire.client in ("", care.client):
                _COVERED.add(care.number)

        @when_all(+m.kind)
        def _other(_: Any) -> None:
            """Every fact must match some rule."""


class Engine:
    """The facts of a data set, ready to be asserted."""

    def __init__(self, folder: Path, as_of: date) -> None:
        connection = duckdb.connect(":memory:")
        self._contractor = connection.execute(
            f"SELECT contractor_id FROM '{folder}/contract.parquet'"
        ).fetchall()[0][0]
        self._hired = connection.execute(
            f"SELECT subcontractor_id, coalesce(client_id, ''), first_day, coalesce(last_day, '9999-12-31') "
            f"FROM '{folder}/subcontract.parquet' WHERE first_day <= $as_of "
            f"UNION ALL SELECT organisation_id, '', first_day, coalesce(last_day, '9999-12-31') "
            f"FROM '{folder}/participant.parquet'",
            {"as_of": as_of},
        ).fetchall()
        self._care = connection.execute(
            f"SELECT provider_id, client_id, day FROM '{folder}/delivery.parquet' WHERE day <= $as_of",
            {"as_of": as_of},
        ).fetchall()

    def judge(self) -> dict[str, set[str]]:
        """The organisations with care that no agreement covers."""
        _COVERED.clear()
        _define()
        hires = [
            {"id": f"hire:{number}", "kind": "hire", "org": org, "client": client,
             "first": (first - _EPOCH).days, "last": (last - _EPOCH).days}
            for number, (org, client, first, last) in enumerate(self._hired)
        ]  # fmt: skip
        assert_facts("care", hires)
        for start in range(0, len(self._care), _BATCH):
            part = enumerate(self._care[start : start + _BATCH], start)
            assert_facts("care", [
                {"id": f"care:{number}", "kind": "care", "number": number, "org": org, "client": client,
                 "day": (day - _EPOCH).days}
                for number, (org, client, day) in part
            ])  # fmt: skip
        undeclared = (row for number, row in enumerate(self._care) if number not in _COVERED)
        return {"SUB-01": {org for org, _, _ in undeclared if org != self._contractor}}
