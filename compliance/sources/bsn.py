"""Recognises numbers that could be a BSN, so that none is kept: the eleven-test, in Python and in SQL.

Only whether a text passes; no number is stored, logged or shown.
"""

from __future__ import annotations

import re

PSEUDONYMISED = ("client", "person")  # whose ids and references must not be a BSN
_WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2, -1)
_DIGITS = re.compile(r"\d{8,9}", re.ASCII)


def passes_bsn_test(text: str) -> bool:
    """Whether the text is 8 or 9 digits, not all zero, that pass the eleven-test."""
    if not _DIGITS.fullmatch(text) or not int(text):
        return False
    digits = (int(digit) for digit in text.zfill(9))
    return sum(weight * digit for weight, digit in zip(_WEIGHTS, digits, strict=True)) % 11 == 0


def bsn_test_sql(value: str, shortest: int = 8) -> str:
    """SQL that is true where the text expression `value` passes the test with at least `shortest` digits."""
    padded = f"lpad({value}, 9, '0')"
    parts = [
        f"{weight} * TRY_CAST(substr({padded}, {place}, 1) AS INTEGER)"
        for place, weight in enumerate(_WEIGHTS, start=1)
    ]
    digits = rf"regexp_full_match({value}, '\d{{{shortest},9}}')"
    return f"({digits} AND TRY_CAST({value} AS BIGINT) > 0 AND ({' + '.join(parts)}) % 11 = 0)"
