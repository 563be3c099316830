"""What was refused of a delivery, written for its supplier before the delivery leaves the inbox."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from compliance.model.vault import IntakeAnswer
from compliance.reporting.words import Lang
from compliance.services.refusals import refusal_report
from compliance.services.release.files import put_file
from compliance.services.store import Store

FOLDER = "refusals"
_SHOWN_HASH = 12


def write_refusals(store: Store, answer: IntakeAnswer, folder: Path, lang: Lang) -> Path | None:
    """A workbook in reports/refusals/SUPPLIER, named after what was refused; None where nothing was refused.

    `folder` is where the delivery lies. The same delivery is written to the same file.

    Raises: StoreError when it cannot be written.
    """
    if not answer.refusals:
        return None
    refused = [file for file in answer.files if file.refusals]  # others may be messages read along with them
    mark = sha256("".join(file.sha256 for file in refused).encode()).hexdigest()[:_SHOWN_HASH]
    name = f"{Path(refused[0].path.partition('/')[0]).stem}-{mark}.xlsx"
    path = store.reports / FOLDER / answer.supplier / name
    put_file(path, refusal_report(answer, "xlsx", lang, folder=folder))
    return path
