"""The whole command: options, settings, exit codes and their order, stdin, formats, judgement."""

# ruff: noqa: E501 - a row of a table of cases stays on one line

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import yaml
from lxml import html

from compliance.services.content import content_folder
from tests.acceptance.desk import CASE, Answer, ask, delivered, put

TROUBLE = content_folder("cases") / "trouble" / "subcontractors.yaml"
ONE = ("-r", "SUB-01")
GOOD = delivered(provider_id="o1") + "parameters: {uptake_days: 3}\n"


@pytest.fixture
def case(tmp_path: Path) -> Path:
    """A case with one finding, SUB-01 about o2."""
    return put(tmp_path / "case.yaml", delivered())


def told(answer: Answer, code: int, said: str) -> None:
    """The answer has that exit code, says that on stderr, and shows no traceback."""
    assert answer.code == code, answer.err
    assert said in answer.err
    assert "Traceback" not in answer.said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "check"), (("check",), "PATH"), (("chek",), "chek"),
        (("check", "CASE", "--frmat", "json"), "--format"), (("check", "CASE", "-f", "yaml"), "'json'"),
        (("check", "CASE", "-r", "SUB-99"), "Did you mean SUB-09"), (("check", "CASE", "-r", ""), "rules list"),
        (("check", "CASE", "-r", "SUB-[0"), "Did you mean SUB-10"), (("check", "CASE", "--skip-rule", "X*"), "X*"),
        (("check", "CASE", "--skip-rule", "*"), "left to judge"), (("check", "CASE", "-r", "BIB-01"), "--compartment"),
        (("check", "CASE", "--as-of", "2027-02-30"), "does not exist"),
        (("check", "CASE", "--as-of", "2027-2-3"), "YYYY-MM-DD"), (("check", "CASE", "--as-of", ""), "YYYY-MM-DD"),
        (("check", "CASE", "--known-at", "2027-06-01"), "time zone"),
        (("check", "CASE", "--known-at", "9999-12-31T23:59:59-12:00"), "9999"),
        (("check", "CASE", "--max-not-assessable=-1"), "10 or 5%"),
        (("check", "CASE", "--max-not-assessable", "101%"), "10 or 5%"),
        (("check", "CASE", "--fail-on", "hoog"), "'high'"), (("check", "CASE", "--severity", "HIGH"), "'high'"),
        (("check", "CASE", "--compartment", "bibop"), "'bibob'"), (("check", "CASE", "--contract", "c9"), "c1"),
        (("check", "nowhere.yaml"), "nowhere.yaml"), (("check", "CASE*"), "not a pattern"),
        (("check", ""), "no such file"), (("check", "x" * 5000), "no such file"),
        (("check", "CASE", "-o", "no/such/x.txt"), "cannot be written"), (("check", "CASE", "-o", "."), "folder"),
        (("explain", "CASE", "SUB-99", "o2"), "SUB-09"), (("explain", "CASE", "SUB-01", "o99"), "o99"),
        (("graph", "CASE", "o99"), "o99"), (("rules", "show", "SUB-99"), "SUB-09"),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("english")
def test_wrong_usage(case: Path, arguments: tuple[str, ...], said: str) -> None:
    """A wrong option, pattern, path or name gives exit 2, nothing on stdout, and what would be right."""
    answer = ask(*(word.replace("CASE", str(case)) for word in arguments))
    told(answer, 2, "")
    assert said.lower() in answer.err.lower()
    assert answer.raw == b""


