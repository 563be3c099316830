"""A program: judges generated facts by DuckDB and by Spark on a master, and tells where it is.

Half way through the statements it says so, and goes on; after some more it waits until told to.
"""

from __future__ import annotations

import sys
from itertools import count
from pathlib import Path
from typing import Any

from compliance.engine.spark.database import SparkDatabase
from compliance.engine.spark.engine import SparkEngine
from compliance.engine.spark.session import open_session
from compliance.engine.sql.database import Answer, Parameters
from compliance.engine.sql.engine import SqlEngine
from compliance.services.check import CheckRequest, lay_ground
from compliance.services.generate import DEFAULT_AS_OF, generate
from compliance.services.selection import COMPARTMENTS
from tests.engine.spark.cluster import HERE
from tests.engine.spark.sameness import told

CLIENTS, DELIVERIES = 300, 30_000  # so many that deliveries go to the workers as a file
HALF_WAY, PAUSE = 40, 70  # statements
SETTINGS = {
    "spark.cores.max": "2",
    "spark.driver.bindAddress": HERE,
    "spark.driver.host": HERE,
    "spark.executor.cores": "1",
    "spark.executor.memory": "512m",
    # Small tables: compiling Java code for each statement takes longer than running it.
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.shuffle.partitions": "2",
}


def tell(*words: object) -> None:
    """A line for whoever started this."""
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


class Telling(SparkDatabase):
    """A database that tells how far it is."""

    asked = count(1)

    def run(self, statement: Any, parameters: Parameters = ()) -> Answer:
        number = next(self.asked)
        if number == HALF_WAY:
            tell("half", "way")
        if number == PAUSE:
            sys.stdin.readline()
        return super().run(statement, parameters)


def executors(session: Any) -> int:
    """How many executors there are, the driver's own storage left out."""
    return int(session._jsc.sc().getExecutorMemoryStatus().size()) - 1


def main(master: str, folder: Path) -> None:
    """The run, whole."""
    generate(clients=CLIENTS, deliveries=DELIVERIES, seed=1, out=folder / "facts")
    request = CheckRequest(paths=(str(folder / "facts"),), as_of=DEFAULT_AS_OF, compartments=COMPARTMENTS)
    ground = lay_ground(request)
    facts = ground.facts
    asked = (facts.catalog, ground.contract, ground.as_of, ground.numbers)
    first = SqlEngine(facts.connection, *asked).evaluate(ground.rules, keep_all=True)
    session = open_session(master, SETTINGS)
    while executors(session) < 2:  # each comes when its worker has started it
        session.range(0, 8, 1, 8).count()
    tell("executors", executors(session))
    engine = SparkEngine(session, facts.connection, *asked, folder=folder)
    engine.database = Telling(session, engine.spark.frame_of)
    second = engine.evaluate(ground.rules, keep_all=True)
    differences = told(first, second)
    sys.stderr.write("\n".join(differences[:5]))
    tell("differences", len(differences))
    tell("failures", len(second.failures))
    tell("executors", executors(session))
    session.stop()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
