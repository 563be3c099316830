"""Case files that are wrong in every way end in one clear reason, without a traceback or a value."""

# ruff: noqa: E501 - a row of a table of cases stays on one line

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.acceptance.desk import CASE, Answer, ask, delivered, put

ALIASES = "".join(
    f"{name}: &{name} [{', '.join([of] * 9)}]\n"
    for name, of in zip("abcd", ("x", "*a", "*b", "*c"), strict=True)
)
EXCEPTION = "granted_by: x, reason: y, first_day: 2027-01-01, last_day: 2027-12-31"
PERSONAL = "Hermelijn"  # stands for a personal value: no answer may show it
SUBCONTRACT = "id: s1, contract_id: c1, principal_id: o1, subcontractor_id: o2, first_day: 2027-01-01"
PROTECTED = (
    "nationaliteit", "nationality", "Nationaliteit_code", "geboorteplaats", "birth_place", "Geboorteland",
    "etniciteit", "ethnicity", "religion", "godsdienst", "Geslacht", "sex", "gender", "seksuele_gerichtheid",
    "orientation", "moedertaal", "language", "political_view", "politieke_opvatting", "gezondheid", "diagnose",
    "health", "postcode", "Post Code", "pc4", "bsn", "BSN", "Burger-Service-Nummer",
)  # fmt: skip


def checked(folder: Path, content: str | bytes, name: str = "case.yaml") -> Answer:
    """The answer on a case file with that content, which must be told without a traceback."""
    answer = ask("check", put(folder / name, content), "--rule", "SUB-01")
    assert "Traceback" not in answer.said
    return answer


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(delivered().encode() + b"# \xff\n", "not UTF-8", id="not UTF-8"),
        pytest.param(delivered().encode("utf-16"), "not UTF-8", id="UTF-16"),
        pytest.param(delivered().encode() + b"# \x00\n", "NUL", id="NUL"),
        pytest.param(b"", "empty", id="empty"),
        pytest.param(b"\n \n", "empty", id="blank"),
        pytest.param(b"# nothing\n", "as_of and facts", id="only a comment"),
        pytest.param(b"hello", "as_of and facts", id="one word"),
        pytest.param(b"- a\n", "as_of and facts", id="a list"),
        pytest.param(ALIASES, "aliases", id="alias bomb"),
        pytest.param("a: &a [*a]\n", "alias", id="alias of itself"),
        pytest.param(f"{CASE}  delivery: !!python/object/apply:os.system ['id']\n", "tag", id="python tag"),
        pytest.param(f"{CASE}  delivery: !x []\n", "tag", id="own tag"),
        pytest.param(f"{CASE}  client: []\n", "client stands twice", id="doubled entity"),
        pytest.param(delivered(id="d1, id: d2"), "id stands twice", id="doubled field"),
        pytest.param(f"{CASE}---\na: 1\n", "second document", id="two documents"),
        pytest.param("a: " + "[" * 3000 + "]" * 3000, "nested", id="nested deeply"),
        pytest.param("facts:\n\tcontract: []\n", "valid YAML", id="tab"),
        pytest.param("facts: [\n", "valid YAML", id="unclosed"),
        pytest.param("as_of: 2027-01-01\nfacts: []\n", "facts", id="facts as a list"),
        pytest.param("as_of: 2027-01-01\n", "facts", id="no facts"),
        pytest.param("facts: {}\n", "No contract", id="no contract"),
        pytest.param(delivered() + "asof: 2027-01-01\n", "Did you mean as_of", id="unknown key on top"),
        pytest.param(delivered().replace("2027-06-01", "2027-06-31"), "does not exist", id="as_of"),
        pytest.param(delivered().replace("2027-06-01", "vandaag"), "YYYY-MM-DD", id="as_of in words"),
        pytest.param(delivered() + "known_at: 2027-01-01\n", "time zone", id="known_at without zone"),
        pytest.param(delivered() + "known_at: '9999-12-31T23:59:59-12:00'\n", "9999", id="known_at too late"),
        pytest.param(delivered() + "parameters: {uptake_day: 3}\n", "Did you mean uptake_days", id="number"),
        pytest.param(delivered() + "parameters: {uptake_days: abc}\n", "whole number", id="number as text"),
        pytest.param(delivered() + "parameters: {uptake_days: 1.5}\n", "whole number", id="broken number"),
        pytest.param(delivered() + "parameters: {uptake_days: -3}\n", "between", id="negative number"),
        pytest.param(delivered() + f"parameters: {{uptake_days: {'9' * 400}}}\n", "uptake_days", id="huge"),
        pytest.param(delivered() + "parameters: {max_wait_days: 3}\n", "per code", id="number without codes"),
        pytest.param(delivered() + "parameters: {max_wait_days: {ambulant: 3}}\n", "ambulatory", id="code"),
        pytest.param(delivered() + "expect: x\n", "list", id="expect"),
        pytest.param(delivered() + "expect: [{rule: SUB-01}]\n", "expect[0]", id="half an expectation"),
        pytest.param(delivered() + "expect: [{rule: SUB-99, subject: organisation/o2, outcome: finding}]\n",
                     "Did you mean SUB-09", id="expects an unknown rule"),
        pytest.param(delivered() + "expect: [{rule: SUB-01, subject: organisation/o2, outcome: fout}]\n",
                     "finding", id="expects an unknown outcome"),
        pytest.param(delivered() + "expect: [{rule: SUB-01, subject: o2, outcome: finding}]\n",
                     "slash", id="expects about no entity"),
        pytest.param(delivered() + "exceptions: [{rule: SUB-01, subject: organisation/o2}]\n",
                     "granted_by", id="half an exception"),
        pytest.param(delivered() + f"exceptions: [{{rule: SUB-99, subject: organisation/o2, {EXCEPTION}}}]\n",
                     "SUB-09", id="exception to an unknown rule"),
        pytest.param(CASE.replace("first_day: 2027-01-01", "first_day: 2027-01-01, last_day: 2026-01-01"),
                     "days_reversed", id="contract that ends before it began"),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("english")
