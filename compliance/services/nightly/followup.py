"""What comes after a run was kept: reports, letters, metrics; each safe to do again.

The run's transaction keeps a row for each step, so that a killed night is finished by the next one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from importlib import import_module

from compliance.errors import ComplianceError, Problem
from compliance.model.entities import Compartment
from compliance.model.kept import Errand, ErrandState
from compliance.model.night import Ahead, NightAnswer, NightReceipt, Offered, Standing
from compliance.reporting.words import Lang
from compliance.services.content import report_words
from compliance.services.lookahead import look_ahead
from compliance.services.nightly.answer import night_answer
from compliance.services.nightly.standpoint import Standpoint, standpoint_of_run
from compliance.services.nightly.views import Views
from compliance.services.store import Store
from compliance.sources.facts import Facts

KIND = "step"
LOOK_AHEAD_DAYS = 30


@dataclass(frozen=True, slots=True)
class Step:
    """A step by the name that is kept, and where the function that does it stands ("module:function")."""

    name: str
    place: str


STEPS: tuple[Step, ...] = (
    Step("reports", "compliance.services.nightreport:write_reports"),
    Step("notify", "compliance.services.notify.step:notify"),
    Step("metrics", "compliance.services.metrics.step:write_metrics"),
)


@dataclass(frozen=True)
class KeptNight:
    """A run that was kept, for what comes after it. `took` are the files of this very night, if it is that.

    Everything is read from the store, so that a later night can finish what this one did not.
    """

    store: Store
    receipt: NightReceipt
    views: Views
    lang: Lang = "nl"
    took: tuple[Offered, ...] | None = None
    _answers: dict[tuple[Compartment, ...], NightAnswer] = field(default_factory=dict)

    @cached_property
    def standpoint(self) -> Standpoint:
        return standpoint_of_run(self.store, self.receipt)

    @cached_property
    def facts(self) -> Facts:
        """The view of the facts at the run's moment."""
        return self.views.whole(self.receipt.known_at)

    @cached_property
    def previous(self) -> NightReceipt | None:
        return self.store.records.previous_run(self.receipt.number)

    @cached_property
    def standings(self) -> tuple[Standing, ...]:
        """How everything stood after the run, for all compartments."""
        return self.store.records.standings(self.receipt.contract, self.receipt.number)

    @cached_property
    def offered(self) -> tuple[Offered, ...]:
        """What suppliers offered since the run before; of an earlier night as far as the vault tells."""
        if self.took is not None:
            return self.took
        since = self.previous.known_at if self.previous else None
        return tuple(
            Offered(
                supplier=one.supplier,
                file=", ".join(file.path for file in one.files),
                sha256=one.files[0].sha256 if one.files else "",
                recorded_at=one.recorded_at,
                accepted=sum(one.accepted.values()),
                refused=one.refused,
                whole=bool(one.files) and all(file.whole for file in one.files),
                entities=tuple(sorted(one.came)),
            )
            for one in self.store.vault.arrivals(self.receipt.known_at)
            if since is None or one.recorded_at > since
        )

    @cached_property
    def ahead(self) -> tuple[Ahead, ...]:
        """What becomes a finding soon when nothing changes."""
        return tuple(look_ahead(self.standpoint.ground(self.facts), LOOK_AHEAD_DAYS).ahead)

    def answer(self, compartments: tuple[Compartment, ...]) -> NightAnswer:
        """The run as a reader of these compartments may see it."""
        if compartments not in self._answers:
            self._answers[compartments] = night_answer(
                self.store,
                self.receipt,
                self.standpoint,
                self.facts,
                compartments,
                report_words(),
                offered=self.offered,
                ahead=self.ahead,
            )
        return self._answers[compartments]


def errands() -> tuple[Errand, ...]:
    """A row per step, to be kept with the run."""
    return tuple(Errand(KIND, step.name) for step in STEPS)


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A step that could not be done; the next night tries it again."""

    run: int
    step: str
    problems: tuple[Problem, ...]


def finish(
    store: Store,
    kept_night: Callable[[NightReceipt], KeptNight],
    clock: Callable[[], datetime],
    on_step: Callable[[str], None] = lambda _: None,
) -> tuple[Unfinished, ...]:
    """Every step that is open is done, of the oldest run first; those that cannot be are told."""
    unfinished = []
    waiting = store.records.open_errands(KIND)
    for number in sorted({errand.run for errand in waiting}):
        receipt = store.records.run(number)
        if receipt is None:
            continue
        kept = kept_night(receipt)
        names = {errand.recipient for errand in waiting if errand.run == number}
        for step in _in_order(names):
            on_step(step.name)
            problems = _do(step, kept)
            state: ErrandState = "failed" if problems else "done"
            reason = problems[0].code if problems else ""
            store.records.note_errand(number, KIND, step.name, state, clock(), reason=reason)
            if problems:
                unfinished.append(Unfinished(number, step.name, problems))
        for name in sorted(names - {step.name for step in STEPS}):  # of a version that had other steps
            store.records.note_errand(number, KIND, name, "given_up", clock())
    return tuple(unfinished)


def _in_order(names: set[str]) -> Sequence[Step]:
    return [step for step in STEPS if step.name in names]


def _do(step: Step, kept: KeptNight) -> tuple[Problem, ...]:
    """Nothing when the step was done, else why not."""
    module, _, name = step.place.partition(":")
    try:
        getattr(import_module(module), name)(kept)
    except ComplianceError as error:
        return error.problems
    return ()
