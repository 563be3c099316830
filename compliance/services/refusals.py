"""The use case of telling a supplier what was refused: the list, and its own sheets with the cells marked."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from compliance.model.preview import Sample, SheetCopy, Shown
from compliance.model.vault import IntakeAnswer
from compliance.reporting.blocks import Wording
from compliance.reporting.refusals import IntakeFormat, render_intake
from compliance.reporting.words import Lang
from compliance.services.content import report_words

_SHEETS = (".xlsx", ".csv")


def refusal_report(
    answer: IntakeAnswer,
    form: IntakeFormat,
    lang: Lang,
    *,
    folder: Path | None = None,
    mapping: str | None = None,
    samples: Iterable[Sample] = (),
) -> bytes:
    """What came of a delivery, fit to send to its supplier; as a workbook with the refused cells marked.

    `folder` is where the delivery lies, for files that are named from there; else they stand at their path.
    """
    copies = sheet_copies(answer, folder, mapping) if form == "xlsx" else ()
    shown = Shown(answer, tuple(samples), copies)
    return render_intake(shown, form, Wording(report_words(), lang))


def sheet_copies(
    answer: IntakeAnswer, folder: Path | None = None, mapping: str | None = None
) -> tuple[SheetCopy, ...]:
    """The sheets of the files of which something was refused."""
    found: list[SheetCopy] = []
    for file in answer.files:
        path = Path(file.path) if folder is None else folder / file.path
        if file.refusals and path.suffix.lower() in _SHEETS:
            # The library of workbooks is loaded only for one.
            from compliance.sources.sheets.copying import copy_sheets  # noqa: PLC0415

            found += [_named(copy, file.path) for copy in copy_sheets(str(path), mapping)]
    return tuple(found)


def _named(copy: SheetCopy, path: str) -> SheetCopy:
    """The copy under the path by which the answer knows its file."""
    return SheetCopy(path, copy.sheet, copy.header_row, copy.rows, copy.withheld)
