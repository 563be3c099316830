"""The generator: lifelike at any size, repeatable, and exactly the findings it lists."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from pathlib import Path

import duckdb
import pytest

from compliance.errors import UsageError
from compliance.services.book import load_book
from compliance.services.check import CheckRequest, check
from compliance.services.generate import DEFAULT_AS_OF, Format, generate
from compliance.services.selection import COMPARTMENTS


def judged(folder: Path) -> tuple[frozenset[tuple[str, str]], int]:
    """The findings of the whole rule book on the data set's own day; how many were not assessable."""
    answer = check(CheckRequest(paths=(str(folder),), compartments=COMPARTMENTS))
    assert answer.complete
    results = [one.observation for one in answer.results]
    found = frozenset((one.rule, str(one.subject)) for one in results if one.outcome == "finding")
    return found, answer.counts.not_assessable


@pytest.mark.parametrize(
    ("clients", "deliveries", "seed", "as_of", "form"),
    [
        (100, 1_000, 0, date(2027, 2, 10), "csv"),
        (150, 4_000, 7, date(2028, 2, 29), "jsonl"),
        (300, 30_000, 1, DEFAULT_AS_OF, "parquet"),
        (120, 2_000, 5, date(2029, 12, 31), "parquet"),
    ],
)
def test_findings_are_exactly_those_planted(
    tmp_path: Path, clients: int, deliveries: int, seed: int, as_of: date, form: Format
) -> None:
    """The whole rule book finds what `expected.jsonl` lists, nothing beyond it, and can judge everything."""
    made = generate(
        clients=clients, deliveries=deliveries, seed=seed, out=tmp_path / "set", format=form, as_of=as_of
    )
    found, not_assessable = judged(made.out)
    assert found == made.planted
    assert not_assessable == 0


def test_contract_runs_as_the_real_one(tmp_path: Path) -> None:
    """Unless another day is asked for, the contract runs from 1 January 2027 to 31 December 2036."""
    made = generate(clients=100, deliveries=1_000, seed=1, out=tmp_path / "set")
    query = f"SELECT first_day, last_day FROM '{made.out}/contract.parquet'"
    with duckdb.connect() as connection:
        assert connection.execute(query).fetchall() == [(date(2027, 1, 1), date(2036, 12, 31))]


def test_data_set_says_which_day_to_judge(tmp_path: Path) -> None:
    """The day stands in parameters.yaml, so the command that is shown need not name it."""
    made = generate(clients=100, deliveries=1_000, seed=1, out=tmp_path / "set", as_of=date(2028, 5, 2))
    assert (made.out / "parameters.yaml").read_text().startswith("as_of: 2028-05-02\nparameters:\n")
    assert made.command == f"compliance check {made.out} --compartment all"


def test_every_core_rule_has_planted_findings(tmp_path: Path) -> None:
    """No rule of the book is without a planted violation."""
    made = generate(clients=100, deliveries=1_000, seed=1, out=tmp_path / "set")
    book, _ = load_book()
    assert {rule.id for rule in book.judged} == {rule for rule, _ in made.planted}


def test_list_of_findings_is_what_the_file_says(tmp_path: Path) -> None:
    """`expected.jsonl` holds one line per planted finding, ordered by rule and subject."""
    made = generate(clients=100, deliveries=1_000, seed=1, out=tmp_path / "set")
    lines = [json.loads(line) for line in (made.out / "expected.jsonl").read_text().splitlines()]
    assert [(line["rule"], line["subject"]) for line in lines] == sorted(made.planted)
    assert {line["outcome"] for line in lines} == {"finding"}


def test_equal_seeds_give_equal_bytes(tmp_path: Path) -> None:
    """Two data sets with the same arguments are the same, byte for byte; another seed gives another."""
    folders = [tmp_path / name for name in ("one", "two", "other")]
    for folder, seed in zip(folders, (3, 3, 4), strict=True):
        generate(clients=100, deliveries=2_000, seed=seed, out=folder)
    one, two, other = ({path.name: path.read_bytes() for path in folder.iterdir()} for folder in folders)
    assert one == two
    assert one != other


def test_sizes_are_as_asked(tmp_path: Path) -> None:
    """There are exactly so many clients and deliveries, ten districts and 60 to 200 subcontractors."""
    made = generate(clients=240, deliveries=12_345, seed=2, out=tmp_path / "set")
    rows = Counter(made.rows)
    assert (rows["client"], rows["delivery"], rows["referral"]) == (240, 12_345, 800)
    assert rows["district"] == 10
    query = f"SELECT count(DISTINCT subcontractor_id) FROM '{made.out}/subcontract.parquet'"
    with duckdb.connect() as connection:
        (count,) = connection.execute(query).fetchone() or (0,)
    assert 60 <= count <= 200


@pytest.mark.parametrize(
    ("clients", "deliveries", "seed", "as_of", "place"),
    [
        (99, 1_000, 1, DEFAULT_AS_OF, "--clients"),
        (100, 999, 1, DEFAULT_AS_OF, "--deliveries"),
        (100, 1_000, -1, DEFAULT_AS_OF, "--seed"),
        (100, 1_000, 1, date(2028, 2, 9), "--as-of"),
        (100, 1_000, 1, date(2027, 2, 9), "--as-of"),
        (100, 10_000_000, 1, DEFAULT_AS_OF, "--deliveries"),
    ],
)
def test_impossible_sizes_are_refused_with_a_hint(
    tmp_path: Path, clients: int, deliveries: int, seed: int, as_of: date, place: str
) -> None:
    """A size that cannot be made is named, with what can."""
    with pytest.raises(UsageError) as caught:
        generate(clients=clients, deliveries=deliveries, seed=seed, out=tmp_path / "set", as_of=as_of)
    assert [problem.place for problem in caught.value.problems] == [place]
    assert all(problem.hint for problem in caught.value.problems)


def test_folder_with_other_files_is_left_alone(tmp_path: Path) -> None:
    """Nothing is written into a folder that holds anything but a data set."""
    (tmp_path / "diary.txt").write_text("mine")
    with pytest.raises(UsageError):
        generate(clients=100, deliveries=1_000, seed=1, out=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["diary.txt"]


def test_earlier_data_set_is_replaced(tmp_path: Path) -> None:
    """A second data set of another format leaves no file of the first."""
    generate(clients=100, deliveries=1_000, seed=1, out=tmp_path, format="csv")
    generate(clients=100, deliveries=1_000, seed=1, out=tmp_path, format="parquet")
    assert not list(tmp_path.glob("*.csv"))


def test_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    """A file is not overwritten by a folder."""
    (tmp_path / "file").write_text("mine")
    with pytest.raises(UsageError):
        generate(clients=100, deliveries=1_000, seed=1, out=tmp_path / "file")
