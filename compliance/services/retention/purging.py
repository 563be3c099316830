"""Removes what has outlived its term from the records, the files and the vault; it is reported and audited.

The plan is kept while it is carried out, so that an interrupted purge is finished by the next.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

from compliance.errors import Problem, StoreError, UsageError
from compliance.model.entities import Compartment
from compliance.model.finding import RowRef
from compliance.model.vault import Removal
from compliance.reporting.words import clean
from compliance.services.release.files import put_file, remove_file
from compliance.services.retention.due import due_rows
from compliance.services.retention.holding import PURGED, REPORTS, doomed_files
from compliance.services.retention.plan import Plan, plan_from_json
from compliance.services.retention.policy import Term
from compliance.services.retention.telling import told
from compliance.services.store import Store

PENDING = "purge.pending.json"
ACTION = "store.purged"
AMSTERDAM = ZoneInfo("Europe/Amsterdam")


@dataclass(frozen=True, slots=True)
class Purged:
    """What was removed, where that is told, and whether an interrupted purge was finished by it."""

    plan: Plan
    report: Path | None = None
    finished: bool = False


def plan_purge(
    store: Store, terms: Iterable[Term], *, as_of: date | None, by: str, now: datetime, policy: str = ""
) -> Plan:
    """What would go on that day (today in Amsterdam when none is given); nothing is removed.

    Raises: StoreError when the store cannot be read.
    """
    terms = tuple(terms)
    day = as_of or now.astimezone(AMSTERDAM).date()
    due = due_rows(store.vault, terms, day)
    by_entity = {entity: ids for found in due.rows.values() for entity, ids in found.items()}
    findings, dossiers = _kept_findings(store, terms, day)
    return Plan(
        as_of=day,
        by=by,
        started_at=now.astimezone(UTC),
        policy=policy,
        rows=due.rows,
        held=due.held,
        files=doomed_files(store, terms, by_entity, day),
        findings=findings,
        dossiers=dossiers,
    )


def purge(
    store: Store, terms: Iterable[Term], *, as_of: date | None, by: str, now: datetime, policy: str = ""
) -> tuple[Purged, ...]:
    """What has outlived its term is gone for good; first what an interrupted purge left.

    The caller holds the lock of the store.

    Raises: UsageError for a day to come and when nobody is named; StoreError: doing it again finishes it.
    """
    person = clean(by).strip()
    if not person:
        raise UsageError(Problem("--by", "purge", "Somebody must be named.", "Say who: --by NAME."))
    if as_of is not None and as_of > now.astimezone(AMSTERDAM).date():
        message = "What is removed on a day to come cannot be brought back when it comes."
        raise UsageError(Problem("--as-of", "purge", message, "Look ahead with --dry-run."))
    made = []
    left = pending(store.folder)
    if left is not None:
        made.append(Purged(left, _carry_out(store, left), finished=True))
    plan = plan_purge(store, terms, as_of=as_of, by=person, now=now, policy=policy)
    if plan.empty:
        return (*made, Purged(plan))
    put_file(store.folder / PENDING, plan.to_json())
    return (*made, Purged(plan, _carry_out(store, plan)))


def pending(folder: Path) -> Plan | None:
    """The purge that was interrupted in this store, when there is one.

    Raises: StoreError when what is left of it cannot be read.
    """
    path = folder / PENDING
    try:
        return plan_from_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        message = "What an interrupted purge left cannot be read."
        hint = "Bring it back from a backup, or remove the file and purge again."
        raise StoreError(Problem(str(path), "purge-pending", message, hint)) from None


def _kept_findings(
    store: Store, terms: tuple[Term, ...], as_of: date
) -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[int, ...]]]:
    """By contract the fingerprints of findings, and by compartment the runs of dossiers, that go."""
    days = {receipt.number: receipt.as_of for receipt in store.records.runs()}
    names: dict[str, list[str]] = {}
    runs: dict[str, tuple[int, ...]] = {}
    for term in terms:
        for compartment in term.findings if term.span(as_of) else ():
            for contract in store.records.contracts():
                last = store.records.findings_of(contract, compartment)
                over = [name for name, run in last.items() if run and term.is_over(days[run], as_of)]
                names.setdefault(contract, []).extend(over)
            old = tuple(number for number, day in sorted(days.items()) if term.is_over(day, as_of))
            held = store.records.dossiers
            runs[compartment] = tuple(run for run in old if any(compartment in who for who in held(run)))
    found = {contract: tuple(sorted(each)) for contract, each in names.items() if each}
    return found, {name: each for name, each in runs.items() if each}


def _carry_out(store: Store, plan: Plan) -> Path:
    """Each step does nothing when it was done before; the plan goes last."""
    at = plan.started_at
    rows = {entity: ids for found in plan.rows.values() for entity, ids in found.items()}
    if rows:
        store.records.erase([RowRef(entity, each) for entity, ids in rows.items() for each in ids], at=at)
    for contract, names in plan.findings.items():
        store.records.erase_findings(contract, names, at=at)
    for compartment, runs in plan.dossiers.items():
        store.records.erase_dossiers(runs, _compartment(compartment), at=at)
    for file in plan.files:
        remove_file(store.folder / file.path)
    stones = _remove_rows(store, plan)
    report = store.folder / REPORTS / PURGED / f"{plan.started_at.strftime('%Y%m%dT%H%M%S%fZ')}.json"
    content = told(plan, stones)
    put_file(report, content)
    _tell_chain(store, plan, content, at)
    remove_file(store.folder / PENDING)
    return report


def _compartment(name: str) -> Compartment:
    return "bibob" if name == "bibob" else "supervision" if name == "supervision" else "contract"


def _remove_rows(store: Store, plan: Plan) -> tuple[Removal, ...]:
    """All tombstones of this purge, also those that were set before it was interrupted."""
    for term, rows in plan.rows.items():
        store.vault.remove(rows, reason=_reason(plan, term), now=plan.started_at)
    mine = {_reason(plan, term) for term in plan.rows}
    before = store.vault.view(plan.started_at - timedelta(microseconds=1))
    return tuple(stone for stone in before.removed if stone.reason in mine)


def _reason(plan: Plan, term: str) -> str:
    return f"retention: {term}, {plan.started_at.isoformat()}"


def _tell_chain(store: Store, plan: Plan, report: bytes, at: datetime) -> None:
    """One link for one purge, also when it took two to finish it."""
    started = plan.started_at.isoformat()
    if any(entry.detail.get("started_at") == started for entry in store.records.audit_entries(ACTION)):
        return
    counts: Mapping[str, int] = {
        entity: len(ids) for rows in plan.rows.values() for entity, ids in rows.items()
    }
    detail = {
        "started_at": started,
        "as_of": plan.as_of.isoformat(),
        "policy": plan.policy,
        "rows": dict(sorted(counts.items())),
        "files": len(plan.files),
        "findings": sum(len(names) for names in plan.findings.values()),
        "report": f"sha256:{sha256(report).hexdigest()}",
    }
    store.records.append_audit(plan.by, ACTION, detail, at)
