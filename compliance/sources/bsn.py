"""Recognises numbers that could be a BSN, so that none is kept: the eleven-test, in Python and in SQL.

Only whether a text passes; no number is stored, logged or shown.
"""

from __future__ import annotations

import re

PSEUDONYMISED = ("client", "person")  # whose ids and references must not be a BSN
_WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2, -1)
# Also as people write it, 1234.56.782 or 123 456 782, and with blanks around it.
_WRITTEN = r" *(?:[0-9]{%d,9}|[0-9]{4}[ .-][0-9]{2}[ .-][0-9]{3}|[0-9]{3}[ .-][0-9]{3}[ .-][0-9]{3}) *"


def passes_bsn_test(text: str) -> bool:
    """Whether the text is 8 or 9 digits, not all zero, that pass the eleven-test, as people write it."""
    if not re.fullmatch(_WRITTEN % 8, text):
        return False
    number = re.sub(r"[^0-9]", "", text)
    if not int(number):
        return False
    digits = (int(digit) for digit in number.zfill(9))
    return sum(weight * digit for weight, digit in zip(_WEIGHTS, digits, strict=True)) % 11 == 0


def bsn_test_sql(value: str, shortest: int = 8) -> str:
    """SQL that is true where the text expression `value` passes the test with at least `shortest` digits."""
    number = f"regexp_replace({value}, '[^0-9]', '', 'g')"
    padded = f"lpad({number}, 9, '0')"
    parts = [
        f"{weight} * TRY_CAST(substr({padded}, {place}, 1) AS INTEGER)"
        for place, weight in enumerate(_WEIGHTS, start=1)
    ]
    written = f"regexp_full_match({value}, '{_WRITTEN % shortest}')"
    return f"({written} AND TRY_CAST({number} AS BIGINT) > 0 AND ({' + '.join(parts)}) % 11 = 0)"
