"""A session of Spark for all tests here, made once; without pyspark or Java they are skipped and say so.

Which tests run: a few wherever Spark is installed, all of them with SPARK_SUITE=whole (`make spark`).
"""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest

QUICK = {
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    # A few rows a table: compiling Java code for each statement, and splitting, take longer than the work.
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.shuffle.partitions": "1",
}
WHOLE = "SPARK_SUITE"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of the whole suite are skipped where it was not asked for.

    The bridge to Java leaves sockets to the garbage collector, which is no fault of ours.
    """
    for item in items:
        if item.get_closest_marker("spark"):
            item.add_marker(pytest.mark.filterwarnings("ignore::ResourceWarning"))
            item.add_marker(pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"))
    if os.environ.get(WHOLE) != "whole":
        skip = pytest.mark.skip(reason="of the whole Spark suite, which `make spark` runs")
        for item in items:
            if item.get_closest_marker("spark"):
                item.add_marker(skip)


@pytest.fixture(scope="session")
def spark() -> Iterator[Any]:
    """A session in this process, on two cores."""
    for module in ("pyspark", "pyarrow"):
        if importlib.util.find_spec(module) is None:
            pytest.skip(f"{module} is not installed: make spark")
    if shutil.which("java") is None:
        pytest.skip("there is no java")
    from compliance.engine.spark.session import open_session  # noqa: PLC0415 - needs what may not be there

    session = open_session("local[2]", QUICK)
    yield session
    session.stop()
