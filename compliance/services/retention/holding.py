"""Which files of a store go: what has outlived its term, and what mentions a row that goes."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path

from compliance.model.kept import KeptReport
from compliance.model.night import KeptResult, Standing
from compliance.services.audiences import audiences
from compliance.services.release.drafting import RELEASED, WITHDRAWN, place_of, sealed_place
from compliance.services.release.files import hash_of, unreadable
from compliance.services.retention.mentions import Ids, mentions
from compliance.services.retention.plan import Doomed
from compliance.services.retention.policy import FileKind, Term
from compliance.services.store import Store

PROCESSED, REPORTS, PURGED = "processed", "reports", "purged"
MENTION = "mentions what is removed"


def doomed_files(
    store: Store, terms: Iterable[Term], rows: Mapping[str, Collection[str]], as_of: date
) -> tuple[Doomed, ...]:
    """The files that go on that day, each with its hash and the reason.

    A file whose text cannot be read (PDF, Parquet) goes when it may mention a row that goes: a report when
    what its run kept for such a reader does, an original when it brings one of these entities.

    Raises: StoreError when a file cannot be read.
    """
    by_kind = {kind: term for term in terms if term.span(as_of) is not None for kind in term.files}
    reasons = dict(_outlived(store, by_kind, as_of))
    if rows:
        for path, why in _mentioning(store, rows):
            reasons.setdefault(path, why)
    return tuple(
        Doomed(path.relative_to(store.folder).as_posix(), _hash(path), why)
        for path, why in sorted(reasons.items())
    )


def _outlived(store: Store, terms: Mapping[FileKind, Term], as_of: date) -> Iterator[tuple[Path, str]]:
    originals, came = terms.get("originals"), _moments(store)
    if originals is not None:
        for path in _files(store.folder / PROCESSED):
            taken = came.get(_hash(path).partition(":")[2]) or _moved(path)
            if originals.is_over(taken.date(), as_of):
                yield path, originals.name
    known: set[Path] = set()
    for made in store.records.reports():
        kind, since, paths = _report_files(store.folder, made)
        known.update(paths)
        term = terms.get(kind)
        if term is not None and term.is_over(since.date(), as_of):
            yield from ((path, term.name) for path in paths)
    internal = terms.get("internal")
    for path in _reports(store.folder):
        if internal is not None and path not in known and internal.is_over(_moved(path).date(), as_of):
            yield path, internal.name


def _report_files(folder: Path, made: KeptReport) -> tuple[FileKind, datetime, list[Path]]:
    """Which kind of file a report is that can be released, since when, and which files of it are there."""
    draft = folder / made.file
    if made.state == "draft":
        paths, kind, since = [draft, sealed_place(draft)], "drafts", made.made_at
    elif made.state == "released":
        place = place_of(draft, RELEASED)
        paths = [place, place.with_name(f"{place.name}.release.json")]
        kind, since = "released", made.released_at or made.made_at
    else:
        paths, kind = [place_of(draft, WITHDRAWN)], "drafts"
        since = made.withdrawn_at or made.made_at
    return kind, since, [path for path in paths if path.exists()]  # type: ignore[return-value]


def _mentioning(store: Store, rows: Mapping[str, Collection[str]]) -> Iterator[tuple[Path, str]]:
    ids = Ids(each for found in rows.values() for each in found)
    for path in _files(store.folder / PROCESSED):
        told = _told(path, ids)
        if told or (told is None and path.name.partition(".")[0] in rows):
            yield path, MENTION
    for path in _reports(store.folder):
        told = _told(path, ids)
        if told or (told is None and _run_told(store, path, ids)):
            yield path, MENTION


def _run_told(store: Store, path: Path, ids: Ids) -> bool:
    """Whether what the report's run kept, as its reader may see it, mentions one of the ids."""
    number = path.relative_to(store.folder / REPORTS).parts[0]
    receipt = store.records.run(int(number)) if number.isdecimal() else None
    if receipt is None:
        return True  # nobody can say what it holds
    audience = audiences().get(path.name.partition(".")[0].partition("-")[0])
    kept: tuple[KeptResult | Standing, ...] = (*store.records.results(receipt.contract, receipt.number),
            *store.records.standings(receipt.contract, receipt.number))  # fmt: skip
    return any(
        ids.stand_in(json.dumps([item.subject.id, dict(item.record)], ensure_ascii=False, default=str))
        for item in kept
        if audience is None or item.compartment in audience.compartments
    )


def _told(path: Path, ids: Ids) -> bool | None:
    try:
        return mentions(path, ids)
    except OSError as error:
        raise unreadable(path, error) from None


def _reports(folder: Path) -> Iterator[Path]:
    """Every file among the reports but what purges told of themselves."""
    for path in _files(folder / REPORTS):
        if path.relative_to(folder / REPORTS).parts[0] != PURGED:
            yield path


def _files(folder: Path) -> list[Path]:
    """The files below the folder, in order; links are not followed."""
    return sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def _moments(store: Store) -> dict[str, datetime]:
    """By SHA-256 (hexadecimal) when the vault last took such a file in."""
    return {
        file.sha256.removeprefix("sha256:"): arrival.recorded_at
        for arrival in store.vault.arrivals()
        for file in arrival.files
    }


def _moved(path: Path) -> datetime:
    """When the file came where it is: moving keeps its own date, and changes this one."""
    return datetime.fromtimestamp(path.stat().st_ctime, UTC)


def _hash(path: Path) -> str:
    try:
        return hash_of(path.read_bytes())
    except OSError as error:
        raise unreadable(path, error) from None
