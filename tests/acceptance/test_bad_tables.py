"""Data sets that are wrong in every way: CSV, Parquet, JSON lines and messages."""

# ruff: noqa: E501 - a row of a table of cases stays on one line

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from tests.acceptance.desk import DELIVERED, DELIVERY, Answer, ask, data_set

JSON_LINE = (
    '{"id":"d1","contract_id":"c1","client_id":"k1","provider_id":"o2","service":"ambulatory",'
    '"day":"2027-02-01","hours":1}\n'
)
SECOND = DELIVERED.replace("d1", "d2")
QUERY = (
    "SELECT 'd1' AS id, 'c1' AS contract_id, 'k1' AS client_id, 'o2' AS provider_id, 'ambulatory' AS service, "
    "DATE '2027-02-01' AS day, 1 AS hours, 1 AS amount_eur"
)
Make = Callable[[str], bytes]


@pytest.fixture(scope="session")
def parquet(tmp_path_factory: pytest.TempPathFactory) -> Make:
    """The bytes of a Parquet file with the rows of a query."""
    path = tmp_path_factory.mktemp("parquet") / "made.parquet"

    def make(query: str) -> bytes:
        duckdb.sql(f"COPY ({query}) TO '{path}' (FORMAT parquet)")
        return path.read_bytes()

    return make


def checked(folder: Path, files: dict[str, str | bytes], *options: str) -> Answer:
    """The answer on a data set with these files in it."""
    answer = ask("check", data_set(folder / "set", files), "-r", "SUB-01", "--as-of", "2027-06-01", *options)
    assert "Traceback" not in answer.said
    return answer


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({"delivery.csv": b"\xef\xbb\xbf" + (DELIVERY + DELIVERED).encode()}, id="BOM"),
        pytest.param({"delivery.csv": (DELIVERY + DELIVERED).replace("\n", "\r\n")}, id="CRLF"),
        pytest.param({"delivery.csv": (DELIVERY + DELIVERED).rstrip("\n")}, id="no last line break"),
        pytest.param({"delivery.csv": DELIVERY + '"d""1","c1","k1","o2","ambulatory","2027-02-01","1",""\n'},
                     id="quotes"),
        pytest.param({"delivery.csv": DELIVERY + "\n" + DELIVERED + "\n\n"}, id="empty lines"),
        pytest.param({"delivery.csv": DELIVERY + DELIVERED.replace("d1", "=1+1")}, id="formula"),
        pytest.param({"delivery.csv": DELIVERY + DELIVERED.replace("d1", "NULL")}, id="NULL is a text"),
        pytest.param({"delivery.jsonl": JSON_LINE + "\n" + JSON_LINE.replace("d1", "d2")}, id="JSON lines"),
        pytest.param({"delivery.jsonl": JSON_LINE.replace('"hours":1', '"hours":"1.25"')}, id="decimal as text"),
    ],
)  # fmt: skip
def test_a_table_is_read_however_it_was_saved(tmp_path: Path, files: dict[str, str | bytes]) -> None:
    """What spreadsheets and editors do to a file does not matter."""
    answer = checked(tmp_path, files)
    assert answer.code == 1
    assert "organisatie o2" in answer.said


