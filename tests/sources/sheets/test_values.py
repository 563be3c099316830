"""A cell becomes exactly the value it holds, or is refused."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from compliance.model.schema import entities
from compliance.sources.sheets.cells import number_text, text_cell, value_cell
from compliance.sources.sheets.mapping import Formats, Source
from compliance.sources.sheets.values import BadCellError, read_value

MONEY, DAY = entities()["sroi_entry"].fields["value_eur"], entities()["sroi_entry"].fields["first_day"]
FLAG, SIZE = (
    entities()["employment"].fields["client_contact"],
    entities()["organisation"].fields["working_persons"],
)
NUMBER, SHARE = entities()["organisation"].fields["kvk_number"], entities()["control"].fields["share_pct"]
MIDNIGHT = dt.datetime.fromisoformat("2027-12-31")
FROM = Source(column="x")


def _cell(value: Any, shown: str = "") -> Any:
    kind = "d" if isinstance(value, dt.date | dt.time | dt.timedelta) else "n"
    return text_cell(value) if isinstance(value, str) else value_cell(value, kind, "A", shown)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("1.234,56", "1234.56"), ("1234,5", "1234.5"), ("€ 12", "12"), ("-1.000.000,00", "-1000000.00"),
        ("12,-", "12"), (1234.56, "1234.56"), (0.1, "0.1"), (7, "7"), (-2.5, "-2.5"), (1e5, "100000"),
        ("\u00a0 3,50 ", "3.50"),
    ],
)  # fmt: skip
def test_amounts_are_exact(value: Any, text: str) -> None:
    """Dutch text and the shortest digits of a number cell, never rounded."""
    assert read_value(_cell(value), MONEY, FROM, Formats()) == text


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("1,234.56", "not_a_decimal"), ("1.23", "not_a_decimal"), ("12,345", "not_a_decimal"),
        (1.005, "not_a_decimal"), (0.1 + 0.2, "inexact_number"), (1 / 3, "inexact_number"),
        (12345678901234.56, "inexact_number"), ("veel", "not_a_decimal"), ("--1", "not_a_decimal"),
        ("1e3", "not_a_decimal"), ("=1+1", "not_a_decimal"), (True, "not_a_decimal"),
        (MIDNIGHT, "not_a_decimal"), (float("inf"), "not_a_decimal"),
    ],
)  # fmt: skip
def test_amounts_that_do_not_fit_are_refused(value: Any, code: str) -> None:
    """More places than the field keeps, the other sign, binary noise: never rounded, never guessed."""
    with pytest.raises(BadCellError) as caught:
        read_value(_cell(value), MONEY, FROM, Formats())
    assert caught.value.flaw.code == code


def test_a_percentage_is_what_the_cell_shows() -> None:
    """A cell shown as 5 % holds 0.05, and means 5."""
    assert read_value(_cell(0.07, "0%"), SHARE, FROM, Formats()) == "7"
    assert read_value(text_cell("7 %"), SHARE, FROM, Formats()) == "7"
    assert number_text(Decimal("0.333"), "0.0%") == "33.3"


@pytest.mark.parametrize("value", ["31-12-2027", "2027-12-31", "31-12-2027 00:00:00", MIDNIGHT])
def test_days(value: Any) -> None:
    """Dutch text, ISO text, or a cell of type date."""
    assert read_value(_cell(value), DAY, FROM, Formats()) == "2027-12-31"


@pytest.mark.parametrize(
    "value",
    ["12-31-2027", "31-02-2027", "31-12-27", "31/12/2027", 46022, MIDNIGHT.replace(hour=8), "morgen",
     dt.timedelta(hours=3)],
)  # fmt: skip
def test_what_is_no_day_is_refused(value: Any) -> None:
    """A day that does not exist, another order, a bare number or a moment."""
    with pytest.raises(BadCellError) as caught:
        read_value(_cell(value), DAY, FROM, Formats())
    assert caught.value.flaw.code == "not_a_day"


@pytest.mark.parametrize(("value", "text"), [("Ja", "true"), ("X", "true"), ("nee", "false"), (True, "true")])
def test_flags(value: Any, text: str) -> None:
    """Words of the mapping, or a cell of type true or false."""
    assert read_value(_cell(value), FLAG, FROM, Formats()) == text


@pytest.mark.parametrize(
    ("spec", "value"), [(FLAG, "misschien"), (FLAG, 1), (SIZE, "1,5"), (SIZE, 1.5), (SIZE, True)]
)
def test_other_words_are_refused(spec: Any, value: Any) -> None:
    """A word that is neither, a number that is not whole."""
    with pytest.raises(BadCellError):
        read_value(_cell(value), spec, FROM, Formats())


def test_zeros_that_a_sheet_drops_come_back() -> None:
    """A number cell 1234567 in a column of eight digits is 01234567; without that it stays as it is."""
    assert read_value(_cell(1234567), NUMBER, Source(column="x", digits=8), Formats()) == "01234567"
    assert read_value(_cell(1234567), NUMBER, FROM, Formats()) == "1234567"


def test_formulas_and_errors_are_no_values() -> None:
    """What a formula last gave, or an error of the sheet, is not taken for a value."""
    for kind, code in (("f", "formula"), ("e", "cell_error")):
        with pytest.raises(BadCellError) as caught:
            read_value(value_cell("=A1", kind, "A"), MONEY, FROM, Formats())
        assert caught.value.flaw.code == code


def test_codes_are_words_of_the_table() -> None:
    """Without regard to case and accents; another word is refused with what is known."""
    kind = entities()["sroi_entry"].fields["kind"]
    source = Source(column="x", codes={"Cliëntgebonden": "purchase"})
    assert read_value(text_cell("CLIENTGEBONDEN"), kind, source, Formats()) == "purchase"
    with pytest.raises(BadCellError) as caught:
        read_value(text_cell("Clientgebondn"), kind, source, Formats())
    assert caught.value.flaw.code == "unknown_code"
    assert "Clientgebondn" not in caught.value.flaw.shape
