"""Lists, releases and withdraws reports. The record comes first, the file after it: a killed release is
finished by doing it again, and no file stands among the released ones without a name behind it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from compliance.errors import Problem, UsageError
from compliance.model.kept import KeptReport
from compliance.reporting.words import clean
from compliance.services.release.drafting import RELEASED, WITHDRAWN, place_of, sealed_place
from compliance.services.release.files import has_hash, hash_of, put_file, remove_file
from compliance.services.store import Store

SEE = "See: compliance release list."


@dataclass(frozen=True, slots=True)
class Listed:
    """A report with where it stands now, whether its run was whole, and whether the file is as recorded."""

    report: KeptReport
    place: Path
    complete: bool
    intact: bool


def list_reports(store: Store, *, run: int | None = None) -> tuple[Listed, ...]:
    """The reports of a run, else of all runs, the newest run first."""
    found = [_listed(store, made) for made in store.records.reports(run=run)]
    return tuple(sorted(found, key=lambda item: (-item.report.run, item.report.report)))


def _listed(store: Store, made: KeptReport) -> Listed:
    draft = store.folder / made.file
    folder = {"released": RELEASED, "withdrawn": WITHDRAWN}.get(made.state)
    place = place_of(draft, folder) if folder else draft
    due = made.final_sha256 if folder else made.draft_sha256
    return Listed(made, place, _was_whole(store, made), has_hash(place, due))


def approve(
    store: Store, name: str, *, by: str, at: datetime, incomplete: bool = False
) -> tuple[KeptReport, Path]:
    """The report may leave: it stands among the released ones in the bytes drafted, with who and when.

    `incomplete` acknowledges that the run it tells of was not whole.

    Raises: UsageError when it is not there or no draft, when nobody is named, when the draft was changed
    after it was made, and when its run was incomplete and that was not acknowledged; StoreError.
    """
    person = _named(name, by)
    made = store.records.report(name)
    draft = store.folder / made.file
    place = place_of(draft, RELEASED)
    sealed = sealed_place(draft)
    if made.state == "released" and sealed.exists():  # killed after the record, before the file
        return made, _put_released(made, draft, _intact(sealed, made.final_sha256, name))
    if made.state == "draft":
        _intact(draft, made.draft_sha256, name)
        content = _intact(sealed, made.final_sha256, name)
        _refuse_incomplete(store, made, person, at, incomplete=incomplete)
        made = store.records.release_report(name, by=person, at=at, final_sha256=made.final_sha256)
        return made, _put_released(made, draft, content)
    # Says in which state it is.
    return store.records.release_report(name, by=person, at=at, final_sha256=made.final_sha256), place


def withdraw(store: Store, name: str, *, by: str, reason: str, at: datetime) -> tuple[KeptReport, Path]:
    """The report may no longer leave; it stands apart from the released ones, and that it once left stays.

    Raises: UsageError when it is not there or was not released, or nobody or no reason is named; StoreError.
    """
    person = _named(name, by)
    if not clean(reason).strip():
        raise UsageError(Problem(name, "release", "A reason must be given.", "Say why: --reason TEXT."))
    made = store.records.report(name)
    released = place_of(store.folder / made.file, RELEASED)
    if not (made.state == "withdrawn" and released.exists()):
        made = store.records.withdraw_report(name, by=person, at=at, reason=clean(reason).strip())
    place = place_of(store.folder / made.file, WITHDRAWN)
    if released.exists():
        put_file(place, released.read_bytes())
        remove_file(released)
    remove_file(_note_of(released))
    return made, place


def _was_whole(store: Store, made: KeptReport) -> bool:
    receipt = store.records.run(made.run)
    return receipt is not None and receipt.complete


def _named(name: str, by: str) -> str:
    person = clean(by).strip()
    if not person:
        raise UsageError(Problem(name, "release", "Somebody must be named.", "Say who: --by NAME."))
    return person


def _refuse_incomplete(store: Store, made: KeptReport, by: str, at: datetime, *, incomplete: bool) -> None:
    if _was_whole(store, made):
        return
    if not incomplete:
        message = f"Run {made.run} was incomplete: rules broke, so this report may lack findings."
        hint = "Make the report of a whole run, or release this one knowingly with --incomplete."
        raise UsageError(Problem(made.report, "release-incomplete", message, hint))
    detail = {"report": made.report, "run": made.run}
    store.records.append_audit(by, "report.incomplete_acknowledged", detail, at)


def _intact(path: Path, due: str, name: str) -> bytes:
    """The bytes of the file.

    Raises: UsageError when they are not those that were recorded.
    """
    try:
        content = path.read_bytes()
    except OSError:
        message = "The file of this report is not there any more."
        raise UsageError(Problem(name, "release-missing", message, SEE)) from None
    if hash_of(content) != due:
        message = "The file of this report was changed after it was made."
        hint = "Make the report again; what is released must be what was made."
        raise UsageError(Problem(name, "release-changed", message, hint))
    return content


def _put_released(made: KeptReport, draft: Path, content: bytes) -> Path:
    """The file, and a note beside it that says who and when; the draft is gone."""
    place = place_of(draft, RELEASED)
    put_file(_note_of(place), _note(made))
    put_file(place, content)
    remove_file(draft)
    remove_file(sealed_place(draft))
    return place


def _note_of(place: Path) -> Path:
    return place.with_name(f"{place.name}.release.json")


def _note(made: KeptReport) -> bytes:
    released = made.released_at.astimezone(UTC).isoformat() if made.released_at else ""
    told = {
        "report": made.report, "contract": made.contract, "run": made.run, "audience": made.audience,
        "sha256": made.final_sha256, "released_by": made.released_by, "released_at": released,
    }  # fmt: skip
    return (json.dumps(told, ensure_ascii=False, indent=2) + "\n").encode()
