"""`compliance intake`: deliveries are taken in or previewed, and the supplier hears what was refused."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from openpyxl import Workbook, load_workbook

Call = Callable[..., Result]
KEY = "00" * 32
MESSAGES = Path(__file__).resolve().parents[3] / "shared/realdata/iwmo-3.2/messages"
CONTRACT = "id,title,contractor_id,first_day,last_day,funding\nc1,Wmo,o1,2027-01-01,2030-12-31,task\n"
ORGANISATION = "id,name,kvk_number\no1,Wijkkracht,01234567\n"
HEAD = (
    "Inspanning-ID",
    "Opdrachtnemer",
    "KVK-nummer",
    "Type bouwblok",
    "Startdatum",
    "Waarde toegekend",
    "Notitie",
)
GOOD = ("i1", "Wijkkracht BV", "01234567", "Leerbaan", "04-01-2027", "1.234,56", "geheim")
BAD = ("i2", "Wijkkracht BV", "01234567", "Anders", "05-01-2027", "=1+1", "geheim")


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pseudonyms are made with the key of the organisation."""
    monkeypatch.setenv("COMPLIANCE_PSEUDONYM_KEY", KEY)


@pytest.fixture
def store(call: Call, tmp_path: Path) -> str:
    """A store in which the municipality delivered the contract and the contractor."""
    folder = str(tmp_path / "store")
    assert call("store", "upgrade", "--store", folder).return_value == 0
    own = tmp_path / "own"
    own.mkdir()
    (own / "contract.csv").write_text(CONTRACT)
    (own / "organisation.csv").write_text(ORGANISATION)
    assert call("intake", str(own), "--supplier", "gemeente", "--store", folder).return_value == 0
    return folder


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """An export with a good row and one with two wrong cells."""
    made = Workbook()
    sheet = made.worksheets[0]
    sheet.title = "Inspanningen"
    for row in (("Export",), HEAD, GOOD, BAD):
        sheet.append(row)
    made.save(tmp_path / "export.xlsx")
    return tmp_path / "export.xlsx"


def test_a_delivery_is_taken_in_once(call: Call, store: str, book: Path) -> None:
    """What is good is kept, what is wrong refused with exit code 3; the same file again adds nothing."""
    first = call("intake", str(book), "--supplier", "wijkkracht", "--store", store, "--lang", "en")
    assert first.return_value == 3
    assert "1 accepted, 1 refused" in first.stdout
    assert "Inspanningen!D4, Type bouwblok" in first.stdout
    assert "rows were refused" in first.stderr
    assert "geheim" not in first.stdout
    again = call("intake", str(book), "--supplier", "wijkkracht", "--store", store, "-f", "json")
    assert again.return_value == 0
    (file,) = json.loads(again.stdout)["files"]
    assert (file["known"], file["accepted"]) == (True, 0)


def test_who_is_known_by_number_is_joined(call: Call, store: str, book: Path) -> None:
    """The contractor of the municipality keeps its id and name; the entry refers to it."""
    answer = json.loads(call("intake", str(book), "--supplier", "w", "--store", store, "-f", "json").stdout)
    assert [one["detail"] for one in answer["notices"] if one["code"] == "organisation_joined"] == ["o1"]
    assert answer["waiting"] == []


def test_the_same_number_at_two_suppliers_is_two_people(call: Call, store: str, tmp_path: Path) -> None:
    """Each supplier has its own number 1001: neither refuses the other's list."""
    head = "Personeelsnummer;KVK-nummer;Dienstverband;Datum in dienst;Cliëntcontact"
    for supplier, number in (("een", "11111111"), ("twee", "22222222")):
        path = tmp_path / f"{supplier}.csv"
        path.write_text(f"{head}\n1001;{number};Loondienst;01-02-2027;ja\n", encoding="utf-8")
        result = call("intake", str(path), "--supplier", supplier, "--store", store, "-f", "json")
        assert result.return_value == 0
        assert json.loads(result.stdout)["files"][0]["accepted"] == 2


def test_people_of_two_declarations_are_no_conflict(call: Call, store: str, tmp_path: Path) -> None:
    """The register and a supplier may both name the same person: who it is needs no owner."""
    director = {"datumAanvang": "20210301", "natuurlijkPersoon": {"bsn": "999900006"}}
    for supplier, number in (("kvk", "11111111"), ("twee", "22222222")):
        path = tmp_path / f"{supplier}.json"
        path.write_text(json.dumps({"kvkNummer": number, "bestuurders": [director]}))
        result = call("intake", str(path), "--supplier", supplier, "--store", store, "-f", "json")
        assert result.return_value == 0
        assert json.loads(result.stdout)["files"][0]["accepted"] == 1


def test_a_name_is_asked_about(call: Call, store: str, tmp_path: Path) -> None:
    """The same name without a shared number is a question with both ids, and joins nothing."""
    (tmp_path / "organisation.jsonl").write_text('{"id": "x7", "name": "Stichting Wijkkracht"}\n')
    result = call("intake", str(tmp_path / "organisation.jsonl"), "--supplier", "w", "--store", store)
    assert result.return_value == 0
    assert "Zijn dit dezelfde organisatie?" in result.stdout
    assert "o1, x7" in result.stdout


