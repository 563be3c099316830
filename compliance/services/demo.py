"""The use case `demo`: make a small Utrecht, judge it and the shipped cases, and say where to go on.

It gives what happened; words are for the reports.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from compliance.model.finding import Judged
from compliance.model.run import CheckAnswer, severity_rank
from compliance.services.check import CheckRequest, check
from compliance.services.content import content_folder
from compliance.services.generate import Generated, generate
from compliance.services.selection import COMPARTMENTS

CLIENTS, DELIVERIES, SEED = 1_000, 50_000, 1
FOLDER = Path("out/demo")


@dataclass(frozen=True, slots=True)
class ShownCase:
    """A shipped case and its answer; `holds` says whether it gave what it expects."""

    path: Path
    answer: CheckAnswer

    @property
    def holds(self) -> bool:
        """Whether the answer is complete and every expectation holds."""
        return self.answer.complete and all(one.holds for one in self.answer.expectations or ())


@dataclass(frozen=True, slots=True)
class Demonstration:
    """What the demo made and found.

    `as_planted`: the findings are exactly those that were planted. `commands`: what to try next, the most
    telling first.
    """

    generated: Generated
    answer: CheckAnswer
    as_planted: bool
    cases: tuple[ShownCase, ...]
    commands: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether everything came out as it should."""
        return self.answer.complete and self.as_planted and all(case.holds for case in self.cases)


def demonstrate(
    folder: Path = FOLDER, *, lang: str = "nl", on_step: Callable[[str], None] = lambda _: None
) -> Demonstration:
    """The folder holds a small Utrecht, and it and every shipped case have been judged.

    `on_step` hears the name of each step that begins.

    Raises: UsageError when the folder is in use for something else.
    """
    on_step("generate")
    generated = generate(clients=CLIENTS, deliveries=DELIVERIES, seed=SEED, out=folder)
    request = CheckRequest(paths=(str(folder),), as_of=generated.as_of, compartments=COMPARTMENTS)
    answer = check(request, on_step=on_step)
    cases = tuple(_judged(path) for path in shipped_cases())
    return Demonstration(
        generated=generated,
        answer=answer,
        as_planted=_found(answer) == generated.planted,
        cases=cases,
        commands=_commands(generated, answer, lang),
    )


def shipped_cases() -> list[Path]:
    """The case files that come with the product, in order of path."""
    return sorted(content_folder("cases").rglob("*.yaml"))


def _judged(path: Path) -> ShownCase:
    request = CheckRequest(paths=(str(path),), compartments=COMPARTMENTS)
    return ShownCase(path, check(request))


def _found(answer: CheckAnswer) -> frozenset[tuple[str, str]]:
    return frozenset(
        (one.observation.rule, str(one.observation.subject))
        for one in answer.results
        if one.observation.outcome == "finding"
    )


def _commands(generated: Generated, answer: CheckAnswer, lang: str) -> tuple[str, ...]:
    """Commands that work as they stand: the answer again, one proof, the surroundings, a page, the rules."""
    scope = f"{generated.out} --as-of {generated.as_of}"
    asked = " --lang en" if lang == "en" else ""
    commands = [f"compliance check {scope} --compartment all{asked}"]
    worst = max(
        (one for one in answer.results if one.observation.outcome == "finding"), key=_telling, default=None
    )
    if worst is not None:
        one = worst.observation
        commands.append(f"compliance explain {scope} {one.rule} {one.subject}{asked}")
        organisation = one.about or (one.subject.id if one.subject.entity == "organisation" else None)
        if organisation is not None:
            commands.append(f"compliance graph {scope} organisation/{organisation}{asked}")
    commands.append(
        f"compliance check {scope} --format html --output {generated.out.parent}/answer.html{asked}"
    )
    commands.append(f"compliance rules list{asked}")
    return tuple(commands)


def _telling(one: Judged) -> tuple[int, int]:
    """Grave findings first, and of those the one with most facts behind it."""
    return severity_rank(one.severity), one.observation.evidence_count
