"""Renders the answer to an intake in any of its formats."""

from __future__ import annotations

import csv
import json
from io import StringIO
from typing import Literal

from compliance.model.preview import Shown
from compliance.reporting.blocks import Wording
from compliance.reporting.csv_format import safe_cell
from compliance.reporting.records import moment_text, refusal_record
from compliance.reporting.refusals.lines import COLUMNS, lines_of
from compliance.reporting.refusals.text import intake_text

IntakeFormat = Literal["text", "json", "csv", "xlsx"]
INTAKE_FORMATS: tuple[IntakeFormat, ...] = ("text", "json", "csv", "xlsx")


def render_intake(shown: Shown, form: IntakeFormat, say: Wording) -> bytes:
    """The answer as bytes, in UTF-8 where it is text; CSV and workbook hold the refusals."""
    match form:
        case "xlsx":
            # Imported only where it is asked for: it is the largest library of all formats.
            from compliance.reporting.refusals.workbook import marked_workbook  # noqa: PLC0415

            return marked_workbook(shown, say)
        case "csv":
            text = _csv(shown, say)
        case "json":
            text = _json(shown)
        case "text":
            text = intake_text(shown, say)
    return text.encode("utf-8", errors="replace")


def _csv(shown: Shown, say: Wording) -> str:
    out = StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n", quoting=csv.QUOTE_MINIMAL)
    writer.writerow([say(f"intake.column_{name}") for name in COLUMNS])
    for line in lines_of(shown.answer, say):
        writer.writerow([safe_cell(cell) for cell in line.cells])
    return out.getvalue()


def _json(shown: Shown) -> str:
    answer = shown.answer
    data = {
        "schema_version": 1,
        "supplier": answer.supplier,
        "preview": answer.preview,
        "delivery": answer.number,
        "recorded_at": moment_text(answer.recorded_at),
        "files": [
            {
                "file": file.path,
                "sha256": file.sha256,
                "accepted": file.accepted,
                "superseding": file.superseding,
                "unchanged": file.unchanged,
                "withdrawn": file.withdrawn,
                "refused": file.refused,
                "waiting": file.waiting,
                "known": file.known,
                "whole": file.whole,
                "refusals": [refusal_record(refusal) for refusal in file.refusals],
            }
            for file in answer.files
        ],
        "waiting": [
            {"entity": row.entity, "id": row.id, "field": row.field, "refers_to": str(row.target)}
            for row in answer.waiting
        ],
        "notices": [
            {
                "code": notice.code,
                "file": notice.file,
                "entity": notice.entity,
                "detail": notice.detail,
                "count": notice.count,
            }
            for notice in answer.notices
        ],
    }
    if answer.preview:
        data["rows"] = [
            {
                "file": sample.file,
                "entity": sample.entity,
                "count": sample.count,
                "first": [dict(zip(sample.fields, row, strict=True)) for row in sample.rows],
            }
            for sample in shown.samples
        ]
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"
