"""What was refused of a delivery, written for its supplier before the delivery leaves the inbox."""

from __future__ import annotations

from pathlib import Path

from compliance.model.vault import IntakeAnswer
from compliance.reporting.words import Lang
from compliance.services.refusals import refusal_report
from compliance.services.release.files import put_file
from compliance.services.store import Store

FOLDER = "refusals"
_SHOWN_HASH = 12


def write_refusals(store: Store, answer: IntakeAnswer, folder: Path, lang: Lang) -> Path | None:
    """A workbook in reports/refusals/SUPPLIER, named after the delivery; None where nothing was refused.

    `folder` is where the delivery lies. The same delivery is written to the same file.

    Raises: StoreError when it cannot be written.
    """
    if not answer.refusals:
        return None
    first = answer.files[0]
    name = f"{Path(first.path.partition('/')[0]).stem}-{first.sha256[:_SHOWN_HASH] or 'unread'}.xlsx"
    path = store.reports / FOLDER / answer.supplier / name
    put_file(path, refusal_report(answer, "xlsx", lang, folder=folder))
    return path
