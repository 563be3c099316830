"""`python -m bench.one ENGINE FOLDER RUNS`: one engine over one data set in a process of its own, as JSON.

Its peak memory is then its own too. One warm-up run goes before those that count, where there are several.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import duckdb

from bench import hand
from bench.ours import Judging
from compliance.services.generate import DEFAULT_AS_OF as AS_OF

Found = dict[str, set[str]]
Judge = Callable[[], Found]


def main(arguments: list[str]) -> None:
    """The seconds of loading and of each run, and what was found, on stdout."""
    name, folder, runs = arguments[0], Path(arguments[1]), int(arguments[2])
    begun = time.perf_counter()
    judge = ENGINES[name](folder)
    load = time.perf_counter() - begun
    if runs > 1:
        judge()
    seconds, found = [], {}
    for _ in range(runs):
        begun = time.perf_counter()
        found = judge()
        seconds.append(time.perf_counter() - begun)
    shown = {rule: sorted(ids) for rule, ids in sorted(found.items())}
    json.dump({"load": load, "seconds": seconds, "found": shown}, sys.stdout)


def _reading(folder: Path) -> Judge:
    """The floor: every column of every file read, and nothing asked of it."""

    def read() -> Found:
        with duckdb.connect(":memory:") as connection:
            for path in sorted(folder.glob("*.parquet")):
                connection.execute(f"CREATE TABLE \"{path.stem}\" AS SELECT * FROM '{path}'")
        return {}

    return read


def _by_hand(folder: Path) -> Judge:
    connection = hand.from_files(folder)
    return lambda: hand.judge(connection, AS_OF)


def _by_hand_loaded(folder: Path) -> Judge:
    connection = hand.loaded(folder)
    return lambda: hand.judge(connection, AS_OF)


def _ours(folder: Path) -> Judge:
    return Judging(folder, AS_OF, tuple(hand.HAND)).judge


def _polars(folder: Path) -> Judge:
    from bench.others import polars_rules  # noqa: PLC0415 - each engine loads its own library

    given = polars_rules.tables(folder, hand.TABLES)
    return lambda: polars_rules.judge(given, AS_OF)


def _clips(folder: Path) -> Judge:
    from bench.others import clips_rules  # noqa: PLC0415

    return clips_rules.Engine(folder, AS_OF).judge


def _durable(folder: Path) -> Judge:
    from bench.others import durable_rules_one  # noqa: PLC0415

    return durable_rules_one.Engine(folder, AS_OF).judge


ENGINES: dict[str, Callable[[Path], Judge]] = {
    "reading": _reading,
    "hand-files": _by_hand,
    "hand-tables": _by_hand_loaded,
    "ours": _ours,
    "polars": _polars,
    "clips": _clips,
    "durable": _durable,
}

if __name__ == "__main__":
    main(sys.argv[1:])
