"""The report of what was refused: every reason in words, in both languages, and marks at the right cells."""

from __future__ import annotations

import json
from io import BytesIO

import pytest
from openpyxl import load_workbook

from compliance.model.finding import RowRef
from compliance.model.intake import Notice, Refusal
from compliance.model.preview import SheetCopy, Shown
from compliance.model.vault import FileAnswer, IntakeAnswer, Waiting
from compliance.reporting.blocks import Wording
from compliance.reporting.refusals import INTAKE_FORMATS, render_intake
from compliance.reporting.refusals.lines import Place, place_of
from compliance.services.content import report_words

CELL = Refusal(
    "in/a.xlsx", "sroi_entry", "Blad: 1!C3", "Soort", "unknown_code", "text of 4 characters", "one of: a, b"
)
ROW = Refusal("in/a.xlsx", "sroi_entry", "Blad: 1!4", "id", "equal_ids")
HEADING = Refusal("in/b.csv", "", "", "Nationaliteit", "protected_attribute")
XPATH = Refusal("in/c.xml", "referral", "/a/b[1]", "Begindatum", "not_a_day", "8 digits")
ANSWER = IntakeAnswer(
    "wijkkracht",
    (
        FileAnswer("in/a.xlsx", accepted=1, refused=2, refusals=(ROW, CELL)),
        FileAnswer("in/b.csv", whole=True, refusals=(HEADING,)),
        FileAnswer("in/c.xml", refused=1, refusals=(XPATH,)),
        FileAnswer("in/d.csv", known=True),
    ),
    waiting=(Waiting("bridging", "b1", "referral_id", RowRef("referral", "r9")),),
    notices=(Notice("same_name_question", entity="organisation", detail="o1, o2"),),
)
COPIES = (
    SheetCopy(
        "in/a.xlsx",
        "Blad: 1",
        2,
        ((2, ("Nr", "", "Soort")), (3, ("1", "", "=x")), (4, ("2", "", "a"))),
        frozenset({1}),
    ),
    SheetCopy("in/b.csv", "", 1, ((1, ("Nr", "Nationaliteit")), (2, ("1", ""))), frozenset({1})),
)


def _say(lang: str = "nl") -> Wording:
    return Wording(report_words(), "en" if lang == "en" else "nl")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Blad 1!AB12", Place("Blad 1", "12", "AB")), ("a!b!C3", Place("a!b", "3", "C")),
        ("17", Place("", "17", "")), ("D5", Place("", "5", "D")),
        ("/a/b[1]", Place("", "/a/b[1]", "")), ("", Place("", "", "")),
    ],
)  # fmt: skip
def test_places_are_taken_apart(text: str, place: Place) -> None:
    """Sheet, row and letters; what is no table keeps its own path."""
    assert place_of(text) == place


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_all_is_said_in_words(lang: str) -> None:
    """Each file with its outcome, each refusal with place and reason, what waits and what is asked."""
    text = render_intake(Shown(ANSWER), "text", _say(lang)).decode()
    words = {
        "nl": (
            "geheel geweigerd",
            "al eerder ingelezen",
            "Deze code is niet bekend",
            "één van: a, b",
            "Zijn dit dezelfde",
        ),
        "en": ("refused whole", "taken in before", "This code is not known", "one of: a, b", "Are these one"),
    }
    assert [word for word in words[lang] if word not in text] == []
    assert "a.xlsx, Blad: 1!C3, Soort" in text
    assert "bridging/b1" in text
    assert "o1, o2" in text


def test_json_has_codes_in_every_language() -> None:
    """The same bytes for a machine, whoever reads them."""
    one, other = (render_intake(Shown(ANSWER), "json", _say(lang)) for lang in ("nl", "en"))
    assert one == other
    assert [file["whole"] for file in json.loads(one)["files"]] == [False, True, False, False]


def test_cells_and_headings_are_marked() -> None:
    """The cell, the first cell of a row without one, and the heading of a refused column; nothing else."""
    book = load_workbook(BytesIO(render_intake(Shown(ANSWER, copies=COPIES), "xlsx", _say())))
    assert book.sheetnames == ["Redenen", "Blad  1", "b.csv"]
    marked = {
        (sheet.title, cell.coordinate)
        for sheet in book
        for row in sheet
        for cell in row
        if cell.comment is not None
    }
    assert marked == {("Blad  1", "C3"), ("Blad  1", "A4"), ("b.csv", "B1")}
    assert book["Blad  1"]["C3"].value == "=x"
    assert book["Blad  1"]["C3"].data_type == "s"
    assert book["Redenen"].max_row == 5


def test_equal_answers_are_equal_files() -> None:
    """No clock and no chance stands in any format."""
    for form in INTAKE_FORMATS:
        shown = Shown(ANSWER, copies=COPIES)
        assert render_intake(shown, form, _say()) == render_intake(shown, form, _say())
