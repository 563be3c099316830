"""A standalone Spark on this machine: a master and two workers as processes of their own, on loopback."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyspark

HOME = Path(pyspark.__file__).parent
MASTER, WORKER = "org.apache.spark.deploy.master.Master", "org.apache.spark.deploy.worker.Worker"
HERE = "127.0.0.1"
PATIENCE_SECONDS = 120


@dataclass
class Part:
    """A process of the cluster, with the file its log goes to."""

    running: subprocess.Popen[bytes]
    log: Path

    def said(self, pattern: str) -> str:
        """The first match in the log, waited for."""
        end = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end and self.running.poll() is None:
            found = re.search(pattern, self.log.read_text("utf-8", "replace"))
            if found:
                return found[1]
            with self.log.open("rb") as log:  # wakes when the process ends, and otherwise looks again
                log.seek(0, os.SEEK_END)
                try:
                    self.running.wait(0.2)
                except subprocess.TimeoutExpired:
                    continue
        raise AssertionError(f"{pattern} was not said:\n{self.log.read_text('utf-8', 'replace')[-2000:]}")

    def kill(self) -> None:
        """The process and the executors it started are gone at once, as when the machine is."""
        os.killpg(self.running.pid, signal.SIGKILL)
        self.running.wait()


@dataclass
class Cluster:
    """A master's address, and its two workers."""

    master: str
    parts: tuple[Part, Part, Part]

    @property
    def workers(self) -> tuple[Part, Part]:
        return self.parts[1], self.parts[2]


@contextmanager
def cluster(folder: Path) -> Iterator[Cluster]:
    """A cluster that lives as long as the block."""
    started: list[Part] = []
    try:
        master = _start(started, folder, "master", MASTER, "--port", "0")
        url = master.said(r"Starting Spark master at (spark://[\d.]+:\d+)")
        workers = []
        for name in ("first", "second"):
            own = folder / name
            own.mkdir()
            limits = ("--cores", "1", "--memory", "1g", "--port", "0", "--work-dir", str(own))
            workers.append(_start(started, folder, name, WORKER, *limits, url))
        for worker in workers:
            worker.said(r"(Successfully registered with master)")
        yield Cluster(url, (master, workers[0], workers[1]))
    finally:
        for part in started:
            if part.running.poll() is None:
                part.kill()


def _start(started: list[Part], folder: Path, name: str, role: str, *options: str) -> Part:
    log = folder / f"{name}.log"
    own = {"SPARK_HOME": str(HOME), "SPARK_LOCAL_IP": HERE, "SPARK_DAEMON_MEMORY": "256m"}
    command = [str(HOME / "bin" / "spark-class"), role, "--host", HERE, "--webui-port", "0", *options]
    with log.open("wb") as out:
        running = subprocess.Popen(  # noqa: S603 - our own command
            command, stdout=out, stderr=out, env={**os.environ, **own}, start_new_session=True
        )
    started.append(Part(running, log))
    return started[-1]
