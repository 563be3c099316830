"""Values as a YAML or JSON file writes them, beside values as they are."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any


def same_value(written: Any, found: Any) -> bool:
    """Whether a value as a file writes it is the value found: 12, 12.0 and "12.00" are one."""
    if written is None or found is None or isinstance(found, bool) or isinstance(written, bool):
        return written is found
    if isinstance(found, int | Decimal):
        try:
            return Decimal(str(written)) == found
        except InvalidOperation:
            return False
    return str(written) == (found.isoformat() if isinstance(found, date) else str(found))
