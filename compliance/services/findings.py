"""The use cases `findings list`, `show` and `diff`: what the records tell, cut to what a reader may see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from compliance.errors import Problem, UsageError, closest
from compliance.model.entities import Compartment
from compliance.model.finding import RowRef, fingerprint
from compliance.model.findings import FindingLife, FindingsDiff, FindingsList, Stretch, Turn, Turned
from compliance.model.night import Cause, NightReceipt, Standing, State
from compliance.model.rule import Rule, Severity
from compliance.model.run import severity_rank
from compliance.model.schema import entities
from compliance.services.nightly.books import kept_book
from compliance.services.nightly.compare import TELLING, answer_of
from compliance.services.selection import find_rule
from compliance.services.store import Store


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which findings a reader asks for; empty means all. Without `states` what was resolved is left out."""

    compartments: tuple[Compartment, ...] = ("contract",)
    states: Sequence[State] = ()
    rules: Sequence[str] = ()
    severity: Severity | None = None
    subject: str | None = None


def list_findings(
    store: Store, wanted: Wanted, *, run: int | None = None, contract: str | None = None
) -> FindingsList:
    """How the findings asked for stood after a run, the newest when none is named.

    Raises: UsageError for a run or contract that is not there.
    """
    receipt = find_run(store, run, contract)
    rules = rules_of(store, receipt)
    standings = store.records.standings(receipt.contract, receipt.number)
    chosen = tuple(one for one in standings if _is_wanted(one, wanted, rules))
    return FindingsList(receipt, wanted.compartments, rules, chosen)


def show_finding(
    store: Store, asked: Sequence[str], compartments: Sequence[Compartment], contract: str | None = None
) -> FindingLife:
    """The whole life of the finding with that fingerprint, or of that rule and subject.

    Raises: UsageError when it was never found, or is not for this reader.
    """
    receipt = find_run(store, None, contract)
    mark = _mark(store, asked, receipt)
    lives = store.records.lives(receipt.contract, mark)
    if not lives or lives[-1][1].compartment not in compartments:
        message = "No finding with this name was ever kept, among what may be seen here."
        hint = "See compliance findings list; other compartments with --compartment."
        raise UsageError(Problem(" ".join(asked), "finding-unknown", message, hint))
    newest = lives[-1][1]
    runs = {one.number: one for one in store.records.runs(receipt.contract)}
    key = (newest.rule, newest.subject)
    records = store.records
    return FindingLife(
        rule=rules_of(store, receipt).get(newest.rule),
        stretches=tuple(Stretch(runs[number], standing) for number, standing in lives),
        exceptions=tuple(
            one for one in records.exceptions(receipt.contract) if (one.rule, one.subject) == key
        ),
        reviews=tuple(one for one in records.history(receipt.contract) if (one.rule, one.subject) == key),
        notes=records.notes(receipt.contract, mark),
    )


def diff_findings(
    store: Store,
    compartments: tuple[Compartment, ...],
    *,
    first: int | None = None,
    last: int | None = None,
    contract: str | None = None,
) -> FindingsDiff:
    """What changed from one run to another and why; the last two runs when none is named.

    Raises: UsageError for runs that are not there, or of different contracts.
    """
    later = find_run(store, last, contract)
    earlier = store.records.previous_run(later.number) if first is None else find_run(store, first, contract)
    if earlier is not None and (earlier.contract != later.contract or earlier.number >= later.number):
        message = f"Run {earlier.number} does not come before run {later.number} of the same contract."
        raise UsageError(Problem("RUN", "runs-order", message, "Name the earlier run first."))
    before = _standings(store, earlier) if earlier else {}
    after = _standings(store, later)
    why = _causes_between(store, earlier, later)
    rules = rules_of(store, later)
    turned = []
    for mark, standing in after.items():
        causes = why.get(mark, ())
        turn = _turn(before.get(mark), standing)
        if turn is not None and (causes or turn == "new") and standing.compartment in compartments:
            turned.append(Turned(turn, causes, before.get(mark), standing))
    return FindingsDiff(earlier, later, compartments, rules, tuple(turned), differing(earlier, later))


