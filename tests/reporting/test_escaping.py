"""No text of the facts is ever markup, a formula or an order to a terminal, in any format."""

from __future__ import annotations

import csv
import zipfile
from dataclasses import replace
from html.parser import HTMLParser
from io import BytesIO, StringIO

import openpyxl
import pytest

from compliance.model.intake import Refusal
from compliance.model.run import CheckAnswer
from compliance.reporting.content import Content
from compliance.reporting.csv_format import safe_cell
from compliance.reporting.md_format import escaped
from compliance.reporting.messages import value_text
from compliance.reporting.render import FORMATS, Format, Look, render

HOSTILE = '=1+1<script>alert("x")</script>|*é😀'


class _Page(HTMLParser):
    """Collects the tags and what they load."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def shown(answer: CheckAnswer, form: Format, content: Content) -> bytes:
    """The answer in a format, in Dutch."""
    return render(answer, form, content, Look(provenance=True))


def test_html_escapes_every_value(troubled: CheckAnswer, content: Content) -> None:
    """A script in an id, a label, a value or a file name is shown as text and makes no tag."""
    page = _Page()
    page.feed(shown(troubled, "html", content).decode())
    assert "script" not in page.tags
    assert sum(HOSTILE in text for text in page.texts) >= 4


def test_html_opens_without_a_network(troubled: CheckAnswer, content: Content) -> None:
    """The page loads nothing: no scripts, images, fonts or style from elsewhere."""
    text = shown(troubled, "html", content).decode()
    page = _Page()
    page.feed(text)
    assert not {"script", "link", "img", "iframe", "object"} & set(page.tags)
    assert all(link.startswith("#") for link in page.links)
    assert "url(" not in text
    assert "@import" not in text


def test_csv_cells_are_no_formulas(answer: CheckAnswer, content: Content) -> None:
    """A cell that a spreadsheet would run has a quote before it; all else is as it was."""
    rows = list(csv.DictReader(StringIO(shown(answer, "csv", content).decode(), newline="")))
    assert rows[-1]["id"] == f"'{HOSTILE}"
    assert not any(value.startswith(("=", "+", "-", "@")) for row in rows for value in row.values())


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@a", "\t=1", "\r=1"])
def test_safe_cell_quotes(text: str) -> None:
    """Every start that a spreadsheet takes for a formula is quoted."""
    assert safe_cell(text) == f"'{text}"


def test_xlsx_cells_are_text(troubled: CheckAnswer, content: Content) -> None:
    """Every cell is typed as text, also one that looks like a formula or a number."""
    book = openpyxl.load_workbook(BytesIO(shown(troubled, "xlsx", content)))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert HOSTILE in {cell.value for cell in cells}


def test_xlsx_has_header_filter_and_room_for_notes(answer: CheckAnswer, content: Content) -> None:
    """The sheet of findings has a frozen header in both languages, a filter, and an empty notes column."""
    sheet = openpyxl.load_workbook(BytesIO(shown(answer, "xlsx", content)))["Vraagpunten"]
    head = [cell.value for cell in sheet[1]]
    assert head[0] == "regel / rule"
    assert head[-1] == "notities / notes"
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref
    assert sheet.max_row == 5


def test_md_shows_markup_literally() -> None:
    """Tags, tables, emphasis and list marks are escaped; a new line cannot begin a heading."""
    assert escaped(HOSTILE) == r'=1+1\<script\>alert("x")\</script\>\|\*é😀'.replace("=", "\\=", 1)
    assert escaped("# a\n# b") == r"\# a # b"
    assert escaped("1. a") == r"1\. a"


def test_text_holds_no_escape_codes_unless_asked(troubled: CheckAnswer, content: Content) -> None:
    """Without colour there is no escape code in the text; with it the words stay the same."""
    plain = shown(troubled, "text", content).decode()
    assert "\x1b" not in plain
    assert "\x1b[" in render(troubled, "text", content, Look(colour=True)).decode()


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_is_byte_stable(troubled: CheckAnswer, content: Content, form: Format) -> None:
    """The same answer is the same bytes: no clock, no random order."""
    assert shown(troubled, form, content) == shown(troubled, form, content)


def test_xlsx_carries_no_clock(answer: CheckAnswer, content: Content) -> None:
    """The workbook says it was made on the day judged, whenever it was made."""
    with zipfile.ZipFile(BytesIO(shown(answer, "xlsx", content))) as book:
        assert b"2027-06-01T00:00:00Z" in book.read("docProps/core.xml")


def test_a_file_name_gives_no_orders_to_a_terminal(answer: CheckAnswer, content: Content) -> None:
    """Control characters of a file name or a granted exception never reach a reader."""
    name = "a\x1b[2J\u202ecsv"
    refused = replace(answer, refusals=(Refusal(name, "delivery", "2", "hours", "not_a_decimal"),))
    for form in ("text", "md", "html"):
        text = shown(refused, form, content).decode()
        assert "\x1b" not in text
        assert "\u202e" not in text


def test_an_incomplete_answer_says_so_first(troubled: CheckAnswer, content: Content) -> None:
    """A run with a refusal or failure is never shown as complete."""
    text = shown(troubled, "text", content).decode()
    assert text.index("Dit antwoord is niet volledig: 1 geweigerd, 1 vastgelopen.") < text.index(
        "Aangeleverd"
    )
    assert "Dit antwoord is niet volledig" in shown(troubled, "html", content).decode()
    assert "Dit antwoord is niet volledig" in shown(troubled, "md", content).decode()


def test_lines_of_a_text_stay_one_line(answer: CheckAnswer, content: Content) -> None:
    """A value with ends of lines and tabs is a space in a message, so that no line of it looks like ours."""
    assert value_text("a\nb\r\nc\td", content.words, "nl") == "a b c d"
    name = "a\nV HOOG x"
    refused = replace(answer, refusals=(Refusal(name, "delivery", "2", "hours", "not_a_decimal"),))
    for form in ("text", "md", "html"):
        assert "a V HOOG x" in " ".join(shown(refused, form, content).decode().split())
    assert name not in shown(refused, "text", content).decode()
