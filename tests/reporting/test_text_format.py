"""The text answer: what a person reads, in the order in which they need it."""

from __future__ import annotations

import pytest

from compliance.model.run import CheckAnswer
from compliance.reporting.content import Content
from compliance.reporting.render import Look, render
from compliance.reporting.words import LANGS, Lang


def told(answer: CheckAnswer, content: Content, lang: Lang = "nl") -> str:
    """The text answer."""
    return render(answer, "text", content, Look(lang, provenance=True)).decode()


def test_text_opens_with_what_came_and_closes_with_one_line(answer: CheckAnswer, content: Content) -> None:
    """Delivered and not delivered stand before findings, gaps and dossiers; the last line counts."""
    text = told(answer, content)
    marks = ["Aangeleverd:", "Niet aangeleverd:", "Vraagpunten (4)", "Niet te beoordelen", "Dossiers"]
    places = [text.index(mark) for mark in marks]
    assert places == sorted(places)
    assert text.splitlines()[-1] == (
        "46 beoordelingen door 4 regels: 4 vraagpunten, 31 geen afwijking gezien, 2 niet te beoordelen, "
        "9 niet van toepassing, 0 regels vastgelopen."
    )


def test_text_names_a_gap_once_per_cause(answer: CheckAnswer, content: Content) -> None:
    """Entities that hold up the same rules share a line, with the number of rules."""
    lines = [line for line in told(answer, content).splitlines() if "Niet aangeleverd" in line]
    assert len(lines) == 1
    assert "credential), dienstverband (employment); 2 regels" in lines[0]


def test_text_groups_what_is_missing_by_cause(answer: CheckAnswer, content: Content) -> None:
    """A number nobody agreed stands once, with how many it holds up and who owes it."""
    text = " ".join(told(answer, content).split())
    assert "getal max_wait_days[ambulatory]: nog niet afgesproken" in text
    assert "Van: gemeente en uitvoeringspartner samen. Houdt tegen: 2 beoordelingen (ACC-03)" in text
    assert "referral.started_on (toewijzing) bij r3" in text


def test_text_tells_status_with_its_ground(answer: CheckAnswer, content: Content) -> None:
    """An exception says who, why and until when; a consequence names its cause."""
    text = " ".join(told(answer, content).split())
    assert "Uitzondering verleend door directeur, van 2027-01-01 tot en met 2027-12-31: overgang" in text
    assert "Gevolg van SUB-02 (s2)" in text


def test_text_fills_messages(answer: CheckAnswer, content: Content) -> None:
    """Decimals keep two places, a value that is not known says so, evidence has its count and place."""
    text = " ".join(told(answer, content).split())
    assert "3 keer, 12.00 uur, onbekend." in text
    assert "geleverde zorg d7 [delivery.csv, 12]" in text
    assert "en nog 40" in text


def test_text_shows_refusals_and_failures(troubled: CheckAnswer, content: Content) -> None:
    """A refused row has file, row, column, reason and what was expected; a broken rule is named."""
    text = " ".join(told(troubled, content).split())
    assert (
        ".csv · 17 · hours Dit is geen exact decimaal getal. Aangetroffen: tekst. Verwacht: a decimal."
        in text
    )
    assert "SUB-05: OutOfMemoryException" in text
    assert "klopt niet: ACC-03" in text


def test_text_says_a_signal_is_no_verdict(answer: CheckAnswer, content: Content) -> None:
    """A signal is marked as an indication for a person."""
    assert "een aanwijzing voor een mens, geen oordeel" in told(answer, content)


@pytest.mark.parametrize("lang", LANGS)
def test_every_sentence_exists_in_both_languages(troubled: CheckAnswer, content: Content, lang: Lang) -> None:
    """Nothing stays unfilled: no brace reaches a reader, in either language, in text, page or note."""
    for form in ("text", "html", "md"):
        page = render(troubled, form, content, Look(lang)).decode()
        body = page.partition("</style>")[2] or page
        assert "{" not in body


def test_colour_never_speaks_alone(answer: CheckAnswer, content: Content) -> None:
    """Each severity is a word with a sign of its own."""
    text = told(answer, content)
    assert "‼ KRITIEK" in text
    assert "▲ HOOG" in text
    assert "○ LAAG" in text