@pytest.mark.parametrize(
    ("files", "said"),
    [
        pytest.param({"delivery.csv": (DELIVERY + DELIVERED).replace(",", ";")}, "komma's", id="semicolons"),
        pytest.param({"delivery.csv": DELIVERED}, "namen van kolommen", id="no header"),
        pytest.param({"delivery.csv": ""}, "leeg", id="empty"),
        pytest.param({"delivery.csv": "\n\n"}, "namen van kolommen", id="blank"),
        pytest.param({"delivery.csv": DELIVERY.strip() + ",hours\n" + DELIVERED.strip() + ",1\n"}, "hours", id="doubled"),
        pytest.param({"delivery.csv": DELIVERY.replace("hours", "huors") + DELIVERED}, "hours, de bekende naam", id="typo"),
        pytest.param({"delivery.csv": DELIVERY.strip() + ",nationaliteit\n" + DELIVERED.strip() + ",Hermelijn\n"},
                     "nationaliteit is beschermd", id="protected"),
        pytest.param({"delivery.csv": DELIVERY.strip() + ",Geboorte Land\n" + DELIVERED.strip() + ",Hermelijn\n"},
                     "geboorteplaats is beschermd", id="protected with a blank"),
        pytest.param({"delivery.csv": (DELIVERY + DELIVERED).encode() + b"\xe9,c1,k1,o,ambulatory,2027-02-01,1,1\n"},
                     "UTF-8", id="not UTF-8"),
        pytest.param({"delivery.csv": (DELIVERY + DELIVERED).encode("utf-16")}, "UTF-8", id="UTF-16"),
        pytest.param({"delivery.csv": (DELIVERY + DELIVERED).encode() + b"d2,\x00\n"}, "NUL", id="NUL"),
        pytest.param({"delivery.csv": DELIVERY + '"' + DELIVERED + SECOND}, "aanhalingstekens", id="quote left open"),
        pytest.param({"delivery.parquet": b""}, "leeg", id="empty Parquet"),
        pytest.param({"delivery.parquet": b"hello"}, "Parquet", id="text as Parquet"),
        pytest.param({"delivery.jsonl": ""}, "leeg", id="empty JSON lines"),
        pytest.param({"delivery.jsonl": JSON_LINE.encode("utf-16")}, "UTF-8", id="JSON lines in UTF-16"),
        pytest.param({"deliverys.csv": DELIVERY}, "delivery, de bekende naam", id="unknown entity"),
        pytest.param({"delivery.xlsx": b"PK"}, ".csv", id="workbook"),
        pytest.param({"x.xml": ""}, "leeg", id="empty XML"),
        pytest.param({"x.xml": "<a"}, "XML", id="broken XML"),
        pytest.param({"x.xml": '<!DOCTYPE a [<!ENTITY b "b">]><a>&b;</a>'}, "DOCTYPE", id="entities"),
        pytest.param({"x.xml": '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'}, "DOCTYPE", id="XXE"),
        pytest.param({"x.xml": '<!DOCTYPE a SYSTEM "http://example.invalid/a.dtd"><a/>'}, "DOCTYPE", id="DTD"),
        pytest.param({"x.xml": "<a>" * 5000}, "XML", id="deep XML"),
    ],
)  # fmt: skip
def test_a_useless_file_is_refused_whole(tmp_path: Path, files: dict[str, str | bytes], said: str) -> None:
    """The refusal names the file and the reason; the other files are judged and the answer is incomplete."""
    answer = checked(tmp_path, files)
    assert answer.code == 3
    assert next(iter(files)) in answer.said
    assert said in answer.said
    assert "Hermelijn" not in answer.said
    assert "root:" not in answer.said
    assert answer.err == "Niet volledig: er is 1 ding geweigerd.\n"


@pytest.mark.parametrize(
    ("query", "column"),
    [
        ("1::DOUBLE AS hours", "hours"),
        ("1::FLOAT AS amount_eur", "amount_eur"),
        ("[1] AS hours", "hours"),
        ("{'a': 1} AS hours", "hours"),
        ("true AS amount_eur", "amount_eur"),
        ("1.005::DECIMAL(9,3) AS amount_eur", "amount_eur"),
        ("'1e3' AS amount_eur", "amount_eur"),
        ("'infinity' AS hours", "hours"),
        ("TIMESTAMP '2027-02-01' AS day", "day"),
        ("'2027-02-30' AS day", "day"),
        ("1 AS id", "id"),
        ("'x'::BLOB AS id", "id"),
        ("1 AS hours, 'Hermelijn' AS postcode", "postcode"),
    ],
)
def test_a_parquet_column_is_never_guessed(tmp_path: Path, parquet: Make, query: str, column: str) -> None:
    """A column of floats, a nested one or one of a wrong type is refused by name, not cast."""
    name = column if column != "postcode" else "hours"
    content = parquet(f"SELECT {query}, * EXCLUDE ({name}) FROM ({QUERY})")
    answer = checked(tmp_path, {"delivery.parquet": content}, "-f", "json")
    assert answer.code == 3
    assert [item["column"] for item in answer.data["refusals"]] == [column]
    assert "Hermelijn" not in answer.said


@pytest.mark.parametrize("cut", [slice(-20), slice(60), slice(40, None), slice(4)])
def test_a_broken_parquet_file_is_refused_whole(tmp_path: Path, parquet: Make, cut: slice) -> None:
    """Half a file gives no half facts."""
    answer = checked(tmp_path, {"delivery.parquet": parquet(QUERY)[cut]})
    assert answer.code == 3
    assert "delivery.parquet" in answer.said


def test_wrong_cells_of_a_table_are_refused_one_by_one(tmp_path: Path) -> None:
    """Each bad row of a CSV file is one refusal with its row and column; a good row beside them is judged."""
    cells = [
        *(("10.00", money, "amount_eur") for money in (
            "1.005", "1e3", "inf", "nan", ".5", "1.", "+1", " 1", "1 ", "0x10", "1_0", '"1,5"', "9" * 17, "١", "€5",
        )),
        *(("2027-02-01", day, "day") for day in (
            "2027-02-30", "2027-2-3", "0000-01-01", "20270201", "epoch", "infinity", "2027-02-01 00:00",
            "10000-01-01", "",
        )),
        (",1,", ",-1,", "hours"),
        (",1,", ",,", "hours"),
        ("ambulatory", "ambulant", "service"),
        ("c1", "c9", "contract_id"),
        ("k1", "123456782", "client_id"),
        ("k1", "123 456 782", "client_id"),
        ("o2", "o\x07", "provider_id"),
    ]  # fmt: skip
    lines = [
        DELIVERED.replace("d1", f"d{row}").replace(old, new) for row, (old, new, _) in enumerate(cells, 2)
    ]
    answer = checked(tmp_path, {"delivery.csv": DELIVERY + "".join(lines) + DELIVERED}, "-f", "json")
    assert answer.code == 3
    refused = {(item["row"], item["column"]) for item in answer.data["refusals"]}
    assert refused == {(str(row), column) for row, (*_, column) in enumerate(cells, 2)}
    assert answer.outcomes()["SUB-01", "o2"] == "finding"
    assert "123456782" not in answer.said