def find_run(store: Store, number: int | None, contract: str | None) -> NightReceipt:
    """The run of that number, else the newest of the contract, else of the only contract.

    Raises: UsageError when there is none, or the contract must be named.
    """
    records = store.records
    contracts = records.contracts()
    if contract is not None and contract not in contracts:
        hint = closest(contract, contracts) or f"Known: {', '.join(contracts[:10])}."
        message = f"No run judged the contract {contract}."
        raise UsageError(Problem("--contract", "contract-unknown", message, hint))
    if number is not None:
        found = records.run(number)
        if found is None or contract not in (None, found.contract):
            raise UsageError(Problem("RUN", "run-unknown", f"There is no run {number}.", _latest(store)))
        return found
    if not contracts:
        message = "No night was kept in this store."
        raise UsageError(Problem("", "no-runs", message, "Run: compliance nightly."))
    if contract is None and len(contracts) > 1:
        message = f"{len(contracts)} contracts were judged in this store."
        raise UsageError(
            Problem("--contract", "contract-which", message, f"Name one: {', '.join(contracts[:10])}.")
        )
    newest = records.last_run(contract or contracts[0])
    if newest is None:
        raise AssertionError
    return newest


def _latest(store: Store) -> str:
    runs = store.records.runs()
    return f"The newest is run {runs[-1].number}." if runs else "Run: compliance nightly."


def rules_of(store: Store, receipt: NightReceipt) -> Mapping[str, Rule]:
    """The rules as that run read them, also those it did not judge."""
    book = kept_book(store, receipt).rulebook
    return {name: rule.rule for name, rule in book.rules.items()}


def _is_wanted(standing: Standing, wanted: Wanted, rules: Mapping[str, Rule]) -> bool:
    if standing.compartment not in wanted.compartments:
        return False
    if standing.state not in wanted.states if wanted.states else not standing.stands:
        return False
    if wanted.severity and severity_rank(standing.severity) < severity_rank(wanted.severity):
        return False
    if wanted.subject and wanted.subject not in (standing.subject.id, str(standing.subject)):
        return False
    rule = rules.get(standing.rule)
    names = [standing.rule.casefold(), *([rule.name] if rule else [])]
    patterns = [pattern.casefold() for pattern in wanted.rules]
    return not patterns or any(fnmatchcase(name, pattern) for name in names for pattern in patterns)


def _mark(store: Store, asked: Sequence[str], receipt: NightReceipt) -> str:
    """The fingerprint asked for, or that of a rule and a subject (`entity/id`, or the id alone)."""
    if len(asked) == 1:
        return asked[0]
    name, subject = asked
    rule = find_rule(kept_book(store, receipt).rulebook, name)
    entity, _, row = subject.partition("/")
    if not row or entity not in entities():
        entity, row = rule.subject.entity, subject
    return fingerprint(rule.id, receipt.contract, RowRef(entity, row))


def _standings(store: Store, receipt: NightReceipt) -> dict[str, Standing]:
    found = store.records.standings(receipt.contract, receipt.number)
    return {one.fingerprint: one for one in found}


def _causes_between(
    store: Store, first: NightReceipt | None, last: NightReceipt
) -> Mapping[str, tuple[Cause, ...]]:
    """Per finding what made it change in any run after the first, up to the last."""
    found: dict[str, set[Cause]] = {}
    after = first.number if first else 0
    for run in store.records.runs(last.contract):
        if after < run.number <= last.number:
            for mark, standing in _standings(store, run).items():
                if standing.since_run == run.number:
                    found.setdefault(mark, set()).update(standing.causes)
    return {mark: tuple(one for one in TELLING if one in causes) for mark, causes in found.items()}


def _turn(before: Standing | None, after: Standing) -> Turn | None:
    """How it stands otherwise; None when it neither stood before nor stands now, or stands as it stood."""
    stood = before is not None and before.stands
    if not after.stands:
        return "resolved" if stood else None
    if after.status == "excepted" and (before is None or before.status != "excepted" or not stood):
        return "excepted"
    if before is None:
        return "new"
    return ("changed" if _says_otherwise(before, after) else None) if stood else "reopened"


def _says_otherwise(before: Standing, after: Standing) -> bool:
    """Whether what is said of it differs: what changed in between and changed back is no difference."""
    return before.status != after.status or answer_of(before) != answer_of(after)


def differing(first: NightReceipt | None, last: NightReceipt) -> tuple[str, ...]:
    """The names of the inputs in which two runs differ."""
    if first is None:
        return ()
    names = ("product", "rulebook", "numbers", "facts", "as_of", "exceptions")
    return tuple(name for name in names if getattr(first, name) != getattr(last, name))
