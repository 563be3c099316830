"""The use case `nightly`: deliveries in, every contract judged and compared, kept, and told.

Safe to run twice and to kill: a run is kept in one transaction, and what comes after it is finished by the
next night. One night at a time works in a store.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path

from compliance.errors import Problem, UsageError, closest
from compliance.model.entities import Compartment
from compliance.model.night import NightAnswer, NightReceipt, Offered
from compliance.model.run import Note
from compliance.model.vault import IntakeAnswer
from compliance.reporting.words import Lang
from compliance.services.check import AMSTERDAM
from compliance.services.intake import intake_inbox
from compliance.services.locking import locked
from compliance.services.log import log
from compliance.services.moments import next_moment
from compliance.services.nightly.answer import readable
from compliance.services.nightly.books import Book, current_book, current_figures
from compliance.services.nightly.followup import KeptNight, Unfinished, errands, finish
from compliance.services.nightly.refusing import write_refusals
from compliance.services.nightly.running import receipt_of, run_contract, same_inputs
from compliance.services.nightly.standpoint import standpoint
from compliance.services.nightly.views import Views
from compliance.services.store import Store, open_store
from compliance.services.storekeeping import audit_arrivals, set_checkpoint


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class NightRequest:
    """What a night is asked to do; without `contract` every contract in the store is judged.

    `rules` is a folder with another rule book, `key` that of pseudonyms, `audit_key` that of checkpoints. The
    outcome tells of `compartments`; all of them are judged and kept.
    """

    store: Path
    database: str | None = None
    as_of: date | None = None
    contract: str | None = None
    compartments: tuple[Compartment, ...] = ("contract",)
    rules: Path | None = None
    key: bytes | None = None
    audit_key: bytes | None = None
    lang: Lang = "nl"
    clock: Callable[[], datetime] = _now


@dataclass(frozen=True, slots=True)
class JudgedContract:
    """A contract's newest run, kept by this night or, when nothing differed, by an earlier one (`again`)."""

    answer: NightAnswer
    again: bool = False


@dataclass(frozen=True, slots=True)
class NightOutcome:
    """What a night did: files taken in, a run per contract, and steps that could not be finished."""

    contracts: tuple[JudgedContract, ...] = ()
    intake: tuple[IntakeAnswer, ...] = ()
    unfinished: tuple[Unfinished, ...] = ()

    def told(self, compartments: Iterable[Compartment]) -> tuple[Offered, ...]:
        """The files offered that a reader of these compartments may be told of."""
        return tuple(one for one in _offered(self.intake) if readable(one, compartments))

    @property
    def refused_whole(self) -> tuple[Offered, ...]:
        """The files of which nothing could be taken."""
        return tuple(one for one in _offered(self.intake) if one.whole)


@dataclass
class _Work:
    """A night under way."""

    request: NightRequest
    store: Store
    book: Book
    views: Views
    on_step: Callable[[str], None]
    started_at: datetime
    took: tuple[Offered, ...] = ()
    made: dict[int, KeptNight] = field(default_factory=dict)

    def refused(self, answer: IntakeAnswer, folder: Path) -> None:
        """What was refused of a delivery stands ready for its supplier."""
        write_refusals(self.store, answer, folder, self.request.lang)

    def night_of(self, receipt: NightReceipt) -> KeptNight:
        """The kept run, once."""
        if receipt.number not in self.made:
            self.made[receipt.number] = KeptNight(self.store, receipt, self.views, self.request.lang)
        return self.made[receipt.number]


