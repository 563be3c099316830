"""The rule book on a standalone Spark of two workers, one of which is killed while it judges."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("pyspark", reason="pyspark is not installed: make spark")
pytest.importorskip("pyarrow", reason="pyarrow is not installed: make spark")
from tests.engine.spark.cluster import Cluster, cluster

pytestmark = pytest.mark.spark
ROOT = Path(__file__).parents[3]
CODE = Path(__file__).parent / "judged_alone.py"


@pytest.fixture(scope="module")
def two_workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A master and two workers."""
    with cluster(tmp_path_factory.mktemp("cluster")) as found:
        yield found


def test_the_answer_is_that_of_duckdb_though_a_worker_dies(two_workers: Cluster, tmp_path: Path) -> None:
    """A worker killed with all it ran, while rules are judged, changes nothing in the answer."""
    command = [sys.executable, str(CODE), two_workers.master, str(tmp_path)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(  # noqa: S603 - our own command
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as running:
        assert running.stdin is not None
        assert running.stdout is not None
        before = running.stdout.readline().split()
        assert before == ["executors", "2"], before
        assert running.stdout.readline().split() == ["half", "way"]  # its statements are being judged
        two_workers.workers[0].kill()
        running.stdin.write("go on\n")
        running.stdin.flush()
        rest = running.stdout.read().splitlines()
    assert running.returncode == 0, rest
    assert rest == ["differences 0", "failures 0", "executors 1"]
    assert two_workers.parts[0].said(r"(Removing worker|Lost worker|disassociated)")
