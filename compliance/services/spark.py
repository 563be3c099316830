"""Which engine judges a check: the one on this machine, or Spark on a master of the user's.

Facts are read and checked on this machine either way. What Spark needs of them it gets by the session, or by
Parquet files in a temporary folder (under TMPDIR), which the workers must see.
"""

from __future__ import annotations

import re
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from compliance.errors import Problem, UsageError
from compliance.services.check import Ground, suited
from compliance.services.engine import Engine
from compliance.services.log import log

EngineName = Literal["duckdb", "spark"]
ENGINES: tuple[EngineName, ...] = ("duckdb", "spark")
HERE = "local[*]"
PATIENCE_SECONDS = 5
_STANDALONE = re.compile(r"spark://(?P<hosts>.*)")


@contextmanager
def judged_by(engine: EngineName, master: str | None) -> Iterator[Callable[[Ground], Engine]]:
    """What makes the engine for a check; its session ends with the block.

    Raises: UsageError when Spark is not installed, or the master cannot be reached.
    """
    if engine == "duckdb":
        if master is not None:
            message = "A master is of the engine spark, and duckdb was asked for."
            raise UsageError(Problem("--master", "master-unused", message, "Add --engine spark."))
        yield suited
        return
    reach(master or HERE)
    from compliance.engine.spark.session import open_session  # noqa: PLC0415 - only where asked for

    session = open_session(master or HERE)
    log.info("spark", master=master or HERE)
    with tempfile.TemporaryDirectory(prefix="compliance-spark-") as folder:
        try:
            yield lambda ground: _spark_engine(session, ground, Path(folder))
        finally:
            session.stop()


def reach(master: str) -> None:
    """Some host of a standalone master answers; other masters are left to Spark.

    Raises: UsageError when none does. Spark itself would try for a minute, and say it in forty lines.
    """
    found = _STANDALONE.fullmatch(master)
    if found is None:
        return
    for address in found["hosts"].split(","):
        host, _, port = address.rpartition(":")
        if not host or not port.isdigit():
            message = f"{master} is no address of a master."
            raise UsageError(Problem("--master", "master-address", message, "Write spark://HOST:7077."))
        try:
            with socket.create_connection((host, int(port)), PATIENCE_SECONDS):
                return
        except (OSError, OverflowError):
            continue
    message = f"No master answers at {master}."
    hint = "See that it runs, and that this machine can reach that host and port."
    raise UsageError(Problem("--master", "master-unreachable", message, hint))


def _spark_engine(session: Any, ground: Ground, folder: Path) -> Engine:
    from compliance.engine.spark.engine import SparkEngine  # noqa: PLC0415 - imported with the session

    facts = ground.facts
    asked = (facts.catalog, ground.contract, ground.as_of, ground.numbers)
    return SparkEngine(session, facts.connection, *asked, folder=folder)
