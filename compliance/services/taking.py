"""The use case of the command `intake`: one delivery is taken into a store, or shown as it would be taken."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from compliance.model.preview import Sample
from compliance.model.schema import delivered_entities, entities
from compliance.model.vault import IntakeAnswer
from compliance.services.intake import PROCESSED, check_supplier, intake
from compliance.services.locking import locked
from compliance.services.store import Store, open_store
from compliance.services.vaulted import known_of_vault
from compliance.sources.known import Known
from compliance.sources.offered import Circumstances, Delivered, read_delivery
from compliance.store.vault import Vault

SHOWN_ROWS = 3


@dataclass(frozen=True, slots=True)
class TakeRequest:
    """Who delivers which files into which store; a preview does without a store."""

    paths: Sequence[str]
    supplier: str
    store: Path | None = None
    database: str | None = None
    key: bytes | None = field(default=None, repr=False)
    contract: str | None = None
    mapping: str | None = None


def take(request: TakeRequest, actor: str) -> IntakeAnswer:
    """The delivery is kept in the store and in its audit chain.

    Raises: UsageError for a store, supplier, path or mapping that will not do; InputError for a folder with
        nothing to read; StoreError when the store cannot be used.
    """
    check_supplier(request.supplier)
    with open_store(request.store or Path(), request.database) as store, locked(store, "intake"):
        now = datetime.now(UTC)
        answer = intake(
            store.vault,
            request.supplier,
            request.paths,
            now=now,
            key=request.key,
            contract=request.contract,
            folder=store.folder,
            mapping=request.mapping,
        )
        if answer.number is not None:
            store.records.append_audit(actor, "intake", _audited(answer), now)
            _keep_messages(store, request.supplier, answer)
    return answer


def preview(request: TakeRequest) -> tuple[IntakeAnswer, tuple[Sample, ...]]:
    """What would come of the delivery, and its first rows as facts; nothing is kept.

    Raises: as `take`.
    """
    check_supplier(request.supplier)
    if request.store is not None:
        with open_store(request.store, request.database) as store:
            return _previewed(request, store.vault, store.folder)
    with TemporaryDirectory() as folder:
        return _previewed(request, Vault.open(Path(folder) / "vault", create=True), None)


def _previewed(
    request: TakeRequest, vault: Vault, folder: Path | None
) -> tuple[IntakeAnswer, tuple[Sample, ...]]:
    answer = intake(
        vault,
        request.supplier,
        request.paths,
        now=datetime.now(UTC),
        key=request.key,
        contract=request.contract,
        folder=folder,
        mapping=request.mapping,
        preview=True,
    )
    return answer, tuple(_samples(_read(request, known_of_vault(vault))))


def _read(request: TakeRequest, known: Known) -> Delivered:
    circumstances = Circumstances(
        request.supplier, request.key, request.contract, request.mapping, known=known
    )
    return read_delivery(request.paths, circumstances)


def _samples(read: Delivered) -> Iterator[Sample]:
    """The first rows of every file and entity, in the order of the files."""
    paths = {file.number: file.path for file in read.taken}
    for number, path in sorted(paths.items(), key=lambda item: item[1]):
        for entity in delivered_entities():
            where = f'FROM fact."{entity}" WHERE _source = $1'
            ((count,),) = read.connection.execute(f"SELECT count(*) {where}", [number]).fetchall()
            if count:
                names = tuple(entities()[entity].fields)
                columns = ", ".join(f'"{name}"::VARCHAR' for name in names)
                order = f"ORDER BY length(_place), _place, id LIMIT {SHOWN_ROWS}"
                rows = read.connection.execute(f"SELECT {columns} {where} {order}", [number]).fetchall()
                yield Sample(path, entity, names, tuple(map(_texts, rows)), count)


def _texts(row: Iterable[Any]) -> tuple[str, ...]:
    return tuple("" if value is None else str(value) for value in row)


def _audited(answer: IntakeAnswer) -> Mapping[str, Any]:
    """What the chain says of a delivery: counts and hashes, no id of a row."""
    return {
        "supplier": answer.supplier,
        "delivery": answer.number,
        "files": {file.sha256: file.accepted for file in answer.files if not file.known},
        "refused": sum(file.refused for file in answer.files),
        "whole": sum(file.whole for file in answer.files),
    }


def _keep_messages(store: Store, supplier: str, answer: IntakeAnswer) -> None:
    """Messages stay by the store: a later one may say more of the same fact."""
    folder = store.folder / PROCESSED / supplier
    for file in answer.files:
        source = Path(file.path)
        if source.suffix.lower() != ".xml" or file.whole or file.known or not source.is_file():
            continue
        if source.resolve().is_relative_to(folder.resolve()):  # read along: it stands here already
            continue
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / f"{source.stem}.{file.sha256[:12]}.xml"
        if not target.exists():
            aside = folder / f".{target.name}"
            shutil.copyfile(source, aside)
            aside.replace(target)
