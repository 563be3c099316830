"""Asks for, approves, takes back and lists the exceptions of a store; every step is in its audit chain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from compliance.errors import Problem, UsageError, closest
from compliance.language.tree import CheckedRule
from compliance.model.entities import Compartment
from compliance.model.excepting import ExceptionsShown, same_person, state_of, too_long
from compliance.model.finding import RowRef
from compliance.model.run import Note
from compliance.model.schema import entities
from compliance.services.book import load_book
from compliance.services.log import log
from compliance.services.selection import find_rule
from compliance.services.store import Store
from compliance.services.vaulted import kept_facts

MOST_REASON = 2000


@dataclass(frozen=True, slots=True)
class Asked:
    """An exception as a person asks for it; `subject` is `entity/id`, or the id alone."""

    rule: str
    subject: str
    reason: str
    first_day: date
    last_day: date
    by: str
    contract: str | None = None


def request(store: Store, asked: Asked, *, now: datetime) -> ExceptionsShown:
    """The exception as it was asked for, which holds for nothing yet; noted when its subject is not known.

    Raises: UsageError with everything that is wrong with it, StoreError.
    """
    rule = find_rule(load_book()[0], asked.rule)
    subject, problems = _subject(rule, asked.subject)
    problems += _problems(asked)
    if problems:
        raise UsageError(problems)
    contract = _contract(store, asked.contract)
    granted = store.records.request_exception(
        contract,
        rule.id,
        subject,
        reason=_line(asked.reason),
        first_day=asked.first_day,
        last_day=asked.last_day,
        by=_line(asked.by),
        at=now,
    )
    log.info("exception_requested", number=granted.number, rule=rule.id)
    notes = () if _known(store, subject) else (Note("exception_subject_unknown", str(subject)),)
    return ExceptionsShown(asked.first_day, (granted,), notes)


def approve(store: Store, number: int, by: str, *, as_of: date, now: datetime) -> ExceptionsShown:
    """The exception, from now on in force on its days.

    Raises: UsageError for who asked for it, for one that is over, or one that cannot be approved any more.
    """
    name = _named(by)
    asked = store.records.exception(number)
    if same_person(asked.requested_by, name):
        message = "Who asks for an exception does not approve it: somebody else must."
        raise UsageError(Problem("--by", "exception-approver", message))
    if state_of(asked, as_of) == "lapsed":
        message = f"The last day of exception {number} has passed: there is nothing left to approve."
        hint = "Ask for a new one: compliance exceptions request."
        raise UsageError(Problem("NUMBER", "exception-lapsed", message, hint))
    granted = store.records.approve_exception(number, by=name, at=now)
    log.info("exception_approved", number=number, rule=granted.rule)
    return ExceptionsShown(as_of, (granted,))


def revoke(store: Store, number: int, by: str, reason: str, *, as_of: date, now: datetime) -> ExceptionsShown:
    """The exception, from now on no longer in force; the record of it stays.

    Raises: UsageError without a reason, or for one that was taken back before.
    """
    name = _named(by)
    if not _line(reason):
        raise UsageError(_without_reason())
    revoked = store.records.revoke_exception(number, by=name, at=now, reason=_line(reason))
    log.info("exception_revoked", number=number, rule=revoked.rule)
    return ExceptionsShown(as_of, (revoked,))


def list_exceptions(
    store: Store,
    *,
    as_of: date,
    compartments: Sequence[Compartment] = ("contract",),
    contract: str | None = None,
    keep_all: bool = False,
) -> ExceptionsShown:
    """The exceptions on rules that the reader may see; without `keep_all` not those that are over."""
    rules = load_book()[0].rules
    shown = [
        one
        for one in store.records.exceptions(contract)
        if one.rule in rules
        and rules[one.rule].rule.compartment in compartments
        and (keep_all or state_of(one, as_of) not in ("lapsed", "revoked"))
    ]
    return ExceptionsShown(as_of, tuple(shown))


def _subject(rule: CheckedRule, asked: str) -> tuple[RowRef, list[Problem]]:
    entity, found, name = asked.partition("/")
    if not found or entity not in entities():
        return RowRef(rule.subject.entity, asked), []
    if entity != rule.subject.entity:
        message = f"{rule.id} judges each {rule.subject.entity}, and not each {entity}."
        hint = f"Write {rule.subject.entity}/{name}."
        return RowRef(entity, name), [Problem("SUBJECT", "exception-subject", message, hint)]
    return RowRef(entity, name), []


def _problems(asked: Asked) -> list[Problem]:
    found = []
    if not _line(asked.reason):
        found.append(_without_reason())
    elif len(asked.reason) > MOST_REASON:
        message = f"The reason is longer than {MOST_REASON} characters."
        found.append(Problem("--reason", "exception-reason", message))
    if not _line(asked.by):
        found.append(_without_name())
    if asked.last_day < asked.first_day:
        message = "The last day lies before the first day."
        found.append(Problem("--last-day", "exception-days", message))
    elif too_long(asked.first_day, asked.last_day):
        message = "An exception holds for a year at most."
        hint = "Choose an earlier last day; a new exception can follow when it is weighed again."
        found.append(Problem("--last-day", "exception-days", message, hint))
    return found


def _without_reason() -> Problem:
    return Problem("--reason", "exception-reason", "An exception needs a reason that others understand.")


def _without_name() -> Problem:
    hint = "Name the person: --by NAME, or the environment variable COMPLIANCE_USER."
    return Problem("--by", "exception-by", "Nobody is named.", hint)


def _named(by: str) -> str:
    if not _line(by):
        raise UsageError(_without_name())
    return _line(by)


def _line(text: str) -> str:
    return " ".join(text.split())


def _contract(store: Store, asked: str | None) -> str:
    known = sorted(
        {*store.records.contracts(), *(row for (row,) in store.vault.current_values("contract", ("id",)))}
    )
    if asked is not None:
        if known and asked not in known:
            hint = closest(asked, known) or f"Known: {', '.join(known[:10])}."
            raise UsageError(
                Problem("--contract", "contract-unknown", f"There is no contract {asked}.", hint)
            )
        return asked
    if len(known) != 1:
        message = f"The store knows {len(known)} contracts, and an exception is about one."
        raise UsageError(Problem("--contract", "contract-which", message, "Name it with --contract."))
    return str(known[0])


def _known(store: Store, subject: RowRef) -> bool:
    """Whether the store holds a row of the subject, or a stub of it."""
    if entities()[subject.entity].derived:
        return True
    facts = kept_facts(store.vault, entities=[subject.entity])
    query = f'SELECT 1 FROM fact."{entities()[subject.entity].name}" WHERE id = $1'
    return facts.connection.execute(query, [subject.id]).fetchone() is not None
