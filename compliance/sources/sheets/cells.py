"""What stands in a cell, as exactly as the file says it: text, a number with its digits, a day, a flag."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Literal, NamedTuple

Kind = Literal["empty", "text", "number", "day", "moment", "flag", "formula", "error"]
EXACT_DIGITS = 15  # a spreadsheet keeps so many digits of a number; more are the noise of binary fractions
_BLANK = "\u00a0\u2007\u202f\u200b"


class Cell(NamedTuple):
    """A cell: what kind it is, its text as it would be written in a canonical file, and where it stands."""

    kind: Kind
    text: str = ""
    letters: str = ""


EMPTY = Cell("empty")


def text_cell(text: str | None, letters: str = "") -> Cell:
    """A cell of text; blanks around it do not count."""
    plain = (text or "").strip(" \t\r\n" + _BLANK)
    for blank in _BLANK[:3]:
        plain = plain.replace(blank, " ")
    return Cell("text", plain, letters) if plain else Cell("empty", "", letters)


def number_text(value: float | Decimal, number_format: str = "") -> str:
    """The digits of a number as the shortest text that means the same binary number, without exponent.

    A cell shown as a percentage holds a hundredth of what it shows: 5 % is 5 here.
    """
    number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if not number.is_finite():
        return "nan"
    if "%" in number_format:
        number = number.scaleb(2)
    text = format(number, "f")
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


def significant_digits(text: str) -> int:
    """How many digits of a number count."""
    return len(text.lstrip("-").replace(".", "").strip("0")) if "." in text else len(text.strip("-0"))


def value_cell(value: Any, kind: str, letters: str, number_format: str = "") -> Cell:
    """The cell of a workbook's value; `kind` is openpyxl's type of data."""
    plain: dict[str, Kind] = {"f": "formula", "e": "error"}
    if value is None or kind in plain:
        return Cell("empty" if value is None else plain[kind], "", letters)
    if isinstance(value, bool):
        return Cell("flag", "true" if value else "false", letters)
    if isinstance(value, int | float):
        return Cell("number", number_text(value, number_format), letters)
    if isinstance(value, datetime):
        midnight = value.time() == time()
        shown = value.date().isoformat() if midnight else value.isoformat(" ")
        return Cell("day" if midnight else "moment", shown, letters)
    if isinstance(value, date):
        return Cell("day", value.isoformat(), letters)
    if isinstance(value, time | timedelta):
        return Cell("moment", str(value), letters)
    return text_cell(str(value), letters)
