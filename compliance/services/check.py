"""The use case `check`: facts in, rules judged, one answer out; nothing is kept.

It joins sources, rule book, engine and judgement; each decides only what is its own.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import BinaryIO
from zoneinfo import ZoneInfo

from compliance.engine.judge import Declarations, HistoryFact, judge
from compliance.errors import InputError, Problem, UsageError, closest
from compliance.language.tree import CheckedRule
from compliance.model.entities import Compartment
from compliance.model.finding import Evaluation, Judged, RowRef
from compliance.model.intake import CaseSettings, Refusal
from compliance.model.number import Numbers
from compliance.model.rule import Rule, Severity
from compliance.model.run import CheckAnswer, Expectation, Note, Receipt, sum_counts
from compliance.rulebook import Rulebook
from compliance.services.book import load_book
from compliance.services.engine import Engine, is_small, reference_engine, sql_engine
from compliance.services.expectations import compare
from compliance.services.gaps import delivered, find_gaps
from compliance.services.log import log
from compliance.services.lookup import labels, origins, shown_facts
from compliance.services.selection import readable_entities, select_rules
from compliance.sources.database import UNBOUNDED, Room
from compliance.sources.facts import Facts, read_facts
from compliance.sources.standing import refuse_changed

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
LISTED = ("finding", "not_assessable")


@dataclass(frozen=True, slots=True)
class CheckRequest:
    """What a person asks to have checked; `wanted` and `skipped` are patterns of rules.

    `database` is the URL of the records of a store, when a path is one and they are not in its folder.
    `room` bounds the memory that is taken.
    """

    paths: Sequence[str]
    as_of: date | None = None
    known_at: datetime | None = None
    contract: str | None = None
    compartments: tuple[Compartment, ...] = ("contract",)
    wanted: Sequence[str] = ()
    skipped: Sequence[str] = ()
    severity: Severity | None = None
    keep_all: bool = False
    provenance: bool = False
    key: bytes | None = None
    stdin: BinaryIO | None = None
    database: str | None = None
    room: Room = UNBOUNDED


@dataclass(frozen=True, slots=True)
class Ground:
    """What every judgement of a request stands on: the facts, the contract, the day, rules and numbers.

    `history` is what a store keeps of earlier findings; files have none. `notes` say what a reader must
    know of the ground.
    """

    facts: Facts
    book: Rulebook
    declarations: Declarations
    rules: tuple[CheckedRule, ...]
    numbers: Numbers
    contract: str
    as_of: date
    known_at: datetime | None
    history: tuple[HistoryFact, ...] = ()
    notes: tuple[Note, ...] = ()


def suited(ground: Ground) -> Engine:
    """The engine that answers: the set-based one, but for the smallest worlds."""
    if is_small(ground.facts):
        return reference_engine(ground.facts, ground.rules, ground.contract, ground.as_of, ground.numbers)
    return sql_engine(ground.facts, ground.contract, ground.as_of, ground.numbers)


def check(
    request: CheckRequest,
    *,
    on_step: Callable[[str], None] = lambda _: None,
    make_engine: Callable[[Ground], Engine] = suited,
) -> CheckAnswer:
    """The answer on all that was asked; incomplete when rows were refused or a rule failed, and says so.

    `on_step` hears the name of each step that begins (`step.*` in the report texts).

    Raises: UsageError for a wrong request or rule book, InputError for facts that cannot be judged at all.
    """
    # Nothing here changes the facts, so large files need not be copied.
    ground = lay_ground(replace(request, room=replace(request.room, in_place=True)), on_step)
    on_step("judge")
    expected = ground.facts.settings.expect
    engine = make_engine(ground)
    evaluation = engine.evaluate(ground.rules, keep_all=request.keep_all or bool(expected))
    refuse_changed(ground.facts.standing)
    log.info("judged", rules=len(ground.rules), failures=len(evaluation.failures))
    return _answer(request, ground, evaluation)


def lay_ground(request: CheckRequest, on_step: Callable[[str], None] = lambda _: None) -> Ground:
    """Rules, facts and numbers are read and fit together; of a store as they were known at the moment.

    Raises: UsageError, InputError, StoreError.
    """
    on_step("rules")
    store = next((path for path in request.paths if is_vault(path)), None)
    if store is not None:
        # Only who judges over a store loads what reads it.
        from compliance.services.nightly.replay import ground_of, refuse_mixed  # noqa: PLC0415

        refuse_mixed(request.paths, store)
        return ground_of(request)
    book, declarations = load_book()
    rules = select_rules(
        book,
        compartments=request.compartments,
        wanted=request.wanted,
        skipped=request.skipped,
        least=request.severity,
    )
    on_step("read")
    facts = read_facts(
        request.paths,
        entities=readable_entities(request.compartments),
        stdin=request.stdin,
        key=request.key,
        contract=request.contract,
        room=request.room,
    )
    log.info("read", files=len(facts.files), refused=len(facts.refusals), entities=len(facts.came))
    settings = facts.settings
    numbers, problems = book.numbers.replaced(settings.parameters)
    problems = (*problems, *_unknown_rules(facts, book))
    if problems:
        raise InputError(_placed(problem, request.paths, settings) for problem in problems)
    return Ground(
        facts=facts,
        book=book,
        declarations=declarations,
        rules=rules,
        numbers=numbers,
        contract=contract_at_hand(facts, request.contract),
        as_of=request.as_of or settings.as_of or datetime.now(UTC).astimezone(AMSTERDAM).date(),
        known_at=request.known_at or settings.known_at,
    )


def is_vault(path: str) -> bool:
    """Whether the path is the folder of a store that holds deliveries; no for what cannot be a path."""
    return path != "-" and os.path.isfile(Path(path) / "vault" / "manifest.json")  # noqa: PTH113 - it does not raise


def contract_at_hand(facts: Facts, asked: str | None) -> str:
    """The id of the one contract that is judged.

    Raises: UsageError when it must be named or the name is unknown, InputError when none was delivered.
    """
    ids = [row[0] for row in facts.connection.execute("SELECT id FROM fact.contract ORDER BY id").fetchall()]
    if asked is not None and asked in ids:
        return str(asked)
    if not ids:
        problems = [refusal_problem(refusal) for refusal in facts.refusals]
        hint = "Bring a row of contract: id, title, contractor_id, first_day, funding."
        raise InputError([*problems, Problem("", "contract-missing", "No contract was delivered.", hint)])
    shown = ", ".join(ids[:10])
    if asked is not None:
        hint = closest(asked, ids) or f"Delivered: {shown}."
        raise UsageError(Problem("--contract", "contract-unknown", f"There is no contract {asked}.", hint))
    if len(ids) > 1:
        message = f"{len(ids)} contracts were delivered, and one is judged at a time."
        raise UsageError(Problem("--contract", "contract-which", message, f"Name one: {shown}."))
    return str(ids[0])


def refusal_problem(refusal: Refusal) -> Problem:
    """A refusal as a problem, for when there is no answer to show it in."""
    place = ":".join(part for part in (refusal.file, refusal.place, refusal.column) if part)
    message = f"refused ({refusal.code})" + (f", found {refusal.shape}." if refusal.shape else ".")
    return Problem(place, "refused", message, f"Expected {refusal.expected}." if refusal.expected else "")


def _answer(request: CheckRequest, ground: Ground, evaluation: Evaluation) -> CheckAnswer:
    facts, chosen = ground.facts, {rule.id: rule.rule for rule in ground.rules}
    judgement = judge(
        evaluation.observations,
        chosen,
        ground.declarations,
        facts.settings.exceptions,
        ground.as_of,
        contract=ground.contract,
        history=ground.history,
    )
    failures = (*evaluation.failures, *judgement.failures)
    results = _listed(judgement.judged, keep_all=request.keep_all)
    expectations, notes = _expectations(ground, chosen, evaluation)
    shown = shown_facts(results)
    named = (dossier.organisation for dossier in judgement.dossiers)
    return CheckAnswer(
        receipt=Receipt(
            contract=ground.contract,
            as_of=ground.as_of,
            known_at=ground.known_at,
            compartments=request.compartments,
            rulebook_hash=ground.book.hash,
            rules=len(ground.rules),
        ),
        rules=chosen,
        results=results,
        counts=sum_counts(evaluation.counts, len(failures)),
        counts_by_rule=evaluation.counts,
        dossiers=judgement.dossiers,
        failures=failures,
        refusals=tuple(facts.refusals),
        notices=tuple(facts.notices),
        delivered=delivered(facts),
        gaps=find_gaps(facts, ground.rules, evaluation.counts, results),
        expectations=expectations,
        notes=(*ground.notes, *judgement.notes, *notes),
        labels=labels(facts, {*shown, RowRef("contract", ground.contract)}, named),
        origins=origins(facts, shown) if request.provenance else {},
    )


def _listed(judged: Sequence[Judged], *, keep_all: bool) -> tuple[Judged, ...]:
    """What the reader asked to see: findings and gaps, or everything."""
    if keep_all:
        return tuple(judged)
    return tuple(result for result in judged if result.observation.outcome in LISTED)


def _expectations(
    ground: Ground, chosen: dict[str, Rule], evaluation: Evaluation
) -> tuple[tuple[Expectation, ...] | None, tuple[Note, ...]]:
    """The expectations about rules that were judged; a note when the case expects more than those."""
    expected = ground.facts.settings.expect
    if expected is None:
        return None, ()
    about = tuple(item for item in expected if item.rule in chosen)
    rest = len(expected) - len(about)
    notes = (Note("expect_elsewhere", str(rest)),) if rest else ()
    if rest and not about:
        return None, notes
    return compare(about, evaluation.observations), notes


def _unknown_rules(facts: Facts, book: Rulebook) -> Sequence[Problem]:
    """Rules that a case names and that do not exist: an expectation or exception that would do nothing."""
    settings = facts.settings
    named = [
        *(("expect", item.rule) for item in settings.expect or ()),
        *(("exceptions", item.rule) for item in settings.exceptions),
    ]
    return [
        Problem(place, "rule-unknown", f"There is no rule {rule}.", closest(rule or "", book.rules))
        for place, rule in dict.fromkeys(named)
        if rule not in book.rules
    ]


def _placed(problem: Problem, paths: Sequence[str], settings: CaseSettings) -> Problem:
    """The problem with the file before its place: a parameter's own, else the only one it can stand in."""
    group, *name = problem.place.split(".")
    file = settings.parameter_files.get(name[0]) if group == "parameters" and name else None
    file = file or (paths[0] if len(paths) == 1 else None)
    return replace(problem, place=f"{file} {problem.place}") if file else problem
