"""The same facts give the same bytes; what a reader may not see changes nothing of what that reader gets."""

from __future__ import annotations

import csv
import json
import os
import random
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from compliance.reporting.render import BINARY, FORMATS, Format, Look, render
from compliance.services.check import CheckRequest, check
from compliance.services.content import content_folder, report_content
from tests.acceptance.desk import ask, put

LOOK = Look("nl", provenance=False, colour=False, width=100)
HIDDEN = ("bibob_inquiry", "bibob_measure", "signal", "incident")
SOME = ("-r", "S*", "-r", "P*", "-r", "ACC-*", "-r", "COV-01")  # enough to differ, few enough to be quick
Facts = dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def facts() -> Facts:
    """The facts of all cases with findings in one world; ids differ per case, save what must meet."""
    together: Facts = {}
    for number, path in enumerate(sorted((content_folder("cases") / "trouble").glob("*.yaml"))):
        case = yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)  # noqa: S506 - makes texts only
        for entity, rows in case["facts"].items():
            if entity not in ("contract", "district") or entity not in together:
                mine = [{k: renamed(k, v, number) for k, v in row.items()} for row in rows]
                together.setdefault(entity, []).extend(mine)
    return {entity: unique(rows) for entity, rows in together.items()}


def renamed(name: str, value: str, number: int) -> str:
    """The value; of an id, one that no other case has, except where the cases must meet."""
    if name in ("contract_id", "contractor_id", "district_id") or value in ("c1", "o1", "west", "oost"):
        return value
    return f"{value}-{number}" if name == "id" or name.endswith("_id") else value


