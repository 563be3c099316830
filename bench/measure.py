"""Runs engines and the whole check as processes, with time, spread, peak memory and what they found."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import time
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from statistics import median

COMMAND = Path(sys.executable).with_name("compliance")  # installed beside the interpreter
FOUND = 1  # the exit code of a complete check with findings
Found = dict[str, set[str]]


@dataclass(frozen=True, slots=True)
class Measured:
    """What one engine took on one data set: seconds of each run, peak memory, findings per rule."""

    name: str
    seconds: tuple[float, ...]
    peak_mib: int
    load: float = 0.0
    found: Found = field(default_factory=dict)

    @property
    def median(self) -> float:
        return median(self.seconds)

    @property
    def spread(self) -> str:
        """The quickest and the slowest run."""
        return f"{min(self.seconds):.3f}–{max(self.seconds):.3f}"


def engine(name: str, folder: Path, runs: int) -> Measured | None:
    """The engine over the data set, in a process of its own; None when it broke or its library is absent."""
    command = [sys.executable, "-m", "bench.one", name, str(folder), str(runs)]
    output, peak, code = _run(command)
    if code:
        return None
    told = json.loads(output)
    found = {rule: set(ids) for rule, ids in told["found"].items()}
    return Measured(name, tuple(told["seconds"]), peak, told["load"], found)


def check(folder: Path, as_of: date, runs: int, *more: str) -> Measured:
    """`compliance check` over the whole rule book, files in and JSON out, one process each run.

    Raises: RuntimeError when a run does not end complete with findings.
    """
    answer = folder.parent / f"{folder.name}.json"
    command = [
        str(COMMAND), "check", str(folder), "--as-of", str(as_of),
        "--compartment", "all", "--format", "json", "--output", str(answer), *more,
    ]  # fmt: skip
    seconds, peaks = [], []
    for _ in range(runs):
        begun = time.perf_counter()
        _, peak, code = _run(command)
        seconds.append(time.perf_counter() - begun)
        peaks.append(peak)
        if code != FOUND:
            raise RuntimeError(f"compliance check ended with {code}")
    found: Found = {}
    for one in json.loads(answer.read_text(encoding="utf-8"))["results"]:
        if one["outcome"] == "finding":
            found.setdefault(one["rule"], set()).add(f"{one['subject']['entity']}/{one['subject']['id']}")
    return Measured("check", tuple(seconds), max(peaks), 0.0, found)


def expected(folder: Path) -> Found:
    """What was planted, as `entity/id` per rule."""
    found: Found = {}
    for line in (folder / "expected.jsonl").read_text(encoding="utf-8").splitlines():
        one = json.loads(line)
        found.setdefault(one["rule"], set()).add(one["subject"])
    return found


def machine() -> str:
    """The machine in one line: processor, cores, memory, Python."""
    name = platform.processor() or platform.machine()
    information = Path("/proc/cpuinfo")
    if information.is_file():
        lines = information.read_text(encoding="utf-8").splitlines()
        name = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), name)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    cores = len(os.sched_getaffinity(0))
    return f"{name}, {cores} cores, {memory:.0f} GiB, Python {platform.python_version()}"


def _run(command: list[str]) -> tuple[bytes, int, int]:
    """What it wrote, its peak in MiB and its exit code; other output goes nowhere."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:  # noqa: S603 - our own command
        output = process.stdout.read() if process.stdout else b""
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    return output, usage.ru_maxrss // 1024, process.returncode
