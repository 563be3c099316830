"""Large files that stay where they are give what a table in memory gives; a file that changes is told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from compliance.errors import InputError
from compliance.model.schema import delivered_entities
from compliance.sources import references, standing
from compliance.sources.database import Room
from compliance.sources.facts import Facts, read_facts
from compliance.sources.standing import refuse_changed

CONTRACT = "id,title,contractor_id,first_day,last_day,funding\nc1,Wmo,o1,2027-01-01,2030-12-31,task\n"
ROWS = """
    SELECT 'd' || i AS id, 'c1' AS contract_id, 'k' || (i % 5) AS client_id, 'o1' AS provider_id,
    'ambulatory' AS service, DATE '2027-02-01' + (i % 7)::INTEGER AS day, 1.25::DECIMAL(18,4) AS hours,
    CASE i % 3 WHEN 0 THEN '' WHEN 1 THEN 's' || i END AS session_id FROM range(1, 41) t(i)
"""
Make = Callable[..., tuple[Facts, Facts]]


@pytest.fixture(autouse=True)
def _any_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standing, "LEAST_ROWS", 1)


@pytest.fixture
def both(tmp_path: Path) -> Make:
    """The facts of deliveries by a query and of further files: copied into memory, and in place."""

    def make(query: str, **files: str) -> tuple[Facts, Facts]:
        folder = tmp_path / "set"
        folder.mkdir()
        duckdb.sql(f"COPY ({query}) TO '{folder / 'delivery.parquet'}' (FORMAT parquet)")
        for name, content in {"contract_csv": CONTRACT, **files}.items():
            (folder / name.replace("_", ".")).write_text(content)
        read = [
            read_facts([str(folder)], entities=delivered_entities(), room=Room(in_place=in_place))
            for in_place in (False, True)
        ]
        return read[0], read[1]

    return make


def _rows(facts: Facts) -> list[Any]:
    return facts.connection.execute("SELECT * FROM fact.delivery ORDER BY id").fetchall()


def test_good_file_stands_and_gives_the_same(both: Make) -> None:
    """Rows, stubs, digest and catalog are those of a copy: empty texts empty, lacking columns empty."""
    copied, stood = both(ROWS)
    assert [Path(stamp.path).name for stamp in stood.standing] == ["delivery.parquet"]
    assert copied.standing == ()
    assert _rows(stood) == _rows(copied)
    assert [row[9] for row in _rows(stood)].count("") == 0
    assert stood.digest == copied.digest
    assert stood.catalog == copied.catalog
    assert stood.notices == copied.notices
    assert [file.sha256 for file in stood.files] == [file.sha256 for file in copied.files]


@pytest.mark.parametrize(
    "change",
    [
        "REPLACE (CASE i WHEN 7 THEN 'dancing' ELSE 'ambulatory' END AS service)",
        "REPLACE (CASE i WHEN 7 THEN chr(7) ELSE 'k1' END AS client_id)",
        "REPLACE (CASE i WHEN 7 THEN '' ELSE 'k1' END AS client_id)",
        "REPLACE (CASE i WHEN 7 THEN 'c2' ELSE 'c1' END AS contract_id)",
        "REPLACE (CASE i WHEN 7 THEN 'd30' ELSE 'd' || i END AS id)",
        "REPLACE (CASE i WHEN 30 THEN 'd7' ELSE 'd' || i END AS id)",
        "REPLACE ('d' || (i * 7 % 20) AS id)",
    ],
)
def test_bad_rows_are_refused_alike(both: Make, change: str) -> None:
    """A file with a bad row, an equal id or a reference to nowhere is refused row by row, as ever."""
    copied, stood = both(
        f"SELECT * EXCLUDE i FROM (SELECT * {change} FROM ({ROWS.replace('SELECT', 'SELECT i,', 1)}))"
    )
    assert stood.refusals
    assert stood.refusals == copied.refusals
    assert _rows(stood) == _rows(copied)
    assert stood.catalog == copied.catalog


def test_equal_ids_are_seen_without_the_order(both: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where too many ids are out of order all are counted."""
    monkeypatch.setattr(references, "_MOST_OUT_OF_ORDER", 3)
    copied, stood = both(f"{ROWS} ORDER BY hash(i)")
    assert stood.refusals == []
    assert stood.standing
    assert _rows(stood) == _rows(copied)


def test_second_file_of_an_entity_joins_the_first(both: Make) -> None:
    """Rows of several files stand in one table."""
    more = "id,contract_id,client_id,provider_id,service,day\nx1,c1,k1,o1,ambulatory,2027-01-01\n"
    copied, stood = both(ROWS, delivery_csv=more)
    assert len(_rows(stood)) == 41
    assert _rows(stood) == _rows(copied)
    assert stood.catalog == copied.catalog


def test_sealed_database_reads_only_what_stands(both: Make, tmp_path: Path) -> None:
    """No other file can be reached, though the standing one is read until the end."""
    _, stood = both(ROWS)
    other = tmp_path / "other.parquet"
    duckdb.sql(f"COPY (SELECT 1) TO '{other}' (FORMAT parquet)")
    with pytest.raises(duckdb.PermissionException):
        stood.connection.execute(f"SELECT * FROM '{other}'")
    assert len(_rows(stood)) == 40


def test_changed_file_is_told(both: Make) -> None:
    """Who writes to a file, or takes it away, while it is judged hears that the answer does not hold."""
    _, stood = both(ROWS)
    refuse_changed(stood.standing)
    Path(stood.standing[0].path).unlink()
    with pytest.raises(InputError) as caught:
        refuse_changed(stood.standing)
    assert [problem.code for problem in caught.value.problems] == ["file-changed"]