@pytest.mark.parametrize(
    ("arguments", "dutch", "english"),
    [
        (("check",), "Fout: Argument 'PATH...' ontbreekt.", "Error: Missing argument 'PATH...'."),
        (("chek",), "Fout: De opdracht 'chek' bestaat niet.", "Error: No such command 'chek'."),
        (("check", "--frm", "x"), "Fout: De optie '--frm' bestaat niet.", "Error: No such option '--frm'."),
        (("completion", "x"), "'x' is niet één van 'bash', 'zsh', 'fish'.", "'x' is not one of 'bash', 'zsh', 'fish'."),
        (("check", "-", "--as-of", "2027-02-30"), "De dag 2027-02-30 bestaat niet.", "The day 2027-02-30 does not exist."),
        (("check", "nowhere"), "fout: nowhere: Dit bestand of deze map bestaat niet.", "error: nowhere: There is no such"),
        (("check", "-"), "fout: stdin: Het bestand is leeg.", "error: stdin: The file is empty."),
        (("check", "CASE", "--contract", "c9"), "Er is geen contract c9. Aangeleverd: c1.", "There is no contract c9. Delivered: c1."),
    ],
)  # fmt: skip
def test_what_stops_a_call_is_told_in_the_readers_language(
    case: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], dutch: str, english: str
) -> None:
    """Dutch by default, English by option, environment or file, also when the line could not be read so far."""
    words = [word.replace("CASE", str(case)) for word in arguments]
    assert dutch in ask(*words).err
    for option in (("--lang", "en"), ("--lang=en",)):
        answer = ask(*words, *option)
        assert english in answer.err
        assert "Gebruik" not in answer.err
    monkeypatch.setenv("COMPLIANCE_LANG", "en")
    assert english in ask(*words).err
    assert dutch in ask(*words, "--lang", "nl").err


def test_a_language_set_in_the_file_also_holds_for_what_stops_a_call(case: Path) -> None:
    """A problem found after the settings were read is told in the language they set."""
    put(Path("compliance.toml"), "lang = 'en'\n")
    assert "There is no contract c9." in ask("check", case, "--contract", "c9").err


def test_an_empty_folder_is_bad_input(tmp_path: Path) -> None:
    """A folder without known files gives exit 3 and says what is expected."""
    told(ask("check", tmp_path), 3, "contract.csv")


def test_several_contracts_must_be_told_apart(tmp_path: Path) -> None:
    """With two contracts one must be named; the names are given."""
    second = "funding: task}, {id: c2, title: B, contractor_id: o1, first_day: 2027-01-01, funding: task}"
    path = put(tmp_path / "case.yaml", delivered().replace("funding: task}", second))
    told(ask("check", path, *ONE), 2, "c1, c2")
    told(ask("check", path, *ONE, "--contract", "c1"), 1, "vraagpunt")
    assert ask("check", path, *ONE, "--contract", "c2", "-f", "json").data["counts"]["finding"] == 0


@pytest.mark.parametrize(
    ("name", "value", "code", "said"),
    [
        ("FORMAT", "yaml", 2, "yaml"), ("AS_OF", "2027-13-01", 2, "bestaat niet"), ("LANG", "fr", 2, "fr"),
        ("LANG", "en", 1, "finding"), ("PSEUDONYM_KEY", "abc", 2, "32 bytes"), ("RULE", "SUB-99", 2, "SUB-09"),
        ("FAIL_ON", "wrong", 2, "wrong"), ("ALL", "misschien", 2, "misschien"),
    ],
)  # fmt: skip
def test_settings_in_the_environment(
    case: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, code: int, said: str
) -> None:
    """COMPLIANCE_… sets options, and a mistake in it is told; the key itself is never shown."""
    monkeypatch.setenv(f"COMPLIANCE_{name}", value)
    told(ask("check", case, *(() if name == "RULE" else ONE)), code, said)


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("fromat = 'json'", 2, "Bedoelde u format"), ("[chek]\nformat = 'json'", 2, "Bedoelde u check"),
        ("format = ", 2, "TOML"), (b"\xff", 2, "TOML"), ("as-of = 2027-06-01", 2, "Schrijf een dag als tekst"),
        ("as-of = '2027-06-31'", 2, "bestaat niet"), ("format = 'yaml'", 2, "yaml"), ("format = 3", 2, "format"),
        ("all = 'misschien'", 2, "misschien"), ("rule = ['SUB-99']", 2, "SUB-09"), ("severity = 'x'", 2, "severity"),
        ("max-not-assessable = 'x'", 2, "10 of 5%"), ("compartment = ['x']", 2, "bibob"),
        ("skip-rule = ['*']", 2, "om te beoordelen"), ("lang = 'en'", 1, "finding"), ("fail-on = 'critical'", 1, "vraagpunt"),
    ],
)  # fmt: skip
def test_settings_in_a_file(case: Path, text: str | bytes, code: int, said: str) -> None:
    """compliance.toml of the working directory sets every option, and no mistake in it passes in silence."""
    put(Path("compliance.toml"), text)
    told(ask("check", case, *(() if b"rule" in str(text).encode() else ONE)), code, said)


