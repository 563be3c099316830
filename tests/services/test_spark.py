"""Which engine judges a check, and what is said when Spark cannot."""

from __future__ import annotations

import shutil
import socket
import sys

import pytest

from compliance.errors import UsageError
from compliance.services.check import suited
from compliance.services.spark import judged_by, reach


def code(error: pytest.ExceptionInfo[UsageError]) -> str:
    """The code of the one problem."""
    (problem,) = error.value.problems
    return problem.code


def test_duckdb_needs_no_spark() -> None:
    """The engine of this machine is the usual one."""
    with judged_by("duckdb", None) as make_engine:
        assert make_engine is suited


def test_a_master_without_spark_is_refused() -> None:
    """A master that would be left aside is told."""
    with pytest.raises(UsageError) as error, judged_by("duckdb", "local[2]"):
        pass
    assert code(error) == "master-unused"


@pytest.mark.parametrize("master", ["spark://", "spark://host", "spark://:7077", "spark://host:x"])
def test_an_address_that_is_none_is_refused(master: str) -> None:
    """A standalone master has a host and a port."""
    with pytest.raises(UsageError) as error:
        reach(master)
    assert code(error) == "master-address"


def test_a_master_that_does_not_answer_is_told_at_once() -> None:
    """Nobody waits a minute for a master that is not there."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(UsageError) as error, judged_by("spark", f"spark://127.0.0.1:{port}"):
        pass
    assert code(error) == "master-unreachable"


def test_of_several_masters_one_that_answers_is_enough() -> None:
    """A standby that is down does not matter; masters of other kinds are left to Spark."""
    with socket.socket() as waiting, socket.socket() as free:
        waiting.bind(("127.0.0.1", 0))
        waiting.listen()
        free.bind(("127.0.0.1", 0))
        reach(f"spark://127.0.0.1:{free.getsockname()[1]},127.0.0.1:{waiting.getsockname()[1]}")
    reach("local[2]")
    reach("yarn")


def test_spark_that_is_not_installed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """The module that lacks and how to get it."""
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with (
        pytest.raises(UsageError, match="pyarrow, which is not installed") as error,
        judged_by("spark", None),
    ):
        pass
    assert code(error) == "spark-missing"


def test_java_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spark needs Java, which no Python package brings."""
    pytest.importorskip("pyspark", reason="pyspark is not installed: make spark")
    pytest.importorskip("pyarrow", reason="pyarrow is not installed: make spark")
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)
    with pytest.raises(UsageError, match="no java was found") as error, judged_by("spark", "local[1]"):
        pass
    assert code(error) == "java-missing"
