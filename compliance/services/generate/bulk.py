"""The bulk, made set by set in the database: clients, referrals, bridging care and deliveries.

Chance is a hash of the seed, a word and a number, so that every row can be made on its own and in any
order. The clean bulk breaks no rule by construction: each choice below says which rule it keeps to.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from compliance.errors import Problem, UsageError
from compliance.services.generate import statements
from compliance.services.generate.size import Format
from compliance.services.generate.tables import copy_out, create_tables, fill_tables
from compliance.services.generate.world import World

# Weekdays per resident and visits per such day, tried in this order until all deliveries fit.
RHYTHMS = ((1, 1), (2, 1), (3, 1), (4, 1), (5, 1), (6, 1), (7, 1), (7, 2), (7, 3))
# Quarters of an hour a person spends on individual visits in a day; with the sessions (at most four
# hours) this stays below `max_hours_per_day` (PRO-04).
DAY_QUARTERS = 44
LONGEST_VISIT_QUARTERS = 12


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often residents are visited, and for how long at most."""

    weekdays: int
    visits: int
    quarters: int


def write(world: World, out: Path, format: Format) -> Mapping[str, int]:  # noqa: A002
    """Rows per entity, after every entity was written to the folder."""
    with duckdb.connect(":memory:") as connection, tempfile.TemporaryDirectory() as scratch:
        connection.execute(f"SET temp_directory = '{scratch}'")
        connection.execute("SET memory_limit = '1500MB'")
        connection.execute("SET enable_progress_bar = false")  # stdout is for what was asked
        create_tables(connection)
        fill_tables(connection, world, Path(scratch))
        setting = statements.setting(world)
        for statement in statements.RESIDENTS:
            connection.execute(statement.format(**setting))
        for statement in statements.ROUTES:
            connection.execute(statement.format(**setting))
        everyday = world.size.deliveries - len(world.rows["delivery"])
        rhythm = _rhythm(connection, everyday)
        visits = {
            "weekdays": rhythm.weekdays, "visits": rhythm.visits, "quarters": rhythm.quarters,
            "deliveries": everyday, "planted": len(world.rows["delivery"]),
        }  # fmt: skip
        connection.execute(statements.VISITS.format(**visits))
        connection.execute(statements.CALENDAR.format(**visits))
        connection.execute("SET threads = 1")  # several would write their parts in the order they finish
        return copy_out(connection, out, format, statements.DELIVERIES.format(**setting, **visits))


def _rhythm(connection: duckdb.DuckDBPyConnection, deliveries: int) -> Rhythm:
    """The lightest rhythm in which all deliveries fit between start and end of the care.

    Raises: UsageError when not even the heaviest will do.
    """
    crowd = connection.execute("SELECT max(turn) // 7 + 1 FROM route").fetchone()
    people = int(crowd[0]) if crowd else 1
    room = 0
    for weekdays, visits in RHYTHMS:
        found = connection.execute(statements.ROOM.format(weekdays=weekdays, visits=visits)).fetchone()
        room = int(found[0]) if found else 0
        quarters = DAY_QUARTERS // (people * weekdays * visits)
        if quarters == 0:
            break
        if room >= deliveries:
            return Rhythm(weekdays, visits, min(LONGEST_VISIT_QUARTERS, quarters))
    raise UsageError(
        Problem(
            place="--deliveries",
            code="size",
            message=f"{deliveries} deliveries do not fit in the days of so few clients.",
            hint=f"Ask for at most {room}, or for more clients.",
        )
    )