def test_options_beat_the_environment_beats_the_file(case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The nearest word counts."""
    put(Path("compliance.toml"), "format = 'json'\nrule = ['SUB-01']\nall = true\n")
    filed = ask("check", case).data
    assert filed["rulebook"]["rules"] == 1
    assert (
        filed["counts"]["not_applicable"]
        == sum(i["outcome"] == "not_applicable" for i in filed["results"])
        > 0
    )
    monkeypatch.setenv("COMPLIANCE_FORMAT", "md")
    assert ask("check", case).out.startswith("#")
    assert ask("check", case, "-f", "csv").out.lstrip("\ufeff").startswith("rule,")


@pytest.mark.parametrize(
    ("content", "options", "code"),
    [
        pytest.param(GOOD, ONE, 4, id="nothing assessed"),
        pytest.param(GOOD, ("-r", "SUB-07", "--max-not-assessable", "0"), 4, id="nothing assessed either"),
        pytest.param(delivered(), ONE, 1, id="finding"),
        pytest.param(delivered(), (*ONE, "--fail-on", "critical"), 1, id="finding at the gate"),
        pytest.param(
            delivered(), ("-r", "SUB-02", "-r", "SUB-01", "--fail-on", "critical"), 1, id="critical"
        ),
        pytest.param(delivered(), ("-r", "SUB-0[17]", "--max-not-assessable", "0"), 1, id="1 outranks 4"),
        pytest.param(delivered(), ("-r", "SUB-0[17]", "--max-not-assessable", "x"), 2, id="2 outranks all"),
        pytest.param(
            delivered(hours="x"), ("-r", "SUB-0[17]", "--max-not-assessable", "0"), 3, id="3 outranks 4"
        ),
        pytest.param(delivered().replace("{id: k1}", "{id: k1, x: y}"), ONE, 3, id="3 outranks 1"),
        pytest.param(delivered(hours="x"), (*ONE, "-r", "SUB-99"), 2, id="2 outranks 3"),
    ],
)
def test_exit_codes_and_their_order(
    tmp_path: Path, content: str, options: tuple[str, ...], code: int
) -> None:
    """0 fine, 1 findings, 2 usage, 3 incomplete, 4 too much unknown: 2 before 3 before 1 before 4; one reason."""
    answer = ask("check", put(tmp_path / "case.yaml", content), *options)
    assert answer.code == code, answer.err
    assert len(answer.err.splitlines()) == 1


SUBCONTRACTS = CASE.replace(
    "subcontract: []",
    """subcontract:
    - {id: s1, contract_id: c1, principal_id: o1, subcontractor_id: o1, kind: fixed, first_day: 2027-02-01, reason: other}
    - {id: s2, contract_id: c1, principal_id: o1, subcontractor_id: o1, kind: fixed, first_day: 2027-02-01}
    - {id: s3, contract_id: c1, principal_id: o1, subcontractor_id: o1, kind: fixed, first_day: 2027-02-01, reason: specialism}
    - {id: s4, contract_id: c1, principal_id: o1, subcontractor_id: o1, kind: fixed, first_day: 2027-02-01, reason: specialism}""",
)


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ((), 1), (("--fail-on", "low"), 1), (("--fail-on", "medium"), 0), (("--fail-on", "critical"), 0),
        (("--fail-on", "medium", "--max-not-assessable", "1"), 0),
        (("--fail-on", "medium", "--max-not-assessable", "0"), 4),
        (("--fail-on", "medium", "--max-not-assessable", "25%"), 0),
        (("--fail-on", "medium", "--max-not-assessable", "24.9999%"), 4),
        (("--fail-on", "low", "--max-not-assessable", "0"), 1),
    ],
)  # fmt: skip
def test_the_gates(tmp_path: Path, options: tuple[str, ...], code: int) -> None:
    """One of four is not assessable: 25 % is allowed at 25 %; a low finding does not count at medium."""
    path = put(tmp_path / "case.yaml", SUBCONTRACTS)
    assert ask("check", path, "-r", "SUB-10", *options).code == code


EXCEPTION = "exceptions: [{{rule: SUB-10, subject: subcontract/s1, granted_by: X, reason: y, first_day: {}, last_day: {}}}]\n"


@pytest.mark.parametrize(
    ("first", "last", "status"),
    [
        ("2027-06-01", "2027-06-01", "excepted"), ("2027-01-01", "2027-05-31", "open"),
        ("2027-06-02", "2027-12-31", "open"), ("2027-01-01", "2027-12-31", "excepted"),
    ],
)  # fmt: skip
def test_an_exception_counts_while_it_is_in_force(tmp_path: Path, first: str, last: str, status: str) -> None:
    """On its first and last day an exception holds; then the finding is shown, and does not fail the run."""
    path = put(tmp_path / "case.yaml", SUBCONTRACTS + EXCEPTION.format(first, last))
    answer = ask("check", path, "-r", "SUB-10", "-f", "json")
    assert [item["status"] for item in answer.data["results"] if item["outcome"] == "finding"] == [status]
    assert answer.code == (0 if status == "excepted" else 1)
    assert ("X" in ask("check", path, "-r", "SUB-10").out) == (status == "excepted")


def test_consequences_and_dossiers() -> None:
    """SUB-03 follows SUB-02 of the same subcontract and does not count; a critical finding makes a dossier."""
    data = ask("check", TROUBLE, "-f", "json").data
    found = {(item["rule"], item["subject"]["id"]): item for item in data["results"]}
    cause, consequence = found["SUB-02", "s1"], found["SUB-03", "s1"]
    assert (consequence["status"], consequence["follows_from"]) == ("follows_from", cause["fingerprint"])
    assert (found["SUB-03", "s2"]["status"], found["SUB-03", "s2"]["follows_from"]) == ("open", None)
    assert {"organisation": "o4", "severity": "critical", "reasons": ["SUB-01"]} in data["dossiers"]


@pytest.mark.parametrize(("outcome", "code"), [("finding", 0), ("compliant", 1)])
def test_expectations(tmp_path: Path, outcome: str, code: int) -> None:
    """A case says whether what it expects holds: 0 or 1, whatever the findings."""
    expect = f"expect: [{{rule: SUB-01, subject: organisation/o2, outcome: {outcome}}}]\n"
    answer = ask("check", put(tmp_path / "case.yaml", delivered() + expect), *ONE, "-f", "json")
    assert answer.code == code
    assert [item["holds"] for item in answer.data["expect"]] == [code == 0]


def test_stdin_speaks_yaml_and_json(case: Path) -> None:
    """`-` takes either, and gives the same results as the file."""
    one = ask("check", case, *ONE, "-f", "json")
    text = json.dumps(yaml.load(case.read_text(), yaml.BaseLoader)).encode()  # noqa: S506 - makes texts only
    for given in (case.read_bytes(), text, b"\xef\xbb\xbf" + text):
        assert ask("check", "-", *ONE, "-f", "json", stdin=given).raw == one.raw


def test_all_and_provenance(case: Path) -> None:
    """--all lists every outcome, as many as are counted; --provenance says where evidence stands."""
    data = ask("check", case, *ONE, "-f", "json", "--all", "--provenance").data
    for outcome in ("finding", "compliant", "not_assessable", "not_applicable"):
        assert data["counts"][outcome] == sum(item["outcome"] == outcome for item in data["results"])
    (found,) = (item for item in data["results"] if item["outcome"] == "finding")
    (evidence,) = found["evidence"]
    assert evidence["source"].endswith("case.yaml")
    assert "delivery" in evidence["row"]
    plain = ask("check", case, *ONE, "-f", "json").data
    assert {item["outcome"] for item in plain["results"]} == {"finding"}
    assert plain["results"][0]["evidence"] == [{"entity": "delivery", "id": "d1"}]


ODD = '"=1+1\'<script>|"'


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A case in which an id and a name would be formula, markup and table at once."""
    text = delivered(provider_id=ODD, id='"@d"').replace(
        "[{id: o1, name: Wijkkracht}]",
        f"[{{id: o1, name: A}}, {{id: {ODD}, name: \"<b>&amp;=cmd|' /C calc'!A0\"}}]",
    )
    return put(tmp_path_factory.mktemp("odd") / "case.yaml", text)


def test_csv_reads_back_and_is_no_formula(odd: Path) -> None:
    """Every line has the header's cells; none begins like a formula."""
    rows = list(
        csv.reader(io.StringIO(ask("check", odd, *ONE, "-f", "csv").out.lstrip("\ufeff"), newline=""))
    )
    assert {len(row) for row in rows} == {len(rows[0])}
    assert len(rows) == 2
    assert any(cell.startswith("'=1+1'<script>|") for cell in rows[1])
    assert not [cell for row in rows for cell in row if cell[:1] in tuple("=+-@\t\r")]


def test_html_is_one_page_that_runs_nothing(odd: Path) -> None:
    """The page parses, needs no network, and shows what a hostile name says as text."""
    page = html.document_fromstring(ask("check", odd, *ONE, "-f", "html").raw)
    assert page.xpath("//script | //*[@src] | //link[@href]") == []
    assert "=1+1'<script>|" in str(page.xpath("string(.)"))


def test_xlsx_opens_and_holds_text(odd: Path) -> None:
    """The workbook opens, and no cell is a formula."""
    book = openpyxl.load_workbook(
        io.BytesIO(ask("check", odd, *ONE, "-f", "xlsx", "-o", "x.xlsx").raw or Path("x.xlsx").read_bytes())
    )
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert [cell for cell in cells if isinstance(cell.value, str) and "=1+1'<script>|" in cell.value]


@pytest.mark.parametrize("form", ["json", "jsonl"])
def test_json_reads_back(odd: Path, form: str) -> None:
    """JSON and JSON lines carry odd ids unharmed."""
    out = ask("check", odd, *ONE, "-f", form).out
    results: list[dict[str, Any]] = (
        json.loads(out)["results"] if form == "json" else [*map(json.loads, out.splitlines())]
    )
    assert [item["subject"]["id"] for item in results] == ["=1+1'<script>|"]


def test_no_colour_and_no_half_file(case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Into a pipe no colour goes, also not when asked to force it; a written file is whole and nothing is left beside."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("NO_COLOR", "1")
    answer = ask("check", case, *ONE)
    assert "\x1b" not in answer.said
    written = ask("check", case, *ONE, "-o", "answer.txt")
    assert (written.code, written.raw) == (1, b"")
    assert [path.name for path in Path().iterdir()] == ["answer.txt"]
    assert Path("answer.txt").read_text() == answer.out


def test_dutch_unless_english_is_asked(case: Path) -> None:
    """The whole answer is in one language, on stdout and stderr."""
    dutch, english = ask("check", case, *ONE), ask("check", case, *ONE, "--lang", "en")
    assert "Vraagpunten" in dutch.out
    assert "Findings" in english.out
    assert (dutch.err, english.err) != (english.err, dutch.err)
    assert "vraagpunt" not in english.said.lower()
    assert "finding" not in dutch.said.lower()
