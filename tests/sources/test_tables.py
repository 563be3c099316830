"""Tables: what is wrong with a file as a whole, or with a line that is no row, is said once and clearly."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from compliance.model.schema import delivered_entities
from compliance.sources.facts import Facts, read_facts

CONTRACT = "id,title,contractor_id,first_day,funding\nc1,Wmo,{contractor},2027-01-01,task\n"

Deliver = Callable[[Mapping[str, str | bytes]], Facts]
Codes = Callable[[Facts], list[tuple[str, str, str]]]
Column = Callable[..., list[Any]]


def test_csv_rows_are_typed(deliver: Deliver, column: Column) -> None:
    """Days, decimals, booleans and whole numbers stand in the database in their own type."""
    facts = deliver(
        {
            "team.csv": "id,contract_id,district_id,organisation_id,first_day,fte,accessible\n"
            "t1,c1,west,o1,2027-01-01,1.25,true\nt2,c1,oost,o1,2027-01-02,,\n",
            "organisation.csv": "id,name,kvk_number,working_persons\no1,Wijkkracht,01234567,12\n",
        }
    )
    assert facts.refusals == []
    assert column(facts, "team", "first_day") == [date(2027, 1, 1), date(2027, 1, 2)]
    assert column(facts, "team", "fte") == [Decimal("1.2500"), None]
    assert column(facts, "team", "accessible") == [True, None]
    assert column(facts, "organisation", "kvk_number") == ["01234567"]
    assert column(facts, "organisation", "working_persons") == [12]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("team.csv", b"id,name\n\xff\xfe\n", "not_utf8"),
        ("team.csv", b"id,name\n1,\x00\n", "nul_byte"),
        ("team.csv", b"", "empty_file"),
        ("team.csv", b"a,b\n1,2\n", "no_header"),
        ("team.csv", b'id,first_day\nt1,"2027\n', "broken_csv"),
        ("team.csv", b"id,id,first_day\n", "double_column"),
        ("team.csv", b"id,contract_id\nt1,c1\n", "column_missing"),
        ("team.csv", b"contract_id,first_day\nc1,2027-01-01\n", "column_missing"),
        ("team.csv", b"id,first_day,distrct_id\nt1,2027-01-01,west\n", "unknown_column"),
        ("team.csv", b"id,first_day,Geboorte Plaats\nt1,2027-01-01,x\n", "protected_attribute"),
        ("team.parquet", b"PAR1 no", "broken_parquet"),
        ("team.parquet", b"", "empty_file"),
        ("team.jsonl", b'{"id": "\xff"}\n', "not_utf8"),
        ("teams.csv", b"id\n", "unknown_entity"),
        ("team.xlsx", b"PK", "broken_workbook"),
        ("paramters.yaml", b"uptake_days: 1\n", "unknown_file"),
    ],
)
def test_unusable_file_is_refused_whole(deliver: Deliver, name: str, content: bytes, code: str) -> None:
    """Nothing of such a file is taken, for exactly one reason, and its entity counts as not delivered."""
    facts = deliver({name: content})
    assert [(refusal.code, refusal.whole_file) for refusal in facts.refusals] == [(code, True)]
    assert "team" not in facts.came
    assert not facts.catalog["team"].complete


def test_unknown_column_names_the_closest_known_one(deliver: Deliver) -> None:
    """A misspelt column is answered with the name that was probably meant."""
    facts = deliver({"team.csv": "id,first_day,distrct_id\nt1,2027-01-01,west\n"})
    assert facts.refusals[0].column == "distrct_id"
    assert facts.refusals[0].expected == "district_id, the closest known name"


def test_all_flaws_of_a_header_are_listed(deliver: Deliver, codes: Codes) -> None:
    """A reader mends a file once: every bad column is named at the same time."""
    facts = deliver({"team.csv": "id,first_day,nationaliteit,foo\nt1,2027-01-01,x,y\n"})
    assert codes(facts) == [
        ("team", "foo", "unknown_column"),
        ("team", "nationaliteit", "protected_attribute"),
    ]


def test_lacking_column_is_not_delivered(deliver: Deliver) -> None:
    """A column that a table lacks is unknown for its rows, also a required one; other files may have it."""
    facts = deliver(
        {
            "delivery.csv": "id,contract_id,client_id,provider_id,service,day\n"
            "d1,c1,k1,o1,ambulatory,2027-01-01\n",
            "delivery.jsonl": '{"id": "d2", "contract_id": "c1", "client_id": "k1", "provider_id": "o1", '
            '"service": "ambulatory", "day": "2027-01-01", "hours": 1.5}\n',
        }
    )
    assert facts.refusals == []
    lacks = facts.catalog["delivery"].lacks
    rows = facts.connection.execute("SELECT id, _lacks, hours FROM fact.delivery ORDER BY id").fetchall()
    assert [("hours" in lacks[group], hours) for _, group, hours in rows] == [
        (True, None),
        (False, Decimal("1.5")),
    ]
    assert lacks[rows[1][1]] == frozenset()


def test_header_alone_says_there_are_none(deliver: Deliver) -> None:
    """A table without rows is delivered and complete."""
    facts = deliver({"team.csv": "id,contract_id,district_id,organisation_id,first_day"})
    assert facts.catalog["team"].complete


def test_bad_rows_are_refused_and_the_others_go_on(deliver: Deliver, codes: Codes, column: Column) -> None:
    """Each bad row is named with its row number; the header is row 1."""
    facts = deliver(
        {
            "team.csv": "id,contract_id,district_id,organisation_id,first_day,fte\n"
            "t1,c1,west,o1,2027-01-01,1\n"
            "t2,c1,west,o1,2027-02-30,1\n"
            "t3,c1,west,o1,2027-01-01,1.00001\n"
            "t4,c1,west,o1,2027-01-01,-1\n"
            "t5,c1,west,o1,,1\n"
        }
    )
    assert codes(facts) == [
        ("team", "first_day", "not_a_day"),
        ("team", "fte", "not_a_decimal"),
        ("team", "fte", "out_of_range"),
        ("team", "first_day", "required_empty"),
    ]
    assert [refusal.place for refusal in facts.refusals] == ["3", "4", "5", "6"]
    assert column(facts, "team") == ["t1"]
    assert not facts.catalog["team"].complete


@pytest.mark.parametrize("line", ["t2,c1,west", "t2,c1,west,o1,2027-01-01,extra"])
def test_csv_row_of_another_width_is_refused(
    deliver: Deliver, codes: Codes, column: Column, line: str
) -> None:
    """A row with more or fewer values than the header is refused; the rows around it are read."""
    head = "id,contract_id,district_id,organisation_id,first_day\n"
    facts = deliver({"team.csv": f"{head}t1,c1,west,o1,2027-01-01\n{line}\nt3,c1,west,o1,2027-01-01\n"})
    assert codes(facts) == [("team", "", "broken_row")]
    assert facts.refusals[0].place == "3"
    assert column(facts, "team") == ["t1", "t3"]


def test_csv_spellings_give_equal_rows(deliver: Deliver, column: Column) -> None:
    """A byte order mark, Windows line ends, quotes and blank lines at the end change nothing."""
    plain = deliver({"person.csv": "id\np1\np2\n"})
    other = deliver({"person.csv": '\ufeff"id"\r\n"p1"\r\np2\r\n\r\n'})
    assert column(plain, "person") == column(other, "person") == ["p1", "p2"]
    assert plain.digest == other.digest


def test_jsonl_lines_that_are_no_row_are_refused(deliver: Deliver, codes: Codes, column: Column) -> None:
    """Broken JSON, equal keys, what is no object, unknown fields and half surrogates each cost a row."""
    lines = [
        '{"id": "p1"}',
        '{"id": "p2"',
        '{"id": "p3", "id": "p4"}',
        '["p5"]',
        '{"id": "p6", "sex": "x"}',
        '{"id": "\\ud800"}',
        '{"id": 7}',
        '{"id": NaN}',
        "[" * 100_000,
        "",
        '{"id": "p8"}',
    ]
    facts = deliver({"person.jsonl": "\n".join(lines)})
    assert [(refusal.place, refusal.code) for refusal in facts.refusals] == [
        ("2", "broken_json"),
        ("3", "broken_json"),
        ("4", "not_an_object"),
        ("5", "protected_attribute"),
        ("6", "unsafe_text"),
        ("7", "wrong_type"),
        ("8", "broken_json"),
        ("9", "broken_json"),
    ]
    assert codes(facts)[4][1] == "id"
    assert column(facts, "person") == ["p1", "p8"]


def test_parquet_of_typed_columns_is_read(
    deliver: Deliver, column: Column, parquet: Callable[[str], bytes]
) -> None:
    """Dates, decimals, integers and columns without any value are read from Parquet as they are."""
    query = (
        "SELECT 'd1' AS id, 'c1' AS contract_id, 'k1' AS client_id, 'o1' AS provider_id, "
        "'ambulatory' AS service, DATE '2027-01-01' AS day, 1.5::DECIMAL(18,6) AS hours, "
        "NULL AS amount_eur, NULL::INTEGER AS session_id"
    )
    facts = deliver({"delivery.parquet": parquet(query)})
    assert facts.refusals == []
    assert column(facts, "delivery", "hours") == [Decimal("1.5000")]
    assert column(facts, "delivery", "_place") == ["1"]


@pytest.mark.parametrize(
    ("value", "code"),
    [("1.5::DOUBLE", "binary_float"), ("'a'::BLOB", "wrong_column_type"), ("[1]", "wrong_column_type")],
)
def test_parquet_column_that_needs_guessing_is_refused(
    deliver: Deliver, parquet: Callable[[str], bytes], value: str, code: str
) -> None:
    """A float for an amount, or bytes, would have to be guessed at: the file is refused whole."""
    query = f"SELECT 't1' AS id, DATE '2027-01-01' AS first_day, {value} AS fte"
    facts = deliver({"team.parquet": parquet(query)})
    assert [(refusal.column, refusal.code) for refusal in facts.refusals] == [("fte", code)]


def test_parquet_decimal_is_never_rounded(
    deliver: Deliver, codes: Codes, parquet: Callable[[str], bytes]
) -> None:
    """A row whose decimal has more places than the field keeps is refused, not rounded."""
    query = "SELECT 'y1' AS id, 'c1' AS contract_id, 2027 AS year, 1.005::DECIMAL(18,3) AS value_eur"
    assert codes(deliver({"contract_year.parquet": parquet(query)})) == [
        ("contract_year", "value_eur", "not_a_decimal")
    ]


@pytest.mark.parametrize("folder", ["a*b", "a[b]c", "it's", 'say "x"', "a?b", "year=2027", "ü {x}"])
def test_paths_are_literal(tmp_path: Path, folder: str, column: Column) -> None:
    """Stars, brackets and quotes in a path are part of its name, never a pattern."""
    for name, content in ((folder, "id\nright\n"), ("axb", "id\nwrong\n"), ("abc", "id\nwrong\n")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "person.csv").write_text(content)
    facts = read_facts([str(tmp_path / folder)], entities=delivered_entities())
    assert column(facts, "person") == ["right"]


def test_odd_identifiers_survive(deliver: Deliver, column: Column, parquet: Callable[[str], bytes]) -> None:
    """Quotes, emoji, formulas and patterns in an id come through every kind of file unchanged."""
    odd = sorted(["o'1", 'o"2', "🏡", "=1+1", "o,3", "%_*[x]", "null", "NULL", "-", "é", "\\n", "a;b--"])
    organisations = [{"id": name, "name": name} for name in odd]
    lines = "".join('"' + name.replace('"', '""') + '",x\n' for name in odd)
    literals = ", ".join("('" + name.replace("'", "''") + "', 'x')" for name in odd)
    for file, content in {
        "organisation.jsonl": "\n".join(json.dumps(row) for row in organisations).encode(),
        "organisation.csv": f"id,name\n{lines}".encode(),
        "organisation.parquet": parquet(f"SELECT * FROM (VALUES {literals}) t(id, name)"),
    }.items():
        facts = deliver({file: content, "contract.csv": CONTRACT.format(contractor="-")})
        assert facts.refusals == [], file
        assert column(facts, "organisation") == odd, file
        Path(facts.files[-1].path).unlink()


def test_many_bad_rows_are_counted(deliver: Deliver) -> None:
    """Beyond a thousand equal reasons the rest is counted in one line, not listed."""
    rows = "".join(f"p{number},x\n" for number in range(1500))
    facts = deliver({"organisation.csv": "id,legal_form,name\n" + rows.replace(",x", ",nope,x")})
    assert len(facts.refusals) == 1001
    assert [refusal.shape for refusal in facts.refusals if refusal.code == "further_rows"] == ["500 rows"]


def test_only_what_is_asked_is_read(tmp_path: Path) -> None:
    """A file of another compartment is not even opened."""
    (tmp_path / "contract.csv").write_text(CONTRACT.format(contractor="o1"))
    (tmp_path / "bibob_inquiry.csv").write_bytes(b"\xff")
    facts = read_facts([str(tmp_path)], entities=["team"])
    assert facts.refusals == []
    assert [Path(file.path).name for file in facts.files] == ["contract.csv"]


def test_free_text_may_have_lines(deliver: Deliver, codes: Codes, column: Column) -> None:
    """What a person wrote freely keeps its tabs and ends of lines, Windows ones too; a name has none."""
    head = "id,organisation_id,kind,decided_on,motivation\n"
    text = f'{head}d1,o1,pause,2027-01-02,"a\r\nb\tc\n\nd"\nd2,o1,pause,2027-01-02,"a\rb"\n'
    facts = deliver({"decision.csv": text, "organisation.csv": 'id,name\no1,Zorg\no2,"a\nb"\n'})
    assert column(facts, "decision", "motivation") == ["a\r\nb\tc\n\nd"]
    assert codes(facts) == [
        ("decision", "motivation", "unsafe_text"),
        ("organisation", "name", "unsafe_text"),
    ]


def test_reasons_say_what_was_due(deliver: Deliver, parquet: Callable[[str], bytes]) -> None:
    """An empty message lacks no columns, and a number for an id should have been text."""
    facts = deliver({"a.xml": "", "person.parquet": parquet("SELECT 1::INTEGER AS id")})
    due = {refusal.code: refusal.expected for refusal in facts.refusals}
    assert due["empty_file"].startswith("one whole XML document")
    assert due["wrong_column_type"] == "text"
