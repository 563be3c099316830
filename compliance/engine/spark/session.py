"""A session of Spark in which a statement means what it means in DuckDB.

What must be set for that is set here and nowhere else: exact decimals, errors instead of wrong numbers, days
of the one calendar, and no text that Spark reads anything into.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

from compliance.errors import Problem, UsageError

APPLICATION = "compliance"
# How a statement is read and counted; set on every session, whatever the cluster has as its own.
MEANING = {
    "spark.sql.ansi.enabled": "true",  # an overflow is an error
    "spark.sql.decimalOperations.allowPrecisionLoss": "false",  # a product keeps its places or is an error
    "spark.sql.legacy.decimal.retainFractionDigitsOnTruncate": "true",  # comparing never rounds places away
    "spark.sql.parser.escapedStringLiterals": "false",
    "spark.sql.ansi.doubleQuotedIdentifiers": "false",
    "spark.sql.variable.substitute": "false",  # `${…}` in an id stays what it is
    "spark.sql.groupByOrdinal": "false",
    "spark.sql.orderByOrdinal": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",
    # Rules nest many conditions over few columns: deriving more from them costs more than it saves.
    "spark.sql.constraintPropagation.enabled": "false",
}
LOGGING = Path(__file__).with_name("log4j2.properties")
QUIET = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
    "spark.driver.extraJavaOptions": f"-Dlog4j2.configurationFile={LOGGING.as_uri()}",
}


def open_session(master: str, settings: dict[str, str] | None = None) -> Any:
    """A session on that master (`local[2]`, `spark://host:7077`, `yarn`, `k8s://…`).

    `settings` beat our own and those of the cluster, but not what gives statements their meaning.

    Raises: UsageError when pyspark or Java is not there, or the master gives no session.
    """
    builder, errors = _builder()
    local = {"spark.sql.shuffle.partitions": str(os.cpu_count() or 1)} if master.startswith("local") else {}
    builder = builder.master(master).appName(APPLICATION)
    for name, value in {**QUIET, **local, **(settings or {})}.items():
        builder = builder.config(name, value)
    try:
        session = builder.getOrCreate()
    except errors as error:
        kind = type(error).__name__
        message = f"Spark gave no session on {master} ({kind})."
        hint = "See that the master runs and that the machine it runs on can reach this one."
        raise UsageError(Problem("--master", "spark-session", message, hint)) from None
    return judging_session(session)


def judging_session(session: Any) -> Any:
    """A session beside this one, with temporary views of its own, in which statements keep their meaning."""
    from pyspark.logger import PySparkLogger  # noqa: PLC0415 - only where Spark is asked for

    # It would write every failed statement to stderr, with the constants in it.
    PySparkLogger.getLogger("SQLQueryContextLogger").setLevel("CRITICAL")
    own = session.newSession()
    for name, value in MEANING.items():
        own.conf.set(name, value)
    return own


def _builder() -> tuple[Any, tuple[type[Exception], ...]]:
    """What makes a session, and what it can raise.

    Raises: UsageError when it cannot be had.
    """
    hint = "Install it with: pip install --require-hashes -r requirements-spark.txt (or: make spark)."
    try:
        import pyarrow as pa  # noqa: F401, PLC0415 - only where Spark is asked for
        from py4j.protocol import Py4JError  # noqa: PLC0415
        from pyspark.errors import PySparkException  # noqa: PLC0415
        from pyspark.sql import SparkSession  # noqa: PLC0415
    except ImportError as error:
        module = error.name
        message = f"The engine spark needs the module {module}, which is not installed."
        raise UsageError(Problem("--engine", "spark-missing", message, hint)) from None
    home = os.environ.get("JAVA_HOME")
    if shutil.which("java", path=f"{home}/bin" if home else None) is None:
        message = "The engine spark needs Java 17 or 21, and no java was found."
        hint = "Install it (Debian: apt-get install openjdk-17-jre-headless) or set JAVA_HOME."
        raise UsageError(Problem("--engine", "java-missing", message, hint))
    return SparkSession.builder, (Py4JError, PySparkException, OSError)