def test_an_unreadable_case_is_told_and_not_judged(tmp_path: Path, content: str | bytes, said: str) -> None:
    """A case that cannot be read at all gives exit 3, nothing on stdout, and what is wrong where."""
    answer = checked(tmp_path, content)
    assert answer.code == 3
    assert answer.raw == b""
    assert said in answer.err
    assert all(line.startswith("error: ") or line.endswith(" errors") for line in answer.err.splitlines())


def row(**changes: str) -> str:
    """A delivery as a case file writes it, with changes; one of "-" leaves the field out."""
    fields = {
        "id": "d1", "contract_id": "c1", "client_id": "k1", "provider_id": "o2", "service": "ambulatory",
        "day": "2027-02-01", "hours": "1", **changes,
    }  # fmt: skip
    return ", ".join(f"{name}: {value}" for name, value in fields.items() if value != "-")


IMPOSSIBLE_DAYS = (
    "2027-02-30", "2027-2-3", "0000-01-01", "20270201", "01-02-2027", "2027-02-01T00:00:00", "10000-01-01",
    '"2027-02-01 "', "٢٠٢٧-٠٢-٠١", "2027-02-29", "infinity", "1", "true", "[1]",
)  # fmt: skip
NO_MONEY = (
    "1.005", "1e3", "1E+3", "inf", ".inf", "-.inf", ".nan", '".5"', '"1."', "1_000", '"1,50"', '"€ 5"', '"1e3"',
    "true", "[1]", "{a: 1}", "99999999999999999999", "1e999", '" 1"', '"+1"',
)  # fmt: skip
WRONG_ROWS: list[tuple[str, str, str]] = [
    *((row(day=day), "day", "YYYY-MM-DD") for day in IMPOSSIBLE_DAYS),
    *((row(amount_eur=money), "amount_eur", "at most 2 decimals") for money in NO_MONEY),
    *((row(hours=hours), "hours", "at least 0") for hours in ("-1", "1.00001", "null", "''", "1e999999999")),
    (row(dya="2027-01-01"), "dya", "day, the closest"),
    (row(service="ambulant"), "service", "ambulatory, the closest"),
    (row(contract_id="c9"), "contract_id", "delivered and accepted"),
    (row(referral_id="r9"), "referral_id", "that was delivered"),
    (row(id="5"), "id", "in quotes"),
    (row(id='"d\\u0007"'), "id", "control characters"),
    (row(id='"d\\n1"'), "id", "control characters"),
    (row(id='"d\\u202e1"'), "id", "control characters"),
    (row(id="x" * 5000), "id", "200"),
    (row(id="-"), "id", "1 to 200"),
    (row(provider_id='"o\\u0007"'), "provider_id", "control characters"),
    (row(client_id="'123456782'"), "client_id", "never a BSN"),
    (row(client_id="'1234.56.782'"), "client_id", "never a BSN"),
    (row(client_id="'123 456 782 '"), "client_id", "never a BSN"),
    (row(person_id="'12345672'"), "person_id", "never a BSN"),
    *((row(**{f"'{name}'": PERSONAL}), name, "protected") for name in PROTECTED),
    ("<<: {id: d1}", "(text of 2 characters)", "one of"),
]


