"""Writes for each delivery of which something was refused what its supplier must know to bring it right."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from compliance.model.vault import IntakeAnswer
from compliance.reporting.words import Lang
from compliance.services.intake import PROCESSED
from compliance.services.refusals import refusal_report
from compliance.services.release.files import put_file
from compliance.services.store import Store

FOLDER = "refusals"


def write_refusals(store: Store, answers: Iterable[IntakeAnswer], day: date, lang: Lang) -> tuple[Path, ...]:
    """A workbook per delivery, in reports/refusals/SUPPLIER; nothing where nothing was refused.

    Raises: StoreError when one cannot be written.
    """
    written = []
    for number, answer in enumerate(answers, 1):
        if answer.refusals:
            folder = store.folder / PROCESSED / answer.supplier
            path = store.reports / FOLDER / answer.supplier / f"{day}-{answer.number or number}.xlsx"
            put_file(path, refusal_report(answer, "xlsx", lang, folder=folder))
            written.append(path)
    return tuple(written)
