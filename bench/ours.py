"""Runs the checker as its users do, and its judging alone, with time and peak memory."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from compliance.model.entities import Compartment
from compliance.services.check import CheckRequest, lay_ground
from compliance.services.engine import sql_engine
from compliance.services.generate import generate

ALL: tuple[Compartment, ...] = ("contract", "supervision", "bibob")

COMMAND = Path(sys.executable).with_name("compliance")  # installed beside the interpreter


@dataclass(frozen=True, slots=True)
class Measured:
    """One run: how long it took, the most memory it held, and how it ended."""

    seconds: float
    peak_mib: int
    exit_code: int


def make(folder: Path, clients: int, deliveries: int, as_of: date) -> float:
    """Seconds it took to generate the data set as Parquet."""
    begun = time.perf_counter()
    generate(clients=clients, deliveries=deliveries, seed=1, out=folder, as_of=as_of)
    return time.perf_counter() - begun


class Judging:
    """The facts of a data set, loaded once, on which the rules are judged again and again."""

    def __init__(self, folder: Path, as_of: date, rules: tuple[str, ...]) -> None:
        begun = time.perf_counter()
        request = CheckRequest(paths=(str(folder),), as_of=as_of, compartments=ALL, wanted=rules)
        self._ground = lay_ground(request)
        self.load_seconds = time.perf_counter() - begun

    def judge(self) -> tuple[dict[str, set[str]], float]:
        """The findings of each rule and the seconds it took: compiling, the view, derived facts and all."""
        begun = time.perf_counter()
        ground = self._ground
        engine = sql_engine(ground.facts, ground.contract, ground.as_of, ground.numbers)
        evaluation = engine.evaluate(ground.rules)
        seconds = time.perf_counter() - begun
        found: dict[str, set[str]] = {rule.id: set() for rule in self._ground.rules}
        for one in evaluation.observations:
            if one.outcome == "finding":
                found[one.rule].add(one.subject.id)
        return found, seconds


def check(folder: Path, as_of: date, answer: Path) -> Measured:
    """`compliance check` over the whole rule book in a process of its own: files in, JSON out."""
    command = [
        str(COMMAND), "check", str(folder), "--as-of", str(as_of),
        "--compartment", "all", "--format", "json", "--output", str(answer),
    ]  # fmt: skip
    begun = time.perf_counter()
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:  # noqa: S603 - our own command
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    return Measured(time.perf_counter() - begun, usage.ru_maxrss // 1024, process.returncode)
