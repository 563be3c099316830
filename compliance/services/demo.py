"""The use case `demo`: a small generated Utrecht is checked, and the cases that ship with the product."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from compliance.model.run import CheckAnswer
from compliance.services.check import CheckRequest, check
from compliance.services.content import content_folder
from compliance.services.generate import Generated, generate
from compliance.services.selection import COMPARTMENTS

CLIENTS, DELIVERIES, SEED = 600, 20_000, 1


@dataclass(frozen=True, slots=True)
class Demo:
    """What was made and what checking it gave."""

    made: Generated
    answer: CheckAnswer

    @property
    def as_planted(self) -> bool:
        """Whether the findings are exactly those that were planted."""
        observed = (one.observation for one in self.answer.results)
        found = {(one.rule, str(one.subject)) for one in observed if one.outcome == "finding"}
        return found == self.made.planted


@dataclass(frozen=True, slots=True)
class CaseRun:
    """A shipped case with its answer."""

    name: str
    path: Path
    answer: CheckAnswer


def run_demo(out: Path, on_step: Callable[[str], None] = lambda _: None) -> Demo:
    """A small data set stands in `out`, and was checked for every compartment.

    Raises: UsageError when the folder is in use for something else.
    """
    on_step("generate")
    made = generate(clients=CLIENTS, deliveries=DELIVERIES, seed=SEED, out=out, format="csv")
    request = CheckRequest(paths=(str(out),), as_of=made.as_of, compartments=COMPARTMENTS)
    return Demo(made, check(request, on_step=on_step))


def run_cases() -> Iterator[CaseRun]:
    """Every case file that ships with the product, checked for every compartment, in order of path."""
    folder = content_folder("cases")
    for path in sorted(folder.rglob("*.yaml")):
        answer = check(CheckRequest(paths=(str(path),), compartments=COMPARTMENTS))
        yield CaseRun(path.relative_to(folder).as_posix(), path, answer)
