"""`python -m bench.spark`: rules judged by Spark beside DuckDB on one data set; read ratios, not seconds.

Both get facts that were read and checked already. Spark's part is told apart: opening a session, handing the
facts over, and judging, the first time and again.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from bench import hand
from compliance.engine.spark.engine import SparkEngine
from compliance.engine.spark.session import judging_session, open_session
from compliance.engine.sql.engine import SqlEngine
from compliance.services.check import CheckRequest, lay_ground
from compliance.services.generate import DEFAULT_AS_OF, generate
from compliance.services.selection import COMPARTMENTS

T = TypeVar("T")


def main() -> int:
    """0 when both say the same, else 1."""
    parser = argparse.ArgumentParser(prog="python -m bench.spark", description=__doc__)
    parser.add_argument("--clients", type=int, default=12_000)
    parser.add_argument("--deliveries", type=int, default=1_000_000)
    parser.add_argument("--master", default="local[2]")
    parser.add_argument("--rules", nargs="*", default=sorted(hand.HAND), help="patterns; `*` for all")
    parser.add_argument("--set", nargs="*", default=[], help="settings of Spark, NAME=VALUE")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        generate(clients=options.clients, deliveries=options.deliveries, seed=1, out=folder / "facts")
        request = CheckRequest(
            (str(folder / "facts"),), DEFAULT_AS_OF, compartments=COMPARTMENTS, wanted=options.rules
        )
        ground = _timed("read and check the files", lambda: lay_ground(request))[0]
        asked = (ground.facts.catalog, ground.contract, ground.as_of, ground.numbers)
        duck = SqlEngine(ground.facts.connection, *asked)
        first, seconds = _timed("DuckDB judges", lambda: duck.evaluate(ground.rules))
        settings = dict(pair.split("=", 1) for pair in options.set)
        session = _timed("Spark opens a session", lambda: open_session(options.master, settings))[0]
        shared = folder / "shared"
        shared.mkdir()
        with SparkEngine(judging_session(session), ground.facts.connection, *asked, folder=shared) as engine:
            second = _timed("Spark judges, with the handing over", lambda: engine.evaluate(ground.rules))[0]
            _, again = _timed("Spark judges again", lambda: engine.evaluate(ground.rules))
        same = first == second
        print(f"{len(ground.rules)} rules, {len(first.observations)} observations, equal: {same}")
        print(f"Spark again / DuckDB: {again / seconds:.0f}")
        session.stop()
    return 0 if same else 1


def _timed(name: str, work: Callable[[], T]) -> tuple[T, float]:
    start = time.perf_counter()
    found = work()
    seconds = time.perf_counter() - start
    print(f"{name:40} {seconds:8.2f} s", flush=True)
    return found, seconds


if __name__ == "__main__":
    sys.exit(main())
