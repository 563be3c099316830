"""The use case `intake`: deliveries are read, checked and kept in the vault, with an answer for the supplier.

Nothing accepted is lost and nothing refused is silently dropped; the same file again adds nothing.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from compliance.errors import ComplianceError, InputError, Problem, StoreError, UsageError
from compliance.model.intake import Notice, Refusal
from compliance.model.vault import (
    Appended,
    FileAnswer,
    FileCount,
    IntakeAnswer,
    Offer,
    OfferedFile,
    Rejected,
)
from compliance.services.log import log
from compliance.services.vaulted import known_of_vault
from compliance.sources.naming import same_name_questions
from compliance.sources.offered import Circumstances, Delivered, read_delivery
from compliance.sources.shape import shape
from compliance.store.vault import Vault

INBOX, PROCESSED = "inbox", "processed"
KEY_VARIABLE = "COMPLIANCE_PSEUDONYM_KEY"
_DUE = {
    "id_of_another_supplier": "an id that no other supplier brought; only who brought it corrects it",
    "withdrawn_unknown": "the id of a row that this supplier brought",
    "withdrawn_and_brought": "an id that this delivery does not bring too",
}


@dataclass(frozen=True, slots=True)
class Desk:
    """Where deliveries are taken in, and with what: the vault, its store's folder, the clock's moment.

    `key` and `contract` are for messages: the key of pseudonyms, and the contract their rows belong to.
    `folder` holds inbox and processed files; without one no earlier messages are read along.
    """

    vault: Vault
    now: datetime
    key: bytes | None = None
    contract: str | None = None
    folder: Path | None = None
    mapping: str | None = None


def intake(
    vault: Vault,
    supplier: str,
    paths: Sequence[str],
    *,
    now: datetime,
    key: bytes | None = None,
    contract: str | None = None,
    folder: Path | None = None,
    mapping: str | None = None,
    preview: bool = False,
) -> IntakeAnswer:
    """The files and folders are one delivery of the supplier: its good rows are kept, all at once.

    A `preview` keeps nothing and says what would come of it.

    Raises: UsageError for a path or supplier that will not do, or a missing key of pseudonyms; InputError for
        a folder with nothing to read; StoreError when the vault cannot be read or written.
    """
    check_supplier(supplier)
    desk = Desk(vault, now, key, contract, folder, mapping)
    return _take(desk, supplier, paths, {}, preview=preview)


def intake_inbox(
    vault: Vault,
    folder: Path,
    *,
    now: datetime,
    key: bytes | None = None,
    contract: str | None = None,
    tell: Callable[[IntakeAnswer, Path], None] = lambda _answer, _folder: None,
) -> tuple[IntakeAnswer, ...]:
    """All that lies in the inbox of a store is taken in and moved to the files processed.

    inbox/<supplier>/ holds files, each one delivery, and folders, each one delivery as a whole. A file is
    moved after its rows are kept and `tell` heard what came of it (with the folder where it lies): killed in
    between, it is found again, adds nothing, and is told again with all that is refused of it.

    Raises: UsageError for a missing key of pseudonyms; StoreError when vault or folders cannot be used.
    """
    desk = Desk(vault, now, key, contract, folder)
    answers = []
    for supplier, path in _offered(folder / INBOX):
        try:
            _check_folder(supplier)
            answer = _take(desk, supplier, [str(path)], {str(path): path.name}, preview=False)
        except InputError as error:  # nothing that can be read, or not the name of a supplier: it stays
            answers.append(_refused(supplier, path.name, error))
            tell(answers[-1], path.parent)
            continue
        tell(_told(desk, supplier, path, answer), path.parent)
        _move(path, folder / PROCESSED / supplier)
        answers.append(answer)
    return tuple(answers)


def _told(desk: Desk, supplier: str, path: Path, answer: IntakeAnswer) -> IntakeAnswer:
    """What is told of a delivery: of one with files that are known already, read again to say what it is."""
    if not any(file.known for file in answer.files):
        return answer
    return _take(desk, supplier, [str(path)], {str(path): path.name}, preview=True, reread=True)


def check_supplier(supplier: str) -> None:
    """The name can be a folder's.

    Raises: UsageError.
    """
    plain = supplier.replace("-", "").replace("_", "").replace(".", "")
    if not plain.isalnum() or supplier.startswith(".") or len(supplier) > 100:
        message = "The name of a supplier has letters, digits, dots, hyphens and underscores only."
        raise UsageError(Problem("--supplier", "supplier-name", message, "For example: wijkkracht."))


def _check_folder(name: str) -> None:
    """A folder of the inbox bears the name of a supplier; one that does not stops nobody else's delivery.

    Raises: InputError.
    """
    try:
        check_supplier(name)
    except UsageError as error:
        raise InputError(error.problems) from None


def _offered(inbox: Path) -> list[tuple[str, Path]]:
    """Each delivery in the inbox with its supplier, in order of name; messages last.

    Messages do not name their contract: it must be known before they are read.
    """
    try:
        folders = sorted(path for path in inbox.iterdir() if path.is_dir()) if inbox.is_dir() else []
        found = [(one.name, path) for one in folders for path in sorted(one.iterdir())]
        visible = [(name, path) for name, path in found if not path.name.startswith((".", "~$"))]
        ordered = sorted(visible, key=lambda one: _holds_messages(one[1]))
    except OSError as error:
        raise _unusable(inbox, error) from error
    return ordered


def _holds_messages(path: Path) -> bool:
    """Whether the file, or every file of the folder, is a message."""
    files = [path] if path.is_file() else list(path.iterdir())
    return bool(files) and all(file.suffix.lower() == ".xml" for file in files)


def _take(
    desk: Desk,
    supplier: str,
    paths: Sequence[str],
    shown: Mapping[str, str],
    *,
    preview: bool,
    reread: bool = False,
) -> IntakeAnswer:
    known = known_of_vault(desk.vault)
    circumstances = Circumstances(
        supplier=supplier,
        key=desk.key,
        contract=desk.contract,
        mapping=desk.mapping,
        known=known,
        taken=() if reread else desk.vault.knows(supplier),
        along=_along(desk, supplier),
    )
    read = read_delivery(paths, circumstances)
    if not preview:
        _demand_key(read.notices)
    questions = same_name_questions(read.connection, known)
    read = _renamed(replace(read, notices=(*read.notices, *questions)), shown)
    offer = Offer(
        connection=read.connection,
        supplier=supplier,
        files=read.taken,
        came=read.came,
        refused=sum(read.refused_rows.values()),
        lost=read.lost,
        withdrawals=read.withdrawals,
    )
    kept = desk.vault.preview(offer) if preview else _kept(desk, offer)
    log.info("taken_in", supplier=supplier, files=len(read.taken), known=len(read.known), kept=kept.number)
    return _with_known(_answer(supplier, read, kept, preview=preview), desk.vault, read)


def _kept(desk: Desk, offer: Offer) -> Appended:
    if not offer.files:
        return Appended()
    return desk.vault.append(offer, now=desk.now)


def _demand_key(notices: Iterable[Notice]) -> None:
    """Pseudonyms that are kept are made with the one key of the organisation.

    Raises: UsageError.
    """
    if any(notice.code == "random_pseudonym_key" for notice in notices):
        message = "Messages hold citizen service numbers, and there is no key to make pseudonyms with."
        hint = "Make one with openssl rand -hex 32, set it in the environment and use the same one always."
        raise UsageError(Problem(KEY_VARIABLE, "pseudonym-key", message, hint))


def _along(desk: Desk, supplier: str) -> tuple[str, ...]:
    """Messages of the supplier that were taken in before: a fact may be assembled from several."""
    if desk.folder is None:
        return ()
    done = desk.folder / PROCESSED / supplier
    return tuple(sorted(str(path) for path in done.rglob("*") if path.suffix.lower() == ".xml"))


def _renamed(read: Delivered, shown: Mapping[str, str]) -> Delivered:
    """The delivery with paths as the supplier knows them: its own folders stay, ours do not."""

    def name(path: str) -> str:
        for prefix, short in shown.items():
            if path == prefix or path.startswith(f"{prefix}/"):
                return short + path[len(prefix) :]
        return path

    if not shown:
        return read
    return replace(
        read,
        taken=tuple(replace(file, path=name(file.path)) for file in read.taken),
        known=tuple(replace(file, path=name(file.path)) for file in read.known),
        refusals=tuple(replace(one, file=name(one.file)) for one in read.refusals),
        refused_rows={name(path): count for path, count in read.refused_rows.items()},
        notices=tuple(replace(one, file=name(one.file)) for one in read.notices),
    )


def _answer(supplier: str, read: Delivered, kept: Appended, *, preview: bool) -> IntakeAnswer:
    notices = [*read.notices]
    if kept.clock_back:
        notices.append(Notice("clock_back"))
    told = [
        file for file in read.taken if file.number not in read.again or _moved(kept.counts.get(file.number))
    ]
    files = [_file_answer(file, read, kept) for file in told]
    return IntakeAnswer(
        supplier=supplier,
        files=tuple(sorted(files, key=lambda file: file.path)),
        number=kept.number,
        recorded_at=kept.recorded_at,
        waiting=kept.waiting,
        notices=tuple(sorted(notices)),
        preview=preview,
    )


def _moved(count: FileCount | None) -> bool:
    """Whether anything came of a message that was only read along: else there is nothing to tell of it."""
    return count is not None and replace(count, unchanged=0, entities=()) != FileCount()


def _with_known(answer: IntakeAnswer, vault: Vault, read: Delivered) -> IntakeAnswer:
    """The answer with the files taken in before, of which only the entities of their delivery are known."""
    came: dict[str, set[str]] = {}
    for arrival in vault.arrivals() if read.known else ():
        if arrival.supplier == answer.supplier:
            for kept in arrival.files:
                came.setdefault(kept.sha256, set()).update(arrival.came)
    known = [
        FileAnswer(file.path, file.sha256, known=True, entities=tuple(sorted(came.get(file.sha256, ()))))
        for file in read.known
    ]
    return replace(answer, files=tuple(sorted((*answer.files, *known), key=lambda file: file.path)))


def _file_answer(file: OfferedFile, read: Delivered, kept: Appended) -> FileAnswer:
    count = kept.counts.get(file.number, FileCount())
    refusals = [one for one in read.refusals if one.file == file.path]
    rejected = [one for one in kept.rejected if one.file == file.number]
    refusals += [_refusal(file.path, one) for one in rejected]
    if count.rejected > len(rejected):
        more = f"{count.rejected - len(rejected)} rows"
        refusals.append(Refusal(file.path, "", "…", "id", "further_rows", more, rejected[0].code))
    return FileAnswer(
        path=file.path,
        sha256=file.sha256,
        accepted=count.accepted,
        unchanged=count.unchanged,
        superseding=count.superseding,
        withdrawn=count.withdrawn,
        refused=read.refused_rows.get(file.path, 0) + count.rejected,
        waiting=count.waiting,
        refusals=tuple(sorted(refusals)),
        whole=file.whole,
        entities=tuple(sorted({*count.entities, *(one.entity for one in refusals if one.entity)})),
    )


def _refusal(path: str, one: Rejected) -> Refusal:
    return Refusal(path, one.entity, one.place, "id", one.code, shape(one.id), _DUE[one.code])


def _refused(supplier: str, name: str, error: ComplianceError) -> IntakeAnswer:
    """The answer on a delivery of which nothing could be read."""
    refusals = tuple(
        Refusal(
            name, "", "", "", problem.code.replace("-", "_"), expected=problem.hint.removeprefix("Expected ")
        )
        for problem in error.problems
    )
    return IntakeAnswer(supplier, (FileAnswer(name, refusals=refusals, whole=True),))


def _move(path: Path, folder: Path) -> None:
    """The delivery stands among those processed, under a name that is free there.

    Raises: StoreError.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        target, number = folder / path.name, 1
        while target.exists():
            number += 1
            target = folder / f"{path.stem}.{number}{path.suffix}"
        os.rename(path, target)  # noqa: PTH104 - one call, which tests can make fail
    except OSError as error:
        raise _unusable(path, error) from error


def _unusable(path: Path, error: OSError) -> StoreError:
    message = f"The store cannot be used: {error.strerror or 'unknown reason'}."
    hint = "Give read and write access to the whole store. What was kept stays kept."
    return StoreError(Problem(str(path), "store-folders", message, hint))