def listed(rows: Iterable[str]) -> str:
    """A case with these deliveries, each with an id of its own unless it is about the id."""
    lines = [text.replace("id: d1,", f"id: d{number},", 1) for number, text in enumerate(rows)]
    return CASE + "  delivery:\n" + "".join(f"    - {{{line}}}\n" for line in lines)


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> Answer:
    """The answer on one case with all wrong rows and a good one behind them."""
    path = put(
        tmp_path_factory.mktemp("case") / "case.yaml", listed([*(text for text, *_ in WRONG_ROWS), row()])
    )
    return ask("check", path, "--rule", "SUB-01", "-f", "json")


@pytest.mark.parametrize("number", range(len(WRONG_ROWS)))
def test_a_wrong_row_is_refused_with_its_place_and_what_is_due(refused: Answer, number: int) -> None:
    """One thing wrong with a row is one refusal, with file, place, column and what was due."""
    _, column, said = WRONG_ROWS[number]
    found = [item for item in refused.data["refusals"] if item["row"] == f"facts.delivery[{number}]"]
    assert [item["column"] for item in found] == [column]
    assert said in found[0]["expected"]
    assert found[0]["file"].endswith("case.yaml")


def test_the_other_rows_go_on(refused: Answer) -> None:
    """Beside all refused rows the good one is judged, the answer is incomplete, and no secret is shown."""
    assert refused.code == 3
    assert refused.outcomes()["SUB-01", "o2"] == "finding"
    assert len(refused.err.splitlines()) == 1
    assert not [word for word in (PERSONAL, "123456782", "12345672") if word in refused.said]


@pytest.mark.parametrize(
    ("content", "place", "said"),
    [
        pytest.param(f"{CASE}  deliverys: []\n", "facts.deliverys", "delivery", id="unknown entity"),
        pytest.param(f"{CASE}  delivery: {{a: 1}}\n", "facts.delivery", "een lijst", id="section is no list"),
        pytest.param(f"{CASE}  delivery:\n", "facts.delivery", "[] zegt dat er geen zijn", id="empty section"),
        pytest.param(f"{CASE}  delivery: [1]\n", "facts.delivery[0]", "velden", id="row is no row"),
        pytest.param(CASE.replace("name: W", "kvk_number: 01234567, name: W"), "kvk_number", "[0-9]{8}", id="KVK"),
        pytest.param(CASE.replace("{id: k1}", "{id: '123456782'}"), "facts.client[0]", "BSN", id="BSN"),
        pytest.param(CASE.replace("{id: k1}", "{id: '1234.56.782'}"), "facts.client[0]", "BSN", id="BSN dotted"),
        pytest.param(CASE.replace("subcontract: []", f"subcontract: [{{{SUBCONTRACT}, kind: client_bound}}]"),
                     "client_id", "omdat kind client_bound is", id="client-bound without client"),
        pytest.param(CASE.replace("subcontract: []", f"subcontract: [{{{SUBCONTRACT}, kind: fixed,"
                                  " last_day: 2026-12-31}]"), "last_day", "first_day", id="ends before it began"),
    ],
)  # fmt: skip
def test_a_wrong_section_is_refused_in_words(tmp_path: Path, content: str, place: str, said: str) -> None:
    """The text answer names file, place and what is due, and stderr says how much was refused."""
    answer = checked(tmp_path, content)
    assert answer.code == 3
    assert answer.err == "Niet volledig: er is 1 ding geweigerd.\n"
    assert place in answer.said
    assert said in answer.said
    assert "case.yaml" in answer.out
    assert "12345" not in answer.said


def test_a_whole_number_is_written_in_digits(tmp_path: Path) -> None:
    """What is no whole number written as one is refused."""
    wrong = ("1e3", "10.5", "1.0", "abc", '"1.0"', "true", "99999999999", '"1e1"')
    rows = ", ".join(
        f"{{id: x{place}, name: X, working_persons: {text}}}" for place, text in enumerate(wrong)
    )
    content = CASE.replace("{id: o1, name: Wijkkracht}", f"{{id: o1, name: Wijkkracht}}, {rows}")
    answer = ask("check", put(tmp_path / "case.yaml", content), "-r", "SUB-01", "-f", "json")
    assert [item["column"] for item in answer.data["refusals"]] == ["working_persons"] * len(wrong)


