"""The use cases `store info`, `store upgrade` and `store verify`, and the checkpoints of the audit chain."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from compliance.errors import ComplianceError, Problem, UsageError
from compliance.model.kept import AuditEntry, Checkpoint, Holdings
from compliance.model.night import NightReceipt
from compliance.services.locking import locked
from compliance.services.log import log
from compliance.services.store import CHECKPOINTS, Store, make_folders, open_store, unwritable
from compliance.store.records import Records, checkpoint_line, default_url, read_checkpoint
from compliance.store.vault import Vault

INTAKE = "intake"  # what the audit chain calls a delivery that was taken in


@dataclass(frozen=True, slots=True)
class StoreInfo:
    """What is in a store; `last_runs` has per contract its newest run, `waiting` counts errands to do."""

    folder: Path
    records: Holdings
    last_runs: tuple[NightReceipt, ...]
    waiting: int
    deliveries: int
    files: int
    rows: int
    vault_bytes: int
    last_moment: datetime | None


def store_info(store: Store) -> StoreInfo:
    """Raises: StoreError when vault or records cannot be read."""
    records = store.records
    runs = (records.last_run(contract) for contract in records.contracts())
    arrivals = store.vault.arrivals()
    return StoreInfo(
        folder=store.folder,
        records=records.holdings(),
        last_runs=tuple(run for run in runs if run is not None),
        waiting=len(records.open_errands()),
        deliveries=len(arrivals),
        files=sum(len(arrival.files) for arrival in arrivals),
        rows=sum(sum(arrival.accepted.values()) for arrival in arrivals),
        vault_bytes=_size(store.folder / "vault"),
        last_moment=store.vault.last_moment,
    )


def upgrade_store(folder: Path, database: str | None, now: datetime) -> tuple[str, str]:
    """The schema before and after; before is empty for a store that was made just now.

    Raises: UsageError for a folder with other things or a schema of a newer version, StoreError for a store
    that cannot be reached or written.
    """
    url = database or default_url(folder)
    make_folders(folder)
    with Store(folder, Records(url), url) as unchecked, locked(unchecked, "store upgrade"):
        _refuse_stranger(folder, url)
        before, after = Records.upgrade(url, now)
    with open_store(folder, database) as store:
        log.info("store_upgraded", before=before, after=after, moment=str(store.vault.last_moment))
    return before, after


def _refuse_stranger(folder: Path, url: str) -> None:
    """A store that holds something gets no second, empty database: it would begin again at night 1.

    Raises: UsageError.
    """
    checkpoints = folder / CHECKPOINTS
    history = checkpoints.is_file() and checkpoints.stat().st_size > 0
    if not Records.are_made(url) and (history or Vault.open(folder / "vault", create=True).arrivals()):
        message = "This store holds deliveries or checkpoints, and this database knows nothing of them."
        hint = "Name its own database with --database, or put that back from a backup first."
        raise UsageError(Problem(Records.name_of(url), "database-stranger", message, hint))


def audit_arrivals(store: Store, actor: str, at: datetime) -> int:
    """How many deliveries of the vault the audit chain was told of just now: all that it did not know yet.

    The vault keeps first and the chain is told after, so a killed intake is told by whoever comes next.
    """
    told = {entry.detail.get("delivery") for entry in store.records.audit_entries(INTAKE)}
    new = [arrival for arrival in store.vault.arrivals() if arrival.number not in told]
    for arrival in new:
        detail = {
            "delivery": arrival.number,
            "supplier": arrival.supplier,
            "recorded_at": arrival.recorded_at.isoformat(),
            "files": sorted(file.sha256 for file in arrival.files),
            "rows": sum(arrival.accepted.values()),
            "refused": arrival.refused,
        }
        store.records.append_audit(actor, INTAKE, detail, at)
    return len(new)


def set_checkpoint(store: Store, key: bytes | None, now: datetime) -> Checkpoint | None:
    """The newest entry of the audit chain under the key, kept in the records and in the file beside them.

    Without a key nothing is set. A line that a killed process left out is added here.

    Raises: StoreError when either cannot be written.
    """
    if key is None:
        return None
    made = store.records.checkpoint(key, now)
    _add_lines(store.checkpoints, store.records.checkpoints())
    return made


def verify_store(folder: Path, database: str | None, key: bytes | None) -> tuple[Problem, ...]:
    """Everything that is not as it was kept: vault, records, audit chain and checkpoints.

    Raises: UsageError for a folder that holds no store, StoreError for records that cannot be opened.
    """
    with open_store(folder, database) as store:
        return (*_record_problems(store, key), *_vault_problems(store))


def _record_problems(store: Store, key: bytes | None) -> list[Problem]:
    try:
        found = store.records.verify_audit(key, _lines(store.checkpoints))
        return found + store.records.verify_records()
    except ComplianceError as error:
        return list(error.problems)


def _vault_problems(store: Store) -> list[Problem]:
    """What is wrong with the vault, and where it does not hold what the records lean on."""
    try:
        vault, records = store.vault, store.records
        problems = [*vault.verify(), *_run_problems(vault, records.runs())]
        return problems + _arrival_problems(vault, records.audit_entries(INTAKE))
    except ComplianceError as error:
        return list(error.problems)


def _run_problems(vault: Vault, runs: Sequence[NightReceipt]) -> list[Problem]:
    """Runs that judged facts which the vault does not hold as they were."""
    message = "What the vault holds of its moment is not what the run judged."
    hint = "Compare with a backup of the vault."
    return [
        Problem(f"run {run.number}", "run-facts", message, hint)
        for run in runs
        if vault.facts_hash(run.known_at) != run.facts
    ]


def _arrival_problems(vault: Vault, entries: Sequence[AuditEntry]) -> list[Problem]:
    """Deliveries that the audit chain knows and the vault lost, or holds with other files.

    One that the chain was not told of yet is no problem at its end: a killed intake leaves that to the next.
    """
    held = {arrival.number: {file.sha256 for file in arrival.files} for arrival in vault.arrivals()}
    told = {int(entry.detail.get("delivery", 0)): set(entry.detail.get("files", ())) for entry in entries}
    message = "The audit chain knows this delivery, and the vault does not hold it as it came."
    hint = "Compare with a backup of the vault."
    lost = [number for number, files in told.items() if number not in held or not files <= held[number]]
    problems = [Problem(f"delivery {number}", "delivery-lost", message, hint) for number in sorted(lost)]
    unknown = [number for number in held if number not in told and number < max(told, default=0)]
    message = "The audit chain was never told of this delivery."
    return problems + [Problem(f"delivery {number}", "delivery-untold", message, hint) for number in unknown]


def _lines(path: Path) -> list[str]:
    """The lines of the file of checkpoints; none when there is no file."""
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError):
        return [""]


def _add_lines(path: Path, points: Sequence[Checkpoint]) -> None:
    """Lines are only added; a line that a killed process tore off is taken away first."""
    try:
        with path.open("a+b") as file:
            file.seek(0)
            content = file.read()
            whole = content[: content.rfind(b"\n") + 1]
            file.truncate(len(whole))
            found = [read_checkpoint(line) for line in whole.decode("utf-8", errors="replace").splitlines()]
            last = max((point.number for point in found if point), default=0)
            new = [checkpoint_line(point) for point in points if point.number > last]
            file.write("".join(f"{line}\n" for line in new).encode())
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise unwritable(path, error) from None


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