def nightly(request: NightRequest, on_step: Callable[[str], None] = lambda _: None) -> NightOutcome:
    """Everything offered is taken in, every contract is judged and its run kept, and reports are made.

    `on_step` hears the name of each step that begins (`step.*` in the report texts).

    Raises: UsageError for a wrong request, a store that is busy or not there, or a clock set back; StoreError
    for a store that cannot be read or written; InputError for numbers that cannot be read.
    """
    with open_store(request.store, request.database) as store, locked(store, "nightly"):
        book = current_book(request.rules)
        work = _Work(request, store, book, Views(store), on_step, request.clock())
        current_figures(store, book)  # whatever is wrong with them is told before anything is taken in
        on_step("intake")
        intake = intake_inbox(
            store.vault,
            store.folder,
            now=next_moment(store, work.started_at),
            key=request.key,
            contract=request.contract,
            tell=work.refused,
        )
        audit_arrivals(store, "nightly", work.started_at)
        work.took = tuple(_offered(intake))
        nights = list(_judged(work))
        set_checkpoint(store, request.audit_key, request.clock())
        unfinished = finish(store, work.night_of, request.clock, on_step)
        set_checkpoint(store, request.audit_key, request.clock())
        contracts = (JudgedContract(one.answer(request.compartments), again) for one, again in nights)
        return NightOutcome(tuple(contracts), intake, unfinished)


def _offered(intake: Iterable[IntakeAnswer]) -> Iterator[Offered]:
    for answer in intake:
        yield from answer.offered()


def _judged(work: _Work) -> Iterator[tuple[KeptNight, bool]]:
    """The runs of all contracts that are asked for, by id, and whether they were kept before."""
    store, request = work.store, work.request
    known_at = next_moment(store, work.started_at)
    work.on_step("read")
    facts = work.views.whole(known_at)
    rows = facts.connection.execute("SELECT id FROM fact.contract ORDER BY id").fetchall()
    contracts = [str(name) for (name,) in rows]
    if request.contract is not None and request.contract not in contracts:
        hint = closest(request.contract, contracts) or f"Known: {', '.join(contracts[:10])}."
        message = f"There is no contract {request.contract}."
        raise UsageError(Problem("--contract", "contract-unknown", message, hint))
    asked = contracts if request.contract is None else [request.contract]
    as_of = request.as_of or work.started_at.astimezone(AMSTERDAM).date()
    lasts = {name: store.records.last_run(name) for name in asked}
    _refuse_clock_back(as_of, lasts.values(), request)
    for contract in asked:
        yield _run(work, contract, as_of, known_at, lasts[contract])


def _refuse_clock_back(as_of: date, lasts: Iterable[NightReceipt | None], request: NightRequest) -> None:
    """Raises: UsageError when the day judged lies before one that was, and nobody asked for it."""
    judged = max((last.as_of for last in lasts if last), default=as_of)
    if request.as_of is None and as_of < judged:
        message = f"Today is {as_of}, but {judged} was judged before: the clock was set back."
        hint = f"Mend the clock, or name the day: --as-of {as_of}."
        raise UsageError(Problem("", "clock-back", message, hint))


def _run(
    work: _Work, contract: str, as_of: date, known_at: datetime, last: NightReceipt | None
) -> tuple[KeptNight, bool]:
    store, request = work.store, work.request
    figures = current_figures(store, work.book)
    point = standpoint(store, contract, as_of, known_at, work.book, figures)
    whole = sum(one.whole for one in work.took)
    notes = [Note("files_refused_whole", str(whole))] if whole else []
    receipt = receipt_of(store, point, work.started_at, notes)
    if last is not None and same_inputs(receipt, last):
        log.info("night_again", contract=contract, run=last.number)
        return work.night_of(last), True
    work.on_step("judge")
    night = run_contract(store, point, receipt, last, work.views)
    work.on_step("keep")
    finished = replace(night.receipt, finished_at=request.clock())
    kept = store.records.keep_night(
        replace(night, receipt=finished), work.book.texts, figures.text, errands=errands()
    )
    log.info("night_kept", contract=contract, run=kept.number, failures=len(kept.failures))
    work.made[kept.number] = KeptNight(store, kept, work.views, request.lang, work.took)
    return work.made[kept.number], False
