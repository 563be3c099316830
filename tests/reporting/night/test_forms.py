"""The forms of a report: the same bytes each time, nothing fetched, every text as text."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace

import openpyxl
import pypdf
import pytest

from compliance.model.finding import Failure
from compliance.model.night import NightAnswer
from compliance.reporting.content import Content
from compliance.reporting.night.audience import REPORT_FORMS, ReportForm
from compliance.reporting.night.pdf import FetchRefusedError, render_pdf
from compliance.reporting.night.render import render_night
from compliance.reporting.words import LANGS, Lang
from compliance.services.audiences import audiences
from tests.reporting.night.conftest import HOSTILE
from tests.reporting.night.planted import text_of

BANNER = "CONCEPT – niet vrijgegeven"


def html_of(night: NightAnswer, audience: str, content: Content, lang: Lang = "nl", banner: str = "") -> str:
    """A report as HTML."""
    return render_night(night, audiences()[audience], "html", content, lang, banner=banner).decode()


@pytest.mark.parametrize("form", REPORT_FORMS)
def test_the_same_night_gives_the_same_bytes(night: NightAnswer, content: Content, form: ReportForm) -> None:
    """Nothing of the clock or of chance enters a report, whatever the order of what is known."""
    reader = audiences()["manager"]
    turned = replace(
        night,
        standings=tuple(reversed(night.standings)),
        owed=tuple(reversed(night.owed)),
        ahead=tuple(reversed(night.ahead)),
        offered=tuple(reversed(night.offered)),
        labels=dict(reversed(list(night.labels.items()))),
    )
    assert render_night(night, reader, form, content, "nl") == render_night(
        turned, reader, form, content, "nl"
    )


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("audience", sorted(audiences()))
def test_every_part_of_every_audience_has_its_words(
    night: NightAnswer, quiet: NightAnswer, content: Content, audience: str, lang: Lang
) -> None:
    """Each audience gets its report in both languages, also of a night in which nothing happened."""
    for answer in (night, quiet):
        made = html_of(answer, audience, content, lang)
        assert f'<html lang="{lang}">' in made
        for code in audiences()[audience].sections:
            if code != "failures":
                assert f'<h2 id="{code}">' in made


def test_a_page_is_whole_in_itself(night: NightAnswer, content: Content) -> None:
    """No script, and nothing that a browser would fetch: it opens without a network."""
    made = html_of(night, "manager", content)
    assert re.findall(r"<script|<link|<img|<iframe|@import|src=|url\((?!#)", made) == []
    assert re.findall(r'href="(?!#)', made) == []


def test_hostile_names_stay_text(night: NightAnswer, content: Content) -> None:
    """A name that is HTML, Markdown or a formula is shown as it is written."""
    page = html_of(night, "manager", content)
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "\u202e" not in page
    text = render_night(night, audiences()["manager"], "md", content, "nl").decode()
    assert "<script>" not in text
    assert "\\<script\\>" in text


def test_a_workbook_is_ready_to_work_in(night: NightAnswer, content: Content) -> None:
    """Frozen headings, a filter, every cell as text, and an empty column for notes on every table."""
    made = render_night(night, audiences()["manager"], "xlsx", content, "nl", banner=BANNER)
    book = openpyxl.load_workbook(io.BytesIO(made))
    assert book.sheetnames[0] == "Samenvatting"
    for sheet in book.worksheets:
        assert sheet.freeze_panes == "A3"
        assert sheet.auto_filter.ref
        assert sheet["A1"].value == BANNER
        kinds = {
            cell.data_type for row in sheet.iter_rows(min_row=2) for cell in row if cell.value is not None
        }
        assert kinds == {"s"}
        if sheet.title != "Samenvatting":
            assert sheet.cell(2, sheet.max_column).value == "Notities / Notes"
    with zipfile.ZipFile(io.BytesIO(made)) as parts:
        assert not [name for name in parts.namelist() if "<f>" in parts.read(name).decode()]
    subject = {cell.value for sheet in book.worksheets for row in sheet.iter_rows() for cell in row}
    assert HOSTILE.replace("\u202e", "\ufffd") in subject


def test_a_workbook_holds_every_finding_that_stands(night: NightAnswer, content: Content) -> None:
    """A page tells the findings that stand by rule, the workbook one by one."""
    made = render_night(night, audiences()["manager"], "xlsx", content, "en")
    book = openpyxl.load_workbook(io.BytesIO(made))
    sheets = [sheet for sheet in book.worksheets if sheet.title.startswith("All that stands")]
    standing = sum(one.stands for one in night.standings)
    assert [sheet.max_row - 1 for sheet in sheets][-1] == standing


def test_a_pdf_is_tagged_and_says_what_it_is(night: NightAnswer, content: Content) -> None:
    """It carries its language, title and structure (PDF/UA-1), and the banner on its first page."""
    made = render_night(night, audiences()["contractor"], "pdf", content, "nl", banner=BANNER)
    reader = pypdf.PdfReader(io.BytesIO(made))
    root = reader.trailer["/Root"]
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"]) == ("nl", True)  # type: ignore[index]
    assert "Vraagpunten voor de uitvoeringspartner" in str(reader.metadata and reader.metadata.title)
    assert "pdfuaid" in text_of(made, "pdf")
    assert BANNER in reader.pages[0].extract_text()


def test_a_pdf_fetches_nothing() -> None:
    """A page that refers to the network or to a file is not made into a PDF."""
    for address in ("http://127.0.0.1:9/x.png", "file:///etc/hostname"):
        with pytest.raises(FetchRefusedError):
            render_pdf(f'<html lang="nl"><title>t</title><img alt="x" src="{address}"></html>')


@pytest.mark.parametrize("audience", sorted(audiences()))
def test_a_night_with_a_failure_never_looks_whole(
    night: NightAnswer, content: Content, audience: str
) -> None:
    """Every report says first that it is incomplete; outside the municipality without the reason."""
    rule = next(
        rule for rule in night.rules.values() if rule.kind == "norm" and rule.addressee == "contractor"
    )
    failure = Failure(rule.id, "contract", "zqreden")
    broken = replace(night, receipt=replace(night.receipt, failures=(failure,)))
    page = html_of(broken, audience, content)
    assert "niet volledig" in page.split("<main")[0]
    assert ("zqreden" in page) is (audience in ("manager", "supervisor"))
