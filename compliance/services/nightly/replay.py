"""Judges over a store: the facts known at a moment, with what people had decided and the rules of that time.

For the moment of a past run this gives what that run kept, byte for byte.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from compliance.errors import Problem, UsageError
from compliance.model.entities import Compartment
from compliance.model.night import NightReceipt
from compliance.model.run import Note
from compliance.services.check import AMSTERDAM, CheckRequest, Ground, contract_at_hand
from compliance.services.nightly.books import current_book, current_figures, kept_book, kept_figures
from compliance.services.nightly.standpoint import standpoint, standpoint_of_run
from compliance.services.selection import readable_entities, select_rules
from compliance.services.store import Store, open_store
from compliance.services.vaulted import kept_facts


def ground_of(request: CheckRequest) -> Ground:
    """The ground of a check over the store that the request names as its only path.

    Without `known_at`: everything known by now, the rule book that ships and the store's numbers. With it:
    what was known then, and the rule book and numbers of the last run at or before it, as a note says.

    Raises: UsageError for a wrong request, StoreError for a store that cannot be read, InputError for facts
    or numbers that cannot be used.
    """
    (path,) = request.paths
    with open_store(Path(path), request.database) as store:
        entities = readable_entities(request.compartments)
        facts = kept_facts(store.vault, entities=entities, known_at=request.known_at, room=request.room)
        contract = contract_at_hand(facts, request.contract)
        run = None
        if request.known_at is not None:
            run = store.records.run_known_at(contract, None, request.known_at)
        book = kept_book(store, run) if run else current_book()
        figures = kept_figures(store, run, book) if run else current_figures(store, book)
        today = datetime.now(UTC).astimezone(AMSTERDAM).date()
        as_of = request.as_of or (run.as_of if run else today)
        known_at = request.known_at or datetime.now(UTC)
        point = standpoint(store, contract, as_of, known_at, book, figures)
    rules = select_rules(
        book.rulebook,
        compartments=request.compartments,
        wanted=request.wanted,
        skipped=request.skipped,
        least=request.severity,
    )
    notes = (Note("rules_of_run", str(run.number)),) if run else ()
    return replace(point.ground(facts, rules), known_at=request.known_at, notes=notes)


def ground_of_run(
    store: Store,
    receipt: NightReceipt,
    compartments: tuple[Compartment, ...],
    wanted: Sequence[str] = (),
) -> Ground:
    """The ground that a run judged on: its facts, rules, numbers and decisions.

    Raises: UsageError for a rule that the run did not judge, StoreError for what is not kept any more.
    """
    point = standpoint_of_run(store, receipt)
    entities = readable_entities(compartments)
    facts = kept_facts(store.vault, entities=entities, known_at=receipt.known_at)
    rules = select_rules(point.book.rulebook, compartments=compartments, wanted=wanted)
    return replace(point.ground(facts, rules), notes=(Note("rules_of_run", str(receipt.number)),))


def refuse_mixed(paths: Sequence[str], store: str) -> None:
    """Raises: UsageError when a store is to be judged together with other files."""
    if len(paths) > 1:
        message = "A store is judged on its own, not together with other files."
        raise UsageError(Problem(store, "store-mixed", message, "Take those in first: compliance intake."))
