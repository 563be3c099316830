"""The lock of the rule book: which ids were ever given, and the content each rule had when it was locked.

An id is never used again: a rule that is no longer wanted stays, as withdrawn.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from compliance.errors import Problem
from compliance.model.rule import Rule
from compliance.rulebook.book import Rulebook
from compliance.rulebook.digest import rule_hash

LOCK_FILE = "rulebook.lock.json"


@dataclass(frozen=True, slots=True)
class Locked:
    """What the lock knows of a rule."""

    name: str
    stage: str
    hash: str


def read_lock(text: str, name: str = LOCK_FILE) -> tuple[Mapping[str, Locked], list[Problem]]:
    """The locked rules by id, and what is wrong with the lock itself."""
    try:
        rules = json.loads(text)["rules"]
        return {rule: Locked(item["name"], item["stage"], item["hash"]) for rule, item in rules.items()}, []
    except (ValueError, KeyError, TypeError, AttributeError):
        message = "The lock cannot be read."
        return {}, [Problem(name, "lock", message, "Restore it from version control.")]


def write_lock(book: Rulebook, before: Mapping[str, Locked]) -> str:
    """The text of the lock for this rule book; ids that were locked before and are gone stay in it."""
    kept = {rule: locked for rule, locked in before.items() if rule not in book.files}
    now = {rule: _locked(file.rule) for rule, file in book.files.items()}
    rules = {rule: {"hash": item.hash, "name": item.name, "stage": item.stage}
             for rule, item in sorted({**kept, **now}.items())}  # fmt: skip
    return json.dumps({"rules": rules}, indent=2, ensure_ascii=False) + "\n"


def lock_problems(book: Rulebook, locked: Mapping[str, Locked]) -> Iterator[Problem]:
    """Rules that are not, or no longer, as the lock has them."""
    for rule, file in book.files.items():
        if rule not in locked:
            yield Problem(file.place(("id",)), "lock-new", f"{rule} is not in the lock.", "Run rules lock.")
        elif locked[rule] != _locked(file.rule):
            message = f"{rule} changed since it was locked."
            yield Problem(file.place(("id",)), "lock-changed", message, "Run rules lock if that was meant.")
    yield from identity_problems(book, locked)


def identity_problems(book: Rulebook, locked: Mapping[str, Locked]) -> Iterator[Problem]:
    """Ids that vanished, and ids that were used again for something else."""
    for rule, before in locked.items():
        file = book.files.get(rule)
        if file is None:
            message = f"{rule} ({before.name}) was removed."
            hint = "Put the file back with stage: withdrawn; an id is never used again."
            yield Problem(LOCK_FILE, "id-removed", message, hint)
        elif file.rule.name != before.name:
            message = f"{rule} was the id of {before.name}."
            hint = "An id is never used again: choose a new one."
            yield Problem(file.place(("id",)), "id-reused", message, hint)
        elif before.stage == "withdrawn" and file.rule.stage != "withdrawn":
            message = f"{rule} was withdrawn."
            yield Problem(file.place(("stage",)), "id-revived", message, "Give the rule a new id.")


def _locked(rule: Rule) -> Locked:
    return Locked(rule.name, rule.stage, rule_hash(rule))
