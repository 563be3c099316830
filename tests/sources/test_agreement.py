"""One meaning of an acceptable row: a case file, CSV, JSON lines and Parquet accept the same rows."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import pytest

from compliance.model.schema import EntitySpec, entities
from compliance.sources.facts import Facts, facts_of_case, read_facts

NASTY = (
    "", " ", "0", "-1", "5", "5.0", "5.00", "1.005", "1.00005", "100.0001", "101", "1e3", "+5", "05", "1,5",
    "1.", ".5", "inf", "nan", "NaN", "-0", "99999999999999", "999999999999999", "1234567890", "2027", "1899",
    "2201", "01234567", "1234567", "123456789", "2027-01-01", "2027-02-29", "2028-02-29", "2027-1-1",
    "2027-13-01", "0000-01-01", "0001-01-01", "9999-12-31", "10000-01-01", "2027-01-01T00:00:00",
    "2027-01-01 ", "1066-10-14", "true", "false", "True", "1", "yes", "fixed", "client_bound", "bv", "BV",
    "vog", "task", "ambulatory",
    "x" * 200, "x" * 201, "x" * 4000, "x" * 4001, "tab\there", "new\nline", "\x7f", "\u202e", "\ufeffx", "é",
    "new\r\nline", "lone\rreturn", "\r", "\r\n", "\n", "a\r", "x\x0by",
    "🏡" * 200, "o'brien", '"', "=1+1", "123456782", "٢٠٢٧-٠١-٠١", "٥", "00000000", "000000000", "12345678",
)  # fmt: skip

# Together these have every kind of field, order, demand and identifier.
ENTITIES = (
    "contract", "organisation", "control", "subcontract", "employment", "client", "referral", "delivery",
    "annual_account", "team",
)  # fmt: skip

SAMPLES = {"text": "x", "ref": "r1", "day": "2027-06-01", "int": "2027", "decimal": "1.5", "bool": "true"}


def _good_row(spec: EntitySpec) -> dict[str, str]:
    row = {
        name: field.codes[0] if field.codes else SAMPLES[field.type]
        for name, field in spec.fields.items()
        if field.required
    }
    return row | {"id": "good"}


def _rows(spec: EntitySpec) -> list[dict[str, str]]:
    """One row for each field and nasty value, otherwise good; the id tells which, save where it is nasty."""
    rows, number = [], 0
    for name, field in spec.fields.items():
        if set(field.targets) & {"contract", "referral", "district", "bibob_inquiry"}:
            continue  # those would merely dangle
        for value in NASTY:
            number += 1
            rows.append({**_good_row(spec), "id": f"row{number}", name: value})
    return rows


def _world(spec: EntitySpec) -> dict[str, list[dict[str, Any]]]:
    """The rows that the entity's rows refer to, where no stub would be made."""
    return {
        target: [{**_good_row(entities()[target]), "id": "r1"}]
        for target in ("contract", "district", "referral", "bibob_inquiry")
        if target != spec.name
    }


def _accepted(facts: Facts, entity: str) -> set[str]:
    return {row[0] for row in facts.connection.execute(f"SELECT id FROM fact.{entity}").fetchall()}


def _read(
    folder: Path, entity: str, form: str, world: Mapping[str, Any], rows: list[dict[str, str]]
) -> Facts:
    target = folder / form
    target.mkdir()
    for name, others in world.items():
        (target / f"{name}.jsonl").write_text("\n".join(json.dumps(row) for row in others))
    file = target / f"{entity}.{form}"
    names = list(entities()[entity].fields)
    if form == "jsonl":
        file.write_text("\n".join(json.dumps(row) for row in rows))
    else:
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerows([names, *([row.get(name, "") for name in names] for row in rows)])
        file.write_text(text.getvalue(), newline="")
    if form == "parquet":
        columns = ", ".join(f"unnest(?::VARCHAR[]) AS {name}" for name in names)
        values = [[row.get(name) for row in rows] for name in names]
        duckdb.execute(f"COPY (SELECT {columns}) TO '{file}' (FORMAT parquet)", values)
    return read_facts([str(target)], entities=[entity])


@pytest.mark.parametrize("entity", ENTITIES)
def test_every_form_of_file_accepts_the_same_rows(tmp_path: Path, entity: str) -> None:
    """Each field is given every nasty value; all readers agree on which rows are facts, and on the facts."""
    spec = entities()[entity]
    world, rows = _world(spec), _rows(spec)
    expected = facts_of_case({"facts": {**world, entity: rows}}, entities=[entity])
    accepted = _accepted(expected, entity)
    assert accepted
    refused = {refusal.place.removesuffix("]").rpartition("[")[2] for refusal in expected.refusals}
    assert len(refused) + len(accepted - {"r1"}) == len(rows)
    for form in ("csv", "jsonl", "parquet"):
        facts = _read(tmp_path, entity, form, world, rows)
        assert _accepted(facts, entity) ^ accepted == set(), form
        assert facts.digest == expected.digest, form
        assert not any(refusal.code == "impossible_row" for refusal in facts.refusals), form
