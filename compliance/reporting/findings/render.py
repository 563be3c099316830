"""Renders what a store tells of findings in any of its formats; the one door to this package."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping
from io import StringIO
from typing import Any, Literal

from compliance.model.findings import FindingLife, FindingsDiff, FindingsList
from compliance.reporting.blocks import Wording
from compliance.reporting.csv_format import safe_cell
from compliance.reporting.findings.lines import diff_lines, life_lines, list_lines
from compliance.reporting.findings.records import (
    diff_record,
    life_record,
    list_record,
    stretch_record,
    turned_record,
)
from compliance.reporting.findings.records import standing_record as record_of

FindingsForm = Literal["text", "json", "jsonl", "csv"]
FORMS: tuple[FindingsForm, ...] = ("text", "json", "jsonl", "csv")
COLUMNS = (
    "rule", "entity", "id", "state", "causes", "since_run", "outcome", "severity", "status", "compartment",
    "first_run", "first_day", "last_run", "last_day", "deviates_since", "message", "values",
    "evidence_count", "fingerprint", "follows_from",
)  # fmt: skip


def render_findings(found: FindingsList, form: FindingsForm, say: Wording) -> bytes:
    """A list of findings."""
    rows = [record_of(one) for one in found.standings]
    if form == "text":
        return _text(list_lines(found, say))
    return _rows(form, list_record(found), "findings", rows, COLUMNS, say)


def render_diff(diff: FindingsDiff, form: FindingsForm, say: Wording) -> bytes:
    """What changed between two runs."""
    if form == "text":
        return _text(diff_lines(diff, say))
    rows = [turned_record(one) for one in diff.turned]
    return _rows(form, diff_record(diff), "changes", rows, ("turn", *COLUMNS), say)


def render_life(life: FindingLife, form: FindingsForm, say: Wording) -> bytes:
    """The life of one finding."""
    if form == "text":
        return _text(life_lines(life, say))
    if form == "json":
        return _bytes(json.dumps(life_record(life), ensure_ascii=False, indent=1))
    rows = [stretch_record(one) for one in life.stretches]
    return _rows(form, {}, "runs", rows, ("run", "as_of", *COLUMNS), say)


def _rows(
    form: FindingsForm,
    head: Mapping[str, Any],
    name: str,
    rows: list[dict[str, Any]],
    columns: Iterable[str],
    say: Wording,
) -> bytes:
    if form == "jsonl":
        return "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows).encode()
    if form == "csv":
        return _csv(rows, tuple(columns), say).encode()
    parts = [f" {json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}" for key, value in head.items()]
    listed = ",\n".join(f"  {json.dumps(row, ensure_ascii=False)}" for row in rows)
    parts.append(f' "{name}": [\n{listed}]' if rows else f' "{name}": []')
    return _bytes("{\n" + ",\n".join(parts) + "\n}")


def _csv(rows: Iterable[Mapping[str, Any]], columns: tuple[str, ...], say: Wording) -> str:
    out = StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        cells = {**row, "entity": row["subject"]["entity"], "id": row["subject"]["id"]}
        cells["causes"] = "; ".join(row["causes"])
        cells["message"] = row["message"].get(say.lang, "")
        cells["values"] = "; ".join(f"{name}={value}" for name, value in row["values"].items())
        writer.writerow([safe_cell("" if cells[name] is None else str(cells[name])) for name in columns])
    return out.getvalue()


def _text(lines: Iterable[str]) -> bytes:
    return _bytes("\n".join(lines))


def _bytes(text: str) -> bytes:
    return f"{text}\n".encode(errors="replace")