def test_a_bsn_written_as_a_number_is_refused_unshown(tmp_path: Path) -> None:
    """A client id without quotes is refused as a number, and the number is not shown."""
    answer = checked(tmp_path, CASE.replace("{id: k1}", "{id: 123456782}"))
    assert answer.code == 3
    assert "123456782" not in answer.said


def quoted(text: str) -> str:
    """The text as a double-quoted YAML scalar."""
    return json.dumps(text, ensure_ascii=False)


def test_an_odd_id_is_an_id(tmp_path: Path) -> None:
    """Quotes, emoji, formulas and blanks in ids are told as they are, of provider and evidence alike."""
    odd = ("d'\"1", "😀", "=1+1", " d1", "a/b", "%s {x} $1", "'; DROP TABLE x--", "[bold]x[/bold]", "d*?")
    path = put(tmp_path / "case.yaml", listed(row(id=quoted(id_), provider_id=quoted(id_)) for id_ in odd))
    answer = ask("check", path, "-r", "SUB-01", "-f", "json")
    found = {item["subject"]["id"]: item["evidence"] for item in answer.data["results"]}
    assert found == {id_: [{"entity": "delivery", "id": id_}] for id_ in odd}
    assert [item["subject"]["id"] for item in answer.data["results"]] == sorted(odd)
    shown = ask("check", path, "-r", "SUB-01").out
    assert not [id_ for id_ in odd if " ".join(id_.split()) not in " ".join(shown.split())]


def test_doubled_ids_refuse_both_rows(tmp_path: Path) -> None:
    """Neither of two rows with one id counts."""
    row = "{id: d1, contract_id: c1, client_id: k1, provider_id: o2, service: ambulatory, day: 2027-02-01, hours: 1}"
    answer = checked(tmp_path, f"{CASE}  delivery:\n    - {row}\n    - {row}\n")
    assert answer.code == 3
    assert answer.err == "Niet volledig: er zijn 2 dingen geweigerd.\n"
    assert "Vraagpunten (0)" in answer.out


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    """Three flaws in one row are three reasons, each with its field."""
    answer = checked(tmp_path, delivered(day="2027-02-30", hours="-1", service="x"))
    assert answer.err == "Niet volledig: er zijn 3 dingen geweigerd.\n"
    assert [word for word in ("· day", "· hours", "· service") if word not in answer.said] == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"facts": {"contract": [], "contract": []}}', "contract stands twice"),
        ('{"as_of": NaN, "facts": {}}', "NaN"),
        ('{"as_of": "2027-06-01", "facts": {', "valid JSON"),
        ("[" * 100_000, "nested"),
        ('{"facts": {}} x', "valid JSON"),
    ],
)
@pytest.mark.usefixtures("english")
def test_broken_json_is_told(tmp_path: Path, text: str, said: str) -> None:
    """JSON is as strict as YAML: equal keys, constants and half documents are refused."""
    answer = checked(tmp_path, text, "case.json")
    assert answer.code == 3
    assert said in answer.err


def test_json_numbers_are_exact(tmp_path: Path) -> None:
    """A JSON number that is no amount in cents is refused, never rounded."""
    contract = (
        '{"id": "c1", "title": "W", "contractor_id": "o1", "first_day": "2027-01-01", "funding": "task"}'
    )
    rows = [
        f'{{"id": "d{number}", "contract_id": "c1", "client_id": "k1", "provider_id": "o2", "service": '
        f'"ambulatory", "day": "2027-02-01", "hours": 1, "amount_eur": {text}}}'
        for number, text in enumerate(("1e999", "1e3", "1.005", "-1e400", "1E-1", "9" * 60))
    ]
    text = f'{{"facts": {{"contract": [{contract}], "delivery": [{", ".join(rows)}]}}}}'
    answer = ask("check", put(tmp_path / "case.json", text), "-r", "SUB-01", "-f", "json")
    assert answer.code == 3
    assert [item["column"] for item in answer.data["refusals"]] == ["amount_eur"] * (len(rows) - 1)


def test_messages_are_dutch_or_english(tmp_path: Path) -> None:
    """The reason of a refusal is in the language asked for."""
    path = put(tmp_path / "case.yaml", delivered(day="2027-02-30"))
    dutch, english = ask("check", path, "-r", "SUB-01"), ask("check", path, "-r", "SUB-01", "--lang", "en")
    assert "Dit is geen bestaande dag" in dutch.said
    assert "bestaande" not in english.said
