"""Turns a cell into the text of a field, exactly or not at all: days, decimals, flags, codes and text."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from functools import lru_cache

from compliance.model.schema import FieldSpec
from compliance.sources.naming import folded_word
from compliance.sources.refusal import Flaw
from compliance.sources.shape import expected, known_name, shape
from compliance.sources.sheets.cells import EXACT_DIGITS, Cell, significant_digits
from compliance.sources.sheets.mapping import DayForm, Formats, Source

_DAYS: dict[DayForm, str] = {
    "dd-mm-yyyy": r"(?P<d>\d{1,2})-(?P<m>\d{1,2})-(?P<y>\d{4})",
    "dd/mm/yyyy": r"(?P<d>\d{1,2})/(?P<m>\d{1,2})/(?P<y>\d{4})",
    "dd.mm.yyyy": r"(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>\d{4})",
    "yyyy-mm-dd": r"(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})",
    "yyyymmdd": r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})",
}
_MIDNIGHT = r"( 0{1,2}:00(:00)?)?"
# Digits in groups of three with the other sign between, or without groups; then the decimals.
_COMMA = re.compile(r"(-?)(?:€\s*)?(-?)(\d{1,3}(?:\.\d{3})+|\d+)(?:,(\d+|-))?(?:\s*%)?", re.ASCII)
_POINT = re.compile(r"(-?)(?:€\s*)?(-?)(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d+))?(?:\s*%)?", re.ASCII)
_WHOLE = re.compile(r"-?\d{1,18}", re.ASCII)


class BadCellError(Exception):
    """A cell that cannot be the field's value."""

    def __init__(self, code: str, found: str, due: str) -> None:
        self.flaw = Flaw("", code, found, due)
        super().__init__(code)


def read_value(cell: Cell, spec: FieldSpec, source: Source, formats: Formats) -> str | None:
    """The text that a canonical file would have for the field; None for an empty cell.

    Raises: BadCellError.
    """
    if cell.kind == "empty":
        return None
    if cell.kind == "formula":
        due = "a value: copy the column and paste it as values"
        raise BadCellError("formula", "a formula", due)
    if cell.kind == "error":
        raise BadCellError("cell_error", "an error of the spreadsheet", expected(spec))
    if source.codes is not None:
        return _code(cell, source.codes)
    reader = {"day": _day, "decimal": _decimal, "int": _whole, "bool": _flag}.get(spec.type)
    if reader is not None:
        return reader(cell, spec, formats)
    return _text(cell, spec, source)


def _code(cell: Cell, codes: dict[str, str]) -> str:
    found = _folded(tuple(codes.items())).get(folded_word(cell.text))
    if found is None:
        raise BadCellError("unknown_code", _shape(cell), known_name(cell.text, codes))
    return found


@lru_cache(maxsize=256)
def _folded(codes: tuple[tuple[str, str], ...]) -> dict[str, str]:
    return {folded_word(word): code for word, code in codes}


def _day(cell: Cell, spec: FieldSpec, formats: Formats) -> str:  # noqa: ARG001 - one signature for all
    if cell.kind == "day":
        return cell.text
    if cell.kind == "text" and (day := as_day(cell.text, formats)) and _exists(day):
        return day
    written = ", ".join(formats.days)
    due = f"an existing day, as {written} or a cell of type date"
    raise BadCellError("not_a_day", _shape(cell), due)


def _exists(day: str) -> bool:
    try:
        date.fromisoformat(day)
    except ValueError:
        return False
    return True


def as_day(text: str, formats: Formats) -> str | None:
    """The text as YYYY-MM-DD, when it is written as a day (also one that does not exist)."""
    for form in formats.days:
        found = re.fullmatch(_DAYS[form] + _MIDNIGHT, text, re.ASCII)
        if found:
            return f"{found['y']}-{int(found['m']):02}-{int(found['d']):02}"
    return None


def _decimal(cell: Cell, spec: FieldSpec, formats: Formats) -> str:
    if cell.kind == "number" and cell.text != "nan":
        if significant_digits(cell.text) > EXACT_DIGITS:
            due = f"a number rounded to at most {spec.places} decimals"
            raise BadCellError("inexact_number", "more digits than a spreadsheet keeps exactly", due)
        if len(cell.text.partition(".")[2]) <= spec.places:
            return cell.text
    if cell.kind == "text":
        pattern = _COMMA if formats.decimal == "comma" else _POINT
        found = pattern.fullmatch(cell.text)
        fits = found and not (found[1] and found[2]) and len((found[4] or "").strip("-")) <= spec.places
        if found and fits:
            whole = re.sub(r"[.,]", "", found[3])
            digits = "" if found[4] in (None, "-") else f".{found[4]}"
            return f"{found[1] or found[2]}{whole}{digits}"
    sign = "comma" if formats.decimal == "comma" else "point"
    due = f"a number with a {sign} and at most {spec.places} decimals"
    raise BadCellError("not_a_decimal", _shape(cell), due)


def _whole(cell: Cell, spec: FieldSpec, formats: Formats) -> str:  # noqa: ARG001 - one signature for all
    if cell.kind in ("number", "text") and _WHOLE.fullmatch(cell.text):
        return cell.text
    raise BadCellError("not_whole", _shape(cell), expected(spec))


def _flag(cell: Cell, spec: FieldSpec, formats: Formats) -> str:  # noqa: ARG001 - one signature for all
    if cell.kind == "flag":
        return cell.text
    word = folded_word(cell.text)
    for text, words in (("true", formats.yes), ("false", formats.no)):
        if word in map(folded_word, words):
            return text
    raise BadCellError("not_a_flag", _shape(cell), f"one of: {', '.join((*formats.yes, *formats.no))}")


def _text(cell: Cell, spec: FieldSpec, source: Source) -> str:
    if cell.kind in ("day", "moment", "flag"):
        raise BadCellError("wrong_type", _shape(cell), expected(spec))
    text = cell.text
    if cell.kind == "number" and not _WHOLE.fullmatch(text) and source.digits is not None:
        raise BadCellError("wrong_pattern", _shape(cell), f"{source.digits} digits")
    if source.digits is not None and _WHOLE.fullmatch(text) and not text.startswith("-"):
        text = text.zfill(source.digits)
    return text


def _shape(cell: Cell) -> str:
    if cell.kind == "number":
        return shape(Decimal(cell.text)) if cell.text != "nan" else "no number"
    if cell.kind in ("day", "moment"):
        return "a date" if cell.kind == "day" else "a date with a time"
    return shape(cell.text == "true") if cell.kind == "flag" else shape(cell.text)