def test_a_preview_keeps_nothing(call: Call, store: str, book: Path, tmp_path: Path) -> None:
    """It shows the mapping, the first rows as facts and what would be refused; with or without a store."""
    before = {path: path.read_bytes() for path in Path(store).rglob("*.json*")}
    for options in (("--store", store), ("--contract", "c1")):
        result = call("intake", str(book), "--supplier", "w", "--preview", *options)
        assert result.return_value == 3
        assert "sroi-export" in result.stdout
        assert "value_eur=1234.56" in result.stdout
        assert "Er is niets bewaard" in result.stdout
    assert before == {path: path.read_bytes() for path in Path(store).rglob("*.json*")}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["export.xlsx", "own", "store"]
    rows = json.loads(
        call("intake", str(book), "--supplier", "w", "--preview", "--store", store, "-f", "json").stdout
    )
    assert [(one["entity"], one["count"]) for one in rows["rows"]] == [("sroi_entry", 1)]


def test_the_report_marks_the_cells(call: Call, store: str, book: Path, tmp_path: Path) -> None:
    """The supplier's own sheet, wrong cells filled and with the reason; columns nobody reads stay behind."""
    target = tmp_path / "verslag.xlsx"
    call("intake", str(book), "--supplier", "w", "--store", store, "-f", "xlsx", "-o", str(target))
    reasons, copy = load_workbook(target).worksheets
    assert (reasons.title, copy.title) == ("Redenen", "Inspanningen")
    assert [cell.value for cell in reasons[1]][:5] == ["Bestand", "Blad", "Rij of plaats", "Cel", "Kolom"]
    assert reasons.freeze_panes == "A2"
    assert reasons.auto_filter.ref
    assert {cell.value for cell in reasons["D"][1:]} == {"D4", "F4"}
    assert copy.freeze_panes == "A3"
    assert copy["D4"].value == "Anders"
    assert "Deze code is niet bekend" in str(copy["D4"].comment.text)
    assert copy["D4"].fill.fgColor.rgb != copy["D3"].fill.fgColor.rgb
    assert copy["A3"].comment is None
    assert copy["G2"].value == "Notitie"
    assert not copy["G4"].value
    assert b"geheim" not in target.read_bytes()


def test_the_list_is_safe_to_open(call: Call, store: str, tmp_path: Path) -> None:
    """No cell of the CSV is run as a formula, and no value of the delivery stands in it."""
    path = tmp_path / "-lijst.csv"
    path.write_text(";".join(HEAD) + "\ni1;=cmd|x;1;@SUM;-1;+2;", encoding="utf-8")
    text = call("intake", str(path), "--supplier", "w", "--store", store, "-f", "csv").stdout
    rows = [*csv.reader(io.StringIO(text))]
    assert len(rows) == 5
    assert all(row[0] == "'-lijst.csv" for row in rows[1:])
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)
    assert not any(word in text for word in ("cmd", "SUM"))


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--supplier", "w"), "--store"),
        (("--supplier", "../w", "--preview"), "--supplier"),
        (("--supplier", "w", "--preview", "--mapping", "sroi-exprt"), "sroi-export"),
        (("--supplier", "w", "--store", "nergens"), "store upgrade"),
    ],
)
def test_wrong_use_is_told(call: Call, book: Path, options: tuple[str, ...], told: str) -> None:
    """Without a store, with a name or mapping that will not do: exit code 2 and what to do."""
    result = call("intake", str(book), *options)
    assert getattr(result.exception, "exit_code", None) == 2
    assert told in str(result.exception)


def test_pseudonyms_that_are_kept_need_the_key(
    call: Call, store: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the key a declaration with people is previewed, and not kept."""
    monkeypatch.delenv("COMPLIANCE_PSEUDONYM_KEY")
    person = {
        "statementId": "s",
        "recordId": "p",
        "recordType": "person",
        "recordStatus": "new",
        "recordDetails": {},
    }
    (tmp_path / "b.json").write_text(json.dumps([person]))
    given = ("intake", str(tmp_path / "b.json"), "--supplier", "w", "--store", store)
    assert call(*given, "--preview").return_value == 0
    result = call(*given)
    assert getattr(result.exception, "exit_code", None) == 2
    assert "COMPLIANCE_PSEUDONYM_KEY" in str(result.exception)


@pytest.mark.skipif(
    not MESSAGES.is_dir(), reason="the sample messages of iWmo 3.2 are not beside the project"
)
def test_the_sample_messages_go_through(call: Call, store: str) -> None:
    """All seven are read or recognised; start and stop without their assignment are refused by row."""
    answer = json.loads(
        call("intake", str(MESSAGES), "--supplier", "zorg", "--store", store, "-f", "json").stdout
    )
    assert len(answer["files"]) == 7
    assert not any(file["whole"] for file in answer["files"])
    assert sum(file["accepted"] for file in answer["files"]) == 2
    assert {one["reason"] for file in answer["files"] for one in file["refusals"]} == {
        "assignment_not_delivered"
    }
    kept = sorted(path.name[:6] for path in (Path(store) / "processed" / "zorg").iterdir())
    assert len(kept) == 7


@pytest.mark.skipif(
    not MESSAGES.is_dir(), reason="the sample messages of iWmo 3.2 are not beside the project"
)
def test_a_message_read_along_is_kept_once(call: Call, store: str) -> None:
    """Each later message reads the earlier ones again, and none of them is copied a second time."""
    for number in (301, 305, 307, 315):
        call("intake", str(MESSAGES / f"WMO{number}.xml"), "--supplier", "zorg", "--store", store)
    kept = sorted(path.name for path in (Path(store) / "processed" / "zorg").iterdir())
    assert [name.split(".")[0] for name in kept] == ["WMO301", "WMO305", "WMO307", "WMO315"]