@pytest.mark.parametrize(
    ("line", "count"),
    [("d9,c1,k1,o2,ambulatory,2027-02-01,1\n", "7"), ("d9,c1,k1,o2,ambulatory,2027-02-01,1,1,x\n", "9")],
)
def test_a_line_with_too_few_or_many_cells_is_refused(tmp_path: Path, line: str, count: str) -> None:
    """Such a line is refused with its number; its values never slide into another column."""
    answer = checked(tmp_path, {"delivery.csv": DELIVERY + DELIVERED + line + SECOND}, "-f", "json")
    assert answer.code == 3
    (refusal,) = answer.data["refusals"]
    assert (refusal["row"], refusal["shape"]) == ("3", f"{count} values")
    (found,) = (item for item in answer.data["results"] if item["outcome"] == "finding")
    assert found["evidence_count"] == 2


@pytest.mark.parametrize(
    "line",
    [
        '{"id": "d2",\n', "[1]\n", "null\n", "NaN\n", "[" * 50_000 + "\n", JSON_LINE.replace("d1", "\\ud800"),
        JSON_LINE.replace("d1", "d\\u0000"), JSON_LINE.replace('"hours":1', '"hours":NaN'),
        JSON_LINE.replace('"hours":1', '"hours":1e999'), JSON_LINE.replace('"hours":1', '"hours":1e3'),
        JSON_LINE.replace('"hours":1', '"hours":1,"hours":2'), JSON_LINE.replace('"hours":1', '"hours":true'),
        JSON_LINE.replace('"hours":1', '"hours":1,"geboorteland":"Hermelijn"'),
    ],
)  # fmt: skip
def test_a_broken_line_of_json_does_not_stop_the_others(tmp_path: Path, line: str) -> None:
    """The line is refused with its number, the next one is judged."""
    text = line + JSON_LINE.replace("d1", "d7")
    answer = checked(tmp_path, {"delivery.jsonl": text}, "-f", "json")
    assert answer.code == 3
    assert [item["row"] for item in answer.data["refusals"]] == ["1"]
    assert answer.outcomes()["SUB-01", "o2"] == "finding"
    assert "Hermelijn" not in answer.said


def test_a_header_alone_says_there_are_none(tmp_path: Path) -> None:
    """Without deliveries nothing is flagged and nothing was refused: nothing at all was assessed (4)."""
    answer = checked(tmp_path, {"delivery.csv": DELIVERY})
    assert (answer.code, answer.err.count("\n")) == (4, 1)


def test_a_row_in_two_files_is_refused_in_both(tmp_path: Path, parquet: Make) -> None:
    """The same id in a CSV and a Parquet file is one id twice."""
    files: dict[str, str | bytes] = {
        "delivery.csv": DELIVERY + DELIVERED,
        "delivery.parquet": parquet(QUERY),
    }
    answer = checked(tmp_path, files, "-f", "json")
    assert {Path(item["file"]).name for item in answer.data["refusals"]} == set(files)


@pytest.mark.parametrize(
    "name",
    [
        "a b",
        "*",
        "[a]",
        "?",
        "it's",
        "a;b",
        "ü",
        "😀",
        "%41",
        "a\nb",
        "-x",
        "$HOME",
        "a\\b",
        "{a,b}",
        '"',
        "~",
    ],
)
@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_names_of_folders_are_literal(tmp_path: Path, parquet: Make, name: str, form: str) -> None:
    """Whatever letters a path has, exactly that path is read."""
    folder = tmp_path / name
    folder.mkdir()
    content: str | bytes = DELIVERY + DELIVERED if form == "csv" else parquet(QUERY)
    data_set(tmp_path / "decoy", {})
    answer = checked(folder, {f"delivery.{form}": content}, "-f", "json")
    assert answer.code == 1
    assert answer.data["results"][0]["values"]["deliveries"] == 1


def test_a_strange_file_name_is_shown_harmlessly(tmp_path: Path) -> None:
    """A control character in the name of a file reaches no terminal."""
    for form in ("text", "json", "html", "md", "csv"):
        answer = checked(tmp_path, {"a\x1b[31m\nb.csv": "x"}, "-f", form)
        assert answer.code == 3
        assert not re.search(r"[\x1b]", answer.out + answer.err)


def test_a_folder_that_may_not_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without access there is a reason and no traceback."""

    def refuse(_: Path) -> None:
        raise PermissionError(13, "Permission denied")

    folder = data_set(tmp_path / "set", {})
    monkeypatch.setattr(Path, "iterdir", refuse)
    answer = ask("check", folder)
    assert (answer.code, answer.raw) == (3, b"")
    assert "geen toegang" in answer.err
