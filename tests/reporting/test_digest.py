"""A digest tells what changed to who may see it, names organisations, and counts residents and staff."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from compliance.model.finding import RowRef
from compliance.model.night import Granted, NightAnswer, Offered, Standing
from compliance.reporting.blocks import Wording
from compliance.reporting.digest import compose_digest, render_digest
from compliance.reporting.words import Lang
from compliance.services.content import report_words
from tests.services.notify.nights import answer, broken, standing

MOMENT = datetime(2027, 6, 1, 1, tzinfo=UTC)


def text(found: NightAnswer, lang: Lang = "nl", **settings: Any) -> tuple[str, str]:
    """Subject and text for a reader of contract."""
    digest = compose_digest(found, ("contract",), **settings)
    told = render_digest(digest, Wording(report_words(), lang), "/srv/store")
    return told.subject, told.text


def test_changes_are_told_by_state_and_severity() -> None:
    """New comes first, the gravest above; each rule has its title and its subjects by name."""
    found = answer(
        [
            standing("SUB-02", "organisation/o4", "resolved"),
            standing("SUB-01", "organisation/o2"),
            standing("SUB-01", "organisation/o9"),
            standing("ACC-03", "referral/r77"),
            standing("SUB-03", "organisation/o5", "open", since_run=3),
        ]
    )
    subject, told = text(found)
    assert subject == "Nacht 12 van contract c1: 3 nieuw, 1 opgelost"
    assert (
        told.index("3 NIEUW")
        < told.index("SUB-01 Zorg door")
        < told.index("ACC-03")
        < told.index("1 OPGELOST")
    )
    assert "Zorg Dichtbij (o2), o9" in told
    assert "SUB-03" not in told
    assert "Er staan 4 vraagpunten open." in told
    assert "compliance findings list --store /srv/store" in told
    assert text(found, "en")[0] == "Night 12 of contract c1: 3 new, 1 resolved"


def test_residents_and_staff_are_only_counted() -> None:
    """No id of a person, client or anything about their care stands in the text."""
    rows = ["referral/r77", "person/p8", "client/k3", "delivery/d5", "credential/v1", "bridging/b2"]
    _, told = text(answer([standing("ACC-03", row) for row in rows]))
    assert "1 × toewijzing" in told
    assert not [row for row in rows if row.partition("/")[2] in told.split()]


def test_only_what_is_grave_enough_is_told() -> None:
    """A reader who asked for critical ones hears of nothing less, also not in the counts."""
    found = answer([standing("SUB-01", "organisation/o2"), standing("ACC-03", "referral/r7", severity="low")])
    assert text(found, least="critical")[0].endswith("1 nieuw")
    nothing = compose_digest(
        answer([standing("ACC-03", "referral/r7", severity="low")]), ("contract",), "high"
    )
    assert not nothing.worth_telling


def test_another_compartment_is_not_told_even_when_it_slipped_in() -> None:
    """What the reader may not see is left out, whatever the answer holds."""
    hidden = standing("BIB-01", "organisation/o3")
    found = answer([standing("SUB-01", "organisation/o2")])
    empty = answer(standings=(), compartments=("contract", "bibob"))
    assert text(found)[1] == text(slipped_in(found, hidden))[1]
    assert not compose_digest(slipped_in(empty, hidden), ("contract",)).worth_telling


def slipped_in(found: NightAnswer, extra: Standing) -> NightAnswer:
    """The answer with a standing that should have been cut."""
    return replace(found, standings=(*found.standings, extra))


def test_what_broke_is_told() -> None:
    """A rule that broke and a file refused whole are news by themselves; a file of Bibob is not, here."""
    files = (
        Offered("wijkkracht", "a.csv", "sha256:0", MOMENT, whole=True, entities=("delivery",)),
        Offered("bureau", "b.csv", "sha256:1", MOMENT, whole=True, entities=("bibob_inquiry",)),
        Offered("bureau", "bureau/bibob_measure.csv", "sha256:2", MOMENT, whole=True),
    )
    subject, told = text(answer(receipt=broken(), offered=files))
    assert subject.endswith("niet volledig, 1 bestand geweigerd")
    assert "a.csv van wijkkracht" in told
    assert "b.csv" not in told
    assert "ibob" not in told
    again = compose_digest(answer(receipt=broken(), previous=broken()), ("contract",))
    assert not again.worth_telling


@pytest.mark.parametrize(("rule", "count"), [("SUB-01", 1), ("BIB-01", 0)])
def test_an_exception_about_to_lapse_is_told_beside_news(rule: str, count: int) -> None:
    """It is told to who may see its rule, and not alone: it would be told every night."""
    lapsing = Granted(
        1, "c1", rule, RowRef("organisation", "o2"), "x", date(2027, 1, 1), date(2027, 6, 9), "a", MOMENT
    )
    quiet = answer(lapsing=(lapsing,))
    assert not compose_digest(quiet, ("contract",)).worth_telling
    _, told = text(answer([standing("SUB-01", "organisation/o2")], lapsing=(lapsing,)))
    assert ("1 uitzondering verloopt" in told) == bool(count)


def test_long_lists_are_cut_and_odd_names_are_cleaned() -> None:
    """Ten names at most, the rest by number; nothing in a name starts a line of its own."""
    many = [standing("SUB-01", f"organisation/x{number:02}") for number in range(12)]
    _, told = text(answer(many, labels={RowRef("organisation", "x00"): "Zorg\r\nBcc: all"}))
    assert "en 2 meer" in told
    assert "Zorg Bcc: all (x00)" in told
