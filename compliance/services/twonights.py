"""Two nights of the demo: the small Utrecht delivered, an exception, and between the nights what changes.

Each thing that happens is told with where it must show in the second night, and whether it did.
"""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from compliance.model.finding import RowRef
from compliance.model.night import Cause, NightAnswer, Standing, State
from compliance.reporting.words import Lang
from compliance.services import exceptions
from compliance.services.generate import Generated
from compliance.services.nightly.night import NightRequest, nightly
from compliance.services.selection import COMPARTMENTS
from compliance.services.store import is_store, open_store

MUNICIPALITY, CONTRACTOR = "gemeente", "wijkkracht"
ASKER, APPROVER = "contractbeheerder", "teamleider"  # roles: the demo names nobody
COMPLAINT_DAYS = ("complaint_days: 42", "complaint_days: 400")
NEW_SUBCONTRACT = "s-demo"


@dataclass(frozen=True, slots=True)
class Happening:
    """Something between the nights (`demo.happening.*` in the report texts), and what it must give."""

    name: str
    rule: str
    subject: RowRef
    state: State
    cause: Cause

    def shows_in(self, standings: Mapping[tuple[str, RowRef], Standing]) -> bool:
        """Whether the finding stands as it must, for this cause."""
        found = standings.get((self.rule, self.subject))
        return found is not None and found.state == self.state and self.cause in found.causes


@dataclass(frozen=True, slots=True)
class TwoNights:
    """Both nights as a reader of everything sees them, and what happened between them."""

    store: Path
    first: NightAnswer
    second: NightAnswer
    happenings: tuple[Happening, ...]

    @property
    def seen(self) -> tuple[bool, ...]:
        """Per happening whether the second night shows it."""
        found = {(one.rule, one.subject): one for one in self.second.standings}
        return tuple(one.shows_in(found) for one in self.happenings)


def run_two_nights(
    made: Generated, store: Path, lang: Lang = "nl", on_step: Callable[[str], None] = lambda _: None
) -> TwoNights:
    """The nights of `made.as_of` and the day after stand in a store that is made anew in this folder.

    Raises: UsageError when the folder holds something else than a store.
    """
    if is_store(store):
        shutil.rmtree(store)  # of an earlier demo
    open_store(store, create=True).close()
    _deliver_all(made, store)
    on_step("first_night")
    excepted = _subject(made, "PLN-01")
    _except(store, "PLN-01", excepted, made)
    first = _night(store, made.as_of, lang)
    happenings = (
        _new_fact(made, store),
        _late_fact(made, store),
        _changed_number(made, store),
        Happening("exception_lapsed", "PLN-01", excepted, "changed", "exception_lapsed"),
    )
    on_step("second_night")
    return TwoNights(store, first, _night(store, made.as_of + timedelta(1), lang), happenings)


def _night(store: Path, as_of: date, lang: Lang) -> NightAnswer:
    (judged,) = nightly(
        NightRequest(store=store, as_of=as_of, compartments=COMPARTMENTS, lang=lang)
    ).contracts
    return judged.answer


def _deliver_all(made: Generated, store: Path) -> None:
    """The municipality offers the whole data set; its numbers are the municipality's own."""
    delivery = store / "inbox" / MUNICIPALITY / "utrecht"
    delivery.mkdir(parents=True)
    for path in made.out.glob("*.csv"):
        shutil.copy(path, delivery)
    shutil.copy(made.out / "parameters.yaml", store)


def _subject(made: Generated, rule: str) -> RowRef:
    """The first subject that was planted as a finding of the rule."""
    entity, _, key = min(subject for found, subject in made.planted if found == rule).partition("/")
    return RowRef(entity, key)


def _except(store: Path, rule: str, subject: RowRef, made: Generated) -> None:
    """An exception that one role asked for and another approved, for the first night alone."""
    asked = exceptions.Asked(
        rule=rule,
        subject=str(subject),
        reason="Uitstel afgesproken in het kwartaalgesprek.",
        first_day=made.as_of,
        last_day=made.as_of,
        by=ASKER,
        contract=made.contract,
    )
    with open_store(store) as opened:
        now = datetime.now(UTC)
        (granted,) = exceptions.request(opened, asked, now=now).exceptions
        exceptions.approve(opened, granted.number, APPROVER, as_of=made.as_of, now=now)


def _offer(store: Path, entity: str, row: Mapping[str, str]) -> None:
    """The contractor offers a table of one row."""
    delivery = store / "inbox" / CONTRACTOR / "nalevering"
    delivery.mkdir(parents=True, exist_ok=True)
    with (delivery / f"{entity}.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(row))
        writer.writeheader()
        writer.writerow(row)


def _new_fact(made: Generated, store: Path) -> Happening:
    """On the day of the second night a subcontractor begins, of which nobody gave notice."""
    with (made.out / "contract.csv").open(encoding="utf-8", newline="") as file:
        contractor = next(csv.DictReader(file))["contractor_id"]
    row = {
        "id": NEW_SUBCONTRACT,
        "contract_id": made.contract,
        "principal_id": contractor,
        "subcontractor_id": _subject(made, "SUB-01").id,
        "kind": "fixed",
        "reason": "specialism",
        "first_day": (made.as_of + timedelta(1)).isoformat(),
        "last_day": "",
        "notified_on": "",
        "consented_on": "",
    }
    _offer(store, "subcontract", row)
    return Happening("new_fact", "SUB-02", RowRef("subcontract", NEW_SUBCONTRACT), "new", "fact")


def _late_fact(made: Generated, store: Path) -> Happening:
    """A certificate of conduct that was there all along, but of which nobody told."""
    person = _subject(made, "PRO-01")
    row = {
        "id": "cr-demo",
        "person_id": person.id,
        "kind": "vog",
        "issued_on": "2026-12-31",
        "expires_on": "",
        "verified_on": made.as_of.isoformat(),
        "verified_with": "",
    }
    _offer(store, "credential", row)
    return Happening("late_fact", "PRO-01", person, "resolved", "late_fact")


def _changed_number(made: Generated, store: Path) -> Happening:
    """The municipality agrees on another term for complaints."""
    path = store / "parameters.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(*COMPLAINT_DAYS), encoding="utf-8")
    return Happening("changed_number", "CMP-01", _subject(made, "CMP-01"), "resolved", "number")