def unique(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The first row of each id."""
    return list({row["id"]: row for row in reversed(rows)}.values())[::-1]


def write(folder: Path, facts: Facts, order: Callable[[list[Any]], list[Any]] = list) -> Path:
    """The facts as a folder of CSV files, in some order of files, rows and columns."""
    folder.mkdir()
    for entity in order(sorted(entity for entity in facts if facts[entity])):
        rows = facts[entity]
        names = order(sorted({name for row in rows for name in row} | {"id"}))
        with (folder / f"{entity}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, names)
            writer.writeheader()
            writer.writerows(order(rows))
    put(folder / "parameters.yaml", "{uptake_days: 10, bridge_start_days: 5, min_own_share_pct: 40}")
    return folder


def raw(path: Path, form: str = "json", *options: str) -> bytes:
    """What the check prints."""
    answer = ask("check", path, "--as-of", "2027-06-01", "--all", "-f", form, *options)
    assert answer.code in (0, 1), answer.err
    return answer.raw


def everything(path: Path) -> dict[Format, bytes]:
    """What a reader of the contract gets in every format, judged once (a workbook keeps its hour)."""
    answer = check(CheckRequest((str(path),), as_of=date(2027, 6, 1), keep_all=True))
    return {form: render(answer, form, report_content(), LOOK) for form in FORMATS if form not in BINARY}


def test_order_of_rows_columns_and_files(tmp_path: Path, facts: Facts) -> None:
    """However a data set is shuffled, no byte of the answer differs, in any compartment."""
    one = raw(write(tmp_path / "a", facts), "json", "--compartment", "all")
    assert one.count(b'"finding"') > 15
    for seed in range(2):
        shuffled = random.Random(seed)  # noqa: S311 - an order, no secret
        folder = write(tmp_path / f"b{seed}", facts, lambda rows: shuffled.sample(rows, len(rows)))  # noqa: B023
        assert raw(folder, "json", "--compartment", "all") == one


def test_order_of_sections_and_keys_of_a_case(tmp_path: Path, facts: Facts) -> None:
    """A case file turned upside down gives the same bytes, refusals included."""
    wrong = [{"id": "bad2", "kind": "x"}, {"id": "bad1", "name": "X", "kvk_number": "1"}]
    rows = {**facts, "organisation": [*facts["organisation"], wrong[1]], "team": [*facts["team"], wrong[0]]}
    turned = {entity: [dict(reversed(row.items())) for row in rows[entity]] for entity in reversed(rows)}
    first = put(tmp_path / "case.json", json.dumps({"as_of": "2027-06-01", "facts": rows}))
    one = ask("check", first, "-f", "json", *SOME)
    put(first, json.dumps({"facts": turned, "as_of": "2027-06-01"}))
    assert one.code == 3
    assert ask("check", first, "-f", "json", *SOME).raw == one.raw


def test_the_split_over_folders_does_not_matter(tmp_path: Path, facts: Facts) -> None:
    """Two folders, named in any order, say what one folder says of the same facts."""
    one = raw(write(tmp_path / "whole", facts))
    half = set(list(facts)[::2])
    right = write(tmp_path / "right", {name: facts[name] for name in facts if name not in half})
    left = write(tmp_path / "left", {name: facts[name] for name in facts if name in half})
    assert ask("check", right, left, "--as-of", "2027-06-01", "--all", "-f", "json").raw == one


def test_bibob_facts_change_no_byte_of_supervision(tmp_path: Path, facts: Facts) -> None:
    """A reader of contract and supervision gets the same bytes with and without the Bibob facts."""
    seen = ("--compartment", "contract", "--compartment", "supervision")
    folder = write(tmp_path / "set", facts)
    put(folder / "bibob_inquiry.csv", STRANGER)
    one = raw(folder, "json", *seen)
    assert b'"BIB-10"' in one
    (folder / "bibob_inquiry.csv").unlink()
    assert raw(folder, "json", *seen) == one


def test_machine_and_place_do_not_matter(tmp_path: Path, facts: Facts) -> None:
    """Locale, time zone, hash seed and number of threads change no byte."""
    folder = write(tmp_path / "set", facts)
    command = [
        sys.executable,
        "-c",
        "from compliance.cli import main; main()",
        "check",
        str(folder),
        "--as-of",
        "2027-06-01",
        "-f",
        "json",
        *SOME,
    ]
    settings: list[dict[str, str]] = [
        {"LC_ALL": "C", "TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "1", "OMP_NUM_THREADS": "1"},
        {"LANG": "nl_NL.UTF-8", "TZ": "Pacific/Pago_Pago", "PYTHONHASHSEED": "4242", "COLUMNS": "40"},
    ]
    runs = []
    for setting in settings:
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path), **setting}
        done = subprocess.run(  # noqa: S603 - our own command
            command, env=environment, capture_output=True, check=False, cwd=tmp_path
        )
        assert (done.returncode, done.stderr.count(b"\n")) == (1, 1)
        runs.append(done.stdout)
    assert runs[0] == runs[1]
    assert runs[0] == ask("check", folder, "--as-of", "2027-06-01", "-f", "json", *SOME).raw


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory, facts: Facts) -> tuple[Path, dict[Format, bytes]]:
    """A data set without a hidden fact, and what a reader of the contract gets in every format."""
    folder = tmp_path_factory.mktemp("world") / "set"
    write(folder, {name: rows for name, rows in facts.items() if name not in HIDDEN})
    return folder, everything(folder)


STRANGER = (
    "id,organisation_id,opened_on,concluded_on,outcome\nq1,never-heard-of,2027-01-01,2027-02-01,serious\n"
)
HIDDEN_FILES: dict[str, dict[str, str | bytes]] = {
    "whole": {},
    "empty": {"bibob_inquiry.csv": "", "bibob_measure.csv": "", "signal.csv": "", "incident.csv": ""},
    "hostile": {
        "bibob_inquiry.csv": STRANGER,
        "bibob_inquiry.parquet": b"PAR1",
        "bibob_measure.csv": "id,inquiry_id,description,agreed_on,due_on\nx,none,x,2027-01-01,2027-02-01\n",
        "signal.csv": b"geloof,\xff\x00\nx\n",
        "incident.jsonl": "{",
    },
}


@pytest.mark.parametrize("kind", HIDDEN_FILES)
def test_hidden_facts_change_no_byte_of_the_contract(
    tmp_path: Path, facts: Facts, seen: tuple[Path, dict[Format, bytes]], kind: str
) -> None:
    """With Bibob and supervision facts, good or broken, a reader of the contract gets the very same bytes."""
    folder, without = seen
    extra = [folder / f"{name}.csv" for name in HIDDEN if facts.get(name)] if kind == "whole" else []
    try:
        for path in extra:
            source = write(tmp_path / path.stem, {path.stem: facts[path.stem]}) / path.name
            put(path, source.read_bytes())
        for name, content in HIDDEN_FILES[kind].items():
            put(folder / name, content)
        assert everything(folder) == without
    finally:
        for path in [*extra, *(folder / name for name in HIDDEN_FILES[kind])]:
            path.unlink(missing_ok=True)


def test_hidden_sections_of_a_case_change_no_byte(tmp_path: Path, facts: Facts) -> None:
    """Also in one case file, where hidden rows stand between the others and refer to all kinds of rows."""
    hidden: dict[str, Any] = {
        "bibob_inquiry": [{"id": "q", "organisation_id": "stranger", "opened_on": "2027-01-01"}, {"id": 5}],
        "bibob_measure": "no list",
        "signal": [{"id": "s", "organisation_id": "o1", "source": "nobody"}],
    }
    visible = {name: rows for name, rows in facts.items() if name not in HIDDEN}
    path = tmp_path / "case.json"
    put(path, json.dumps({"facts": visible}))
    one = everything(path)
    put(path, json.dumps({"facts": {**hidden, **visible}}))
    assert everything(path) == one


def test_the_hidden_facts_do_speak_where_they_may(tmp_path: Path, facts: Facts) -> None:
    """The Bibob compartment of the same world does have findings: the silence above is no accident."""
    answer = ask(
        "check",
        write(tmp_path / "set", facts),
        "--as-of",
        "2027-06-01",
        "--compartment",
        "bibob",
        "-f",
        "json",
    )
    assert any(
        item["rule"].startswith("BIB") for item in answer.data["results"] if item["outcome"] == "finding"
    )
